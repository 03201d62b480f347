// A form is sent once: while the answer is on its way the button says so and a second press does nothing.
// Forms that download a file are left alone, because no page follows that would free the button; those that a passkey
// answers see to it themselves.
export function guardSubmits(root) {
  for (const form of root.querySelectorAll("form[method=post]:not([data-download], [data-passkey])")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent === "yes") {
        event.preventDefault();
        return;
      }
      form.dataset.sent = "yes";
      form.setAttribute("aria-busy", "true");
      const button = event.submitter;
      if (button?.dataset.busy) {
        button.setAttribute("aria-disabled", "true");
        button.textContent = button.dataset.busy;
      }
    });
  }
  // A page that comes back from the browser's memory is fresh again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) {
      location.reload();
    }
  });
}
