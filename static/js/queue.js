// The rules of the queue: what waits, in what order, and how much fits into one request. No store, no network.

import { sameDay } from "./clock.js";

export const WAITING = "waiting";
export const DELIVERED = "delivered";
export const HANDED_OVER = "handed_over";
export const ATTENTION = "attention";

// What still has to reach the server; what went by file or QR waits for its receipt as well.
export const undelivered = (record) => record.state === WAITING || record.state === HANDED_OVER;

const failuresOf = (record) => record.failures || 0;

// What failed least goes first, so that a report the server stumbles over never holds up the others;
// among equals incidents and reports that hold a send-first answer, then the oldest.
export function inOrder(records) {
  return records
    .filter(undelivered)
    .sort(
      (one, other) =>
        failuresOf(one) - failuresOf(other) || Number(other.urgent) - Number(one.urgent) || one.finished.localeCompare(other.finished),
    );
}

// The next request: reports of one device (its token signs for them) that failed equally often, up to `most` of them
// and about `bytes`.
export function nextBatch(records, { most = 20, bytes = 400_000 } = {}) {
  const waiting = inOrder(records);
  const batch = [];
  let size = 0;
  for (const record of waiting) {
    if (failuresOf(record) !== failuresOf(waiting[0])) break;
    if (record.envelope.device !== waiting[0].envelope.device) continue;
    const weight = record.envelope.payload.length * 2 + 700;
    if (batch.length && (batch.length >= most || size + weight > bytes)) break;
    batch.push(record);
    size += weight;
  }
  return batch;
}

export function counts(drafts, records) {
  const of = (state) => records.filter((record) => record.state === state && !record.mended).length;
  return {
    drafts: drafts.length,
    waiting: of(WAITING),
    handedOver: of(HANDED_OVER),
    attention: of(ATTENTION),
    delivered: of(DELIVERED),
    // Of today's those that the server stored but does not count: a phone that was withdrawn must not say that all is well.
    apart: records.filter((record) => record.quarantined && sameDay(record.finished, new Date())).length,
  };
}

// The correction of a report: begun, waiting or delivered; of a refused one that was mended only what took its place.
export const correctionOf = (id, records) => records.find((record) => record.supersedes === id && !record.mended) || null;

// A visit joins what one team fills in at one station: take the visit that is already open there,
// unless it holds this checklist (then the team has come a second time).
export function visitFor(draft, others, sameDay) {
  if (!draft.location && !draft.location_name) return draft.visit;
  const joined = others.some((other) => other.id !== draft.id && other.visit === draft.visit);
  if (joined) return draft.visit;
  const here = others.filter(
    (other) =>
      other.id !== draft.id &&
      other.location === draft.location &&
      (draft.location || other.location_name === draft.location_name) &&
      sameDay(other.started, draft.started),
  );
  const taken = new Set(here.filter((other) => other.checklist === draft.checklist).map((other) => other.visit));
  const free = here.filter((other) => draft.checklist === "incident" || !taken.has(other.visit));
  free.sort((one, other) => other.started.localeCompare(one.started));
  return free.length ? free[0].visit : draft.visit;
}
