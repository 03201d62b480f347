// Beside a price stands what was understood, while it is typed: `25k` is `= 25.000 ₫`. The server reads it the same way.
import { AmountError, formatDong, parseDong } from "./money.js";
import { t } from "./messages.js";

/**
 * Watches every price field of a page: an input with `data-price`, the id of the output that echoes it.
 * @param {Document} root
 */
export function echoPrices(root) {
  for (const field of root.querySelectorAll("input[data-price]")) {
    const echo = root.getElementById(field.dataset.price);
    field.addEventListener("input", () => say(echo, field.value));
  }
}

function say(echo, typed) {
  try {
    echo.textContent = t("common.price_understood", { price: formatDong(parseDong(typed)) });
    echo.classList.remove("wrong");
  } catch (error) {
    if (!(error instanceof AmountError)) {
      throw error;
    }
    // Nothing is wrong while nothing is typed yet; the server says it in full when the form is sent.
    echo.textContent = error.reason === "ambiguous" ? t("common.price_ambiguous") : "";
    echo.classList.add("wrong");
  }
}
