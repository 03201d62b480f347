// A barcode scanner is a keyboard that types very fast and ends with Enter. This tells its typing from a person's.

const FASTEST_PERSON_MS = 45;
const SHORTEST_CODE = 4;
const IN_A_CODE = /^[\x21-\x7e]$/;

/**
 * Return a buffer for one keyboard: give it every key with its time, and it says when a whole code was scanned.
 *
 * @returns {{take: (key: string, atMs: number) => string | null}} `take` returns the code at the Enter that ends it.
 */
export function scanBuffer() {
  let code = "";
  let lastMs = -Infinity;
  return {
    take(key, atMs) {
      const quick = atMs - lastMs <= FASTEST_PERSON_MS;
      lastMs = atMs;
      if (key === "Enter") {
        const scanned = quick && code.length >= SHORTEST_CODE ? code : null;
        code = "";
        return scanned;
      }
      if (IN_A_CODE.test(key)) {
        code = quick ? code + key : key;
      } else if (key.length === 1) {
        code = "";
      }
      return null;
    },
  };
}
