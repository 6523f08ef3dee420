import assert from "node:assert/strict";
import { createHash, webcrypto } from "node:crypto";
import test from "node:test";
import { base64url, fromBase64url } from "../../static/js/bytes.js";
import { makeEnvelope, signedText } from "../../static/js/envelope.js";
import { newId, shortId } from "../../static/js/ids.js";
import { holds, signedText as receiptText } from "../../static/js/receipt.js";

globalThis.crypto ??= webcrypto;
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGN = { name: "ECDSA", hash: "SHA-256" };
const keyPair = () => crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
const bytes = (text) => new TextEncoder().encode(text);

test("an envelope's hash and signature cover its bytes and its header", async () => {
  const keys = await keyPair();
  const draft = { id: newId(), checklist: "voting", version: "v", visit: newId(), supersedes: null };
  const content = { answers: { comment: "Қазақша, «кавычки», \ud83d\ude00 \ud800" } };
  const envelope = await makeEnvelope(draft, content, { mission: "m", device: "d", keys });
  assert.equal(envelope.hash, createHash("sha256").update(Buffer.from(envelope.payload, "utf8")).digest("hex"));
  const lines = [envelope.id, "m", "voting", "v", envelope.visit, "", "d", envelope.clock, envelope.hash, ""];
  assert.equal(signedText(envelope), lines.join("\n"));
  assert.ok(await crypto.subtle.verify(SIGN, keys.publicKey, fromBase64url(envelope.signature), bytes(signedText(envelope))));
  assert.equal(JSON.parse(JSON.stringify({ envelopes: [envelope] })).envelopes[0].payload, envelope.payload);
});

test("a receipt counts only for this report, these bytes and the pinned key", async () => {
  const keys = await keyPair();
  const point = base64url(await crypto.subtle.exportKey("raw", keys.publicKey));
  const envelope = { id: "a", hash: "h" };
  const receipt = { id: "a", hash: "h", received: "2026-11-22T10:00:00.000Z", sequence: 7, key: "k" };
  receipt.signature = base64url(await crypto.subtle.sign(SIGN, keys.privateKey, bytes(receiptText(receipt))));
  const pinned = [{ id: "k", public_key: point }];
  assert.ok(await holds(receipt, envelope, pinned));
  assert.equal(await holds({ ...receipt, sequence: 8 }, envelope, pinned), false);
  assert.equal(await holds(receipt, { id: "a", hash: "other" }, pinned), false);
  assert.equal(await holds(receipt, { id: "b", hash: "h" }, pinned), false);
  assert.equal(await holds(receipt, envelope, [{ id: "other", public_key: point }]), false);
  assert.equal(await holds({ ...receipt, signature: "!" }, envelope, pinned), false);
  assert.equal(await holds(undefined, envelope, pinned), false);
});

test("ids are UUID 4 with and without randomUUID", () => {
  const shape = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  assert.match(newId(), shape);
  const kept = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(crypto), "randomUUID");
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  try {
    assert.match(newId(), shape);
  } finally {
    delete crypto.randomUUID;
    if (kept) assert.equal(typeof crypto.randomUUID, "function");
  }
  assert.equal(shortId("7f3a91c0-0000-4000-8000-000000000000"), "7F3A-91");
});
