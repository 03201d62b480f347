// Bytes of an encoder that is none of ours, for the decoder to read: a picture, a line of text and a QR code.
import { readFileSync } from "node:fs";
import ReceiptPrinterEncoder from "@point-of-sale/receipt-printer-encoder";

const { width, height, rgba, text, code } = JSON.parse(readFileSync(0, "utf-8"));
const encoder = new ReceiptPrinterEncoder({ language: "esc-pos", imageMode: "raster", columns: 32 });
const image = { width, height, data: Uint8ClampedArray.from(Buffer.from(rgba, "base64")) };
const bytes = encoder.initialize().image(image, width, height, "threshold").text(text).newline().qrcode(code).encode();
process.stdout.write(Buffer.from(bytes).toString("base64"));
