import assert from "node:assert/strict";
import { webcrypto } from "node:crypto";
import test from "node:test";
import { Gathering, RECEIPTS, REPORT, decode45, encode45, frames, readFrame } from "../../static/js/frames.js";
import { packDraft, packEnvelope, unpackDraft, unpackReceipts } from "../../static/js/pack.js";

globalThis.crypto ??= webcrypto;

const bytes = (length, seed = 1) => Uint8Array.from({ length }, (_, place) => (place * 37 + seed * 101 + (place >> 3) * seed) & 255);
const shuffled = (list) => list.map((each, place) => [(place * 7919) % 31, each]).sort((one, other) => one[0] - other[0]).map((each) => each[1]);

async function gathered(texts) {
  const gathering = new Gathering();
  const found = [];
  for (const text of texts) found.push(await gathering.add(text));
  return found;
}

test("base45 is that of the standard", () => {
  assert.equal(encode45(new TextEncoder().encode("Hello!!")), "%69 VD92EX0");
  assert.equal(new TextDecoder().decode(decode45("%69 VD92EX0")), "Hello!!");
  for (const bad of ["A", "::", "GGW", "a0"]) assert.equal(decode45(bad), null);
});

test("codes come in any order and again, and each says how many are there", async () => {
  const content = bytes(2000);
  const texts = await frames(REPORT, content);
  assert.equal(texts.length, 4);
  const found = await gathered(shuffled([...texts, ...texts]));
  assert.deepEqual(found.map((each) => each.was).sort(), [...Array(4).fill("again"), ...Array(4).fill("new")]);
  const [whole] = found.filter((each) => each.content);
  assert.deepEqual([whole.have, whole.count], [4, 4]);
  assert.deepEqual(Array.from(whole.content), Array.from(content));
});

test("two reports shown alternately do not mix", async () => {
  const [one, other] = [await frames(REPORT, bytes(1500, 1)), await frames(REPORT, bytes(1500, 2))];
  const found = await gathered(one.flatMap((text, place) => [text, other[place]]));
  assert.deepEqual(found.filter((each) => each.content).map((each) => each.content.length), [1500, 1500]);
});

for (const text of ["https://example.org", "", "OK1", "OK1AB", "OK1::::::."]) {
  test(`${JSON.stringify(text)} is a foreign code`, async () => {
    assert.equal(readFrame(text), null);
    assert.deepEqual(await gathered([text]), [{ was: "foreign" }]);
  });
}

test("codes that do not fit together are said to be damaged, and may be read once more", async () => {
  const texts = await frames(REPORT, bytes(1000));
  const frame = readFrame(texts[1]);
  const forged = `OK1${encode45(Uint8Array.from([frame.kind, ...decode45(frame.set), 1, 2, ...frame.piece.slice().reverse()]))}.`;
  const found = await gathered([texts[0], forged, ...texts]);
  assert.equal(found[1].was, "damaged");
  assert.equal(found[3].content.length, 1000);
});

test("more than codes can carry is refused", async () => {
  assert.equal(await frames(REPORT, new Uint8Array(170_000)), null);
});

test("a draft comes back as it was", async () => {
  const draft = { id: "x", comments: { q: "Қағаз «мөрленген» 👍".repeat(50) }, answers: {}, n: [1, null] };
  assert.deepEqual(await unpackDraft(await packDraft(draft)), draft);
});

test("a draft that claims more than there is, or more than is taken, is refused", async () => {
  const packed = Array.from(await packDraft({ text: "a".repeat(5000) }));
  for (const bad of [packed.slice(0, -3), [5, 255, 255, 255, 255, 7, 1, 0], [], [9]]) {
    await assert.rejects(unpackDraft(Uint8Array.from(bad)));
  }
});

test("a deflate bomb unpacks to no more than it claims", async () => {
  const { deflateSync } = await import("../../static/vendor/deflate.js");
  // Unpacked whole it would be a draft like any other.
  const packed = deflateSync(new TextEncoder().encode(JSON.stringify("0".repeat(5_000_000))), { level: 9 });
  const length = [(packed.length & 127) | 128, packed.length >> 7];
  assert.ok(packed.length < 16384);
  await assert.rejects(unpackDraft(Uint8Array.from([5, 200, 1, ...length, ...packed])));
});

test("an envelope without a hash of its own bytes keeps the hash it has", async () => {
  const envelope = { id: "a", mission: "m", checklist: "c", version: "ff", visit: "v", supersedes: null, device: "d", clock: "t", hash: "ab".repeat(32), sealed: null, signature: null, payload: "p" };
  const packed = await packEnvelope(envelope);
  assert.ok(packed.join().includes(Array(32).fill(0xab).join()));
});

test("receipts cut off are refused, not half read", () => {
  assert.throws(() => unpackReceipts(Uint8Array.from([3, 1, 2, 3])), RangeError);
  const whole = [1, 1, ...bytes(16), 0, 7, 0, 0, 3, 4, 5, 6, 9, 2, 8, ...bytes(8), 3, 64, ...bytes(64)];
  assert.equal(unpackReceipts(Uint8Array.from(whole))[0].sequence, 9);
  assert.throws(() => unpackReceipts(Uint8Array.from(whole.slice(0, -10))), RangeError);
  assert.deepEqual(unpackReceipts(Uint8Array.from([0])), []);
});

test("the kinds are those of the server", () => assert.deepEqual([REPORT, RECEIPTS], [1, 2]));
