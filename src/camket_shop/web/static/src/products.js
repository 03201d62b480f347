// The product form: comfort only, the form does its work without this file.
import { echoPrices } from "./shared/price-echo.js";

echoPrices(document);
