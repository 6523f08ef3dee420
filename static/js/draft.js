// A report that is being filled in: every change goes to the store at once; nothing here sends.

import { stamp } from "./clock.js";
import { newId } from "./ids.js";
import * as store from "./store.js";

export function blankDraft({ id = newId(), mission = null, checklist, version, stage, title = "", ...given }) {
  return {
    id,
    mission,
    checklist,
    version,
    stage,
    title,
    visit: newId(),
    supersedes: null,
    parent: null,
    location: null,
    location_name: null,
    answers: {},
    comments: {},
    overrides: {},
    started: stamp(),
    changed: new Date().toISOString(),
    section: null,
    answered: 0,
    asked: 0,
    ...given,
  };
}

const RETRY = 3000;
const keepers = new Set();

// Write whatever is not on disk yet; gives whether everything is.
export async function settleAll() {
  const open = [...keepers].filter((keeper) => !keeper.closed);
  return (await Promise.all(open.map((keeper) => keeper.settle()))).every(Boolean);
}

// Writes the draft after each change; changes that come while a write runs are written by the next one.
// `known`: the values of `changed` under which this page has read or written the draft. Under any other it is another tab's.
export class Keeper {
  constructor(record, { kept = false, touched = () => {}, saved = () => {}, failed = () => {} } = {}) {
    this.record = record;
    this.known = new Set(kept ? [record.changed] : []);
    this.touched = touched;
    this.saved = saved;
    this.failed = failed;
    this.dirty = false;
    this.writing = null;
    this.closed = false;
    keepers.add(this);
  }

  touch() {
    if (this.closed) return;
    this.record.changed = new Date().toISOString();
    this.dirty = true;
    this.touched();
    if (!this.writing) this.writing = this.write();
  }

  async write() {
    try {
      while (this.dirty) {
        this.dirty = false;
        const copy = { ...this.record };
        this.known.add(copy.changed); // before it is written: a write may arrive though its page was told otherwise
        await store.keepDraft(copy, this.known);
      }
      this.saved(this.record);
    } catch (fault) {
      this.dirty = true; // the answer is still on the screen: tried again until it is kept, or goes with the next change
      clearTimeout(this.retry);
      if (!(fault instanceof store.Outrun)) this.retry = setTimeout(() => this.settle(), RETRY);
      this.failed(fault);
    } finally {
      this.writing = null;
    }
  }

  // Wait until everything is on disk; gives whether it is.
  async settle() {
    if (this.dirty && !this.writing && !this.closed) this.writing = this.write();
    if (this.writing) await this.writing;
    return !this.dirty;
  }

  close() {
    this.closed = true;
  }
}
