// What only a results protocol's page does: its numbers are keyed twice and held against their rules.

import { Asking } from "./asking.js";
import { byId } from "./elements.js";
import { write } from "./fields.js";
import { Twice } from "./twice.js";

export class Protocol {
  // `page`: the checklist's page, with its draft, questions and walk.
  constructor(page) {
    this.page = page;
    const { questions, say, manifest } = page;
    const jump = (question) => page.walk.jump(question);
    this.asking = new Asking({ questions, say, jump, answer: (id, given) => this.confirm(id, given) });
    this.twice = new Twice({
      questions,
      say,
      jump,
      wanted: manifest && manifest.policy && manifest.policy.keyed_twice,
      keyed: (name, raw) => this.keyAgain(name, raw),
      settled: (question, raw) => this.settle(question, raw),
    });
    // A number that is left is complete: only now is anything asked about it.
    page.form.addEventListener("change", () => this.asking.draw(page.draft, true));
  }

  // Gives how many numbers wait to be keyed again. `settled`: nobody is in the middle of one.
  draw(settled) {
    const { draft, leaves } = this.page;
    this.asking.draw(draft, settled);
    this.twice.draw(byId("again"), draft);
    const left = this.twice.left(draft);
    leaves.also("again", this.twice.numbers(draft).length > 0, left);
    return left;
  }

  // What was said of a rule that does not hold: null takes it back.
  confirm(id, given) {
    const { draft, leaves, keeper } = this.page;
    const { [id]: _, ...others } = draft.confirmed || {};
    draft.confirmed = given ? { ...others, [id]: given } : others;
    this.asking.draw(draft, true);
    if (leaves.here === "review") this.page.review();
    keeper.touch();
  }

  keyAgain(name, raw) {
    const { draft, keeper } = this.page;
    draft.again = { ...draft.again, [name]: raw };
    this.page.refresh();
    keeper.touch();
  }

  // Of two entries that differ, the observer has said which stands on the paper.
  settle(question, raw) {
    this.page.draft.answers[question.name] = raw;
    write(question.element, raw);
    this.keyAgain(question.name, raw);
  }

  cards() {
    return this.asking.cards();
  }

  // What goes into the report beside its answers.
  said() {
    return { confirmed: this.asking.said(), again: this.twice.differing(this.page.draft) };
  }
}
