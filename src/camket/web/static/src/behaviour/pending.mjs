// A page that waits for work asks again by itself, gently, until the work is done. Without this, its link does the same.
const FIRST_WAIT_MS = 1500;
const LONGEST_WAIT_MS = 15000;

async function isReady(url) {
  try {
    const answer = await fetch(url, { method: "GET", credentials: "same-origin", headers: { Accept: "application/json" } });
    return answer.ok && (await answer.json()).ready === true;
  } catch {
    return false;
  }
}

export function watchPending(root) {
  const pending = root.querySelector("[data-pending]");
  if (!pending) {
    return;
  }
  let wait = FIRST_WAIT_MS;
  const look = async () => {
    if (await isReady(pending.dataset.pending)) {
      location.reload();
      return;
    }
    wait = Math.min(wait * 1.5, LONGEST_WAIT_MS);
    setTimeout(look, wait);
  };
  setTimeout(look, wait);
}
