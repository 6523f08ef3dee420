// A finished report's envelope: its bytes are made here, once, and never again.

import { base64url, hex } from "./bytes.js";
import { stamp } from "./clock.js";

// The fields a device signs, in this order, one per line, null as an empty line.
export const HEADER = ["id", "mission", "checklist", "version", "visit", "supersedes", "device", "clock", "hash", "sealed"];

export function signedText(envelope) {
  return HEADER.map((name) => envelope[name] || "").join("\n");
}

// `content` is the payload's object: location, team, answers, comments, overrides, started, finished.
export async function makeEnvelope(draft, content, identity, moment = new Date()) {
  const payload = JSON.stringify(content);
  const text = new TextEncoder();
  const envelope = {
    id: draft.id,
    mission: identity.mission,
    checklist: draft.checklist,
    version: draft.version,
    visit: draft.visit,
    supersedes: draft.supersedes || null,
    device: identity.device,
    clock: stamp(moment),
    hash: hex(await crypto.subtle.digest("SHA-256", text.encode(payload))),
    sealed: null,
    signature: null,
    payload,
  };
  const bytes = text.encode(signedText(envelope));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, identity.keys.privateKey, bytes);
  envelope.signature = base64url(signature);
  return envelope;
}
