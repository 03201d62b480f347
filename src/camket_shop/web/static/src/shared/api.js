// Calls to the shop's own API. Whatever goes wrong is an `ApiError` whose message may be shown as it is.
import { t } from "./messages.js";
import { at, shopKey } from "./page.js";

const TIMEOUT_MS = 20_000;
const FORM_TIMEOUT_MS = 120_000;

/** What went wrong with a call. */
export class ApiError extends Error {
  /**
   * @param {{code: string, message: string, field?: string, status?: number}} details `code` is the server's, or
   *   `offline` (no answer: it may have arrived or not), `timeout` (the same), `signed_out`, `broken`
   */
  constructor({ code, message, field, status = 0 }) {
    super(message);
    this.name = "ApiError";
    this.code = code;
    this.field = field;
    this.status = status;
  }

  /** Sending the same again, with the same client id, may help and cannot do harm. */
  get retryable() {
    return ["offline", "timeout", "busy", "broken"].includes(this.code);
  }
}

/**
 * Reads JSON.
 * @param {string} path below the shop's prefix, such as `/api/catalogue`
 * @param {{signal?: AbortSignal, timeoutMs?: number}} [options]
 */
export function getJson(path, options = {}) {
  return call(path, { method: "GET" }, options).then((answer) => answer.json());
}

/**
 * Sends JSON and reads the answer; null where the server answers with nothing.
 * @param {string} path below the shop's prefix
 * @param {unknown} body what is sent
 * @param {{signal?: AbortSignal, timeoutMs?: number}} [options]
 */
export async function sendJson(path, body, options = {}) {
  const init = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  return content(await call(path, init, options));
}

/**
 * Sends a form with its files and reads the answer; null where the server answers with nothing.
 * @param {string} path below the shop's prefix
 * @param {FormData} form
 * @param {{signal?: AbortSignal, timeoutMs?: number}} [options]
 */
export async function sendForm(path, form, options = {}) {
  return content(await call(path, { method: "POST", body: form }, { timeoutMs: FORM_TIMEOUT_MS, ...options }));
}

/**
 * Sends bytes and returns the whole answer, for what is not JSON.
 * @param {string} path below the shop's prefix
 * @param {BodyInit} body
 * @param {{signal?: AbortSignal, timeoutMs?: number, headers?: Record<string, string>}} [options]
 * @returns {Promise<Response>}
 */
export function sendBytes(path, body, options = {}) {
  return call(path, { method: "POST", body, headers: options.headers }, { timeoutMs: FORM_TIMEOUT_MS, ...options });
}

async function call(path, init, { signal, timeoutMs = TIMEOUT_MS }) {
  const limit = AbortSignal.timeout(timeoutMs);
  let answer;
  try {
    answer = await fetch(at(path), {
      ...init,
      credentials: "same-origin",
      // The server refuses what a page of one owner sends after another has signed in on this device.
      headers: { Accept: "application/json", ...(shopKey && { "X-Shop": shopKey }), ...init.headers },
      signal: signal ? anyOf(signal, limit) : limit,
    });
  } catch (error) {
    if (signal?.aborted) {
      throw error;
    }
    throw lost(limit.aborted ? "timeout" : "offline");
  }
  if (!answer.ok) {
    throw await refused(answer);
  }
  return answer;
}

// AbortSignal.any is newer than the browsers that shops have.
function anyOf(...signals) {
  const both = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) {
      both.abort(signal.reason);
    }
    signal.addEventListener("abort", () => both.abort(signal.reason), { once: true });
  }
  return both.signal;
}

async function content(answer) {
  return answer.status === 204 ? null : answer.json();
}

function lost(code) {
  return new ApiError({ code, message: t(`common.${code}`) });
}

async function refused(answer) {
  const told = await answer.json().catch(() => null);
  const { code, message, field } = told?.error ?? {};
  return new ApiError({ code: code ?? "broken", message: message ?? t("common.broken"), field, status: answer.status });
}
