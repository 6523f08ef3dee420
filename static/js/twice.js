// Each number of a protocol is keyed a second time, with the first entry out of sight. Where the two differ, both are shown
// and the observer says which stands on the paper: nothing is settled by itself.

import { make } from "./elements.js";
import { NON_ANSWERS, answerOf, answered } from "./values.js";

// "open": not yet keyed again; "agree"; "differ".
export function standingOf(first, second, type = "integer") {
  if (!answered(second, type)) return "open";
  return answerOf(first, type) === answerOf(second, type) ? "agree" : "differ";
}

export class Twice {
  // `keyed(name, raw)` keeps a second entry, `settled(question, raw)` makes it the answer; `jump(question)` leads to the first.
  constructor({ questions, say, wanted, keyed, settled, jump }) {
    Object.assign(this, { questions, say, keyed, settled, jump });
    this.leaf = document.querySelector("[data-section=again]");
    this.wanted = Boolean(wanted && this.leaf);
    this.drawn = "";
  }

  // The numbers that were keyed once; what is not on the protocol, not legible or no number has nothing to compare.
  numbers(draft) {
    if (!this.wanted) return [];
    return this.questions.asked.filter((question) => {
      const raw = draft.answers[question.name];
      return question.type === "integer" && answered(raw, question.type) && !NON_ANSWERS.includes(raw) &&
        !this.questions.unreadable(question, raw);
    });
  }

  of(draft, standing) {
    const again = draft.again || {};
    return this.numbers(draft).filter((question) => standingOf(draft.answers[question.name], again[question.name]) === standing);
  }

  left(draft) {
    return this.of(draft, "open").length + this.of(draft, "differ").length;
  }

  // Second entries that still contradict the first: they go along with the report.
  differing(draft) {
    return Object.fromEntries(this.of(draft, "differ").map(({ name, type }) => [name, answerOf(draft.again[name], type)]));
  }

  // One row for each number, in the page's order; drawn anew only when the list is another, so that no finger loses its field.
  draw(box, draft) {
    if (!box) return; // only a protocol's page has the place for it
    const numbers = this.numbers(draft);
    const list = numbers.map((question) => question.name).join(" ");
    if (this.drawn !== list || !box.children.length) {
      this.drawn = list;
      box.replaceChildren(...numbers.map((question) => this.row(question, draft)));
    }
    numbers.forEach((question, index) => this.mark(box.children[index], question, draft));
  }

  row(question, draft) {
    const { name, element } = question;
    const id = `again-${element.id}`;
    const heading = element.closest(".row") && element.closest(".row").querySelector("h3").textContent;
    const label = [heading, element.querySelector("legend").textContent].filter(Boolean).join(": ");
    const field = make("input", { class: "entry number", type: "text", inputMode: "numeric", autocomplete: "off", maxLength: 20, id });
    field.value = (draft.again || {})[name] || "";
    const row = make("div", { class: "question again" }, make("label", { htmlFor: id }, label), field, make("div", { role: "status" }));
    row.dataset.again = name;
    field.addEventListener("input", () => this.keyed(name, field.value));
    // Compared when the field is left: half a number differs from every number.
    field.addEventListener("change", () => {
      row.dataset.left = "yes";
      this.keyed(name, field.value);
    });
    return row;
  }

  mark(row, question, draft) {
    const { name } = question;
    const [first, second] = [draft.answers[name], (draft.again || {})[name]];
    const standing = standingOf(first, second);
    const field = row.querySelector(".entry");
    const typing = document.activeElement === field && !row.dataset.left;
    if (document.activeElement !== field) field.value = second || "";
    delete row.dataset.left;
    const shown = standing === "differ" && typing ? "open" : standing;
    const box = row.querySelector("[role=status]");
    const key = `${shown} ${first} ${second}`;
    if (box.dataset.shown === key) return;
    box.dataset.shown = key;
    box.replaceChildren(...this.verdict(shown, question, first, second));
  }

  verdict(standing, question, first, second) {
    if (standing === "open") return [];
    if (standing === "agree") return [make("p", { class: "hint agree" }, this.say("again_agree"))];
    const choose = (text, act) => {
      const button = make("button", { type: "button", class: "button" }, text);
      button.addEventListener("click", act);
      return button;
    };
    return [
      make("p", { class: "rule" }, this.say("again_differ", { first, second })),
      make("div", { class: "answers" },
        choose(String(first), () => this.settled(question, first)),
        choose(String(second), () => this.settled(question, second))),
      choose(this.say("again_neither"), () => {
        this.keyed(question.name, "");
        this.jump(question);
      }),
    ];
  }
}
