// Typing a report in by keyboard alone: a key gives the answer and goes on, Enter goes on, every change is kept.
// Keys are taken by their place on the keyboard: a Russian or Kazakh layout has other signs there.

import { Sheet } from "../relevance.js";

const PAUSE = 400;
const PATIENCE = 20_000;
const form = document.querySelector("form.keyed");
const lines = [...form.querySelectorAll(".line:not(.note)")];
const live = form.dataset.draft !== undefined;

const isTick = (input) => input.type === "radio" || input.type === "checkbox";
const inputs = (line) => [...line.querySelectorAll(".options input, .options textarea, :scope > input")];
const ticks = (line) => inputs(line).filter(isTick);
const typed = (line) => inputs(line).find((input) => input.type === "text" || input.tagName === "TEXTAREA");
const asked = (line) => !line.hasAttribute("data-off");

function keyOf(event) {
  const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
  if (digit) return digit[1];
  const letter = /^Key([A-Z])$/.exec(event.code);
  return letter ? letter[1].toLowerCase() : event.key.toLowerCase();
}

function enter(line) {
  const field = typed(line) || ticks(line).find((input) => input.checked) || ticks(line)[0];
  field.focus();
  if (field.select && field.type === "text") field.select();
  line.scrollIntoView({ block: "nearest" });
}

const blank = (line) => inputs(line).every((input) => (isTick(input) ? !input.checked : !input.value.trim()));

// From a row that was left empty on to the end of its group: there are more rows than members or boxes.
function skips(line) {
  const row = line.closest(".repeat");
  if (!row || !["boxes", "members", "pages"].includes(row.dataset.repeat)) return null;
  return [...row.querySelectorAll(".line")].every(blank) ? row.dataset.repeat : null;
}

function go(line, step) {
  const empty = step > 0 ? skips(line) : null;
  for (let i = lines.indexOf(line) + step; i >= 0 && i < lines.length; i += step) {
    const row = lines[i].closest(".repeat");
    if (empty && row && row.dataset.repeat === empty) continue;
    if (asked(lines[i])) return enter(lines[i]);
  }
  if (step > 0) (form.querySelector("#send") || form.querySelector("[type=submit]")).focus();
  return undefined;
}

function changed(line) {
  line.dispatchEvent(new Event("change", { bubbles: true }));
}

function clear(line) {
  for (const input of ticks(line)) input.checked = false;
  changed(line);
}

// One key of a question with choices; true when it was one of its keys.
function answer(line, key) {
  const chosen = ticks(line).find((input) => input.dataset.key === key);
  if (!chosen) return false;
  const several = chosen.type === "checkbox" && !chosen.hasAttribute("data-reserved");
  if (chosen.type === "checkbox" && !several) for (const input of ticks(line)) if (input !== chosen) input.checked = false;
  if (several) for (const input of ticks(line)) if (input.hasAttribute("data-reserved")) input.checked = false;
  chosen.checked = several || chosen.hasAttribute("data-reserved") ? !chosen.checked || chosen.type === "radio" : true;
  const field = typed(line);
  if (field && chosen.checked) field.value = "";
  changed(line);
  if (several) chosen.focus();
  else go(line, 1);
  return true;
}

form.addEventListener("keydown", (event) => {
  const line = event.target.closest(".line");
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("#send") || undefined);
    return;
  }
  if (event.key === "Enter" && event.altKey && event.target.tagName === "TEXTAREA") {
    event.preventDefault();
    const { target } = event;
    target.setRangeText("\n", target.selectionStart, target.selectionEnd, "end");
    changed(target);
    return;
  }
  if (!line || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const tick = isTick(event.target);
  const beside = event.target.closest(".beside");
  if (event.key === "Enter") {
    event.preventDefault();
    return void go(line, event.shiftKey ? -1 : 1);
  }
  if (beside) return;
  const key = keyOf(event);
  // A Kazakh layout has letters in the row of digits: in a number or a time the digit is meant.
  if (!tick && digits(line) && /^\d$/.test(key) && !/^\d$/.test(event.key) && event.key.length === 1 && !event.shiftKey) {
    event.preventDefault();
    event.target.setRangeText(key, event.target.selectionStart, event.target.selectionEnd, "end");
    event.target.dispatchEvent(new Event("input", { bubbles: true }));
    return;
  }
  if (tick && (event.key === "Backspace" || event.key === "Delete")) {
    event.preventDefault();
    clear(line);
  } else if (tick && key === "c") {
    const comment = line.querySelector(".comment textarea");
    if (!comment) return;
    event.preventDefault();
    comment.closest("label").classList.remove("empty");
    comment.focus();
  } else if (tick ? key.length === 1 && answer(line, key) : ["n", "o"].includes(key) && digits(line) && answer(line, key)) event.preventDefault();
});

