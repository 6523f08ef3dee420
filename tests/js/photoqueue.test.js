import assert from "node:assert/strict";
import test from "node:test";
import { meaning } from "../../static/js/photoqueue.js";

const hash = "a".repeat(64);
const receipt = { id: hash, hash, received: "t", sequence: 1, key: "k", signature: "s" };
const answer = (more) => ({ status: 200, body: { sha256: hash, piece: 65536, received: 10, stored: false, ...more } });
const error = (status, code) => ({ status, body: { error: { code, message: "why" } } });

test("the server's count says where the next piece begins, and that nothing is stored yet", () => {
  assert.deepEqual(meaning(answer(), hash), { received: 10, piece: 65536, receipt: null });
});

test("a receipt counts only where the server says that the photo is stored", () => {
  assert.deepEqual(meaning(answer({ stored: true, receipt }), hash).receipt, receipt);
  assert.equal(meaning(answer({ stored: false, receipt }), hash).receipt, null);
});

for (const [what, reply] of [
  ["a portal's page", { status: 200, body: null }],
  ["a word about another photo", answer({ sha256: "b".repeat(64) })],
  ["no count", answer({ received: "10" })],
  ["a busy server", error(503, "internal")],
  ["too many at once", error(429, "too_many_uploads")],
  ["a refusal that is not the server's", { status: 415, body: null }],
]) {
  test(`${what} leaves the photo for later`, () => assert.deepEqual(meaning(reply, hash), { stop: "later" }));
}

test("no network stops the turn, and a token that is not known asks to enrol", () => {
  assert.deepEqual(meaning({ status: 0, body: null }, hash), { stop: "network" });
  assert.deepEqual(meaning(error(401, "device_unknown"), hash), { stop: "enrol" });
});

test("bytes that will never do are refused with the code", () => {
  assert.deepEqual(meaning(error(415, "not_a_picture"), hash), { refused: "not_a_picture" });
  assert.deepEqual(meaning(error(413, "attachments_full"), hash), { refused: "attachments_full" });
});

test("a photo whose pieces were lost or altered begins anew", () => {
  assert.deepEqual(meaning(error(404, "upload_unknown"), hash), { anew: true });
  assert.deepEqual(meaning(error(422, "attachment_altered"), hash), { anew: true });
});
