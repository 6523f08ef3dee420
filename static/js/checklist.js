// The checklist's page: the server's form, kept in the phone at every change, finished into the queue.

import { hourMinute, localMinute } from "./clock.js";
import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { Keeper, blankDraft } from "./draft.js";
import { byId, make, notice } from "./elements.js";
import { startEmergency } from "./emergency.js";
import { comment, commentKey, hold, override, read, reconcile, releases, write } from "./fields.js";
import { finish, joinVisit } from "./finish.js";
import { newId } from "./ids.js";
import { keepFragment } from "./languages.js";
import { Leaves } from "./leaves.js";
import { checklistAddress, incidentOf, showRebuilt, stationOf } from "./mission.js";
import { kindsFor, startPicker } from "./picker.js";
import { OVERRIDABLE, Questions, among } from "./questions.js";
import { counts } from "./queue.js";
import { register } from "./register.js";
import { drawReview } from "./review.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { loadWords } from "./words.js";

const main = byId("main");
const { version, checklist, stage, language } = main.dataset;
const title = byId("s-review").ownerDocument.title;

async function open() {
  const [say, identity, manifest] = await Promise.all([loadWords(language), whoAmI(), storedManifest()]);
  keepFragment();
  showRebuilt(manifest, say);
  const id = location.hash.slice(1) || newId();
  if (!location.hash) history.replaceState(null, "", `#${id}`);
  // Another draft of this same checklist, reached by its address alone: the page must be read anew.
  addEventListener("hashchange", () => location.reload());
  if (await store.queuedOne(id)) {
    notice(say("already_finished"));
    byId("notice").append(" ", make("a", { href: `/o/${language}/queue#${id}` }, say("queue")));
    return;
  }
  const mission = identity ? identity.mission : null;
  const draft = (await store.draft(id)) || blankDraft({ id, mission, checklist, version, stage, title });
  new Page({ say, identity, manifest, draft }).begin();
}

class Page {
  constructor({ say, identity, manifest, draft }) {
    Object.assign(this, { say, identity, manifest, draft });
    this.form = byId("checklist");
    this.questions = new Questions(this.form);
    this.keeper = new Keeper(draft, {
      saved: () => this.showSaved(),
      failed: (fault) => notice(say("not_saved", { reason: fault.message || fault.name })),
    });
    this.leaves = new Leaves({ questions: this.questions, say, turned: (name) => this.turned(name) });
    this.picker = startPicker({
      locations: (manifest && manifest.locations) || [],
      language,
      say,
      kinds: kindsFor(stage),
      chosen: (code, name) => this.choose(code, name),
    });
    this.alarm = startEmergency({ manifest, language, report: () => this.reportIncident() });
    this.cursor = null;
    this.turnedAt = 0;
  }

  begin() {
    this.fill();
    this.listen();
    this.picker.show(this.draft);
    this.refresh();
    const leaf = this.draft.section || "where";
    history.replaceState({ leaf }, "", location.href);
    this.leaves.show(leaf);
    // Shown only now: what is tapped before the draft is in place would be lost.
    for (const part of [this.form, byId("contents"), byId("actions")]) part.hidden = false;
    if (Object.keys(this.draft.answers).length) this.showSaved();
    sync.onChange(() => this.showQueue());
    sync.start();
    this.showQueue();
    register({ mayUpdate: false });
  }

  fill() {
    for (const question of this.questions.all) {
      write(question.element, this.draft.answers[question.name]);
      hold(question.element);
      const remark = comment(question.element);
      const said = remark && this.draft.comments[commentKey(question.element)];
      if (said) {
        remark.value = said;
        remark.closest("details").open = true;
      }
      const reason = override(question.element);
      if (reason) reason.value = this.draft.overrides[question.name] || "";
    }
    for (const button of this.form.querySelectorAll("[data-now], [data-position]")) button.hidden = false;
    this.rows();
  }

