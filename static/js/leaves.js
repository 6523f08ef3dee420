// One section at a time, and what is still open in each.

import { byId, make } from "./elements.js";

export class Leaves {
  constructor({ questions, say, turned }) {
    this.questions = questions;
    this.say = say;
    this.turned = turned;
    this.all = [...document.querySelectorAll(".leaf")];
    this.names = this.all.map((leaf) => leaf.dataset.section);
    this.steps = new Map([...document.querySelectorAll("[data-step]")].map((step) => [step.dataset.step, step]));
    this.here = this.names[0];
    this.more = new Map(); // leaves without questions of their own: name → [whether it is there, how much is open in it]
    addEventListener("popstate", (event) => {
      if (event.state && event.state.leaf) this.show(event.state.leaf);
    });
  }

  titleOf(name) {
    return this.all.find((leaf) => leaf.dataset.section === name).querySelector("h2").textContent;
  }

  // A section whose every question is not asked is passed over.
  reachable() {
    const alive = new Set(this.questions.asked.map((question) => question.leaf));
    return this.names.filter((name) => name === "where" || name === "review" || alive.has(name) || (this.more.get(name) || [])[0]);
  }

  also(name, there, left) {
    this.more.set(name, [there, left]);
  }

  next() {
    const names = this.reachable();
    return names[names.indexOf(this.here) + 1] || null;
  }

  // Turn to a section as a step that the browser's Back undoes.
  turn(name) {
    if (name === this.here) return;
    history.pushState({ leaf: name }, "", location.href);
    this.show(name);
    window.scrollTo(0, 0);
    const heading = byId(`s-${name}`);
    if (heading) heading.focus({ preventScroll: true });
  }

  show(name) {
    this.here = this.names.includes(name) ? name : this.names[0];
    for (const leaf of this.all) leaf.hidden = leaf.dataset.section !== this.here;
    this.turned(this.here);
  }

  // Bars, counts and the list of sections.
  draw({ open, counted, stationOpen }) {
    const openIn = (name) => open.filter((question) => question.leaf === name).length + (name === "where" && stationOpen ? 1 : 0) + (this.more.get(name) || [0, 0])[1];
    const names = this.reachable();
    for (const [name, step] of this.steps) {
      const total = counted.filter((question) => question.leaf === name).length;
      const share = total ? 1 - openIn(name) / total : names.includes(name) ? 1 : 0;
      step.hidden = !names.includes(name);
      step.style.setProperty("--done", `${Math.round(share * 100)}%`);
      step.classList.toggle("here", name === this.here);
    }
    const place = this.say("section_of", { i: names.indexOf(this.here) + 1, n: names.length });
    byId("progress").textContent = `${place} · ${this.say("answered_of", { a: counted.length - open.length, n: counted.length })}`;
    byId("contents-list").replaceChildren(
      ...names.map((name) => {
        const left = openIn(name);
        const state = name === "review" ? "" : left ? this.say("open_count", { n: left }) : this.say("complete");
        const button = make("button", { type: "button" }, this.titleOf(name), make("small", {}, state));
        if (name === this.here) button.setAttribute("aria-current", "true");
        button.addEventListener("click", () => {
          byId("contents").open = false;
          this.turn(name);
        });
        return make("li", {}, button);
      }),
    );
  }
}
