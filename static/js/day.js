// My day: what waits, what to start, what was done.

import { acceptedConduct, beginning, cardsBefore, tellConduct } from "./before.js";
import { dayBegan, hourMinute, weekdayDate } from "./clock.js";
import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { byId, make, notice, redraw } from "./elements.js";
import { newId, shortId } from "./ids.js";
import { keepFragment } from "./languages.js";
import { pass } from "./lock.js";
import { checklistAddress, checklistsOf, showRebuilt, stationOf, teamOf, titleOf } from "./mission.js";
import { prepare, sayProgress, sayReadiness } from "./offline.js";
import { due as duePhotos } from "./photoqueue.js";
import { counts } from "./queue.js";
import { register } from "./register.js";
import { bringPlaces, nameIn } from "./stations.js";
import { pill, showState, stateOf } from "./status.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;

function showWho(manifest, say) {
  byId("who").textContent = [teamOf(manifest, language), weekdayDate(new Date(), say)].filter(Boolean).join(" · ");
  showRebuilt(manifest, say);
}

// One button per checklist; the one last used stands out, for that is mostly the next.
function showStart(manifest, last, accepted) {
  const buttons = checklistsOf(manifest).map((each) => {
    const incident = each.stage === "incident";
    const kind = incident ? "alarm" : each.stage === last ? "main" : "";
    const link = make("a", { class: `button ${kind}`.trim(), href: beginning(language, each, accepted) }, nameIn(each.title, language));
    link.dataset.stage = each.stage;
    // Each press starts a report of its own.
    if (!link.hash) link.addEventListener("click", () => {
      link.hash = newId();
    });
    return link;
  });
  redraw(byId("start"), buttons);
}

function row(record, manifest, say, { draft = false } = {}) {
  const state = draft ? "draft" : record.state;
  const moment = draft ? record.changed : record.finished;
  const href = draft ? `${checklistAddress(language, record.version)}#${record.id}` : `/o/${language}/queue#${record.id}`;
  const title = titleOf(manifest, record, language);
  const detail = draft
    ? `${title} · ${say("a_of_n", { a: record.answered, n: record.asked })}`
    : state === "delivered" ? `${title} · ${say("receipt", { number: shortId(record.id) })}` : title;
  const time = make("time", { dateTime: moment }, hourMinute(moment));
  const text = make("div", {}, make("b", {}, stationOf(manifest, record, language, say)), make("span", { class: "soft" }, detail));
  return make("li", {}, make("a", { href }, time, text, pill(state, say)));
}

async function showAll(say) {
  const [drafts, queue, delivery, manifest] = await Promise.all([
    store.drafts(),
    store.queued(),
    store.setting("delivery"),
    storedManifest(),
  ]);
  await bringPlaces(manifest, [...drafts, ...queue]);
  const n = counts(drafts, queue);
  showState(stateOf({ counts: n, delivery, online: navigator.onLine, sending: sync.isSending(), photos: (await duePhotos()).length }), say);
  const began = dayBegan();
  // Of earlier days only what still asks for something.
  const shown = queue.filter((record) => !record.mended && (record.state !== "delivered" || new Date(record.finished) >= began));
  const rows = [
    ...drafts.map((draft) => [draft.changed, row(draft, manifest, say, { draft: true })]),
    ...shown.map((record) => [record.finished, row(record, manifest, say)]),
  ].sort((one, other) => other[0].localeCompare(one[0]));
  redraw(byId("today"), rows.map((entry) => entry[1]));
  byId("nothing").hidden = rows.length > 0;
  const latest = [...drafts, ...queue].filter((each) => each.stage !== "incident").sort((one, other) => other.started.localeCompare(one.started))[0];
  if (!manifest) return;
  const accepted = await acceptedConduct(manifest);
  showStart(manifest, latest && latest.stage, accepted);
  redraw(byId("before"), await cardsBefore(manifest, accepted, language, say));
}

async function open() {
  const [say, identity, known] = await Promise.all([loadWords(language), whoAmI(), storedManifest()]);
  keepFragment();
  register();
  byId("stranger").hidden = Boolean(identity);
  byId("enrolled").hidden = !identity;
  if (!identity) return;
  await pass(say);
  showWho(known, say);
  await store.letGo(dayBegan()).catch((fault) => {
    if (!store.isFull(fault)) throw fault; // it waits until there is room
  });
  await showAll(say);
  sync.onChange(() => showAll(say));
  byId("send").addEventListener("click", () => sync.deliver());
  addEventListener("online", () => showAll(say));
  sync.start();
  const ready = await prepare(known, sayProgress(byId("offline"), say));
  const { manifest } = ready;
  showWho(manifest, say);
  await showAll(say);
  byId("offline").textContent = sayReadiness(ready, say);
  await tellConduct(manifest, identity);
}

open().catch((fault) => notice(fault.message));
