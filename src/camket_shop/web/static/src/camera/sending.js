// What the server does to a photo: makes its background white, or reads a file that this browser cannot show.
import { sendBytes } from "../shared/api.js";

/**
 * Returns the picture with a white background, or null where no product stood out from it.
 * @param {Blob} square
 * @param {AbortSignal} signal
 * @returns {Promise<Blob|null>}
 * @throws {ApiError}
 */
export async function whitened(square, signal) {
  const answer = await sendBytes("/api/pictures/whiten", square, { signal });
  const picture = await answer.blob();
  return answer.headers.get("X-Whitened") === "yes" ? picture : null;
}

/**
 * Returns any photo as a square picture, upright and in even light, its background as it was.
 * @param {Blob} photo
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 * @throws {ApiError}
 */
export async function plain(photo, signal) {
  const answer = await sendBytes("/api/pictures/plain", photo, { signal });
  return answer.blob();
}
