// Forms that a passkey answers: the options come from the service, the answer goes back in the form's own field.
const CEREMONIES = {
  create: async (options) =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: async (options) =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};

function canUsePasskeys() {
  return Boolean(globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON && navigator.credentials);
}

async function optionsFor(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    credentials: "same-origin",
    headers: { Accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
  });
  const said = answer.headers.get("content-type")?.startsWith("application/json") ? await answer.json() : {};
  if (!said.options) {
    throw new Error(said.problem ?? form.dataset.failed);
  }
  return said.options;
}

async function answer(form) {
  const options = await optionsFor(form);
  let credential;
  try {
    credential = await CEREMONIES[form.dataset.passkey](options);
  } catch {
    throw new Error(form.dataset.failed);
  }
  form.elements.credential.value = JSON.stringify(credential.toJSON());
}

function show(form, sentence) {
  const problem = form.querySelector("[data-passkey-problem]");
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

async function run(form) {
  const button = form.querySelector("button");
  const label = button.textContent;
  show(form, "");
  button.setAttribute("aria-disabled", "true");
  button.textContent = button.dataset.working;
  try {
    await answer(form);
    form.submit();
  } catch (problem) {
    show(form, problem.message || form.dataset.failed);
    button.removeAttribute("aria-disabled");
    button.textContent = label;
    form.removeAttribute("data-running");
  }
}

export function offerPasskeys(root) {
  if (!canUsePasskeys()) {
    return;
  }
  for (const off of root.querySelectorAll("[data-passkey-off]")) {
    off.hidden = true;
  }
  for (const form of root.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.running !== "yes") {
        form.dataset.running = "yes";
        run(form);
      }
    });
  }
}
