// Who this phone is: its key pair, its token, the mission it was given. The private key can't leave the browser.

import { base64url } from "./bytes.js";
import * as store from "./store.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

export class Refused extends Error {
  constructor(status, error) {
    super((error && error.message) || `the server answered ${status}`);
    this.status = status;
    this.code = (error && error.code) || "unreachable";
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
async function keepManifest(told) {
  const { policy, seal_key } = told;
  const terms = (await store.setting("terms")) || {};
  await store.keepSetting("terms", { ...terms, [told.mission.code]: { policy, seal_key } });
  await store.keepSetting("manifest", told);
}

// What a mission asks of finished reports: {policy, seal_key}, or null where that is not known.
export async function termsOf(mission) {
  const present = await manifest();
  if (present && present.mission.code === mission) return present;
  return ((await store.setting("terms")) || {})[mission] || null;
}

// Redeem a one-time code. What an earlier enrolment left waiting keeps its own token (`identities`).
export async function enrol(code) {
  const keys = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = base64url(await crypto.subtle.exportKey("raw", keys.publicKey));
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
  const before = (await store.setting("identities")) || [];
  await store.keepSetting("identities", [...before.filter((other) => other.device !== mine.device), mine]);
  await keepManifest(reply.manifest);
  await store.keepSetting("identity", mine);
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
  await keepManifest(reply);
  return reply;
}
