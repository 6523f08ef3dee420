// Who this phone is: its key pair, its token, the mission it was given. The private key can't leave the browser.

import { base64url } from "./bytes.js";
import * as store from "./store.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

export class Refused extends Error {
  constructor(status, error) {
    super((error && error.message) || `the server answered ${status}`);
    this.status = status;
    this.code = (error && error.code) || "unreachable";
    this.wait = (error && error.detail && error.detail.wait) || null; // seconds
  }
}

async function ask(address, options) {
  let response;
  let body = null;
  try {
    response = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error", ...options });
    body = await response.json();
  } catch {
    throw new Refused(response ? response.status : 0, null);
  }
  if (!response.ok) throw new Refused(response.status, body && body.error);
  return body;
}

export const identity = () => store.setting("identity");
export const manifest = () => store.setting("manifest");

// What finishing must know of a mission stays with the phone when it goes on to another: a correction goes to its own.
async function keepManifest(settings, told) {
  const { policy, seal_key } = told;
  const terms = (await settings.get("terms")) || {};
  await settings.put({ ...terms, [told.mission.code]: { policy, seal_key } }, "terms");
  await settings.put(told, "manifest");
}

// What a mission asks of finished reports: {policy, seal_key}, or null where that is not known.
export async function termsOf(mission) {
  const present = await manifest();
  if (present && present.mission.code === mission) return present;
  return ((await store.setting("terms")) || {})[mission] || null;
}

// As the server reads a code that was typed: without hyphens, O as 0, I and L as 1.
const plain = (typed) => typed.toUpperCase().replace(/[\s-]/g, "").replace(/O/g, "0").replace(/[IL]/g, "1");

const settings = (work) => store.transact("settings", "readwrite", (tx) => work(tx.objectStore("settings")));

// The keys of an enrolment are on disk before its code is sent: when the reply gets lost, the same code with the same key
// brings the same device back, now or tomorrow.
async function keysFor(code) {
  const fresh = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  return settings(async (kept) => {
    const begun = (await kept.get("enrolling")) || [];
    const known = begun.find((each) => each.code === code);
    if (!known) await kept.put([...begun, { code, keys: fresh }], "enrolling");
    return known ? known.keys : fresh;
  });
}

async function forgetBegun(kept, code) {
  const begun = (await kept.get("enrolling")) || [];
  await kept.put(begun.filter((each) => each.code !== code), "enrolling");
}

// The code of an enrolment that was sent off and got no answer; null without one.
export async function begunCode() {
  const [latest] = ((await store.setting("enrolling")) || []).slice(-1);
  return latest ? latest.code.replace(/(.{4})(?=.)/g, "$1-") : null;
}

// Redeem a one-time code. What an earlier enrolment left waiting keeps its own token (`identities`).
export async function enrol(typed) {
  const code = plain(typed);
  const keys = await keysFor(code);
  const point = base64url(await crypto.subtle.exportKey("raw", keys.publicKey));
  try {
    return await redeem(code, keys, point);
  } catch (fault) {
    // A code that the server itself refuses is of no more use; any other failure may have been a lost reply.
    if (fault instanceof Refused && fault.code === "code_invalid") await settings((kept) => forgetBegun(kept, code));
    throw fault;
  }
}

async function redeem(code, keys, point) {
  const reply = await ask("/api/enrol", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code, public_key: point }),
  });
  const mine = {
    device: reply.device,
    token: reply.token,
    mission: reply.mission,
    team: reply.team,
    keys,
    receiptKeys: reply.keys.map(({ id, public_key }) => ({ id, public_key })),
    enrolled: new Date().toISOString(),
  };
  // In one transaction: a phone is never half another's.
  await settings(async (kept) => {
    const before = (await kept.get("identities")) || [];
    await kept.put([...before.filter((other) => other.device !== mine.device), mine], "identities");
    await keepManifest(kept, reply.manifest);
    await kept.put(mine, "identity");
    await forgetBegun(kept, code);
  });
  return mine;
}

// The identity under which a waiting report was signed: its token, its pinned keys.
export async function identityOf(device) {
  const all = (await store.setting("identities")) || [];
  return all.find((candidate) => candidate.device === device) || null;
}

// Fetch the mission anew; what is in the phone stays when there is no answer. The pinned keys never change here.
export async function refreshManifest() {
  const mine = await identity();
  if (!mine) return null;
  const reply = await ask("/api/mission", { headers: { Authorization: `Bearer ${mine.token}` } });
  if (!reply.mission || reply.mission.code !== mine.mission) return null;
  await settings((kept) => keepManifest(kept, reply));
  return reply;
}
