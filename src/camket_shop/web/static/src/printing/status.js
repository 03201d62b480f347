// What became of each job, in a small part of the page: it never covers anything and nobody has to wait for it.
import { el, fill } from "../shared/dom.js";
import { t } from "../shared/messages.js";
import { at } from "../shared/page.js";

/** A job that went well needs no one's attention for longer. */
const SHOWN_MS = 8000;
const SETUP = new Set(["no-printer", "unsupported"]);

function button(label, onclick, kind = "") {
  return el("button", { type: "button", class: `btn slim ${kind}`.trim(), onclick }, label);
}

function stateOf(job) {
  if (job.state === "failed") {
    return t(`printing.reason_${job.reason.replaceAll("-", "_")}`);
  }
  return t(`printing.state_${job.state}`);
}

function buttonsOf(job, queue, ways) {
  const { reason } = job;
  if (["waiting", "connecting", "printing"].includes(job.state)) {
    return [button(t("printing.stop"), () => queue.cancel(job))];
  }
  if (job.state === "printed") {
    return [button(t("printing.again"), () => queue.again(job))];
  }
  return [
    SETUP.has(reason) ? el("a", { class: "btn slim go", href: at("/printers") }, t("printing.choose")) : null,
    reason === "needs-tap" ? button(t("printing.reconnect"), () => ways.reconnect(job), "go") : null,
    ["needs-tap", "no-printer"].includes(reason) ? null : button(t("printing.again"), () => queue.again(job), "go"),
    button(t("printing.with_dialog"), () => ways.dialog(job)),
    button(t("printing.as_picture"), () => ways.share(job)),
    button(t("printing.dismiss"), () => queue.dismiss(job)),
  ];
}

function rowOf(job, queue, ways) {
  const busy = ["connecting", "printing"].includes(job.state);
  return el(
    "li",
    { class: `print-job ${job.state}`, "data-job-state": job.state, "data-reason": job.reason },
    el("p", {}, el("b", {}, job.document.title), " ", el("span", { role: "status" }, stateOf(job))),
    busy ? el("progress", { max: 100, value: job.percent, "aria-label": job.document.title }) : null,
    el("div", { class: "actions" }, ...buttonsOf(job, queue, ways)),
  );
}

/** Whether only the share of what is sent has changed: then no element is made anew, and no reader says it again. */
function isProgress(row, job) {
  return row?.dataset.jobState === job.state && job.state === "printing";
}

/**
 * Show a queue in a part of the page, for as long as that stands in the page.
 *
 * @param {Element} place - where; it becomes a list.
 * @param {object} queue - see `queue.js`.
 * @param {{reconnect: Function, dialog: Function, share: Function}} ways - what else can be done with a job, from a
 *   click.
 */
export function showStatus(place, queue, ways) {
  const rows = new Map();
  const list = el("ul", { class: "print-jobs", role: "list", "aria-label": t("printing.jobs") });
  fill(place, list);
  const hideLater = (job) =>
    setTimeout(() => {
      if (job.state === "printed") {
        queue.dismiss(job);
      }
    }, SHOWN_MS);
  let wasThere = false;
  const show = () => {
    if (wasThere && !place.isConnected) {
      // A sheet that was closed: what it showed is shown elsewhere.
      queue.removeEventListener("change", show);
      return;
    }
    wasThere = place.isConnected;
    const jobs = queue.jobs;
    for (const job of jobs) {
      const row = rows.get(job);
      if (isProgress(row, job)) {
        row.querySelector("progress").value = job.percent;
        continue;
      }
      const signature = `${job.state} ${job.reason}`;
      if (row?.dataset.signature !== signature) {
        const made = rowOf(job, queue, ways);
        made.dataset.signature = signature;
        rows.set(job, made);
        if (job.state === "printed") {
          hideLater(job);
        }
      }
    }
    for (const job of rows.keys()) {
      if (!jobs.includes(job)) {
        rows.delete(job);
      }
    }
    const wanted = jobs.map((job) => rows.get(job));
    if (wanted.length !== list.children.length || wanted.some((row, index) => list.children[index] !== row)) {
      fill(list, ...wanted);
    }
    place.hidden = jobs.length === 0;
  };
  queue.addEventListener("change", show);
  show();
}
