// Calls to the API, against a real server of Node's own on this machine.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";

let address = "";
const server = createServer(async (request, response) => {
  const parts = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString();
  const answers = {
    "/quay/api/echo": [200, JSON.stringify({ method: request.method, type: request.headers["content-type"], shop: request.headers["x-shop"], body })],
    "/quay/api/nothing": [204, ""],
    "/quay/api/refused": [422, JSON.stringify({ error: { code: "price_empty", message: "Chưa có giá.", field: "price" } })],
    "/quay/api/odd": [502, "<html>"],
  };
  if (request.url === "/quay/api/never") return;
  const [status, text] = answers[request.url] ?? [404, "{}"];
  response.writeHead(status, { "Content-Type": "application/json" }).end(text);
});

// The module reads where the shop is mounted when it is loaded, as a page says it.
globalThis.document = { documentElement: { dataset: { prefix: "/quay", shop: "0a1b2c3d" }, lang: "vi" }, getElementById: () => null };
const real = globalThis.fetch;
globalThis.fetch = (path, init) => real(`${address}${path}`, init);
const { getJson, sendForm, sendJson } = await import("../../../src/camket_shop/web/static/src/shared/api.js");

before(() => new Promise((resolve) => server.listen(0, "127.0.0.1", resolve)).then(() => {
  address = `http://127.0.0.1:${server.address().port}`;
}));
after(() => {
  server.closeAllConnections();
  server.close();
});

test("a path is one of the shop, with its prefix or without", async () => {
  assert.equal((await getJson("/api/echo")).method, "GET");
  assert.equal((await getJson("/quay/api/echo")).method, "GET");
});

test("what is sent arrives as JSON", async () => {
  const told = await sendJson("/api/echo", { total: 68000 });
  assert.deepEqual([told.method, told.type, told.body], ["POST", "application/json", '{"total":68000}']);
});

test("a form arrives as a form", async () => {
  const form = new FormData();
  form.set("name", "Cà phê");
  const told = await sendForm("/api/echo", form);
  assert.match(told.type, /^multipart\/form-data/);
  assert.match(told.body, /Cà phê/);
});

test("an answer without content is null", async () => {
  assert.equal(await sendJson("/api/nothing", {}), null);
});

test("a refusal carries code, message, field and status", async () => {
  await assert.rejects(sendJson("/api/refused", {}), (error) => {
    assert.deepEqual(
      [error.code, error.message, error.field, error.status, error.retryable],
      ["price_empty", "Chưa có giá.", "price", 422, false],
    );
    return true;
  });
});

test("an answer that is not the shop's own is broken and may be tried again", async () => {
  await assert.rejects(getJson("/api/odd"), (error) => error.code === "broken" && error.retryable);
});

test("no answer in time is a timeout and may be tried again", async () => {
  await assert.rejects(getJson("/api/never", { timeoutMs: 50 }), (error) => error.code === "timeout" && error.retryable);
});

test("a call that the page gives up raises what the page gave", async () => {
  const stop = new AbortController();
  const call = getJson("/api/never", { signal: stop.signal });
  stop.abort();
  await assert.rejects(call, (error) => error.name === "AbortError");
});

test("no server is offline and may be tried again", async () => {
  const kept = address;
  address = "http://127.0.0.1:1";
  await assert.rejects(getJson("/api/echo"), (error) => error.code === "offline" && error.retryable);
  address = kept;
});

test("every call says which shop its page is of", async () => {
  assert.equal((await getJson("/api/echo")).shop, "0a1b2c3d");
  assert.equal((await sendJson("/api/echo", {})).shop, "0a1b2c3d");
  assert.equal((await sendForm("/api/echo", new FormData())).shop, "0a1b2c3d");
});
