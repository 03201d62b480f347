// The entry of the sell screen.
import { startScreen } from "./selling/screen.js";

const root = document.getElementById("sell");
if (root !== null) {
  void startScreen(root);
}
