// "This phone": whose it is, what room it has, its PIN, quick hide, and emptying it.

import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { byId, make, notice, redraw } from "./elements.js";
import { shortId } from "./ids.js";
import { keepFragment } from "./languages.js";
import { AWAY, lock, pass } from "./lock.js";
import { showRebuilt, stationOf, teamOf, titleOf } from "./mission.js";
import { removePin } from "./pin.js";
import { confirmForm, setForm } from "./pinform.js";
import { register } from "./register.js";
import { bringPlaces, nameIn } from "./stations.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { LOSES, erase, losses, same } from "./wipe.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;
// Kazakh writes numbers as Russian does, and Chrome, which says that it knows Kazakh, writes them as in English.
const megabytes = (bytes) => Math.round(bytes / 1_000_000).toLocaleString(language === "kk" ? "ru" : language);

function folded(title, ...content) {
  return make("details", {}, make("summary", {}, title), ...content);
}

async function showWho(say) {
  const [mine, manifest, room] = await Promise.all([whoAmI(), storedManifest(), store.room()]);
  const names = mine && manifest ? [nameIn(manifest.mission.name, language), teamOf(manifest, language), mine.label || say("device_number", { number: shortId(mine.device) })] : [say("not_enrolled")];
  byId("who").textContent = names.filter(Boolean).join(" · ");
  byId("space").textContent = room.quota ? say("space", { used: megabytes(room.usage), quota: megabytes(room.quota) }) : "";
  byId("persisted").textContent = say((await store.persist()) ? "persisted" : "not_persisted");
  showRebuilt(manifest, say);
}

async function showPin(say) {
  const [set, manifest] = await Promise.all([store.pinIsSet(), storedManifest()]);
  const policy = (manifest && manifest.policy && manifest.policy.pin) || "off";
  byId("pin-part").hidden = !set && policy === "off";
  byId("pin-state").textContent = set ? say("pin_on", { n: AWAY }) : say("pin_off");
  const again = () => showPin(say);
  if (!set) {
    byId("pin-do").replaceChildren(folded(say("pin_set"), setForm(say, { done: again })));
    return;
  }
  const now = make("button", { type: "button", class: "button wide" }, say("lock_now"));
  now.addEventListener("click", lock);
  const parts = [now, folded(say("pin_change"), setForm(say, { change: true, done: again }))];
  if (policy !== "required") parts.push(folded(say("pin_remove"), confirmForm(say, { confirm: removePin, done: again })));
  byId("pin-do").replaceChildren(...parts);
}

function wiped(say) {
  byId("main").replaceChildren(make("div", { class: "card" }, make("h2", { tabIndex: -1, id: "wiped" }, say("wiped")), make("p", {}, say("wiped_text"))));
  byId("wiped").focus();
}

// Of each draft and undelivered report, by the sentence that counts it: which it is.
async function namesOf(say) {
  const [drafts, queue, manifest] = await Promise.all([store.drafts(), store.queued(), storedManifest()]);
  await bringPlaces(manifest, [...drafts, ...queue]);
  const names = {};
  const add = (key, record) => (names[key] = [...(names[key] || []), `${stationOf(manifest, record, language, say)}, ${titleOf(manifest, record, language)}`]);
  for (const draft of drafts) add("loses_drafts", draft);
  for (const record of queue) if (LOSES[record.state] && !record.mended) add(LOSES[record.state], record);
  return names;
}

async function showWipe(say) {
  const [lost, names] = await Promise.all([losses(), namesOf(say)]);
  const word = say("wipe_word");
  const field = make("input", { class: "entry", type: "text", id: "wipe-word", autocomplete: "off" });
  const button = make("button", { type: "button", class: "button wide" }, say("wipe_now"));
  button.addEventListener("click", async () => {
    if (lost.length && field.value.trim().toLocaleUpperCase(language) !== word) return field.focus();
    button.disabled = true;
    const result = await erase(lost);
    if (result === "wiped") return wiped(say);
    notice(say(`wipe_${result}`));
    button.disabled = false; // it stays on the page where nothing else has changed
    return showWipe(say);
  });
  const send = make("button", { type: "button", class: "button wide" }, say("send_now"));
  send.addEventListener("click", () => sync.deliver());
  const undelivered = [
    make("p", {}, say("wipe_loses")),
    make("ul", {}, ...lost.map(([key, n]) => make("li", {}, say(key, { n }), make("small", { class: "soft" }, (names[key] || []).join("; "))))),
    make("p", {}, say("wipe_first")),
    send,
    make("a", { class: "button wide", href: `/o/${language}/hand-over` }, say("full_hand_over")),
  ];
  const confirm = lost.length ? [make("label", { htmlFor: "wipe-word" }, say("type_word", { word })), field] : [];
  redraw(byId("wipe"), [...(lost.length ? undelivered : [make("p", {}, say("wipe_none"))]), folded(say("wipe_now"), ...confirm, button)]);
  shown = lost;
}

let shown = null;

async function open() {
  const say = await loadWords(language);
  keepFragment();
  register({ mayUpdate: false });
  await pass(say);
  await Promise.all([showWho(say), showPin(say), showWipe(say)]);
  sync.onChange(async () => {
    // A word that is being typed stays, as long as what it is for stays.
    if (!byId("wiped") && !same(await losses(), shown)) await showWipe(say);
  });
  if (await whoAmI()) sync.start();
}

open();
