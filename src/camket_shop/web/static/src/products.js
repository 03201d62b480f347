// The product form: comfort only, the form does its work without this file.
import { enhancePicture } from "./camera/index.js";
import { enhanceBarcode } from "./products/barcode-field.js";
import { echoPrices } from "./shared/price-echo.js";

echoPrices(document);
enhancePicture(document);
enhanceBarcode(document);
