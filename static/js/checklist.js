// The checklist's page: the server's form, kept in the phone at every change, finished into the queue.

import { readAnew } from "./again.js";
import { hourMinute, localMinute } from "./clock.js";
import { identity as whoAmI, manifest as storedManifest } from "./device.js";
import { discardPart } from "./discard.js";
import { Keeper, blankDraft } from "./draft.js";
import { byId, make, notice } from "./elements.js";
import { draftLock, freeze, sayOutrun } from "./elsewhere.js";
import { startEmergency } from "./emergency.js";
import { holdOn } from "./exclusive.js";
import { comment, commentKey, hold, override, read, reconcile, write } from "./fields.js";
import { finish, joinVisit } from "./finish.js";
import { newId } from "./ids.js";
import { beginIncident } from "./incident.js";
import { keepFragment } from "./languages.js";
import { Leaves } from "./leaves.js";
import { ask, pass } from "./lock.js";
import { checklistAddress, showRebuilt, stationOf } from "./mission.js";
import { kindsFor, startPicker } from "./picker.js";
import { OVERRIDABLE, Questions, among } from "./questions.js";
import { PhotoFields, photosWanted } from "./photofield.js";
import { positionWanted, startPosition } from "./position.js";
import { counts } from "./queue.js";
import { register } from "./register.js";
import { showRows } from "./repeats.js";
import { drawReview } from "./review.js";
import { CannotSeal, keepsReadable } from "./seal.js";
import { bringPlaces } from "./stations.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import { listenTo } from "./touch.js";
import { letLeave, sayUnsaved } from "./unsaved.js";
import { Walk } from "./walk.js";
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
  addEventListener("hashchange", readAnew);
  // A page that the browser had put aside has lost its hold.
  addEventListener("pageshow", (event) => event.persisted && readAnew());
  await pass(say);
  // Held before the draft is read, so that it is read as the last tab left it.
  const mine = await holdOn(draftLock(id), readAnew);
  if (await store.queuedOne(id)) {
    notice(say("already_finished"));
    byId("notice").append(" ", make("a", { href: `/o/${language}/queue#${id}` }, say("queue")));
    return;
  }
  const mission = identity ? identity.mission : null;
  const kept = await store.draft(id);
  await bringPlaces(manifest, kept ? [kept] : []);
  // Should it not be in the phone, the numbers can be entered all the same.
  const protocol = stage === "protocol" ? await import("./protocol.js").catch(() => null) : null;
  const draft = kept || blankDraft({ id, mission, checklist, version, stage, title });
  new Page({ say, identity, manifest, draft, kept: Boolean(kept), protocol }).begin(mine);
}

class Page {
  constructor({ say, identity, manifest, draft, kept, protocol }) {
    Object.assign(this, { say, identity, manifest, draft });
    this.form = byId("checklist");
    const without = [photosWanted(manifest) ? null : "photo", positionWanted(manifest) ? null : "geopoint"];
    this.questions = new Questions(this.form, { without });
    this.keeper = new Keeper(draft, {
      kept,
      touched: () => byId("saved").setAttribute("aria-busy", "true"), // what it says is of the change before
      saved: () => this.showSaved(),
      failed: (fault) => this.failed(fault),
    });
    this.leaves = new Leaves({ questions: this.questions, say, turned: (name) => this.turned(name) });
    this.picker = startPicker({
      manifest,
      language,
      say,
      kinds: kindsFor(stage),
      chosen: (code, name) => this.choose(code, name),
    });
    this.toKey = 0;
    this.protocol = protocol && new protocol.Protocol(this);
    this.photos = new PhotoFields({
      questions: this.questions,
      draft,
      manifest,
      say,
      answer: (question, hash) => this.put(question, hash),
      settle: () => this.keeper.settle(),
    });
    this.alarm = startEmergency({ manifest, language, report: () => this.reportIncident() });
    this.walk = new Walk({ questions: this.questions, leaves: this.leaves, say, finish: () => this.finish() });
  }

  // `mine`: whether this tab has the draft to itself.
  begin(mine) {
    this.fill();
    this.listen();
    if (mine) byId("contents").append(discardPart(this.say, () => this.discard()));
    this.picker.show(this.draft);
    this.refresh();
    const leaf = this.draft.section || "where";
    history.replaceState({ leaf }, "", location.href);
    this.leaves.show(leaf);
    const last = this.questions.byName.get(this.draft.cursor);
    // Shown only now: what is tapped before the draft is in place would be lost.
    for (const part of [this.form, byId("contents"), byId("actions")]) part.hidden = false;
    if (last && last.asked && last.leaf === this.leaves.here) this.walk.jump(last); // where it was interrupted
    if (!mine) {
      this.freeze();
      notice(this.say("open_elsewhere"));
    } else if (Object.keys(this.draft.answers).length) this.showSaved();
    this.photos.open(mine).catch((fault) => this.failed(fault));
    if (mine && positionWanted(this.manifest)) startPosition({ form: this.form, say: this.say, fillIn: (element, text) => this.put(this.questions.byName.get(element.dataset.question), text) });
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
    for (const button of this.form.querySelectorAll("[data-now]")) button.hidden = false;
    showRows(this.form, this.draft.answers);
  }

