// What this browser lets a page do, and for each thing that is off, why: the page says so instead of hiding a button.

const IN_APP = /\b(?:Zalo|FBAN|FBAV|FB_IAB|Instagram|Line\/|TikTok|BytedanceWebview|musical_ly)|; wv\)/;
const IOS = /iPhone|iPad|iPod/;

/** @typedef {{on: true, reason: null} | {on: false, reason: "insecure"|"in_app"|"ios"|"browser"}} Ability */

const ON = { on: true, reason: null };
const off = (reason) => ({ on: false, reason });

/** Why a browser that has not got something has not got it. */
function reasonIn({ isSecureContext, navigator }) {
  const agent = navigator?.userAgent ?? "";
  if (!isSecureContext) {
    return "insecure";
  }
  if (IN_APP.test(agent)) {
    return "in_app";
  }
  return IOS.test(agent) ? "ios" : "browser";
}

function canShareFiles({ navigator, File }) {
  if (typeof navigator?.canShare !== "function" || typeof File !== "function") {
    return false;
  }
  return navigator.canShare({ files: [new File([""], "a.png", { type: "image/png" })] });
}

/**
 * What this browser can do.
 *
 * @param {object} [scope] - the global object; another one in tests.
 * @returns {{secureContext: Ability, camera: Ability, bluetooth: Ability, serial: Ability, share: Ability,
 *   barcode: Ability}} each on, or off with its reason; the sentence is `abilities.reason_` and the reason.
 */
export function abilities(scope = globalThis) {
  const { isSecureContext = false, navigator } = scope;
  const reason = reasonIn({ isSecureContext, navigator });
  const ability = (has) => (has ? ON : off(reason));
  return {
    secureContext: isSecureContext ? ON : off("insecure"),
    camera: ability(typeof navigator?.mediaDevices?.getUserMedia === "function"),
    bluetooth: ability(typeof navigator?.bluetooth?.requestDevice === "function"),
    serial: ability(typeof navigator?.serial?.requestPort === "function"),
    share: ability(canShareFiles(scope)),
    barcode: ability(typeof scope.BarcodeDetector === "function"),
  };
}
