// All questions of the page together: which are asked, which are open, what a rule says of an answer.

import { Sheet } from "./relevance.js";
import { NON_ANSWERS, answered, number } from "./values.js";

// Findings, not problems: the observer may say that it is so, and why.
export const OVERRIDABLE = ["constraint", "too_many"];

export class Questions {
  // `without`: types that this mission does not ask; they stay hidden, whatever a checklist says.
  constructor(form, { without = [] } = {}) {
    this.all = [...form.querySelectorAll("[data-question]")].map((element) => ({
      element,
      name: element.dataset.question,
      type: element.dataset.type,
      relevant: element.dataset.relevant || null,
      constraint: element.dataset.constraint || null,
      leaf: element.closest(".leaf").dataset.section,
      fixed: Boolean(element.closest("[data-fixed]")), // one of as many rows as the mission lists
      asked: !without.includes(element.dataset.type),
      dropped: without.includes(element.dataset.type),
    }));
    for (const { element, dropped } of this.all) {
      if (!dropped) continue;
      element.hidden = true;
      const group = element.closest("[data-repeat]");
      if (group) group.hidden = !group.querySelector("[data-question]:not([hidden])");
    }
    this.byName = new Map(this.all.map((question) => [question.name, question]));
    this.sheet = new Sheet(Object.fromEntries(this.all.map((question) => [question.name, question.type])));
  }

  // Decide anew what is asked: an answer to a question that is not asked counts as blank for the others.
  decide(answers) {
    const worth = (question) => (this.unreadable(question, answers[question.name]) ? "" : answers[question.name]);
    for (const question of this.all) this.sheet.put(question.name, worth(question));
    const bound = this.all.filter((question) => question.relevant && !question.dropped);
    for (const question of bound) question.asked = true;
    for (let round = 0, moved = true; moved && round <= bound.length; round += 1) {
      moved = false;
      for (const question of bound) {
        const asked = this.sheet.holds(question.relevant, question.name);
        if (asked === question.asked) continue;
        question.asked = asked;
        this.sheet.put(question.name, asked ? worth(question) : "");
        moved = true;
      }
    }
    for (const question of bound) question.element.hidden = !question.asked;
  }

  get asked() {
    return this.all.filter((question) => question.asked);
  }

  // Free text may stay empty, a note asks nothing, and a row that is not shown is none: they are not counted as open.
  counted() {
    return this.asked.filter(({ type, element }) => !["text", "note", "photo"].includes(type) && !element.closest(".row[hidden]"));
  }

  open(answers) {
    return this.counted().filter((question) => !answered(answers[question.name], question.type));
  }

  // An answer that can't count (not a number, out of its limits): null, or {kind, limit}.
  unreadable(question, raw) {
    if (question.type !== "integer" && question.type !== "decimal") return null;
    if (!answered(raw, question.type) || NON_ANSWERS.includes(raw)) return null;
    const value = number(raw, question.type);
    const { minimum, maximum } = question.element.dataset;
    if (value === null) return { kind: question.type === "integer" ? "not_whole" : "not_number" };
    if (minimum !== undefined && value < Number(minimum)) return { kind: "too_small", limit: minimum };
    if (maximum !== undefined && value > Number(maximum)) return { kind: "too_large", limit: maximum };
    return null;
  }

  // What to say of an answer: null, or {kind, limit}; see OVERRIDABLE.
  fault(question, raw) {
    if (!answered(raw, question.type) || NON_ANSWERS.includes(raw)) return null;
    const hard = this.unreadable(question, raw);
    if (hard) return hard;
    const { maximum } = question.element.dataset;
    if (Array.isArray(raw) && maximum !== undefined && raw.length > Number(maximum)) return { kind: "too_many", limit: maximum };
    if (question.constraint && !this.sheet.holds(question.constraint, question.name)) return { kind: "constraint" };
    return null;
  }
}

// Whether this answer is among the codes an attribute lists (data-call-now, data-send-first, data-comment-on).
export function among(codes, raw) {
  if (!codes) return false;
  const wanted = codes.split(" ");
  return (Array.isArray(raw) ? raw : [raw]).some((code) => wanted.includes(code));
}
