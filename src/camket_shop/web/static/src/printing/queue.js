// Jobs, one after the other: two receipts never share the paper, and nobody who sells waits for any of them.
import { PrintError, reasonOf } from "./errors.js";

const KEPT_JOBS = 20;
const LOCK = "quay-printer";

/** Across the tabs of this browser too, where it has locks. */
function alone(work) {
  const locks = globalThis.navigator?.locks;
  return locks ? locks.request(LOCK, work) : work();
}

/** @typedef {"waiting"|"connecting"|"printing"|"printed"|"failed"} JobState */

export class PrintQueue extends EventTarget {
  #run;
  #tail = Promise.resolve();
  #jobs = [];

  /** @param {(job: object, onState: (state: object) => void) => Promise<void>} run - prints one job or throws. */
  constructor(run) {
    super();
    this.#run = run;
  }

  /** Newest first; those that are done or failed stay until they are dismissed or many more came. */
  get jobs() {
    return [...this.#jobs];
  }

  /**
   * Queue a document.
   *
   * @param {object} document - see `documents.js`.
   * @param {{printer?: object, onState?: (state: object) => void}} options - the printer, where it is not the
   *   remembered one.
   * @returns {Promise<{state: "printed"|"failed"|"no-printer", reason: string|null}>} never rejects.
   */
  add(document, { printer, onState = () => {} } = {}) {
    const job = { document, printer, onState, state: "waiting", percent: 0, reason: null, stop: null };
    this.#jobs = [job, ...this.#jobs].slice(0, KEPT_JOBS);
    return this.#enqueue(job);
  }

  /** Print a job from its start once more. */
  again(job) {
    if (["printed", "failed"].includes(job.state)) {
      this.#enqueue(job);
    }
  }

  /** Stop a job that waits or prints; one that prints may leave a part on the paper. */
  cancel(job) {
    job.stop?.abort();
  }

  /** Say why something else that was tried for a job that failed did not work either; a person's own no changes nothing. */
  fail(job, error) {
    if (!["cancelled", "none-chosen"].includes(reasonOf(error))) {
      this.#set(job, { state: "failed", reason: reasonOf(error) });
    }
  }

  /** No longer show a job. */
  dismiss(job) {
    this.#jobs = this.#jobs.filter((kept) => kept !== job);
    this.#tell();
  }

  #enqueue(job) {
    job.stop = new AbortController();
    this.#set(job, { state: "waiting", percent: 0, reason: null });
    const done = this.#tail.then(() => alone(() => this.#print(job)));
    this.#tail = done;
    return done;
  }

  async #print(job) {
    try {
      if (job.stop.signal.aborted) {
        throw new PrintError("cancelled");
      }
      await this.#run(job, (state) => this.#set(job, state));
      this.#set(job, { state: "printed", percent: 100 });
    } catch (error) {
      this.#set(job, { state: "failed", reason: reasonOf(error) });
    }
    const { state, reason } = job;
    return { state: reason === "no-printer" ? reason : state, reason };
  }

  #set(job, state) {
    Object.assign(job, state);
    this.#tell();
    job.onState({ state: job.state, percent: job.percent, reason: job.reason });
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
