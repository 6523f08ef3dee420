import assert from "node:assert/strict";
import test from "node:test";
import { backOff, outcome } from "../../static/js/send.js";

const receipt = { id: "a", hash: "h", received: "t", sequence: 1, key: "k", signature: "s" };
const results = (...list) => ({ results: list });

for (const status of ["stored", "known", "quarantined"]) {
  test(`a report that is ${status} is delivered against its receipt`, () => {
    const { verdicts, pause } = outcome(200, results({ id: "a", status, receipt }), ["a"]);
    assert.deepEqual(verdicts, [{ id: "a", to: "delivered", receipt, quarantined: status === "quarantined" }]);
    assert.equal(pause, null);
  });
}

for (const status of ["conflict", "malformed"]) {
  test(`a report that is ${status} asks for attention and the next one is not blocked`, () => {
    const body = results({ id: "a", status, error: { code: status, message: "why" } }, { id: "b", status: "stored", receipt });
    const { verdicts, pause } = outcome(200, body, ["a", "b"]);
    assert.deepEqual(verdicts.map((verdict) => [verdict.id, verdict.to]), [["a", "attention"], ["b", "delivered"]]);
    assert.equal(verdicts[0].reason, status);
    assert.equal(pause, null);
  });
}

for (const status of [401, 403]) {
  test(`${status} keeps everything and asks to enrol again`, () => {
    assert.deepEqual(outcome(status, { error: { code: "device_unknown" } }, ["a"]), { verdicts: [], pause: "enrol" });
  });
}

test("413 keeps everything and sends less at a time", () => {
  assert.deepEqual(outcome(413, null, ["a"]), { verdicts: [], pause: "smaller" });
});

for (const [name, status, body] of [
  ["429", 429, { error: {} }],
  ["500", 500, null],
  ["503 with a page", 503, null],
  ["no network", 0, null],
  ["a portal's page with status 200", 200, null],
  ["JSON that is not a reply", 200, { ok: true }],
  ["results that are no list", 200, { results: "stored" }],
  ["400 for the whole request", 400, { error: { code: "malformed" } }],
  ["a redirect", 302, null],
]) {
  test(`${name} keeps everything and backs off`, () => {
    assert.deepEqual(outcome(status, body, ["a", "b"]), { verdicts: [], pause: "later" });
  });
}

test("a status that is not known, or a receipt that is missing, is no delivery", () => {
  const body = results({ id: "a", status: "accepted", receipt }, { id: "b", status: "stored" }, null, { id: "c" });
  assert.deepEqual(outcome(200, body, ["a", "b", "c"]), { verdicts: [], pause: "later" });
});

test("a result for a report that was not sent changes nothing", () => {
  const { verdicts } = outcome(200, results({ id: "x", status: "stored", receipt }), ["a"]);
  assert.deepEqual(verdicts, []);
});

test("waits grow to five minutes and no further", () => {
  const waits = Array.from({ length: 20 }, (_, n) => backOff(n + 1, 1));
  assert.ok(waits.every((wait, n) => n === 0 || wait >= waits[n - 1]));
  assert.equal(waits[19], 300_000);
  assert.ok(backOff(1, 0) >= 1000);
});
