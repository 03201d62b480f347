// Which services and characteristics Bluetooth Low Energy printers take their bytes on. Facts, from makers and public
// sources; those marked below were not seen on a printer by us.

const BASE = "-0000-1000-8000-00805f9b34fb";
const short = (id) => `0000${id}${BASE}`;

/** In the order in which they are tried. `language` is what printers with this service speak. */
export const PROFILES = [
  // POS-58xx, Xprinter, MPT-II and most cheap printers of 58 and 80 mm.
  { service: short("18f0"), write: short("2af1") },
  // Epson TM-P, and many modules of the ISSC family.
  { service: "49535343-fe7d-4ae5-8fa9-9fafd205e455", write: "49535343-8841-43f4-a8d4-ecbe34729bb3" },
  // Seen in public sources only.
  { service: short("ff00"), write: short("ff02") },
  { service: "e7810a71-73ae-499d-8c15-faa9aef0c3f2", write: "bef8d6c9-9c21-4c9e-b632-bd58c1009f9f" },
  { service: short("ffe0"), write: short("ffe1") },
];

export const SERVICES = PROFILES.map(({ service }) => service);
const NAME_PREFIXES = ["TM-P", "MPT", "MTP", "PT-", "RPP", "XP-", "Printer", "BlueTooth Printer", "POS-"];

/**
 * What the browser's chooser shows.
 *
 * @param {{everything?: boolean, name?: string}} choice - every device, because many printers do not advertise their
 *   service; or only the device of one name, to connect it again.
 */
export function chooserOptions({ everything = false, name = "" } = {}) {
  if (everything) {
    return { acceptAllDevices: true, optionalServices: SERVICES };
  }
  if (name !== "") {
    return { filters: [{ name }], optionalServices: SERVICES };
  }
  const filters = [...SERVICES.map((service) => ({ services: [service] })), ...NAME_PREFIXES.map((namePrefix) => ({ namePrefix }))];
  return { filters, optionalServices: SERVICES };
}