// In a number or a time a letter can mean nothing else; in a text it is a letter.
const digits = (line) => ["integer", "decimal", "datetime", "date", "geopoint"].includes(line.dataset.type);

// What a key chose is no longer "not observed", and the other way round.
form.addEventListener("input", (event) => {
  const line = event.target.closest(".line");
  if (!line || !event.target.value || !event.target.classList.contains("typed")) return;
  for (const input of ticks(line)) if (input.hasAttribute("data-reserved")) input.checked = false;
});

class Relevance {
  constructor() {
    this.all = lines.filter((line) => line.dataset.question && line.dataset.type);
    this.sheet = new Sheet(Object.fromEntries(this.all.filter((line) => !line.dataset.question.includes(":")).map((line) => [line.dataset.question, line.dataset.type])));
  }

  value(line) {
    const chosen = ticks(line).filter((input) => input.checked).map((input) => input.value);
    if (line.dataset.type === "select_multiple") return chosen;
    const field = typed(line);
    return chosen[0] || (field ? field.value : "");
  }

  decide() {
    const off = new Set();
    for (let round = 0; round <= this.all.length; round += 1) {
      for (const line of this.all) this.sheet.put(line.dataset.question, off.has(line) ? "" : this.value(line));
      const moved = this.all.filter((line) => line.dataset.relevant && off.has(line) === this.sheet.holds(line.dataset.relevant, line.dataset.question));
      if (!moved.length) break;
      for (const line of moved) if (!off.delete(line)) off.add(line);
    }
    for (const line of this.all) line.toggleAttribute("data-off", off.has(line));
  }
}

class Keeping {
  constructor() {
    this.kept = document.getElementById("kept");
    this.timer = null;
    this.unkept = false;
    this.leaving = false;
    this.sending = false;
    form.addEventListener("submit", () => (this.leaving = true));
    addEventListener("pagehide", () => {
      if (this.unkept && !this.leaving) navigator.sendBeacon(form.dataset.draft, new FormData(form));
    });
    addEventListener("beforeunload", (event) => {
      if (this.unkept && !this.leaving) event.preventDefault();
    });
  }

  touch() {
    this.unkept = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE);
  }

  // One at a time, and what is typed meanwhile goes after it: an older save never takes the place of a newer one.
  async send() {
    if (this.sending) return;
    this.sending = true;
    this.unkept = false;
    let pause = PAUSE;
    const stop = new AbortController();
    const limit = setTimeout(() => stop.abort(), PATIENCE);
    try {
      const body = new FormData(form);
      const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      this.show(await answer.json());
      history.replaceState(null, "", form.dataset.address);
      this.kept.textContent = form.dataset.kept;
      this.kept.className = "soft";
    } catch {
      this.unkept = true;
      this.kept.textContent = form.dataset.unkept;
      this.kept.className = "bad";
      pause = 10 * PAUSE;
    }
    clearTimeout(limit);
    this.sending = false;
    if (!this.unkept) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // What the judge says stands beside its question; a line that is still being typed in is left alone.
  show({ problems, said, already }) {
    for (const line of lines) {
      const rule = line.querySelector("[data-rule]");
      if (!rule || (line.contains(document.activeElement) && !line.classList.contains("wrong"))) continue;
      const found = problems[line.dataset.question];
      line.classList.toggle("wrong", Boolean(found));
      rule.textContent = found ? found.join(" ") : "";
      const override = line.querySelector(".override");
      if (override && found) override.hidden = false;
    }
    for (const name of Object.keys(said)) document.getElementById(`said-${name}`).textContent = said[name];
    const told = document.getElementById("already");
    told.hidden = already.length === 0;
    const links = already.map((each) => {
      const link = document.createElement("a");
      link.href = each.address;
      link.textContent = each.said;
      return link;
    });
    told.querySelector("span").replaceChildren(...links.flatMap((link, i) => (i ? [" · ", link] : [link])));
  }
}

if (live) {
  const relevance = new Relevance();
  const keeping = new Keeping();
  const moved = () => {
    relevance.decide();
    keeping.touch();
  };
  form.addEventListener("input", moved);
  form.addEventListener("change", moved);
  relevance.decide();
  const wrong = document.getElementById("wrong");
  const first = lines.find((line) => line.classList.contains("wrong"));
  if (wrong) (first ? enter(first) : wrong.focus());
  else enter(lines.find((line) => asked(line) && blank(line)) || lines[0]);
}
