// Is this phone ready for the day? Everything is tried, each line says what it found and what to do; the desk is told.

import { acceptedConduct, dateOf } from "./before.js";
import { findPosition, inspect, openCamera, reportOf } from "./checks.js";
import { hourMinute } from "./clock.js";
import { keepSetting, setting } from "./database.js";
import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { byId, make, notice } from "./elements.js";
import { platform } from "./homescreen.js";
import { keepFragment } from "./languages.js";
import { showRebuilt } from "./mission.js";
import { prepare, sayProgress } from "./offline.js";
import { deliver } from "./probe.js";
import { register } from "./register.js";
import { loadWords } from "./words.js";

const { language } = byId("main").dataset;
const TONES = { ok: "good", weak: "wait", failed: "bad", unknown: "" };
const ORDER = ["offline", "delivery", "conduct", "clock", "storage", "space", "private", "installed", "pin", "camera", "position"];
// Seconds, as the server judges them (missions/readiness.py).
const [CLOCK_FINE, CLOCK_BEARABLE] = [120, 600];

let offer = null; // the browser's own offer to put the pages on the home screen (Chromium)

function clockOf({ offset }) {
  if (offset === undefined) return { state: "unknown" };
  const off = Math.abs(offset);
  return { state: off <= CLOCK_FINE ? "ok" : off <= CLOCK_BEARABLE ? "weak" : "failed", offset };
}

// What loses reports, or what the mission demands, stands in the way; the rest is advice.
const blocks = (name, { state }) =>
  name === "delivery" ? state !== "ok" : state === "failed" && !["camera", "position"].includes(name);

const SAID = {
  storage: ({ state }, say) => say(state === "ok" ? "persisted" : "not_persisted"),
  space: ({ state, free }, say) => say(`ready_space_${state}`, { free }),
  private: ({ state }, say) => say(`ready_private_${state}`),
  installed: ({ state }, say) => say(`ready_installed_${state === "ok" ? "ok" : platform()}`),
  offline({ state, insecure, missing, places }, say) {
    if (places) return say("register_short", { a: places.have, n: places.count });
    return insecure ? say("offline_insecure") : say(`ready_offline_${state}`, { n: missing });
  },
  clock({ state, offset }, say) {
    if (state === "ok" || state === "unknown") return say(`ready_clock_${state}`);
    return say(offset > 0 ? "ready_clock_ahead" : "ready_clock_behind", { n: Math.round(Math.abs(offset) / 60) });
  },
  camera: ({ state }, say) => say(state === "unknown" ? "ready_not_tried" : `ready_camera_${state}`),
  position: ({ state }, say) => say(state === "unknown" ? "ready_not_tried" : `ready_position_${state}`),
  pin: ({ state }, say) => say(`ready_pin_${state}`),
  delivery({ state, code, sealed }, say) {
    if (state === "ok") return say(sealed ? "ready_delivery_sealed" : "ready_delivery_ok");
    if (code === "unsealed") return say("ready_delivery_unsealed");
    if (code === "receipt_unproven") return say("receipt_unproven");
    return code === "device_unknown" ? say("offline_withdrawn") : say(`ready_delivery_${state}`, { code });
  },
  conduct: ({ state, at, version }, say) =>
    state === "ok" ? say("ready_conduct_ok", { date: dateOf(at, say), version }) : say("ready_conduct_failed"),
};

function actOf(name, { state }, say, again) {
  const button = (key, act) => {
    const made = make("button", { type: "button", class: "button" }, say(key));
    made.addEventListener("click", act);
    return made;
  };
  const way = (key, place) => make("a", { class: "button", href: `/o/${language}/${place}` }, say(key));
  const attempt = (attempted) => async () => {
    const outcome = await attempted().then(() => "ok", () => "failed");
    await keepSetting("tried", { ...((await setting("tried")) || {}), [name]: outcome });
    again();
  };
  if (state === "ok") return null;
  if (name === "camera") return button("ready_camera_try", attempt(openCamera));
  if (name === "position") return button("ready_position_try", attempt(findPosition));
  if (name === "pin") return way("ready_pin_set", "phone");
  if (name === "conduct") return way("conduct_read", "conduct");
  if (name === "installed" && offer) return button("ready_install", () => offer.prompt());
  return null;
}

function lineOf(name, check, say, again) {
  const title = name === "conduct" ? say("conduct") : say(`ready_${name}`);
  const mark = make("span", { class: `pill ${TONES[check.state]}`.trim() }, say(`ready_state_${check.state}`));
  const line = make("div", { class: "line" }, make("b", {}, title), mark);
  return make("li", { id: `check-${name}` }, line, make("p", {}, SAID[name](check, say)), actOf(name, check, say, again));
}

function show(checks, told, say, again) {
  const names = ORDER.filter((name) => checks[name]);
  const ready = !names.some((name) => blocks(name, checks[name]));
  byId("checks").replaceChildren(...names.map((name) => lineOf(name, checks[name], say, again)));
  byId("state").className = `state ${ready ? "good" : "wait"}`;
  byId("state-line").textContent = say(ready ? "ready_yes" : "ready_no");
  byId("state-note").textContent = ready ? "" : say("ready_no_text");
  byId("told").textContent = told ? say("ready_told", { time: hourMinute(told) }) : say("ready_untold");
  return ready;
}

async function run(identity, known, say) {
  const again = () => run(identity, known, say);
  byId("again").disabled = true;
  byId("state").hidden = false;
  byId("state-line").textContent = say("ready_running");
  byId("state-note").textContent = "";
  try {
    const { manifest } = await prepare(known, sayProgress(byId("state-line"), say));
    const [checks, accepted] = [await inspect(manifest), await acceptedConduct(manifest)];
    const agreed = accepted && { version: accepted.version, at: accepted.at };
    const said = reportOf(checks, agreed);
    const delivery = await deliver(said, identity, manifest);
    const whole = { ...checks, delivery, clock: clockOf(delivery) };
    if (manifest.conduct) whole.conduct = { state: accepted ? "ok" : "failed", ...agreed };
    const ready = show(whole, delivery.at, say, again);
    const conduct = delivery.state === "ok" && accepted ? accepted.at : null;
    await keepSetting("readiness", { mission: manifest.mission.code, ready, said, conduct, at: delivery.at || null });
  } finally {
    byId("again").disabled = false;
  }
}

async function open() {
  const [say, identity, known] = await Promise.all([loadWords(language, byId("words")), whoAmI(), storedManifest()]);
  keepFragment();
  await register({ mayUpdate: false });
  byId("stranger").hidden = Boolean(identity);
  byId("enrolled").hidden = !identity;
  if (!identity) return;
  showRebuilt(known, say);
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    offer = event;
  });
  const failed = (fault) => notice(fault.message);
  byId("again").addEventListener("click", () => run(identity, known, say).catch(failed));
  await run(identity, known, say).catch(failed);
}

open().catch((fault) => notice(fault.message));
