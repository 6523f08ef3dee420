// Text of a draft's sections on its way to the server: kept in this browser until the server says that it has it.
// Each open page is a tab of its own; a saving names the one that it goes on from, so that none takes another's place.

import { openDB } from "../../vendor/idb.js";

const PAUSE = 700;
const LONGEST_UNSENT = 5_000; // of someone who types without a pause
const PATIENCE = 20_000;
const LONGEST_WAIT = 15_000;

const random = () => [...crypto.getRandomValues(new Uint8Array(12))].map((each) => each.toString(16).padStart(2, "0")).join("");

// What is not with the server yet lies in this browser twice: in the storage that is written before the key comes up,
// which outlives a page that is closed, and in the database, which outlives a browser that is killed.
// Whatever either refuses (full, switched off) costs the copy, never the page.
const SPACE = "observer-kit office ";

const soon = {
  write: (record) => localStorage.setItem(SPACE + record.key, JSON.stringify(record)),
  drop(key, turn) {
    const held = JSON.parse(localStorage.getItem(SPACE + key));
    if (held && held.turn <= turn) localStorage.removeItem(SPACE + key);
  },
  all: () => Object.keys(localStorage).filter((key) => key.startsWith(SPACE)).map((key) => JSON.parse(localStorage.getItem(key))),
};

const lasting = {
  async open() {
    this.database ??= openDB("observer-kit-office", 1, { upgrade: (made) => made.createObjectStore("unsent", { keyPath: "key" }) });
    return this.database;
  },
  write: async (record) => (await lasting.open()).put("unsent", record),
  async drop(key, turn) {
    const work = (await this.open()).transaction("unsent", "readwrite");
    const held = await work.store.get(key);
    if (held && held.turn <= turn) await work.store.delete(key);
    await work.done;
  },
  all: async () => (await lasting.open()).getAll("unsent"),
};

async function both(work) {
  const done = [soon, lasting].map(async (each) => work(each)); // each begins at once; none stops the other
  return (await Promise.allSettled(done)).map((each) => each.value);
}

const shelf = {
  write: (record) => both((each) => each.write(record)),
  drop: (key, turn) => both((each) => each.drop(key, turn)),
  async all(owner) {
    const found = new Map();
    for (const held of (await both((each) => each.all())).flat()) {
      if (held && held.owner === owner && !(found.get(held.key)?.turn >= held.turn)) found.set(held.key, held);
    }
    return [...found.values()];
  },
};

export class Refused extends Error {
  constructor(status, { code, message } = {}) {
    super(message || String(status));
    this.status = status;
    this.code = code;
    this.told = message || "";
  }

  // A server that stumbled, or asks for patience, may take the same words later.
  get passing() {
    return this.status >= 500 || this.status === 429;
  }

  get out() {
    return [401, 403].includes(this.status) || this.code === "form_expired";
  }
}

async function post(address, fields, token) {
  const body = new URLSearchParams({ ...fields, csrf_token: token });
  const stop = new AbortController();
  const limit = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" }, signal: stop.signal });
    if (!answer.ok) {
      const said = await answer.json().catch(() => ({}));
      throw new Refused(answer.status, said.error || {});
    }
    return await answer.json();
  } finally {
    clearTimeout(limit);
  }
}

// One section: what is typed, what the server has, and what is under way.
export class Keeper {
  constructor({ area, base, address, token, owner, onstate, onsaved }) {
    Object.assign(this, { area, base, address, token, onstate, onsaved });
    this.tab = random();
    this.turn = 0;
    this.sent = area.value;
    this.owner = owner;
    this.key = `${address} ${this.tab}`;
    this.timer = null;
    this.since = null;
    this.sending = false;
    this.wait = PAUSE;
  }

  get waiting() {
    return this.area.value !== this.sent;
  }

  touch() {
    // Words taken back while others are on their way are a change as well: the server is about to have the others.
    if (!this.waiting && !this.sending) {
      clearTimeout(this.timer);
      this.since = null;
      shelf.drop(this.key, this.turn); // else a later page would hand in what was taken back
      this.onstate("saved");
      return;
    }
    this.turn += 1;
    const { key, tab, turn, base, address, owner } = this;
    shelf.write({ key, tab, turn, base, address, owner, text: this.area.value });
    this.onstate("waiting");
    const now = performance.now();
    this.since ??= now;
    this.later(Math.max(0, Math.min(PAUSE, this.since + LONGEST_UNSENT - now)));
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), pause);
  }

  // One at a time; what is typed meanwhile goes after it.
  async send() {
    clearTimeout(this.timer);
    if (this.sending || !this.waiting) return;
    this.sending = true;
    this.since = null;
    const [text, turn] = [this.area.value, this.turn];
    try {
      const said = await post(this.address, { text, turn, tab: this.tab, base: this.base }, this.token);
      this.took(said, text, turn);
    } catch (fault) {
      this.failed(fault);
    }
    this.sending = false;
    if (this.waiting && this.wait) this.later(this.wait);
  }

  took(said, text, turn) {
    this.base = said.sequence;
    this.sent = text;
    this.wait = PAUSE;
    shelf.drop(this.key, turn);
    this.onsaved(said, this.waiting);
    this.onstate(this.waiting ? "waiting" : "saved");
  }

  failed(fault) {
    if (!(fault instanceof Refused) || fault.passing) {
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
      this.onstate("unsent");
    } else {
      this.wait = 0; // asking again would be refused again; the text stays in this browser
      this.onstate(fault.out ? "signed-out" : "refused", fault.told);
    }
  }

  // The page goes: what is not with the server yet is handed over once more, and stays on the shelf until it is known.
  leave() {
    if (!this.waiting) return;
    const fields = { text: this.area.value, turn: this.turn, tab: this.tab, base: this.base, csrf_token: this.token };
    fetch(this.address, { method: "POST", body: new URLSearchParams(fields), keepalive: true, headers: { Accept: "application/json" } }).catch(() => {});
  }
}

// What earlier pages of this person left behind unsent: handed in under their own tab, so that nothing is doubled,
// words of a chapter that this page does not show among it.
// What the server takes no more (published meanwhile, too long) is shown, to be copied or thrown away.
export async function handIn(owner, keepers, token, { onrestored, onleft, onfault }) {
  for (const held of await shelf.all(owner)) {
    const keeper = keepers.find((each) => each.address === held.address);
    const forget = () => shelf.drop(held.key, held.turn);
    if (!token) {
      onleft(held, forget);
      continue;
    }
    try {
      const said = await post(held.address, { text: held.text, turn: held.turn, tab: held.tab, base: held.base }, token);
      const untouched = keeper && !keeper.waiting;
      await forget();
      if (!keeper) continue;
      if (untouched && said.state !== "beside" && said.sequence > Number(keeper.base)) {
        keeper.area.value = held.text;
        keeper.took(said, held.text, keeper.turn);
        onrestored(keeper);
      } else keeper.onsaved(said, keeper.waiting);
    } catch (fault) {
      if (fault instanceof Refused && !fault.passing && !fault.out) onleft(held, forget, fault.told);
      else if (keeper) onfault(keeper, fault);
    }
  }
}
