// A code pasted with spaces or dashes is six digits all the same.
export function tidyCodes(root) {
  for (const field of root.querySelectorAll("input.code")) {
    field.addEventListener("input", () => {
      const digits = field.value.replace(/\D/g, "").slice(0, 6);
      if (digits !== field.value) {
        field.value = digits;
      }
    });
  }
}
