// The queue's page: every report, where it stands, why, and its receipt.

import { dayMonth, hourMinute } from "./clock.js";
import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { discardPart, discardUnopened } from "./discard.js";
import { blankDraft } from "./draft.js";
import { byId, make, redraw } from "./elements.js";
import { shortId } from "./ids.js";
import { keepFragment } from "./languages.js";
import { pass } from "./lock.js";
import { checklistAddress, showRebuilt, stationOf, titleOf } from "./mission.js";
import { due as duePhotos } from "./photoqueue.js";
import { DELIVERED, REFUSED, all as allPhotos } from "./photos.js";
import { correctionOf, counts } from "./queue.js";
import { register } from "./register.js";
import { bringPlaces } from "./stations.js";
import { pill, showState, stateOf } from "./status.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;
const REASONS = ["malformed", "conflict", "too_large"];

const when = (moment, say) => `${dayMonth(moment, say)}, ${hourMinute(moment)}`;

// What a report's answers can be taken up from again: they themselves, or nothing where they were sealed.
const reopens = (record) => Boolean(record.raw || (record.envelope && record.envelope.sealed && record.envelope.payload));

// A new report with the old answers: refused ones stand alone, delivered ones are superseded by it. A sealed one starts blank.
async function reopen(record) {
  const again = blankDraft({
    mission: record.envelope.mission,
    checklist: record.checklist,
    version: record.version,
    stage: record.stage,
    title: record.title,
    location: record.location,
    location_name: record.location_name,
    visit: record.visit,
    supersedes: record.state === "delivered" ? record.id : record.supersedes,
    ...record.raw,
    arrivalStamped: Boolean(record.raw),
    departureStamped: null,
    started: record.started,
  });
  const id = await store.reopenQueued(record.id, again);
  location.assign(`${checklistAddress(language, again.version)}#${id}`);
}

function reasonOf(record, say) {
  const known = REASONS.includes(record.reason) ? say(`reason_${record.reason}`) : say("reason_other", { code: record.reason });
  return record.message ? `${known} (${record.message})` : known;
}

async function discard(id) {
  const done = await discardUnopened(id);
  if (done) sync.announce();
  return done;
}

// How many of a report's photos the server has, and why it would not take one.
function photoLines(photos, say) {
  const named = photos.filter((photo) => photo.named);
  const lines = named.length ? [say("photo_sent", { a: named.filter((photo) => photo.state === DELIVERED).length, n: named.length })] : [];
  const refused = named.filter((photo) => photo.state === REFUSED);
  return [...lines, ...refused.map((photo) => say("photo_refused", { code: photo.reason }))].map((line) => make("p", {}, line));
}

// `correction`: the draft or report that corrects this one; there is one at most.
function card(record, correction, photos, manifest, say) {
  const draft = !record.envelope;
  const state = draft ? "draft" : record.state;
  const lines = [make("p", { class: "soft" }, `${titleOf(manifest, record, language)} · ${when(draft ? record.changed : record.finished, say)}`)];
  if (record.supersedes) lines.push(make("p", { class: "soft" }, say("corrects", { number: shortId(record.supersedes) })));
  if (!draft && record.envelope.sealed && !record.raw) lines.push(make("p", { class: "soft" }, say("seal_sealed")));
  if (draft && record.given) lines.push(make("p", {}, say("given", { time: hourMinute(record.given) })));
  if (state === "waiting") lines.push(make("p", {}, say("kept")));
  if (state === "handed_over") lines.push(make("p", {}, record.hub ? say("handed_over_hub", { host: record.hub.address.slice(8) }) : say("handed_over_text")));
  if (state === "attention") lines.push(make("p", {}, record.mended ? say("mended") : reasonOf(record, say)));
  if (state === "delivered") {
    lines.push(make("p", {}, `${say("receipt", { number: shortId(record.id) })} · ${when(record.receipt.received, say)}`));
    if (record.quarantined) lines.push(make("p", {}, say("quarantined")));
    const details = make("details", { class: "all-answers" }, make("summary", {}, say("receipt_details")));
    details.append(
      make("p", { class: "mono" }, record.id),
      make("p", { class: "mono" }, `SHA-256 ${record.envelope.hash}`),
      make("p", { class: "mono" }, `№ ${record.receipt.sequence}, ${record.receipt.received}`),
    );
    lines.push(details);
    if (manifest && manifest.demo) {
      const desk = `/desk/${encodeURIComponent(record.envelope.mission)}`;
      const href = record.stage === "incident" ? `${desk}/incidents` : record.stage === "protocol" ? `${desk}/protocols` : `${desk}/questions/${record.checklist}`;
      lines.push(make("a", { class: "button main wide", href }, say("see_change")));
    }
  }
  if (!draft) lines.push(...photoLines(photos, say));
  if (draft) lines.push(make("a", { class: "button wide", href: `${checklistAddress(language, record.version)}#${record.id}` }, say("go_on")), discardPart(say, () => discard(record.id)));
  if (correction) lines.push(make("p", {}, make("a", { href: `#${correction.id}` }, say("corrected", { number: shortId(correction.id) }))));
  if ((state === "attention" || (state === "delivered" && !correction)) && !record.mended && reopens(record)) {
    if (!record.raw) lines.push(make("p", { class: "hint" }, say("seal_blank")));
    const button = make("button", { type: "button", class: "button wide" }, say(state === "attention" ? "mend" : "correct"));
    button.addEventListener("click", () => reopen(record));
    lines.push(button);
  }
  const head = make("div", { class: "line" }, make("b", {}, stationOf(manifest, record, language, say)), pill(state, say));
  return make("li", { id: record.id }, head, ...lines);
}

async function showAll(say) {
  const [drafts, queue, delivery, manifest] = await Promise.all([
    store.drafts(),
    store.queued(),
    store.setting("delivery"),
    storedManifest(),
  ]);
  await bringPlaces(manifest, [...drafts, ...queue]);
  showState(
    stateOf({ counts: counts(drafts, queue), delivery, online: navigator.onLine, sending: sync.isSending(), photos: (await duePhotos()).length }),
    say,
  );
  const all = [...drafts, ...queue].sort((one, other) => (other.finished || other.changed).localeCompare(one.finished || one.changed));
  const photos = await allPhotos();
  const opened = new Set([...document.querySelectorAll(".reports details[open]")].map((each) => each.closest("li").id));
  redraw(byId("reports"), all.map((record) => card(record, correctionOf(record.id, all), photos.filter((photo) => photo.report === record.id), manifest, say)));
  for (const id of opened) {
    const details = byId(id) && byId(id).querySelector("details");
    if (details) details.open = true;
  }
  byId("nothing").hidden = all.length > 0;
  showRebuilt(manifest, say);
}

async function open() {
  const [say, identity] = await Promise.all([loadWords(language), whoAmI()]);
  keepFragment();
  register();
  await pass(say);
  await showAll(say);
  const named = byId(location.hash.slice(1));
  if (named) named.scrollIntoView({ block: "center" });
  sync.onChange(() => showAll(say));
  byId("send").addEventListener("click", () => sync.deliver());
  if (identity) sync.start();
}

open();
