// The way through a checklist: the one button at the bottom leads to what is open, then to the review, then out.

import { byId } from "./elements.js";

export class Walk {
  constructor({ questions, leaves, say, finish }) {
    Object.assign(this, { questions, leaves, say, finish });
    this.open = [];
    this.stationOpen = true;
    this.toKey = 0; // numbers that wait to be keyed a second time
    this.cursor = null; // the question last answered or looked at
    this.turnedAt = 0;
    byId("next").addEventListener("click", () => this.onwards());
    byId("onward").addEventListener("click", () => this.leaves.turn(this.leaves.next()));
  }

  turned() {
    this.turnedAt = Date.now();
  }

  draw({ open, stationOpen, toKey }) {
    Object.assign(this, { open, stationOpen, toKey });
    this.label();
  }

  label() {
    const here = this.leaves.here;
    const next = this.leaves.next();
    const onward = byId("onward");
    onward.hidden = here === "review";
    if (next) onward.textContent = next === "review" ? this.say("review") : this.say("next_section", { title: this.leaves.titleOf(next) });
    byId("next").textContent = this.say(here === "review" ? "finish" : this.ahead() ? "next_open" : this.last() === "again" ? "again_title" : "review");
  }

  // Where the way leads when nothing is open ahead.
  last() {
    return this.toKey && this.leaves.here !== "again" ? "again" : "review";
  }

  // The next open question after the cursor, in this section or a later one.
  ahead() {
    if (this.leaves.here === "again") return null; // what was left open lies behind, and the review lists it
    const order = this.questions.all;
    const cursor = this.questions.byName.get(this.cursor);
    const start = cursor && cursor.leaf === this.leaves.here
      ? order.indexOf(cursor)
      : order.findIndex((question) => question.leaf === this.leaves.here) - 1;
    return this.open.find((question) => order.indexOf(question) > start) || null;
  }

  onwards() {
    if (this.leaves.here === "review") {
      if (Date.now() - this.turnedAt > 700) this.finish(); // a double tap must not finish a report
      return;
    }
    if (this.leaves.here === "where" && this.stationOpen && this.cursor !== "where") {
      this.cursor = "where";
      byId("station-query").focus();
      return;
    }
    const target = this.ahead();
    if (target) this.jump(target);
    else this.leaves.turn(this.last());
  }

  jump(question) {
    if (question.leaf !== this.leaves.here) this.leaves.turn(question.leaf);
    this.cursor = question.name;
    this.label();
    for (const each of document.querySelectorAll(".question.here")) each.classList.remove("here");
    question.element.classList.add("here");
    question.element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    question.element.querySelector("legend").focus({ preventScroll: true });
  }
}
