// Product pictures in the page: the camera, a file, white background, crop and touch-up.
import { PictureField } from "./picture-field.js";

/**
 * Makes the picture field of a form comfortable; without this the form takes a file.
 * @param {Document} root
 */
export function enhancePicture(root) {
  const field = root.querySelector("[data-picture]");
  if (field) {
    new PictureField(field).start();
  }
}
