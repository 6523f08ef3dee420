import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { webcrypto } from "node:crypto";
import { fromBase64url } from "../../static/js/bytes.js";
import { CannotSeal, keepsReadable, needed, readable, sealPayload, sealPhoto, sealing } from "../../static/js/seal.js";

globalThis.crypto ??= webcrypto;
const vectors = JSON.parse(readFileSync(new URL("../seal_vectors.json", import.meta.url)));
const told = (policy, seal_key = vectors.key) => ({ policy, seal_key });
const SEALS = { seal: true, protocol_open: true };

test("a mission that does not seal needs nothing and leaves everything readable", async () => {
  for (const manifest of [null, {}, told({ seal: false, protocol_open: true }, null)]) {
    assert.equal(await sealing(manifest), null);
    assert.deepEqual(needed(manifest), []);
    assert.equal(readable(manifest), "all");
    assert.ok(keepsReadable(manifest, "voting"));
  }
});

test("what stays readable is the protocol, where the mission allows it, or nothing", () => {
  assert.ok(keepsReadable(told(SEALS), "protocol"));
  assert.ok(!keepsReadable(told(SEALS), "voting"));
  assert.ok(!keepsReadable(told({ seal: true, protocol_open: false }), "protocol"));
  assert.equal(needed(told(SEALS)).length, 1);
});

test("each sealing is new, holds the text in full and shows none of it", async () => {
  const seal = await sealing(told(SEALS));
  assert.equal(seal.key, vectors.key.id);
  const json = JSON.stringify({ answers: { comment: "Көрдім: екі бюллетень" } });
  const one = await sealPayload(seal, "7f3a91c0-0000-4000-8000-000000000000", json);
  const other = await sealPayload(seal, "7f3a91c0-0000-4000-8000-000000000000", json);
  assert.notEqual(one, other);
  assert.match(one, /^[A-Za-z0-9_-]+$/);
  assert.equal(fromBase64url(one).length, 65 + new TextEncoder().encode(json).length + 16);
  assert.ok(!Buffer.from(fromBase64url(one)).includes("comment"));
});

test("a long text goes deflated, a short one as it is", async () => {
  const seal = await sealing(told(SEALS));
  const json = JSON.stringify({ comments: Array.from({ length: 40 }, (_, n) => `${n}: Көрдім, екі бюллетень`) });
  const sealed = fromBase64url(await sealPayload(seal, "7f3a91c0-0000-4000-8000-000000000000", json));
  assert.ok(sealed.length < 65 + new TextEncoder().encode(json).length / 4, `${sealed.length}`);
});

test("a photo is sealed as bytes", async () => {
  const photo = crypto.getRandomValues(new Uint8Array(50_000));
  const sealed = await sealPhoto(await sealing(told(SEALS)), "7f3a91c0-0000-4000-8000-000000000001", photo);
  assert.ok(sealed instanceof Uint8Array);
  assert.equal(sealed.length, 65 + photo.length + 16);
});

test("a key that is none is said, and never passed over", async () => {
  for (const key of [null, { id: "k", public_key: "AAAA" }, { id: "k" }, { id: "k", public_key: "!" }]) {
    await assert.rejects(sealing(told(SEALS, key)), CannotSeal);
  }
});
