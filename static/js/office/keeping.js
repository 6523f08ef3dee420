// Text of a draft's sections on its way to the server: kept in this browser until the server says that it has it.
// Each open page is a tab of its own; a saving names the one that it goes on from, so that none takes another's place.

const PAUSE = 700;
const PATIENCE = 20_000;
const LONGEST_WAIT = 15_000;
const SPACE = "observer-kit office";

const random = () => [...crypto.getRandomValues(new Uint8Array(12))].map((each) => each.toString(16).padStart(2, "0")).join("");

// Whatever a browser's storage refuses (full, switched off) costs the copy, never the page.
const shelf = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      localStorage.setItem(key, JSON.stringify(value));
    } catch {
      /* the text stays on the page */
    }
  },
  drop(key, turn) {
    try {
      const held = this.read(key);
      if (held && held.turn <= turn) localStorage.removeItem(key);
    } catch {
      /* nothing was kept */
    }
  },
  keys(prefix) {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
    } catch {
      return [];
    }
  },
};

export class Refused extends Error {
  constructor(status, code) {
    super(code || String(status));
    this.status = status;
    this.code = code;
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
      throw new Refused(answer.status, said.error && said.error.code);
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
    this.key = `${SPACE} ${owner} ${address} ${this.tab}`;
    this.timer = null;
    this.sending = false;
    this.wait = PAUSE;
  }

  get waiting() {
    return this.area.value !== this.sent;
  }

  touch() {
    // Words taken back while others are on their way are a change as well: the server is about to have the others.
    if (!this.waiting && !this.sending) return;
    this.turn += 1;
    shelf.write(this.key, { tab: this.tab, turn: this.turn, base: this.base, text: this.area.value, address: this.address });
    this.onstate("waiting");
    this.later(PAUSE);
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
    if (!(fault instanceof Refused) || fault.status >= 500 || fault.status === 429) {
      this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
      this.onstate("unsent");
    } else {
      this.wait = 0; // asking again would be refused again; the text stays in this browser
      const out = [401, 403].includes(fault.status) || fault.code === "form_expired";
      this.onstate(out ? "signed-out" : "refused");
    }
  }

  // The page goes: what is not with the server yet is handed over once more, and stays on the shelf until it is known.
  leave() {
    if (!this.waiting) return;
    const fields = { text: this.area.value, turn: this.turn, tab: this.tab, base: this.base, csrf_token: this.token };
    fetch(this.address, { method: "POST", body: new URLSearchParams(fields), keepalive: true, headers: { Accept: "application/json" } }).catch(() => {});
  }
}

// What earlier pages of this person left behind unsent: handed in under their own tab, so that nothing is doubled.
export async function handIn(owner, keepers, token, onrestored, onfault) {
  for (const key of shelf.keys(`${SPACE} ${owner} `)) {
    const held = shelf.read(key);
    const keeper = held && keepers.find((each) => each.address === held.address);
    if (!keeper) continue;
    try {
      const said = await post(held.address, { text: held.text, turn: held.turn, tab: held.tab, base: held.base }, token);
      const untouched = !keeper.waiting;
      shelf.drop(key, held.turn);
      if (untouched && said.state !== "beside" && said.sequence > Number(keeper.base)) {
        keeper.area.value = held.text;
        keeper.took(said, held.text, keeper.turn);
        onrestored(keeper);
      } else keeper.onsaved(said, keeper.waiting);
    } catch (fault) {
      onfault(keeper, fault);
    }
  }
}
