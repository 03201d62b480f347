// That a printer was used, and which, is information under the policy (P8): told to the server once a day for each
// printer. It never stands in the way of printing.
import * as device from "../shared/device-store.js";
import { sendJson } from "../shared/api.js";

const KEY = "printers-used";

const today = () => new Date().toISOString().slice(0, 10);

/** Tell the server that a printer was used, unless it heard it today. Never throws. */
export async function recordUse({ name, transport }) {
  const used = (await device.read(KEY)) ?? {};
  const printer = `${transport} ${name}`;
  if (used[printer] === today()) {
    return;
  }
  try {
    await sendJson("/api/printers/used", { name, transport });
    await device.write(KEY, { ...used, [printer]: today() });
  } catch {
    // The next receipt tells it.
  }
}
