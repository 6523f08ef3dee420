// When to send, and one at a time: on opening, on regaining the network, on coming back to the page, on a button.

import { identity, identityOf } from "./device.js";
import { exclusively } from "./exclusive.js";
import { atHubs } from "./hubs.js";
import * as photoqueue from "./photoqueue.js";
import { ATTENTION, DELIVERED, nextBatch } from "./queue.js";
import { holds } from "./receipt.js";
import { backOff, outcome, post } from "./send.js";
import * as store from "./store.js";

const MOST = 20;
let failures = 0;
let timer = null;
let sending = false;
let channel = null;
const listeners = new Set();

// Tell every open page that the queue has changed.
export function announce() {
  for (const listener of listeners) listener();
  if (channel) channel.postMessage("changed");
}

export function onChange(listener) {
  listeners.add(listener);
}

export const isSending = () => sending;

async function apply(verdict, record, keys) {
  const now = new Date().toISOString();
  if (verdict.to !== DELIVERED) {
    await store.changeQueued(record.id, { state: verdict.to, reason: verdict.reason, message: verdict.message, at: now });
    return true;
  }
  if (!(await holds(verdict.receipt, record.envelope, keys))) return false;
  await store.changeQueued(record.id, {
    state: DELIVERED,
    receipt: verdict.receipt,
    quarantined: verdict.quarantined,
    urgent: false, // it has had its turn; of a sealed report nothing is to be told from it
    reason: null,
    at: now,
  });
  return true;
}

// So many requests in a row that brought nothing, and the server is left alone for a while.
const ENOUGH = 3;

async function settle(batch, reply, keys) {
  const { verdicts, pause } = outcome(reply.status, reply.body, batch.map((record) => record.id));
  const open = new Map(batch.map((record) => [record.id, record]));
  for (const verdict of verdicts) {
    if (await apply(verdict, open.get(verdict.id), keys)) open.delete(verdict.id);
  }
  const settled = batch.length - open.size;
  if (settled) {
    failures = 0;
    announce();
  }
  return { pause, settled, open: [...open.values()], unproven: verdicts.length > settled };
}

// Under which token a report goes: its own phone identity's, or, when the server knows that no more, the present one's.
// Receipts are checked with the keys pinned at either enrolment.
async function senderOf(device, refused) {
  const [own, present] = [await identityOf(device), await identity()];
  const able = [own, present].filter((each) => each && !refused.has(each.token));
  const keys = [own, present].filter(Boolean).flatMap((each) => each.receiptKeys);
  return able.length ? { token: able[0].token, keys } : null;
}

// How many reports go into one request. Fewer after one that came to nothing: the line may not last for more.
let reach = MOST;

// Send batch after batch until nothing waits or something stops it. Gives why it stopped, or null.
// A report that gets no verdict is set aside for this turn and counts it, so that it never blocks the next;
// of one that went alone and came to nothing the same is said once another has come through.
async function drain() {
  let most = reach;
  let vain = 0;
  let lost = [];
  let stopped = null;
  const aside = new Set();
  const refused = new Set();
  while (vain < ENOUGH) {
    const waiting = (await store.queued()).filter((record) => !aside.has(record.id) && !aside.has(record.envelope.device));
    const batch = nextBatch(waiting, { most });
    if (batch.length === 0) break;
    const { device } = batch[0].envelope;
    const sender = await senderOf(device, refused);
    if (!sender) {
      stopped = "enrol";
      aside.add(device);
      continue;
    }
    const reply = await post(batch.map((record) => record.envelope), sender.token);
    if (reply.status === 0) {
      stopped = "network";
      reach = Math.ceil(batch.length / 2);
      if (batch.length > 1) break;
      vain += 1;
      aside.add(batch[0].id);
      lost.push(batch[0]);
      continue;
    }
    for (const { id, failures: before = 0 } of lost) await store.changeQueued(id, { failures: before + 1 });
    lost = [];
    if (most === reach) most = reach = Math.min(MOST, reach * 2);
    const { pause, settled, open, unproven } = await settle(batch, reply, sender.keys);
    if (settled) vain = 0;
    if (pause === "enrol") {
      refused.add(sender.token);
    } else if (open.length && reply.status !== 200 && batch.length > 1) {
      most = pause === "smaller" ? Math.ceil(batch.length / 2) : 1;
    } else if (open.length && pause === "smaller") {
      await store.changeQueued(open[0].id, { state: ATTENTION, reason: "too_large", message: "", at: new Date().toISOString() });
      announce();
    } else if (open.length) {
      stopped = unproven ? "receipt" : "server";
      if (!settled) vain += 1;
      for (const { id, failures: before = 0 } of open) {
        aside.add(id);
        await store.changeQueued(id, { failures: before + 1 });
      }
    }
  }
  return stopped;
}

// Deliver what waits, to the hubs where the server does not answer. A second call while one is under way does nothing:
// the first will take everything. `asked`: by a person or an event, not by the clock, so that no hub is left out.
export async function deliver({ asked = true } = {}) {
  if (sending) return;
  clearTimeout(timer);
  sending = true;
  let stopped = "network";
  try {
    const ran = await exclusively("delivery", async () => {
      announce();
      stopped = await drain();
      if ((stopped === "network" || stopped === "server") && (await atHubs(senderOf, { asked }))) announce();
      await store.keepSetting("delivery", { stopped, at: new Date().toISOString() });
      return true;
    });
    if (!ran) stopped = "elsewhere"; // another tab is at it
  } catch (fault) {
    if (!store.isFull(fault)) throw fault;
    stopped = "full"; // a receipt that can't be kept: the report stays, goes again, and the server knows it already
  } finally {
    sending = false;
    schedule(stopped);
    announce();
  }
  if (stopped !== "network" && stopped !== "elsewhere") {
    photoqueue.deliver({ senderOf, busy: () => sending, changed: announce });
  }
}

function schedule(stopped) {
  if (stopped === null || stopped === "enrol") {
    failures = 0;
    return;
  }
  failures += 1;
  timer = setTimeout(() => deliver({ asked: false }), backOff(failures));
}

function again() {
  failures = 0;
  deliver();
}

let started = false;

export function start() {
  if (started) return;
  started = true;
  if (typeof BroadcastChannel === "function") {
    channel = new BroadcastChannel("observer-kit");
    channel.onmessage = () => listeners.forEach((listener) => listener());
  }
  addEventListener("online", again);
  addEventListener("offline", announce);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") again();
  });
  // A page restored from the browser's back cache has missed what happened meanwhile.
  addEventListener("pageshow", (event) => {
    if (event.persisted) again();
  });
  deliver();
}
