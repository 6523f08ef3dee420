// A finished report's envelope: its bytes are made here, once, and never again.

import { base64url, hex } from "./bytes.js";
import { stamp } from "./clock.js";
import { sealPayload } from "./seal.js";

// The fields a device signs, in this order, one per line, null as an empty line.
export const HEADER = ["id", "mission", "checklist", "version", "visit", "supersedes", "device", "clock", "hash", "sealed"];

export function signedText(envelope) {
  return HEADER.map((name) => envelope[name] || "").join("\n");
}

// `content` is the payload's object: location, team, answers, comments, overrides, started, finished.
// `seal` is what sealing() gives; with it the payload is the sealed bytes in base64url, and the hash is of that text.
export async function makeEnvelope(draft, content, identity, moment = new Date(), seal = null) {
  const json = JSON.stringify(content);
  const payload = seal ? await sealPayload(seal, draft.id, json) : json;
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
    sealed: seal ? seal.key : null,
    signature: null,
    payload,
  };
  const bytes = text.encode(signedText(envelope));
  const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, identity.keys.privateKey, bytes);
  envelope.signature = base64url(signature);
  return envelope;
}
