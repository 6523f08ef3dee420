// A figure for the text: type words, a question or a number, go with the arrows, Enter puts its mark at the cursor.

import { fold } from "../stations.js";
import { putIn } from "./pasting.js";

const SHOWN = 80;
const STEM = 0.65; // of a word that stands in another form: Russian and Kazakh words change at their end

const wordsOf = (text) => fold(text).split(/[^\p{L}\p{N}_]+/u).filter(Boolean);

// How well a text, its words between spaces, has all these words; 0 where it lacks one.
function fit(search, words) {
  let points = 1;
  for (const word of words) {
    if (search.includes(` ${word} `)) points += 4;
    else if (search.includes(` ${word}`)) points += 3;
    else if (search.includes(word)) points += 2;
    else if (word.length < 5 || !search.includes(` ${word.slice(0, Math.max(4, Math.ceil(word.length * STEM)))}`)) return 0;
  }
  return points;
}

export class Picker {
  constructor(root, address, said, told) {
    this.root = root;
    this.address = address;
    this.saying = said;
    this.told = told;
    this.part = (name) => document.getElementById(`picker-${name}`);
    this.all = null;
    this.rows = [];
    this.at = 0;
    this.asked = 0;
    this.part("query").addEventListener("input", () => this.search());
    for (const name of ["form", "noun", "case"]) this.part(name).addEventListener("change", () => this.say());
    this.part("form").addEventListener("change", () => (this.formed = true));
    this.part("put").addEventListener("click", () => this.put());
    this.part("close").addEventListener("click", () => this.close());
    this.part("list").addEventListener("click", (event) => {
      const row = event.target.closest("li");
      if (row) this.choose(this.rows.findIndex((each) => each.name === row.dataset.name));
    });
    this.part("list").addEventListener("dblclick", () => this.put());
    root.addEventListener("keydown", (event) => this.key(event));
    root.addEventListener("pointerdown", (event) => {
      if (event.target === root) this.close();
    });
  }

  async open(area) {
    this.area = area;
    this.back = [area.selectionStart, area.selectionEnd];
    this.root.hidden = false;
    this.part("query").value = "";
    this.part("query").focus();
    if (!this.all) {
      const known = await fetch(this.address, { headers: { Accept: "application/json" } })
        .then((answer) => (answer.ok ? answer.json() : null))
        .catch(() => null); // no network, or a page to sign in at
      if (!known) {
        this.part("count").textContent = this.told.unreached;
        return;
      }
      const { figures, forms, nouns, cases } = known;
      this.fill("form", forms);
      this.fill("noun", nouns);
      this.fill("case", cases);
      this.part("case").closest("label").hidden = cases.length < 2;
      this.all = figures.map((each) => ({ ...each, search: ` ${wordsOf(each.search).join(" ")} ` }));
    }
    this.search();
  }

  fill(name, pairs) {
    for (const [value, label] of pairs) this.part(name).add(new Option(label, value));
  }

  search() {
    const words = wordsOf(this.part("query").value);
    this.rows = (this.all || [])
      .map((each) => [fit(each.search, words), each])
      .filter(([points]) => points)
      .sort(([one], [other]) => other - one)
      .map(([, each]) => each);
    const shown = this.rows.slice(0, SHOWN).map((each, place) => {
      const row = document.createElement("li");
      row.id = `picked-${place}`;
      row.setAttribute("role", "option");
      row.dataset.name = each.name;
      row.className = each.gap ? "gap" : "";
      for (const [tag, text] of [["span", each.label], ["b", each.said], ["small", each.question], ["em", each.used ? this.told.used : each.untold ? this.told.untold : ""]]) {
        if (!text) continue;
        const part = document.createElement(tag);
        part.textContent = text;
        row.append(part);
      }
      return row;
    });
    this.part("list").replaceChildren(...shown);
    this.part("count").textContent = this.rows.length ? this.told.found.replace("{n}", this.rows.length) : this.told.none;
    this.choose(0);
  }

  choose(place) {
    const last = Math.min(this.rows.length, SHOWN) - 1;
    this.at = Math.max(0, Math.min(last, place));
    const list = this.part("list").children;
    for (const [index, row] of [...list].entries()) row.setAttribute("aria-selected", String(index === this.at));
    const row = list[this.at];
    this.part("query").setAttribute("aria-activedescendant", row ? row.id : "");
    if (row) row.scrollIntoView({ block: "nearest" });
    // Unless a person chose how it is said: of its base, where it has one.
    if (row && !this.formed) this.part("form").value = this.rows[this.at].base ? "of" : "count";
    this.say();
  }

  get mark() {
    const figure = this.rows[this.at];
    if (!figure) return "";
    const kind = this.part("case").value;
    const noun = this.part("noun").value;
    const end = kind && kind !== "nom" ? `${noun}:${kind}` : noun; // no noun: the figure's own
    return `[[${figure.name} ${this.part("form").value}${end ? ` ${end}` : ""}]]`;
  }

  say() {
    clearTimeout(this.timer);
    const mark = this.mark;
    this.part("put").disabled = !mark;
    if (!mark) {
      this.asked += 1; // what is still being asked is of no figure that is shown
      this.part("said").textContent = "";
      this.part("problem").textContent = "";
      return;
    }
    this.timer = setTimeout(async () => {
      const turn = (this.asked += 1);
      const answer = await fetch(`${this.saying}?${new URLSearchParams({ mark })}`, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok || turn !== this.asked) return;
      const { said, problem } = await answer.json();
      this.part("said").textContent = said;
      this.part("problem").textContent = problem;
    }, 120);
  }

  key(event) {
    const query = event.target === this.part("query");
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
    } else if (query && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.choose(this.at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && event.target.tagName !== "BUTTON") {
      event.preventDefault();
      this.put();
    } else if (event.key === "Tab") {
      const stops = [...this.root.querySelectorAll("input, select, button")].filter((each) => !each.disabled && each.offsetParent);
      const end = event.shiftKey ? stops[0] : stops[stops.length - 1];
      if (event.target !== end) return;
      event.preventDefault();
      (event.shiftKey ? stops[stops.length - 1] : stops[0]).focus();
    }
  }

  put() {
    const mark = this.mark;
    if (!mark) return;
    const { area } = this;
    this.rows[this.at].used = true;
    this.close();
    putIn(area, mark);
  }

  close() {
    this.root.hidden = true;
    this.area.focus();
    this.area.setSelectionRange(...this.back);
  }
}
