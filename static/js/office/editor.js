// The drafting desk: every section kept at each pause, what it will say beside it, figures from the picker.

import { handIn, Keeper } from "./keeping.js";
import { onPaste } from "./pasting.js";
import { Picker } from "./picker.js";

const desk = document.getElementById("writing");
const form = document.getElementById("draft");
const kept = document.getElementById("kept");
const say = (name) => desk.getAttribute(`data-word-${name}`);
const owner = desk && `${desk.dataset.account} ${desk.dataset.statement}`;

// Of many sections the worst state is said at the top.
const RANK = ["saved", "waiting", "unsent", "refused", "signed-out"];
const states = new Map();

function show(keeper, state, told = "") {
  states.set(keeper, state);
  const own = keeper.area.closest(".words-of").querySelector("[data-state]");
  own.textContent = `${told && state === "refused" ? `${told} ` : ""}${say(state)}`;
  own.className = `small ${RANK.indexOf(state) > 1 ? "bad" : "soft"}`;
  const worst = RANK[Math.max(...[...states.values()].map((each) => RANK.indexOf(each)))];
  kept.textContent = say(worst);
  kept.className = RANK.indexOf(worst) > 1 ? "bad" : "soft";
}

function saved(section, said, more) {
  const basis = form.elements[`base:${section.dataset.section}`];
  if (basis) basis.value = said.sequence;
  section.querySelector(".beside-now").hidden = said.beside === 0;
  if (more) return;
  for (const each of desk.querySelectorAll(`[data-words-of="${section.dataset.section}"]`)) each.textContent = said.words;
  section.querySelector("[data-seen]").innerHTML = said.html; // set and escaped by the server
  const troubles = section.querySelector("[data-troubles]");
  troubles.hidden = said.problems.length === 0;
  troubles.replaceChildren(...said.problems.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  const untold = document.getElementById("untold");
  untold.hidden = said.untold.length === 0;
  untold.querySelector("summary").textContent = said.untold_n;
  for (const each of untold.querySelectorAll("[data-figure]")) each.hidden = !said.untold.includes(each.dataset.figure);
}

// Words that no section takes any more are shown as they were typed.
function left(held, forget, told = "") {
  const place = document.getElementById("left-over");
  const one = place.querySelector("template").content.cloneNode(true).firstElementChild;
  one.querySelector("textarea").value = held.text;
  one.querySelector("[data-told]").textContent = told;
  one.querySelector("button").addEventListener("click", async () => {
    await forget();
    one.remove();
    place.hidden = !place.querySelector("[data-left]");
  });
  place.append(one);
  place.hidden = false;
}

// From one section's text to the next, past all that stands between them.
function step(areas, area, by) {
  const next = areas[areas.indexOf(area) + by];
  if (!next) return;
  next.focus();
  next.closest("[data-section]").scrollIntoView({ block: "start" });
}

function begin() {
  const token = form.elements.csrf_token.value;
  const picker = new Picker(document.getElementById("picker"), desk.dataset.figures, desk.dataset.said, {
    found: say("found"),
    none: say("none"),
    unreached: say("unreached"),
    used: say("used"),
    untold: say("untold"),
  });
  const areas = [...desk.querySelectorAll("textarea[data-save]")];
  const keepers = [];
  for (const area of areas) {
    const section = area.closest("[data-section]");
    const keeper = new Keeper({
      area,
      token,
      owner,
      base: form.elements[`base:${section.dataset.section}`].value,
      address: area.dataset.save,
      onstate: (state, told) => show(keeper, state, told),
      onsaved: (said, more) => saved(section, said, more),
    });
    keepers.push(keeper);
    area.addEventListener("input", () => keeper.touch());
    area.addEventListener("blur", () => keeper.send());
    area.addEventListener("paste", onPaste);
    area.addEventListener("keydown", (event) => {
      if (event.ctrlKey && event.code === "Space") {
        event.preventDefault();
        picker.open(area);
      } else if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
        event.preventDefault();
        keeper.send();
      } else if (event.altKey && (event.key === "PageDown" || event.key === "PageUp")) {
        event.preventDefault();
        step(areas, area, event.key === "PageDown" ? 1 : -1);
      }
    });
    section.querySelector(".insert").addEventListener("click", (event) => {
      event.preventDefault();
      picker.open(area);
    });
  }
  // With a script, saving is what happens anyway; the look at the whole carries every text by itself.
  let leaving = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter.value === "save") {
      event.preventDefault();
      for (const each of keepers) each.send();
      if (!keepers.some((each) => each.waiting)) kept.textContent = say("saved");
    } else leaving = true;
  });
  addEventListener("pagehide", () => {
    if (!leaving) for (const each of keepers) each.leave();
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && keepers.some((each) => each.waiting)) event.preventDefault();
  });
  addEventListener("online", () => {
    for (const each of keepers) each.send();
  });
  desk.classList.add("live-picker");
  // A page that comes back from the browser's own memory may be older than what the server has: it is read anew.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
  handIn(owner, keepers, token, {
    onrestored(keeper) {
      keeper.area.closest(".words-of").querySelector("[data-state]").textContent = say("restored");
    },
    onleft: left,
    onfault: (keeper, fault) => keeper.failed(fault),
  });
  desk.dataset.ready = "";
}

if (desk && desk.hasAttribute("data-writes")) begin();
else if (desk && document.getElementById("left-over")) handIn(owner, [], "", { onleft: left });
