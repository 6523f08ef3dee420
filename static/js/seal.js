// Seals what is finished to the mission's public key (HPKE, RFC 9180): from then on only the mission's server opens it.

import { base64url, fromBase64url } from "./bytes.js";

const HPKE = new URL("../vendor/hpke.js", import.meta.url);
const DEFLATE = new URL("../vendor/deflate.js", import.meta.url).href;

// The mission seals, and this phone can't: nothing is finished then, and nothing goes unsealed.
export class CannotSeal extends Error {
  constructor(cause) {
    super(`sealing is not possible: ${cause && (cause.message || cause.name || cause)}`);
    this.name = "CannotSeal";
  }
}

let attempts = 0;
let loaded = null;

// The library is in the worker's hands beside the checklists. A failed import may be remembered for its address:
// the fragment makes the next one new.
function library() {
  if (!loaded) {
    attempts += 1;
    loaded = import(attempts === 1 ? HPKE.href : `${HPKE.href}#${attempts}`);
    loaded.catch(() => {
      loaded = null;
    });
  }
  return loaded;
}

// What must be in the phone before it can seal, to be kept with the checklists.
export const needed = (manifest) => (manifest && manifest.policy && manifest.policy.seal ? [HPKE.pathname] : []);

// What finishing leaves readable here: "all", "nothing", or "protocol" where results protocols stay.
export function readable(manifest) {
  if (!manifest || !manifest.policy || !manifest.policy.seal) return "all";
  return manifest.policy.protocol_open ? "protocol" : "nothing";
}

export const keepsReadable = (manifest, stage) => ["all", stage].includes(readable(manifest));

// Gives {key, seal}, or null for a mission that does not seal; throws CannotSeal. `key` is the sealing key's id;
// `seal(bytes, info)` gives enc‖ciphertext, which opens only under the same info.
export async function sealing(manifest) {
  if (!manifest || !manifest.policy || !manifest.policy.seal) return null;
  try {
    const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await library();
    const suite = new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
    const { id, public_key: point } = manifest.seal_key;
    const recipientPublicKey = await suite.kem.deserializePublicKey(fromBase64url(point));
    return {
      key: id,
      async seal(bytes, info) {
        const { enc, ct } = await suite.seal({ recipientPublicKey, info }, bytes).catch((cause) => {
          throw new CannotSeal(cause);
        });
        const whole = new Uint8Array(enc.byteLength + ct.byteLength);
        whole.set(new Uint8Array(enc));
        whole.set(new Uint8Array(ct), enc.byteLength);
        return whole;
      },
    };
  } catch (cause) {
    throw new CannotSeal(cause);
  }
}

// A byte 0 and the text deflated, where the library is in the phone and that is shorter: no JSON begins with 0.
async function shortened(bytes) {
  const library = await import(DEFLATE).catch(() => null);
  const packed = library && library.deflateSync(bytes, { level: 9 });
  if (!packed || packed.length + 1 >= bytes.length) return bytes;
  const whole = new Uint8Array(packed.length + 1);
  whole.set(packed, 1);
  return whole;
}

const infoOf = (what, id) => new TextEncoder().encode(`observer-kit ${what}\n${id}`);

// An envelope's payload: the text that goes in the place of `json`, under the envelope's id.
export async function sealPayload({ seal }, id, json) {
  const bytes = await shortened(new TextEncoder().encode(json));
  return base64url(await seal(bytes, infoOf("envelope", id)));
}

// A photo's bytes, under the photo's id; opened by trust/sealing.py's open_photo.
export const sealPhoto = ({ seal }, id, bytes) => seal(bytes, infoOf("photo", id));