  listen() {
    listenTo(this.form, { changed: (field) => this.changed(field) });
    const incident = byId("incident");
    if (incident) {
      incident.addEventListener("click", (event) => {
        event.preventDefault();
        this.reportIncident();
      });
    }
  }

  // An answer that no finger typed: a photo's hash, a position.
  put(question, text) {
    const field = question.element.querySelector(".entry");
    field.value = text;
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
    this.walk.cursor = question.name;
    this.draft.cursor = question.name;
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

  // The visit ends with its review, until the observer says another time: that one is not touched again.
  stampDeparture() {
    const departure = this.questions.byName.get("departure");
    const { answers, departureStamped, supersedes } = this.draft;
    if (!departure || supersedes || this.keeper.closed || !answers.arrival) return;
    if (answers.departure ? answers.departure !== departureStamped : departureStamped !== undefined) return;
    this.draft.departureStamped = localMinute();
    answers.departure = this.draft.departureStamped;
    write(departure.element, answers.departure);
    this.keeper.touch();
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

  // `settled`: nobody is in the middle of an answer.
  refresh(settled = false) {
    this.questions.decide(this.draft.answers);
    for (const question of this.questions.asked) this.explain(question);
    if (this.protocol) this.toKey = this.protocol.draw(settled);
    const open = this.questions.open(this.draft.answers);
    const counted = this.questions.counted();
    this.draft.answered = counted.length - open.length;
    this.draft.asked = counted.length;
    this.stationOpen = !this.draft.location && !this.draft.location_name;
    this.leaves.draw({ open, counted, stationOpen: this.stationOpen });
    byId("where").textContent = this.stationOpen ? "" : stationOf(this.manifest, this.draft, language, this.say);
    this.walk.draw({ open, stationOpen: this.stationOpen, toKey: this.toKey });
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
    this.walk.turned();
    if (this.draft.section !== name) {
      this.draft.section = name;
      if (Object.keys(this.draft.answers).length || !this.stationOpen) this.keeper.touch();
    }
    if (name === "review") this.stampDeparture();
    this.refresh(true);
    if (name === "review") this.review();
    if (this.frozen) freeze(this.form);
  }

  review() {
    drawReview(byId("review"), {
      questions: this.questions,
      draft: this.draft,
      stationOpen: this.stationOpen,
      toKey: this.toKey,
      asking: this.protocol ? this.protocol.cards() : [],
      stays: keepsReadable(this.manifest, stage),
      say: this.say,
      jump: (question) => this.walk.jump(question),
      turn: (leaf) => this.leaves.turn(leaf),
    });
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
      await this.photos.taken; // a picture that is still being prepared belongs to this report
      if (!(await this.keeper.settle())) return;
      this.keeper.close();
      const said = this.protocol ? this.protocol.said() : {};
      const record = await finish(this.draft, this.questions, this.identity, this.keeper.known, said);
      if (!record.raw) this.forget();
    } catch (fault) {
      this.keeper.closed = false;
      this.failed(fault, true);
      window.scrollTo(0, 0);
      return;
    } finally {
      button.disabled = false;
    }
    const back = this.draft.parent && (await store.draft(this.draft.parent));
    location.replace(back ? `${checklistAddress(language, back.version)}#${back.id}` : `/o/${language}/`);
  }

  // A browser may put this page aside and show it again when going back.
  forget() {
    this.form.hidden = true;
    this.form.reset();
    byId("review").replaceChildren();
    this.photos.forget();
  }

  async reportIncident() {
    if (stage === "incident") {
      byId("emergency").hidden = true;
      return;
    }
    const begun = Object.keys(this.draft.answers).length > 0 || !this.stationOpen;
    if (begun && !this.keeper.closed) {
      this.keeper.touch();
      await this.keeper.settle();
    }
    await beginIncident({ manifest: this.manifest, language, draft: this.draft, begun });
  }

  async discard() {
    this.keeper.close();
    try {
      await this.keeper.writing; // a write under way would put it back
      await store.discardDraft(this.draft.id, this.keeper.known);
    } catch (fault) {
      this.keeper.closed = false;
      this.failed(fault);
      return true;
    }
    sync.announce();
    location.replace(`/o/${language}/`);
    return true;
  }

  // Show the draft, and let nothing here change it.
  freeze() {
    this.frozen = true;
    this.keeper.close();
    freeze(this.form);
    for (const part of document.querySelectorAll("#contents .discard")) part.hidden = true;
  }

  failed(fault, finishing = false) {
    if (fault instanceof store.Outrun) {
      this.freeze();
      sayOutrun(fault, { say: this.say, language, id: this.draft.id });
    } else if (fault instanceof CannotSeal) {
      notice(this.say("seal_missing"));
    } else if (fault instanceof store.Locked) {
      ask().then(() => this.keeper.settle());
    } else {
      sayUnsaved(fault, { say: this.say, language, finishing });
    }
  }

  showSaved() {
    letLeave();
    notice("");
    byId("saved").setAttribute("aria-busy", "false");
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
