// Sends photos, in pieces, when no report waits to be sent: a report never waits for a photo, nor stumbles over one.

import { exclusively } from "./exclusive.js";
import * as photos from "./photos.js";
import { holds } from "./receipt.js";
import { ask, backOff } from "./send.js";
import { queued } from "./store.js";

const [LEAST, FIRST] = [16_384, 65_536];
const QUICK = 8_000; // milliseconds: a piece that took less may be larger next time
const AGAIN = 3; // times that the server may ask for a photo from its first byte in one turn

let step = FIRST;
let failures = 0;
let timer = null;

// Codes by which the server says that these bytes will never do: the photo stays in the phone, with the reason.
const NEVER = ["not_a_picture", "attachment_malformed", "too_large", "attachments_full"];
const ANEW = ["upload_unknown", "attachment_altered"];

// What a reply means: {received, piece, receipt} of this photo, or {stop} with why, or {refused}, or {anew: true}.
export function meaning({ status, body }, sha256) {
  if (status === 0) return { stop: "network" };
  if (status === 401 || status === 403) return { stop: "enrol" };
  const error = body && body.error;
  if (status !== 200) {
    if (error && NEVER.includes(error.code)) return { refused: error.code };
    return error && ANEW.includes(error.code) ? { anew: true } : { stop: "later" };
  }
  if (!body || body.sha256 !== sha256 || !Number.isInteger(body.received)) return { stop: "later" }; // not our server's word
  return { received: body.received, piece: body.piece, receipt: body.stored ? body.receipt : null };
}

// One photo, from wherever the server has it. Gives {receipt}, or as `meaning` does; {stop: "busy"} when a report waits.
async function send(photo, token, busy) {
  const bytes = await photos.bytesOf(photo);
  if (!bytes) return { refused: "lost" };
  const address = `/api/attachments/${photo.sha256}`;
  const about = JSON.stringify({ size: photo.size, sealed: photo.sealed, photo: photo.uuid, submission: photo.report });
  const announce = async () => meaning(await ask(address, { token, body: about }), photo.sha256);
  let found = await announce();
  for (let times = 0; ; ) {
    if (found.anew) {
      times += 1;
      if (times > AGAIN) return { stop: "later" };
      found = await announce();
    } else if (found.stop || found.refused || found.receipt) {
      return found;
    } else if (busy()) {
      return { stop: "busy" };
    } else {
      const begun = Date.now();
      const from = found.received;
      const piece = bytes.subarray(from, from + Math.min(step, found.piece || LEAST));
      found = meaning(await ask(`${address}/${from}`, { method: "PUT", type: "application/octet-stream", token, body: piece }), photo.sha256);
      if (found.received <= from && !found.receipt) return { stop: "later" }; // a server that takes nothing in
      if (found.stop === "network") step = Math.max(LEAST, step / 4);
      else if (Date.now() - begun < QUICK) step = Math.min(step * 2, 1 << 20);
    }
  }
}

// What may be sent: named by a report that is finished, here or on the phone that its draft was given to. What failed least goes first, then the oldest.
export async function due() {
  const finished = new Set((await queued()).map((record) => record.id));
  return (await photos.all())
    .filter((photo) => photo.named && photo.state === photos.KEPT && (photo.given || finished.has(photo.report)))
    .sort((one, other) => (one.failures || 0) - (other.failures || 0) || one.made.localeCompare(other.made));
}

async function drain({ senderOf, busy, changed }) {
  const refused = new Set();
  let stopped = null;
  for (const photo of await due()) {
    if (busy()) return null; // whoever is at it calls again
    const sender = await senderOf(photo.device, refused);
    const said = sender ? await send(photo, sender.token, busy) : { stop: "enrol" };
    if (said.receipt && (await holds(said.receipt, { id: photo.sha256, hash: photo.sha256 }, sender.keys))) {
      await photos.delivered(photo, said.receipt);
      failures = 0;
    } else if (said.refused) {
      await photos.change(photo, { state: photos.REFUSED, reason: said.refused });
    } else if (said.stop === "busy") {
      return null;
    } else {
      stopped = said.stop || "receipt";
      if (stopped === "network") return stopped;
      if (stopped === "enrol" && sender) refused.add(sender.token);
      await photos.change(photo, { failures: (photo.failures || 0) + 1 });
    }
    changed();
  }
  return stopped;
}

// `senderOf(device, refused)`: under which token; `busy()`: whether reports are being sent; `changed()`: told of progress.
export async function deliver(how) {
  clearTimeout(timer);
  const stopped = await exclusively("photos", () => drain(how)).catch(() => "later");
  if (!stopped || stopped === "enrol") return;
  failures += 1;
  timer = setTimeout(() => deliver(how), backOff(failures));
}
