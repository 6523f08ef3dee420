// The drafting desk: every section kept at each pause, what it will say beside it, figures from the picker.

import { handIn, Keeper } from "./keeping.js";
import { Picker } from "./picker.js";

const desk = document.getElementById("writing");
const form = document.getElementById("draft");
const kept = document.getElementById("kept");
const say = (name) => desk.getAttribute(`data-word-${name}`);

// Of many sections the worst state is said at the top.
const RANK = ["saved", "waiting", "unsent", "refused", "signed-out"];
const states = new Map();

function show(keeper, state) {
  states.set(keeper, state);
  const own = keeper.area.closest(".words-of").querySelector("[data-state]");
  own.textContent = say(state);
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
  section.querySelector("[data-words]").textContent = said.words;
  section.querySelector("[data-seen]").innerHTML = said.html; // set and escaped by the server
  const troubles = section.querySelector("[data-troubles]");
  troubles.hidden = said.problems.length === 0;
  troubles.replaceChildren(...said.problems.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
}

function begin() {
  const token = form.elements.csrf_token.value;
  const owner = `${desk.dataset.account} ${desk.dataset.statement}`;
  const picker = new Picker(document.getElementById("picker"), desk.dataset.figures, desk.dataset.said, { found: say("found"), unreached: say("unreached") });
  const keepers = [];
  for (const area of desk.querySelectorAll("textarea[data-save]")) {
    const section = area.closest("[data-section]");
    const keeper = new Keeper({
      area,
      token,
      owner,
      base: form.elements[`base:${section.dataset.section}`].value,
      address: area.dataset.save,
      onstate: (state) => show(keeper, state),
      onsaved: (said, more) => saved(section, said, more),
    });
    keepers.push(keeper);
    area.addEventListener("input", () => keeper.touch());
    area.addEventListener("blur", () => keeper.send());
    area.addEventListener("keydown", (event) => {
      if (event.ctrlKey && event.code === "Space") {
        event.preventDefault();
        picker.open(area);
      } else if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
        event.preventDefault();
        keeper.send();
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
  handIn(
    owner,
    keepers,
    token,
    (keeper) => {
      keeper.area.closest(".words-of").querySelector("[data-state]").textContent = say("restored");
    },
    (keeper, fault) => keeper.failed(fault),
  );
  desk.dataset.ready = "";
}

if (desk && desk.hasAttribute("data-writes")) begin();
