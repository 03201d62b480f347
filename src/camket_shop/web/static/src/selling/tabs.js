// The tabs of one shop on one device: they tell each other what changed, and which of them are there.

const NAME = "quay-tab";
const ANSWER_MS = 150;

/**
 * Join the tabs of a shop.
 *
 * @param {string} shop - the opaque name of whose device this is; tabs of another shop do not hear.
 * @param {() => string} newId
 * @returns {Promise<{tab: string, fresh: boolean, others: Set<string>, tell: (kind: string) => void,
 *   hear: (kind: string, act: () => void) => void}>}
 *   `tab` stays the same when the page loads again; `fresh` tells a tab that was not there before; `others` are the tabs
 *   that answered.
 */
export async function joinTabs(shop, newId) {
  const channel = new BroadcastChannel(`quay-${shop}`);
  const others = new Set();
  const acts = new Map();
  let tab = sessionStorage.getItem(NAME);
  channel.addEventListener("message", ({ data }) => {
    if (data.kind === "who") {
      channel.postMessage({ kind: "here", tab });
    } else if (data.kind === "here") {
      others.add(data.tab);
    }
    acts.get(data.kind)?.forEach((act) => act());
  });
  channel.postMessage({ kind: "who" });
  await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
  // A tab that was duplicated took the name of the first along.
  const fresh = tab === null || others.has(tab);
  if (fresh) {
    tab = newId();
    sessionStorage.setItem(NAME, tab);
  }
  return {
    tab,
    fresh,
    others,
    tell: (kind) => channel.postMessage({ kind }),
    hear: (kind, act) => acts.set(kind, [...(acts.get(kind) ?? []), act]),
  };
}
