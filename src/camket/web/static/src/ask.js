// The component that asks on an app's own page: <camket-ask><a href="/ask/…?next=/…">…</a></camket-ask>. Without this
// file, or where anything goes wrong, the link inside leads to camket's own page, which asks the same.
import { CamketAsk } from "./asking/component.mjs";

if (!customElements.get("camket-ask")) {
  customElements.define("camket-ask", CamketAsk);
}
