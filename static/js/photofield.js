// The photo question on the page: taken or chosen, kept, shown small, taken away again.

import { hourMinute } from "./clock.js";
import { make } from "./elements.js";
import * as photos from "./photos.js";
import { Refused, megabytes, shrink } from "./picture.js";
import { CannotSeal } from "./seal.js";

const SIDE = 1600;
const NEARLY = 0.8; // of the budget: from here on it is said

const kilobytes = (bytes) => Math.max(1, Math.round(bytes / 1000));

export class PhotoFields {
  // `answer(question, hash)` puts the answer into the draft; `settle()` gives whether it is on disk.
  constructor({ questions, draft, manifest, say, answer, settle }) {
    Object.assign(this, { draft, manifest, say, answer, settle });
    this.questions = questions.all.filter((question) => question.type === "photo");
    this.addresses = new Map(); // question → the preview's
    this.taken = Promise.resolve(); // when every picture that was taken is in its place
    for (const question of this.questions) this.listen(question);
  }

  part(question, name) {
    return question.element.querySelector(`[data-photo-${name}]`);
  }

  listen(question) {
    question.element.addEventListener("input", (event) => {
      if (event.target.type === "file") event.stopPropagation(); // no answer yet
    });
    for (const field of question.element.querySelectorAll("input[type=file]")) {
      field.addEventListener("change", async () => {
        const file = field.files[0];
        field.value = ""; // the same file may be chosen again
        if (!file) return;
        const place = this.take(question, file);
        this.taken = Promise.all([this.taken, place]);
        await place;
      });
    }
    this.part(question, "remove").addEventListener("click", () => this.remove(question));
  }

  tell(question, key, values) {
    this.part(question, "said").textContent = key ? this.say(key, values) : "";
  }

  async take(question, file) {
    const ways = question.element.querySelectorAll("input[type=file], [data-photo-remove]");
    for (const way of ways) way.disabled = true;
    this.tell(question, "photo_preparing");
    try {
      const side = (this.manifest && this.manifest.policy && this.manifest.policy.photo_side) || SIDE;
      const bytes = await shrink(file, side);
      const before = await this.mine(question);
      const photo = await photos.keep({ report: this.draft.id, question: question.name, manifest: this.manifest, bytes });
      if (photo.key) this.draft.photos = { ...this.draft.photos, [photo.uuid]: photo.key };
      this.answer(question, photo.sha256);
      this.show(question, photo, bytes);
      await this.settled(photo, before);
      await this.sayRoom(question);
    } catch (fault) {
      this.refuse(question, fault);
    } finally {
      for (const way of ways) way.disabled = false;
    }
  }

  // Once the draft with the answer and the key is on disk, and not before, the key is there alone, and an old photo goes.
  async settled(photo, before) {
    if (!(await this.settle())) return;
    await photos.change(photo, { key: null, loose: false });
    for (const old of before) await photos.remove(old);
  }

  refuse(question, fault) {
    if (fault instanceof Refused) this.tell(question, `photo_${fault.reason}`, fault.values);
    else if (fault instanceof CannotSeal) this.tell(question, "photo_unsealed");
    else this.tell(question, "photo_failed", { reason: fault.message || fault.name });
  }

  // The photos that were kept for this question of this draft, the latest first.
  async mine(question) {
    const found = (await photos.all()).filter((photo) => photo.report === this.draft.id && photo.question === question.name);
    return found.sort((one, other) => other.made.localeCompare(one.made));
  }

  async remove(question) {
    const before = await this.mine(question);
    this.answer(question, "");
    this.show(question, null);
    this.tell(question, "photo_removed");
    if (await this.settle()) for (const old of before) await photos.remove(old);
    question.element.querySelector("input[type=file]").focus();
  }

  // Show what is in the phone. A photo that was kept when the page died before its answer was is put in its place,
  // if this page has the draft to itself (`mine`).
  async open(mine) {
    const known = await photos.all();
    for (const question of this.questions) {
      const hash = this.draft.answers[question.name];
      const kept = await this.mine(question);
      const left = mine && kept.find((each) => each.loose);
      if (left) {
        if (left.key) this.draft.photos = { ...this.draft.photos, [left.uuid]: left.key };
        if (left.sha256 !== hash) this.answer(question, left.sha256);
        await this.settled(left, kept.filter((each) => each !== left));
      }
      const named = [...kept, ...known].find((each) => each.sha256 === hash);
      const shown = left || named || (hash ? {} : null);
      if (shown) this.show(question, shown, await this.bytes(shown));
    }
  }

  async bytes(photo) {
    if (!photo.uuid || photo.sealed || photo.state === photos.DELIVERED) return null;
    return photos.bytesOf(photo, (this.draft.photos || {})[photo.uuid] || photo.key);
  }

  show(question, photo, bytes = null) {
    const box = this.part(question, "shown");
    if (this.addresses.has(question)) URL.revokeObjectURL(this.addresses.get(question));
    this.addresses.delete(question);
    box.replaceChildren();
    box.hidden = !photo;
    this.part(question, "remove").hidden = !photo;
    if (!photo) return;
    if (bytes) {
      const src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      this.addresses.set(question, src);
      box.append(make("img", { src, alt: this.say("photo_alt") }));
    }
    box.append(make("p", { class: "hint" }, this.facts(photo, bytes).join(" ")));
    this.tell(question, null);
  }

  facts(photo, bytes) {
    if (!photo.made) return [this.say("photo_elsewhere")];
    const facts = [this.say("photo_facts", { time: hourMinute(photo.made), n: kilobytes(photo.size) })];
    if (photo.state === photos.DELIVERED) facts.push(this.say("photo_gone"));
    else if (!bytes && photo.sealed) facts.push(this.say("photo_sealed"));
    return facts;
  }

  async sayRoom(question) {
    const { used, most } = await photos.budget(this.manifest);
    if (used > NEARLY * most) this.tell(question, "photo_nearly", { n: megabytes(used), most: megabytes(most) });
  }

  // Nothing of it stays on a page that the browser may put aside.
  forget() {
    for (const question of this.questions) this.show(question, null);
  }
}

export const photosWanted = (manifest) => !manifest || !manifest.policy || manifest.policy.photos !== false;
