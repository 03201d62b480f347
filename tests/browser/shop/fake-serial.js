// A serial port for tests: Chromium emulates none. It stands in place of `navigator.serial` only; everything above it is
// the shop's own code. `globalThis.serialPort` is what a test looks at and changes.
(() => {
  const PERMITTED = "serial-permitted";

  class Port extends EventTarget {
    opened = [];
    received = [];
    closed = 0;
    mood = "well";

    getInfo() {
      return { bluetoothServiceClassId: "00001101-0000-1000-8000-00805f9b34fb" };
    }

    async open(options) {
      if (this.mood === "busy") {
        throw new DOMException("The port is already open.", "InvalidStateError");
      }
      if (this.mood === "off") {
        throw new DOMException("Failed to open serial port.", "NetworkError");
      }
      this.opened.push(options);
      this.writable = new WritableStream({ write: (chunk) => this.#write(chunk) });
    }

    async close() {
      this.closed += 1;
    }

    async #write(chunk) {
      if (this.mood === "never reads") {
        await new Promise(() => {});
      }
      if (this.mood === "lost" && this.received.length > 1000) {
        this.mood = "well";
        this.lostAfter = this.received.splice(0).length;
        this.dispatchEvent(new Event("disconnect"));
        throw new DOMException("The device has been lost.", "NetworkError");
      }
      this.received.push(...chunk);
    }
  }

  const port = new Port();
  const serial = new EventTarget();
  serial.asked = [];
  serial.requestPort = async (options) => {
    serial.asked.push(options);
    sessionStorage.setItem(PERMITTED, "yes");
    return port;
  };
  serial.getPorts = async () => (sessionStorage.getItem(PERMITTED) ? [port] : []);
  globalThis.serialPort = port;
  Object.defineProperty(navigator, "serial", { value: serial, configurable: true });
})();
