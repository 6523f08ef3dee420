// Where a protocol's numbers do not agree: is it so on the paper, or mistyped? The answer is kept; no number is touched.

import { make } from "./elements.js";
import { baseOf, layOut, numbersOf, verdictOf } from "./formulas.js";

const WAYS = ["on_paper", "mistyped"];

export class Asking {
  // `answer(id, answered)` keeps what was said; `jump(question)` leads to a number that may be mistyped.
  constructor({ questions, say, answer, jump }) {
    Object.assign(this, { questions, say, answer, jump });
    this.all = [...document.querySelectorAll("[data-formula]")].map(({ dataset, textContent }) => ({
      id: dataset.formula,
      label: textContent,
      known: dataset.known,
      holds: dataset.holds,
      left: dataset.left,
      right: dataset.right,
      atEnd: "end" in dataset,
      fields: dataset.fields.split(" "),
    }));
    for (const formula of this.all) {
      formula.questions = questions.all.filter((question) => formula.fields.includes(baseOf(question.name)));
      if (!formula.atEnd && formula.questions.length) this.place(formula);
    }
  }

  // Beside the last of its numbers, as the page asks for them.
  place(formula) {
    const { element } = formula.questions[formula.questions.length - 1];
    formula.card = make("div", { class: "card asking", role: "group", hidden: true });
    formula.card.dataset.asking = formula.id;
    let before = element.closest(".repeat") || element;
    while (before.nextElementSibling && before.nextElementSibling.matches(".asking")) before = before.nextElementSibling;
    before.after(formula.card);
  }

  // `settled`: nobody is in the middle of a number. Only then is a question put; an obsolete one goes at once.
  draw(draft, settled = false) {
    this.failing = [];
    if (!this.all.length) return;
    const sheet = layOut(this.questions, draft.answers);
    for (const formula of this.all) {
      const verdict = verdictOf(formula, sheet);
      const failing = Boolean(verdict) && !verdict.holds;
      if (failing) {
        const given = (draft.confirmed || {})[formula.id];
        const said = given && given.numbers === numbersOf(verdict) ? given.said : null;
        this.failing.push({ formula, verdict, said });
        if (formula.card && settled) this.fill(formula.card, { formula, verdict, said });
      }
      if (formula.card && (!failing || settled)) formula.card.hidden = !failing;
    }
  }

  fill(card, { formula, verdict, said }) {
    const shown = JSON.stringify([verdict, said]);
    if (card.dataset.shown === shown) return;
    const held = card.contains(document.activeElement) ? document.activeElement.dataset.way : null;
    card.dataset.shown = shown;
    card.replaceChildren(...this.partsOf({ formula, verdict, said }));
    if (held) card.querySelector(`[data-way=${held}]`).focus();
  }

  partsOf({ formula, verdict, said }) {
    const { left, right } = verdict;
    const difference = left === null ? null : `${left < right ? "−" : left > right ? "+" : ""}${Math.abs(left - right)}`;
    const buttons = WAYS.map((way) => {
      const button = make("button", { type: "button", class: "button" }, this.say(`asking_${way}`));
      button.dataset.way = way;
      button.setAttribute("aria-pressed", String(said === way));
      button.addEventListener("click", () => {
        this.answer(formula.id, said === way ? null : { said: way, numbers: numbersOf(verdict) });
        if (said !== way && way === "mistyped") this.jump(formula.questions[0]);
      });
      return button;
    });
    return [
      make("p", { class: "soft" }, this.say("asking_fails")),
      make("p", {}, make("b", {}, formula.label)),
      left === null ? null : make("p", { class: "sides" }, this.say("asking_sides", { left, right, difference })),
      make("p", {}, this.say("asking")),
      make("div", { class: "answers rows" }, ...buttons),
    ].filter(Boolean);
  }

  // At the review: every rule that does not hold, with what was said of it.
  cards() {
    return this.failing.map((each) => {
      const card = make("div", { class: "card asking", role: "group" }, ...this.partsOf(each));
      card.dataset.asking = each.formula.id;
      return card;
    });
  }

  // What goes into the report: rule → what was said of the numbers as they stand.
  said() {
    return Object.fromEntries(this.failing.filter((each) => each.said).map(({ formula, said }) => [formula.id, said]));
  }
}
