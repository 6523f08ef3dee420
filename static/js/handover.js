// Handing over: what is not delivered, as a sealed file or as codes; receipts and drafts that come back; drafts to another phone.

import { lockDrafts, makeFile, markHandedOver, newKey, sealerOf } from "./bundle.js";
import { hourMinute } from "./clock.js";
import { identity as whoAmI, manifest as storedManifest, refreshManifest } from "./device.js";
import { byId, make, notice, redraw } from "./elements.js";
import { DRAFT, REPORT, frames } from "./frames.js";
import { pass } from "./lock.js";
import { showRebuilt, stationOf, titleOf } from "./mission.js";
import { packDraft, packEnvelope } from "./pack.js";
import { due } from "./photoqueue.js";
import { bytesOf } from "./photos.js";
import { inOrder } from "./queue.js";
import { register } from "./register.js";
import { markGiven, parcel } from "./relay.js";
import { showCodes } from "./showcodes.js";
import { bringPlaces } from "./stations.js";
import { pill } from "./status.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { TakeIn, listenToCamera, listenToFiles } from "./takein.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;
let say = null;
let manifest = null;

const nameOf = (record) => `${stationOf(manifest, record, language, say)} · ${titleOf(manifest, record, language)}`;

// Refused reports go with a file as well: the desk sees what is in them.
const undelivered = (records) => [...inOrder(records), ...records.filter((record) => record.state === "attention" && !record.mended)];
const holding = (records) => records.filter((record) => record.envelope && record.envelope.payload);

async function showAll() {
  const [drafts, queue] = await Promise.all([store.drafts(), store.queued()]);
  await bringPlaces(manifest, [...drafts, ...queue]);
  const waiting = undelivered(queue);
  const photos = await due();
  byId("photos-part").hidden = !photos.length;
  byId("undelivered").textContent = waiting.length ? say("hand_undelivered", { n: waiting.length }) : say("hand_none");
  redraw(byId("reports"), waiting.map((record) => make("li", {}, make("span", {}, nameOf(record)), pill(record.state, say))));
  byId("show").disabled = !inOrder(queue).length;
  byId("make").disabled = !(byId("all").checked ? holding(queue) : waiting).length && !(photos.length && byId("photos").checked);
  byId("drafts-part").hidden = !drafts.length;
  redraw(byId("drafts"), drafts.map(draftLine));
}

function draftLine(draft) {
  const buttons = make("div", { class: "go" }, make("button", { type: "button", class: "button" }, say("hand_draft_codes")), make("button", { type: "button", class: "button" }, say("hand_draft_file")));
  buttons.firstChild.dataset.codes = draft.id;
  buttons.lastChild.dataset.file = draft.id;
  const given = draft.given ? make("p", { class: "soft" }, say("given", { time: hourMinute(draft.given) })) : null;
  return make("li", {}, make("b", {}, nameOf(draft)), given, buttons);
}

