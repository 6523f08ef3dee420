// Hubs: other laptops of the mission that take reports in while its own server does not answer.
// What a hub has signed for is handed over, as by file or code: kept, and sent on until the server's own receipt is here.

import { manifest } from "./device.js";
import { HANDED_OVER, WAITING, nextBatch } from "./queue.js";
import { holds, isSigned } from "./receipt.js";
import { backOff, outcome, post } from "./send.js";
import * as store from "./store.js";

const LONGEST = 300_000; // a clock that was set back must not keep a hub away for longer

// The hubs whose keys the server vouches for, by one of its keys that were pinned at enrolment.
async function known(keys) {
  const { hubs = [] } = (await manifest()) || {};
  const sound = [];
  for (const hub of hubs) {
    const text = `observer-kit hub\n${hub.address}\n${hub.key.id}\n${hub.key.public_key}`;
    if (hub.address.startsWith("https://") && hub.address !== location.origin && (await isSigned(text, hub.signature, hub.by, keys))) sound.push(hub);
  }
  return sound;
}

async function remember(address, failures) {
  const memory = (await store.setting("hubs")) || {};
  const until = failures ? Date.now() + backOff(failures) : 0;
  await store.keepSetting("hubs", { ...memory, [address]: { failures, until } });
}

// Hand everything that waits to one hub, batch after batch. Only its receipts change anything here: whether a report
// is in order is for the server to say. True when it took something in.
async function handTo(hub, senderOf) {
  const aside = new Set();
  const refused = new Set();
  let took = false;
  for (;;) {
    const waiting = (await store.queued()).filter((record) => record.state === WAITING && !aside.has(record.id));
    const batch = nextBatch(waiting);
    if (batch.length === 0) return took;
    const sender = await senderOf(batch[0].envelope.device, refused);
    const reply = sender && (await post(batch.map((record) => record.envelope), sender.token, `${hub.address}/api/submissions`));
    if (reply && reply.status === 401) {
      refused.add(sender.token); // a phone that was enrolled after the hub was made
      continue;
    }
    for (const { id } of batch) aside.add(id);
    if (!reply) continue;
    if (reply.status !== 200) return took;
    for (const { id, receipt } of outcome(reply.status, reply.body, batch.map((record) => record.id)).verdicts) {
      const { envelope } = batch.find((record) => record.id === id);
      if (!receipt || !(await holds(receipt, envelope, [hub.key]))) continue;
      await store.changeQueued(id, { state: HANDED_OVER, hub: { address: hub.address, receipt }, at: new Date().toISOString() });
      took = true;
    }
  }
}

// Try the hubs one after the other, those whose time has not come left out unless somebody asked. `senderOf` gives the
// token and the pinned keys of a device. True when one of them took something in.
export async function atHubs(senderOf, { asked }) {
  const first = (await store.queued()).find((record) => record.state === WAITING);
  const sender = first && (await senderOf(first.envelope.device, new Set()));
  if (!sender) return false;
  for (const hub of await known(sender.keys)) {
    const { failures, until } = ((await store.setting("hubs")) || {})[hub.address] || { failures: 0, until: 0 };
    const wait = until - Date.now();
    if (!asked && wait > 0 && wait <= LONGEST) continue;
    const took = await handTo(hub, senderOf);
    await remember(hub.address, took ? 0 : failures + 1);
    if (took) return true;
  }
  return false;
}