  // Rows of a repeated group: those with an answer, and one more on request.
  rows() {
    for (const group of this.form.querySelectorAll("[data-repeat]")) {
      const rows = [...group.querySelectorAll(".row")];
      const filled = rows.map((row) => [...row.querySelectorAll("[data-question]")].some((each) => this.draft.answers[each.dataset.question]));
      let shown = Math.max(1, filled.lastIndexOf(true) + 1);
      const draw = () => {
        rows.forEach((row, index) => { row.hidden = index >= shown; });
        add.hidden = shown >= rows.length;
      };
      const add = group.querySelector("[data-add]");
      if (group.dataset.repeat === "candidates") shown = rows.length;
      add.addEventListener("click", () => {
        shown += 1;
        draw();
        rows[shown - 1].querySelector("legend").focus();
      });
      draw();
    }
  }

  listen() {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.changed(event.target));
    this.form.addEventListener("click", (event) => this.clicked(event));
    this.form.addEventListener("keydown", (event) => this.pressed(event));
    byId("next").addEventListener("click", () => this.onwards());
    byId("onward").addEventListener("click", () => this.leaves.turn(this.leaves.next()));
    const incident = byId("incident");
    if (incident) {
      incident.addEventListener("click", (event) => {
        event.preventDefault();
        this.reportIncident();
      });
    }
  }

  clicked(event) {
    const target = event.target;
    if (target.matches(".answer input[type=radio]") && releases(target)) this.changed(target);
    const question = target.closest("[data-question]");
    if (!question) return;
    if (target.matches("[data-now]")) this.fillIn(question, localMinute());
    if (target.matches("[data-position]")) {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => this.fillIn(question, `${coords.latitude.toFixed(6)} ${coords.longitude.toFixed(6)} ${Math.round(coords.accuracy)}`),
        () => notice(this.say("no_position")),
        { timeout: 30_000, maximumAge: 60_000, enableHighAccuracy: true },
      );
    }
  }

  // By keyboard an answer is taken back with Delete: a chosen radio hears no second press of Space.
  pressed(event) {
    const { target, key } = event;
    if ((key !== "Delete" && key !== "Backspace") || !target.matches(".answer input[type=radio]:checked")) return;
    event.preventDefault();
    target.checked = false;
    this.changed(target);
  }

  fillIn(question, value) {
    const field = question.querySelector(".entry");
    field.value = value;
    this.changed(field);
  }

  changed(field) {
    const element = field.closest("[data-question]");
    if (!element) return;
    const question = this.questions.byName.get(element.dataset.question);
    if (field === comment(element)) this.draft.comments[commentKey(element)] = field.value;
    else if (field === override(element)) this.draft.overrides[question.name] = field.value;
    else this.answer(question, field);
    this.refresh();
    this.keeper.touch();
  }

  answer(question, field) {
    reconcile(question.element, field);
    const before = this.draft.answers[question.name];
    const raw = read(question.element);
    this.draft.answers[question.name] = raw;
    hold(question.element);
    this.cursor = question.name;
    this.stampArrival();
    const codes = question.element.dataset.callNow;
    if (among(codes, raw) && !among(codes, before)) this.alarm();
  }

  // The visit begins with the first thing noted; the time stays open to correction.
  stampArrival() {
    const arrival = this.questions.byName.get("arrival");
    if (!arrival || this.draft.answers.arrival || this.draft.arrivalStamped) return;
    this.draft.arrivalStamped = true;
    this.draft.answers.arrival = localMinute(new Date(this.draft.started));
    write(arrival.element, this.draft.answers.arrival);
  }

  async choose(code, name) {
    this.draft.location = code;
    this.draft.location_name = name;
    this.stampArrival();
    await joinVisit(this.draft);
    this.picker.show(this.draft);
    this.refresh();
    this.keeper.touch();
  }

  refresh() {
    this.questions.decide(this.draft.answers);
    for (const question of this.questions.asked) this.explain(question);
    const open = this.questions.open(this.draft.answers);
    const counted = this.questions.counted();
    this.draft.answered = counted.length - open.length;
    this.draft.asked = counted.length;
    this.open = open;
    this.stationOpen = !this.draft.location && !this.draft.location_name;
    this.leaves.draw({ open, counted, stationOpen: this.stationOpen });
    byId("where").textContent = this.stationOpen ? "" : stationOf(this.manifest, this.draft, language, this.say);
    this.label();
  }

  // Beside the question, in the reader's language; nothing is refused for it.
  explain(question) {
    const fault = this.questions.fault(question, this.draft.answers[question.name]);
    const line = question.element.querySelector("[data-rule]");
    const reason = question.element.querySelector("[data-override]");
    line.hidden = !fault;
    if (reason) reason.hidden = !fault || !OVERRIDABLE.includes(fault.kind);
    if (!fault) return;
    line.textContent = fault.kind === "constraint"
      ? question.element.dataset.message || this.say("rule_constraint")
      : this.say(`rule_${fault.kind}`, { limit: fault.limit });
  }

  turned(name) {
    this.turnedAt = Date.now();
    if (this.draft.section !== name) {
      this.draft.section = name;
      if (Object.keys(this.draft.answers).length || !this.stationOpen) this.keeper.touch();
    }
    if (name === "review") {
      drawReview(byId("review"), {
        questions: this.questions,
        draft: this.draft,
        stationOpen: this.stationOpen,
        say: this.say,
        jump: (question) => this.jump(question),
        turn: (leaf) => this.leaves.turn(leaf),
      });
    }
    this.refresh();
  }

  label() {
    const here = this.leaves.here;
    const next = this.leaves.next();
    const onward = byId("onward");
    onward.hidden = here === "review";
    if (next) onward.textContent = next === "review" ? this.say("review") : this.say("next_section", { title: this.leaves.titleOf(next) });
    byId("next").textContent = this.say(here === "review" ? "finish" : this.ahead() ? "next_open" : "review");
  }

  // The next open question after the one last answered or looked at, in this section or a later one.
  ahead() {
    const order = this.questions.all;
    const cursor = this.questions.byName.get(this.cursor);
    const start = cursor && cursor.leaf === this.leaves.here
      ? order.indexOf(cursor)
      : order.findIndex((question) => question.leaf === this.leaves.here) - 1;
    return this.open.find((question) => order.indexOf(question) > start) || null;
  }

  // The one button at the bottom: the next open question, wherever it is; then the review, which lists what was left; then done.
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
    else this.leaves.turn("review");
  }

  jump(question) {
    if (question.leaf !== this.leaves.here) this.leaves.turn(question.leaf);
    this.cursor = question.name;
    this.label();
    for (const each of this.form.querySelectorAll(".question.here")) each.classList.remove("here");
    question.element.classList.add("here");
    question.element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    question.element.querySelector("legend").focus({ preventScroll: true });
  }

  async finish() {
    if (!this.identity) {
      notice(this.say("enrol_first"));
      byId("notice").append(" ", make("a", { href: `/o/${language}/enrol` }, this.say("enrol")));
      window.scrollTo(0, 0);
      return;
    }
    const button = byId("next");
    button.disabled = true;
    try {
      if (!(await this.keeper.settle())) return;
      this.keeper.close();
      await finish(this.draft, this.questions, this.identity);
    } catch (fault) {
      this.keeper.closed = false;
      notice(this.say("not_saved", { reason: fault.message || fault.name }));
      window.scrollTo(0, 0);
      return;
    } finally {
      button.disabled = false;
    }
    const back = this.draft.parent && (await store.draft(this.draft.parent));
    location.replace(back ? `${checklistAddress(language, back.version)}#${back.id}` : `/o/${language}/`);
  }

  // The incident takes over the place and the visit; this checklist waits where it is.
  async reportIncident() {
    const incident = incidentOf(this.manifest);
    if (!incident || stage === "incident") {
      if (stage === "incident") byId("emergency").hidden = true;
      else location.assign(`/o/${language}/`);
      return;
    }
    const begun = Object.keys(this.draft.answers).length > 0 || !this.stationOpen;
    if (begun) {
      this.keeper.touch();
      await this.keeper.settle();
    }
    const report = blankDraft({
      mission: this.draft.mission,
      checklist: incident.name,
      version: incident.version,
      stage: incident.stage,
      visit: this.draft.visit,
      location: this.draft.location,
      location_name: this.draft.location_name,
      parent: begun ? this.draft.id : null,
    });
    await store.keepDraft(report);
    location.assign(`${checklistAddress(language, incident.version)}#${report.id}`);
  }

  showSaved() {
    notice("");
    byId("saved").textContent = this.say("saved", { time: hourMinute(this.draft.changed) });
  }

  async showQueue() {
    const n = counts([], await store.queued());
    const pill = byId("pill");
    pill.hidden = n.waiting + n.handedOver === 0;
    pill.textContent = this.say("pill_waiting", { n: n.waiting + n.handedOver });
  }
}

open();
