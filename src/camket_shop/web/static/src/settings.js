// After the settings were saved this device reads the header of its receipts anew.
import { forgetHeader, readHeader, showShopName } from "./shared/header.js";

if (document.querySelector("[data-settings-changed]")) {
  await forgetHeader();
  await readHeader().catch(() => undefined); // the next receipt reads it, if this does not come through
  await showShopName(document);
}
