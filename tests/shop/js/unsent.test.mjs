// A sale leaves the device only after its answer, and is recorded once however often it is sent.
import assert from "node:assert/strict";
import { test } from "node:test";
import { memoryTill } from "../../../src/camket_shop/web/static/src/selling/till-store.js";
import { unsentSales } from "../../../src/camket_shop/web/static/src/selling/unsent.js";

class Refusal extends Error {
  constructor(code, status = 0) {
    super(`because of ${code}`);
    this.code = code;
    this.status = status;
  }
}

// A server that records a sale once, and fails as often as it is told, before or after recording.
function serverOf(...failures) {
  const books = new Map();
  const asked = [];
  const post = async (sale) => {
    asked.push(sale);
    const failure = failures.shift();
    if (failure?.before) {
      throw failure.before;
    }
    if (!books.has(sale.id)) {
      books.set(sale.id, { ...sale, number: books.size + 1 });
    }
    if (failure?.after) {
      throw failure.after;
    }
    return books.get(sale.id);
  };
  return { post, books, asked };
}

// Time that passes only when a test says so.
function clockOf() {
  const planned = [];
  return {
    planned,
    later: (act, ms) => {
      planned.push({ act, ms });
      return planned.at(-1);
    },
    cancel: (plan) => {
      const place = planned.indexOf(plan);
      if (place >= 0) {
        planned.splice(place, 1);
      }
    },
    async pass() {
      const { act, ms } = planned.shift();
      act();
      await settled();
      return ms;
    },
  };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

function madeOf({ post }, clock = clockOf()) {
  const till = memoryTill("shop");
  const outcomes = [];
  const unsent = unsentSales({ till, post, later: clock.later, cancel: clock.cancel, onOutcome: (id, { state }) => outcomes.push([id, state]) });
  const sell = (id) => till.sell("tab", { id, total: 1000 });
  const waiting = async () => (await till.unsent()).map(({ key }) => key);
  return { till, unsent, sell, waiting, outcomes, clock };
}

test("a sale that is answered is gone from the device", async () => {
  const server = serverOf();
  const { unsent, sell, waiting } = madeOf(server);
  await sell("a");
  const outcome = await unsent.send({ id: "a", total: 1000 });
  assert.equal(outcome.receipt.number, 1);
  assert.deepEqual(await waiting(), []);
});

test("an answer that was lost after the server recorded the sale ends in one sale, with the same number", async () => {
  const server = serverOf({ after: new Refusal("offline") });
  const { unsent, sell, waiting, clock, outcomes } = madeOf(server);
  await sell("a");
  assert.equal((await unsent.send({ id: "a", total: 1000 })).state, "waiting");
  assert.deepEqual(await waiting(), ["a"]);
  await clock.pass();
  assert.deepEqual(await waiting(), []);
  assert.equal(server.books.size, 1);
  assert.deepEqual(server.asked[0], server.asked[1]);
  assert.deepEqual(outcomes, [["a", "waiting"], ["a", "sent"]]);
});

test("pauses between tries grow up to a minute, and are short again after an answer", async () => {
  const silence = () => Array.from({ length: 7 }, () => ({ before: new Refusal("timeout") }));
  const server = serverOf(...silence(), undefined, ...silence());
  const { unsent, sell, clock } = madeOf(server);
  for (const id of ["a", "b"]) {
    await sell(id);
    await unsent.send({ id });
    const pauses = [];
    while (clock.planned.length > 0) {
      pauses.push(await clock.pass());
    }
    assert.deepEqual(pauses, [2000, 4000, 8000, 16000, 32000, 60000, 60000]);
  }
});

test("sales are sent in the order in which they were made, and one that waits holds back those after it", async () => {
  const server = serverOf({ before: new Refusal("offline") });
  const { unsent, sell, waiting, clock } = madeOf(server);
  await sell("a");
  await sell("b");
  await unsent.sendAll();
  assert.deepEqual(server.asked.map(({ id }) => id), ["a"]);
  await clock.pass();
  assert.deepEqual([...server.books.keys()], ["a", "b"]);
  assert.deepEqual(await waiting(), []);
});

test("a sale that the server will not take stays, with the reason, and is not sent again by itself", async () => {
  const server = serverOf({ before: new Refusal("sale_id_taken", 409) });
  const { till, unsent, sell, clock } = madeOf(server);
  await sell("a");
  assert.equal((await unsent.send({ id: "a" })).state, "refused");
  const [held] = await till.unsent();
  assert.deepEqual(held.refused, { code: "sale_id_taken", message: "because of sale_id_taken" });
  assert.deepEqual(clock.planned, []);
  await unsent.sendAll();
  assert.equal(server.asked.length, 1);
  await unsent.hurry({ refusedToo: true });
  assert.deepEqual(await till.unsent(), []);
});

test("a refused sale does not hold back the next one", async () => {
  const server = serverOf({ before: new Refusal("total_wrong", 422) });
  const { unsent, sell, waiting } = madeOf(server);
  await sell("a");
  await sell("b");
  await unsent.sendAll();
  assert.deepEqual(await waiting(), ["a"]);
  assert.deepEqual([...server.books.keys()], ["b"]);
});

test("a session that ended, or another customer's, leaves every sale where it is and stops asking", async () => {
  for (const [code, status] of [["signed_out", 401], ["other_shop", 409]]) {
    const server = serverOf({ before: new Refusal(code, status) });
    const { unsent, sell, waiting, clock } = madeOf(server);
    await sell("a");
    await sell("b");
    await unsent.sendAll();
    assert.deepEqual(await waiting(), ["a", "b"], code);
    assert.equal(server.asked.length, 1);
    assert.deepEqual(clock.planned, []);
    await unsent.hurry();
    assert.deepEqual(await waiting(), []);
    assert.equal(server.books.size, 2);
  }
});

test("errors of the server and too many requests wait, like no answer", async () => {
  for (const refusal of [new Refusal("anything", 500), new Refusal("else", 503), new Refusal("too_many", 429), new Refusal("too_slow", 408)]) {
    const { unsent, sell } = madeOf(serverOf({ before: refusal }));
    await sell("a");
    assert.equal((await unsent.send({ id: "a" })).state, "waiting", refusal.code);
  }
});

test("a sale that is on its way is not sent a second time by the same page", async () => {
  const server = serverOf();
  const { unsent, sell } = madeOf(server);
  await sell("a");
  await Promise.all([unsent.send({ id: "a" }), unsent.send({ id: "a" }), unsent.sendAll()]);
  assert.equal(server.asked.length, 1);
});

test("a mistake of ours is not taken for a missing network", async () => {
  const { unsent, sell } = madeOf({ post: async () => { throw new TypeError("a mistake"); } });
  await sell("a");
  await assert.rejects(unsent.send({ id: "a" }), TypeError);
});
