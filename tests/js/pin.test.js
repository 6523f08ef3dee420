import assert from "node:assert/strict";
import test from "node:test";
import { ROUNDS, makeLock, restOf, unwrap, waitAfter } from "../../static/js/pin.js";
import * as vault from "../../static/js/vault.js";

const FEW = 1000; // as many rounds as a test needs
const freshKey = () => crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"]);
const raw = async (key) => Buffer.from(await crypto.subtle.exportKey("raw", key)).toString("hex");

test("a PIN is stretched over at least 600,000 rounds, and the lock says how many", async () => {
  assert.ok(ROUNDS >= 600_000);
  const lock = await makeLock("кілт 2026", await freshKey());
  assert.equal(lock.rounds, ROUNDS);
  assert.equal(await unwrap({ ...lock, rounds: ROUNDS - 1 }, "кілт 2026"), null);
});

test("the right PIN gives the data key, and any other gives none", async () => {
  const key = await freshKey();
  const lock = await makeLock("234567", key, "id", FEW);
  assert.equal(await raw(await unwrap(lock, "234567", true)), await raw(key));
  for (const wrong of ["234568", "2345678", "", "234567 "]) assert.equal(await unwrap(lock, wrong), null);
});

test("a PIN is the same however its letters are composed", async () => {
  const lock = await makeLock("и\u0306ота один", await freshKey(), "id", FEW);
  assert.ok(await unwrap(lock, "йота один"));
});

test("the same PIN makes another lock each time: salt and nonce are random, and nothing of the key is kept plain", async () => {
  const key = await freshKey();
  const [one, two] = [await makeLock("234567", key, "id", FEW), await makeLock("234567", key, "id", FEW)];
  for (const part of ["salt", "iv", "wrapped"]) assert.notDeepEqual(Buffer.from(one[part]), Buffer.from(two[part]));
  assert.ok(!Buffer.from(one.wrapped).toString("hex").includes(await raw(key)));
});

test("the key that a page holds can't leave the browser", async () => {
  const lock = await makeLock("234567", await freshKey(), "id", FEW);
  await assert.rejects(crypto.subtle.exportKey("raw", await unwrap(lock, "234567")));
});

test("mistyping twice costs nothing, and each further wrong PIN costs more, up to five minutes", () => {
  assert.deepEqual([0, 1, 2].map(waitAfter), [0, 0, 0]);
  const waits = [3, 4, 5, 6, 7, 8].map(waitAfter);
  assert.deepEqual(waits, [...waits].sort((one, other) => one - other));
  assert.equal(new Set(waits).size, waits.length);
  assert.equal(waitAfter(500), 300_000);
});

test("a wait runs out by the clock, and starts again when the clock is turned back", () => {
  const tried = { count: 5, at: 1_000_000 };
  assert.equal(restOf(null, 5), 0);
  assert.equal(restOf(tried, 1_000_000), waitAfter(5));
  assert.equal(restOf(tried, 1_000_000 + waitAfter(5) - 1), 1);
  assert.equal(restOf(tried, 1_000_000 + waitAfter(5)), 0);
  assert.equal(restOf(tried, 0), waitAfter(5));
});

async function unlockedVault() {
  vault.hold({ id: "lock", key: await freshKey() });
}

test("of a sealed draft only what the store goes by is readable, and all of it comes back", async () => {
  await unlockedVault();
  const draft = { id: "a", changed: "now", supersedes: null, location: "R-0144", answers: { q: "да", empty: "" }, comments: { q: "сыр" }, overrides: {} };
  const sealed = await vault.sealDraft(draft);
  assert.deepEqual(Object.keys(sealed).sort(), ["changed", "id", "sealed", "supersedes"]);
  assert.ok(!Buffer.from(sealed.sealed.data).includes("R-0144"));
  assert.deepEqual(await vault.openDraft(sealed), draft);
});

test("a sealed draft opens neither under another record's id nor when a bit of it was changed", async () => {
  await unlockedVault();
  const sealed = await vault.sealDraft({ id: "a", changed: "now", answers: {} });
  await assert.rejects(vault.openDraft({ ...sealed, id: "b" }));
  new Uint8Array(sealed.sealed.data)[3] ^= 1;
  await assert.rejects(vault.openDraft(sealed));
});

test("of a report the answers and the station are sealed, and its envelope is not", async () => {
  await unlockedVault();
  const report = { id: "a", state: "waiting", raw: { answers: { q: "no" } }, location: "R-0144", location_name: null, envelope: { payload: "p" } };
  const sealed = await vault.sealQueued(report);
  assert.deepEqual([sealed.raw, sealed.location, sealed.envelope], [null, null, report.envelope]);
  assert.deepEqual(await vault.openQueued(sealed), report);
  vault.forget();
  const locked = await vault.openQueued(sealed);
  assert.deepEqual([locked.raw, locked.location, locked.state], [null, null, "waiting"]);
});

test("without the key a draft says that it is locked", async () => {
  await unlockedVault();
  const sealed = await vault.sealDraft({ id: "a", changed: "now", answers: {} });
  vault.forget();
  await assert.rejects(async () => vault.openDraft(sealed), { name: "Locked" });
});

test("without a PIN a record goes in as it is", async () => {
  vault.forget();
  const draft = { id: "a", changed: "now", answers: {} };
  assert.equal(await vault.sealDraft(draft), draft);
  assert.equal(await vault.sealQueued(draft), draft);
});