const size = (bytes) => (bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`);

// Give a file away: by the share sheet where it takes files, else as a download. `given` is called once it is out of hand.
function offer({ blob, name }, part, line, given) {
  byId(part).append(byId("made"));
  const file = new File([blob], name, { type: "text/plain" });
  const shares = Boolean(navigator.canShare && navigator.canShare({ files: [file] }));
  byId("made-line").replaceChildren(...[].concat(line));
  byId("share").hidden = !shares;
  byId("share").onclick = async () => {
    try {
      await navigator.share({ files: [file] });
    } catch {
      return; // the observer thought better of it, or the sheet did: nothing was given
    }
    await given();
  };
  URL.revokeObjectURL(byId("save").href);
  Object.assign(byId("save"), { href: URL.createObjectURL(file), download: name, onclick: () => void given() });
  byId("made").hidden = false;
}

// The photos that still have to reach the server, as they would be sent.
async function pictures() {
  const found = [];
  for (const photo of await due()) {
    const { sha256, size, sealed, uuid, report } = photo;
    const bytes = await bytesOf(photo);
    if (bytes) found.push({ sha256, size, sealed, photo: uuid, submission: report, bytes });
  }
  return found;
}

async function makeIt({ open }) {
  const mine = await whoAmI();
  const sealer = await sealerOf(manifest);
  byId("unsealed").hidden = open || Boolean(sealer);
  byId("made").hidden = true;
  if (!sealer && !open) return;
  const queue = await store.queued();
  const records = holding(byId("all").checked ? queue : undelivered(queue));
  const photos = byId("photos").checked ? await pictures() : [];
  const file = await makeFile({ records, photos, identity: mine, sealer: open ? null : sealer });
  offer(file, "file-part", say("hand_made", { n: records.length, size: size(file.blob.size) }), async () => {
    await markHandedOver(records.map((record) => record.id), "file");
    notice(say("hand_given"));
    sync.announce();
  });
}

async function codesOf(records) {
  const sets = [];
  for (const record of records) sets.push({ id: record.id, record, texts: await frames(REPORT, await packEnvelope(record.envelope)) });
  const fitting = sets.filter((set) => set.texts);
  return fitting.map((set, place) => ({ ...set, line: say("hand_code_of", { i: place + 1, n: fitting.length, what: nameOf(set.record) }) }));
}

async function show() {
  const records = holding(inOrder(await store.queued()));
  const sets = await codesOf(records);
  const left = records.length - sets.length;
  byId("too-large").hidden = !left;
  byId("too-large").textContent = left ? say("hand_too_large", { n: left }) : "";
  if (!sets.length) return;
  const read = await showCodes(sets, say);
  if (read) notice(say("hand_marked", { n: await markHandedOver(read, "qr") }));
  sync.announce();
  byId("show").focus();
}

async function giveDraft({ target }) {
  const { codes, file } = target.dataset;
  if (!codes && !file) return;
  const draft = await store.draft(codes || file);
  if (!draft) return;
  const what = await parcel(draft);
  const given = async () => {
    const done = await markGiven(draft.id);
    notice(done ? "" : say("hand_draft_open"));
    await showAll();
  };
  if (file) {
    const key = newKey();
    const locked = await lockDrafts([what], key);
    offer(locked, "drafts-part", [say("hand_key_made"), make("code", { class: "key" }, key)], given);
    byId("made").scrollIntoView({ block: "center" });
    return;
  }
  const texts = await frames(DRAFT, await packDraft(what));
  if (!texts) notice(say("hand_too_large", { n: 1 }));
  else if (await showCodes([{ id: draft.id, line: say("hand_draft_of", { what: nameOf(draft) }), texts }], say)) await given();
}

const failing = (work) => async (event) => {
  try {
    await work(event);
  } catch (fault) {
    notice(say("hand_failed", { reason: fault.message }));
  }
};

async function open() {
  say = await loadWords(language, byId("words"));
  register();
  await pass(say);
  manifest = await storedManifest();
  showRebuilt(manifest, say);
  await showAll();
  sync.onChange(showAll);
  for (const id of ["all", "photos"]) byId(id).addEventListener("change", showAll);
  byId("make").addEventListener("click", failing(() => makeIt({ open: false })));
  byId("open-make").addEventListener("click", failing(() => makeIt({ open: true })));
  byId("show").addEventListener("click", failing(show));
  byId("drafts").addEventListener("click", failing(giveDraft));
  const takeIn = new TakeIn(say, nameOf, sync.announce);
  listenToFiles(takeIn, say);
  listenToCamera(takeIn, say);
  if (await whoAmI()) sync.start();
  // A phone that was enrolled by an earlier version learns the key here.
  if (manifest && !manifest.mission_key) manifest = (await refreshManifest().catch(() => null)) || manifest;
}

open().catch((fault) => notice(fault.message));
