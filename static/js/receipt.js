// A receipt counts when it names this report and its bytes, and was signed by the key pinned at enrolment.

import { fromBase64url } from "./bytes.js";

const CURVE = { name: "ECDSA", namedCurve: "P-256" };

export function signedText(receipt) {
  return `${receipt.id}\n${receipt.hash}\n${receipt.received}\n${receipt.sequence}`;
}

// `keys` are the server's, as enrolled: [{id, public_key}], the point as 65 raw bytes in base64url.
export async function holds(receipt, envelope, keys) {
  if (!receipt || receipt.id !== envelope.id || receipt.hash !== envelope.hash) return false;
  return isSigned(signedText(receipt), receipt.signature, receipt.key, keys);
}

// Whether the key of this id, one of `keys`, signed the text.
export async function isSigned(text, signature, id, keys) {
  const pinned = keys.find((key) => key.id === id);
  if (!pinned) return false;
  try {
    const key = await crypto.subtle.importKey("raw", fromBase64url(pinned.public_key), CURVE, false, ["verify"]);
    return await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, fromBase64url(signature), new TextEncoder().encode(text));
  } catch {
    return false;
  }
}
