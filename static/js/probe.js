// What the phone says of itself goes to the server as a report would: the same envelope, sealed where the mission seals,
// and the same receipt. The server keeps it apart from reports (observer_kit/storage/readiness.py): it is never counted.

import { makeEnvelope } from "./envelope.js";
import { newId } from "./ids.js";
import { holds } from "./receipt.js";
import { sealing } from "./seal.js";

const PROBE = { checklist: "readiness.probe", version: "0".repeat(64), supersedes: null };
const PATIENCE = 30_000;

// Gives {state, code?, sealed?, offset?, at?}: "ok" with the clock's offset from the server's in seconds (ahead is more
// than 0), "failed" with why, "unknown" when there was no answer.
export async function deliver(said, identity, manifest) {
  let seal;
  try {
    seal = await sealing(manifest);
  } catch {
    return { state: "failed", code: "unsealed" };
  }
  const began = Date.now();
  const envelope = await makeEnvelope({ ...PROBE, id: newId(), visit: newId() }, said, identity, new Date(began), seal);
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  let response;
  let body;
  try {
    response = await fetch("/api/readiness", {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Bearer ${identity.token}` },
      body: JSON.stringify({ envelope }),
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
      signal: stop.signal,
    });
    body = await response.json();
  } catch {
    return { state: "unknown" };
  } finally {
    clearTimeout(timer);
  }
  const ended = Date.now();
  if (response.status >= 500 || response.status === 429 || !body) return { state: "unknown" };
  if (!response.ok) return { state: "failed", code: (body.error && body.error.code) || String(response.status) };
  if (!(await holds(body.receipt, envelope, identity.receiptKeys))) return { state: "failed", code: "receipt_unproven" };
  // The server spoke somewhere between the two moments.
  const offset = ((began + ended) / 2 - Date.parse(body.receipt.received)) / 1000;
  return { state: "ok", sealed: Boolean(seal), offset, at: new Date(ended).toISOString() };
}
