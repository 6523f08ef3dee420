"""What the rows put into the pages, or ask of them."""

# Beside the writes that matter the page asks the wire, and waits where a test holds it.
STEPS = """
(() => {
  if (!location.pathname.startsWith("/o/")) return;
  const ask = (step) => {
    const request = new XMLHttpRequest();
    request.open("GET", `/fault/${step}`, false);
    try { request.send(); } catch { /* killed */ }
  };
  const stepOf = (name, method, value) => {
    if (name === "drafts" && method === "put") return "draft";
    if (name === "queue" && method === "add") return "finish";
    if (name === "queue" && method === "put" && value && value.state === "delivered") return "receipt";
    return null;
  };
  for (const method of ["put", "add"]) {
    const real = IDBObjectStore.prototype[method];
    IDBObjectStore.prototype[method] = function (value, ...more) {
      const step = stepOf(this.name, method, value);
      if (step) {
        ask(`${step}_before`);
        this.transaction.addEventListener("complete", () => ask(`${step}_after`));
      }
      return real.call(this, value, ...more);
    };
  }
})();
"""

SEED = """
async ([marks, version, padding]) => {
  const [{ makeEnvelope }, { blankDraft }, store, { identity }, { stamp }] = await Promise.all(
    ["envelope", "draft", "store", "device", "clock"].map((name) => import(`/static/js/${name}.js`)),
  );
  const mine = await identity();
  const ids = [];
  for (const mark of marks) {
    const moment = new Date();
    const about = { checklist: "incident", version, stage: "incident", location: "R-0144" };
    const draft = blankDraft({ mission: mine.mission, ...about });
    const answers = { in_text: padding ? mark + " ".padEnd(padding, "ә") : mark };
    const said = { answers, comments: {}, overrides: {} };
    const place = { location: "R-0144", location_name: null, team: mine.team };
    const content = { ...place, ...said, started: draft.started, finished: stamp(moment) };
    const { id, checklist, visit, supersedes, location, location_name, started, title } = draft;
    await store.finishDraft({
      id, checklist, version, stage: "incident", title, visit, supersedes, location, location_name, started,
      finished: moment.toISOString(), state: "waiting", urgent: true, raw: said,
      receipt: null, reason: null, envelope: await makeEnvelope(draft, content, mine, moment),
    }, new Set());
    ids.push(id);
  }
  return ids;
}
"""

CLOCK = """
(() => {
  const Real = Date;
  const shift = () => Number(localStorage.getItem("shift") || %d);
  globalThis.Date = class extends Real {
    constructor(...parts) { if (parts.length) super(...parts); else super(Real.now() + shift()); }
    static now() { return Real.now() + shift(); }
  };
})();
"""
CONNECTIONS = """
(() => {
  window.connections = [];
  const open = IDBFactory.prototype.open;
  IDBFactory.prototype.open = function (...named) {
    const request = open.apply(this, named);
    request.addEventListener("success", () => window.connections.push(request.result));
    return request;
  };
})();
"""

KEPT = """
async () => {
  const found = [];
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const text = await (await cache.match(request)).text();
      found.push([name, request.url.replace(location.origin, ""), text.includes("hotel's network")]);
    }
  }
  return found;
}
"""

NO_ROOM = """
() => {
  const { put, add } = IDBObjectStore.prototype;
  window.room = () => Object.assign(IDBObjectStore.prototype, { put, add });
  IDBObjectStore.prototype.put = IDBObjectStore.prototype.add = function () {
    throw new DOMException("no space", "QuotaExceededError");
  };
}
"""

PHOTOS = """
async () => {
  const { transact } = await import("/static/js/store.js");
  const all = await transact("photos", "readonly", (tx) => tx.store.getAll());
  return all.filter((each) => each.id.startsWith("photo:")).map(({ uuid, state, sha256, size, report }) =>
    ({ uuid, state, sha256, size, report }));
}
"""

SLOW_PICTURES = """
(() => {
  const real = HTMLCanvasElement.prototype.toBlob;
  HTMLCanvasElement.prototype.toBlob = function (...how) { setTimeout(() => real.apply(this, how), 3000); };
})();
"""

# That a page has told a worker to take over, said where it is heard without asking the page: a page that the browser
# loads anew while a worker goes may answer nothing for minutes.
ACTIVATIONS = """
(() => {
  if (!globalThis.ServiceWorker) return;
  const real = ServiceWorker.prototype.postMessage;
  ServiceWorker.prototype.postMessage = function (message, ...more) {
    if (message && message.type === "activate") console.info("activate");
    return real.call(this, message, ...more);
  };
  // The page waits for quiet before it decides; when that time is over it has decided, however slow the machine.
  const later = globalThis.setTimeout;
  globalThis.setTimeout = (act, after, ...more) =>
    after !== 3000 ? later(act, after, ...more) : later(() => {
      act();
      later(() => console.info("decided"), 1000);
    }, after, ...more);
})();
"""
