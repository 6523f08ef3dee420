/* The worker behind the observer's pages. The server puts VERSION, SHELL and EXTRAS (address → half of its SHA-256) in front of this text.
   It touches nothing but the shell, the checklists and the extras: GET, this origin, its own caches. The queue lives in the pages. */
/* global VERSION, SHELL, EXTRAS */
"use strict";

const PREFIX = "observer-kit-";
const SHELL_CACHE = `${PREFIX}shell-${VERSION}`;
const CHECKLISTS_CACHE = `${PREFIX}checklists-${VERSION}`;
const CARRIED = "X-Carried"; // on a page that was kept under an earlier version: to be fetched anew when there is a network
const CHECKLIST = /^\/o\/(en|ru|kk)\/checklist\/[0-9a-f]{8,64}$/;

const addressOf = (url) => url.pathname + url.search;

// A page counts only when it came whole from this server: no error page, no redirect, no other origin.
const sound = (response) => response.ok && !response.redirected && response.type === "basic";

const listed = (list, address) => Object.prototype.hasOwnProperty.call(list, address);

// A checklist's page names its version in a header: a portal's page with status 200 does not.
const isChecklist = (response, address) => sound(response) && response.headers.get("X-Checklist") === address.split("/").pop();

async function digest(response) {
  const bytes = await crypto.subtle.digest("SHA-256", await response.arrayBuffer());
  return Array.from(new Uint8Array(bytes, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function fetchExactly(address, hash) {
  const response = await fetch(address, { cache: "reload", credentials: "omit" });
  if (!sound(response)) throw new Error(`${address} answered ${response.status}`);
  if ((await digest(response.clone())) !== hash) throw new Error(`${address} is not what the list says`);
  return response;
}

// Most of the shell comes in a few compressed answers: on a poor network eighty requests are eighty waits.
const PARCELS = ["code", "en", "ru", "kk"];

async function unpack(part) {
  try {
    const parcel = await fetch(`/o/shell/${part}`, { cache: "reload", credentials: "omit" });
    if (!sound(parcel)) return [];
    const headers = new Headers(parcel.headers); // the policies that every answer of this server carries
    for (const name of ["Content-Encoding", "Content-Length", "Vary"]) headers.delete(name);
    return Object.entries(await parcel.json()).map(([address, [type, text]]) => {
      const own = new Headers(headers);
      own.set("Content-Type", `${type}; charset=utf-8`);
      return [address, new Response(text, { headers: own })];
    });
  } catch {
    return []; // each file is then fetched by itself
  }
}

async function exactly(address, hash, unpacked) {
  const known = unpacked.get(address);
  return known && (await digest(known.clone())) === hash ? known : fetchExactly(address, hash);
}

// Everything is fetched and checked before anything is written; one miss, and this version does not exist.
async function install() {
  const unpacked = new Map((await Promise.all(PARCELS.map(unpack))).flat());
  const shell = await Promise.all(
    Object.entries(SHELL).map(async ([address, hash]) => [address, await exactly(address, hash, unpacked)]),
  );
  const carried = await carryChecklists();
  try {
    await fill(SHELL_CACHE, shell);
    await fill(CHECKLISTS_CACHE, carried);
  } catch (fault) {
    await Promise.all([caches.delete(SHELL_CACHE), caches.delete(CHECKLISTS_CACHE)]);
    throw fault;
  }
}

async function fill(name, entries) {
  const cache = await caches.open(name);
  for (const [address, response] of entries) await cache.put(address, response);
}

// Checklists that are in the phone stay in it over an update: rendered anew, or as they were if the server has let them go.
async function carryChecklists() {
  const carried = new Map();
  for (const name of await caches.keys()) {
    if (!name.startsWith(`${PREFIX}checklists-`) || name === CHECKLISTS_CACHE) continue;
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      const address = addressOf(new URL(request.url));
      const fresh = await fetch(address, { cache: "reload", credentials: "omit" });
      const good = listed(EXTRAS, address) ? sound(fresh) && (await digest(fresh.clone())) === EXTRAS[address] : isChecklist(fresh, address);
      carried.set(address, good ? fresh : await marked(await old.match(request)));
    }
  }
  return carried.entries();
}

async function marked(response) {
  const headers = new Headers(response.headers);
  headers.set(CARRIED, "1");
  return new Response(await response.blob(), { headers });
}

// What was put into the phone while this version waited comes along as it is, without a network: pages wait for this.
async function carryLatecomers(names) {
  const cache = await caches.open(CHECKLISTS_CACHE);
  for (const name of names.filter((each) => each.startsWith(`${PREFIX}checklists-`) && each !== CHECKLISTS_CACHE)) {
    const old = await caches.open(name);
    for (const request of await old.keys()) {
      if (!(await cache.match(request))) await cache.put(request, await marked(await old.match(request)));
    }
  }
}

async function activate() {
  const mine = [SHELL_CACHE, CHECKLISTS_CACHE];
  const names = await caches.keys();
  await carryLatecomers(names);
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && !mine.includes(name)).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function fromShell(address) {
  // Not opened by name: that would make the cache anew in a phone that is being emptied.
  return (await caches.match(address, { cacheName: SHELL_CACHE })) || fetch(address);
}

async function fromChecklists(address) {
  const cache = await caches.open(CHECKLISTS_CACHE);
  const known = await cache.match(address);
  if (known) return known;
  try {
    const fresh = await fetch(address, { credentials: "omit" });
    if (isChecklist(fresh, address)) await cache.put(address, fresh.clone());
    return fresh;
  } catch {
    return fromShell(`/o/${address.split("/")[2]}/missing`);
  }
}

// A library that not every phone needs: from the cache, else from the network, and only as the list says.
async function fromExtras(address) {
  const cache = await caches.open(CHECKLISTS_CACHE);
  const known = await cache.match(address);
  if (known && (!known.headers.has(CARRIED) || (await digest(known.clone())) === EXTRAS[address])) return known;
  try {
    const fresh = await fetchExactly(address, EXTRAS[address]);
    await cache.put(address, fresh.clone());
    return fresh;
  } catch (fault) {
    if (known) return known; // of an earlier version: better than none
    throw fault;
  }
}

async function fetchChecklist(address) {
  const response = await fetch(address, { credentials: "omit" });
  if (!isChecklist(response, address)) throw new Error(`${address} answered ${response.status}`);
  return response;
}

// Put these checklists and extras into the phone, a few at a time: on a poor line each is a wait, and all at once would
// leave none of them whole. Tell which could not be had.
async function keep(addresses) {
  const cache = await caches.open(CHECKLISTS_CACHE);
  const missing = [];
  const left = addresses.filter((each) => CHECKLIST.test(each) || listed(EXTRAS, each));
  const keepOne = async (address) => {
    const known = await cache.match(address);
    if (known && !known.headers.has(CARRIED)) return;
    try {
      const response = listed(EXTRAS, address) ? await fetchExactly(address, EXTRAS[address]) : await fetchChecklist(address);
      await cache.put(address, response);
    } catch {
      if (!known) missing.push(address);
    }
  };
  const work = async () => {
    while (left.length) await keepOne(left.shift());
  };
  await Promise.all([work(), work(), work(), work()]);
  return { kept: addresses.length - missing.length, missing };
}

self.addEventListener("install", (event) => event.waitUntil(install()));
self.addEventListener("activate", (event) => event.waitUntil(activate()));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  const address = addressOf(url);
  if (listed(SHELL, address)) event.respondWith(fromShell(address));
  else if (listed(EXTRAS, address)) event.respondWith(fromExtras(address));
  else if (CHECKLIST.test(address)) event.respondWith(fromChecklists(address));
});

// The PIN's key on its way from one page to the next of the same tab: in memory only, and for seconds.
const keys = new Map();
const CARRIED_FOR = 20_000;

const holdKey = ({ tab, lock }) =>
  new Promise((resolve) => {
    const drop = () => {
      if (keys.get(tab) === kept) keys.delete(tab);
      resolve();
    };
    const kept = { lock, drop };
    keys.set(tab, kept);
    setTimeout(drop, CARRIED_FOR);
  });

function takeKey({ data, ports }) {
  const kept = keys.get(data.tab);
  if (kept) kept.drop();
  ports[0].postMessage(kept ? kept.lock : null);
}

self.addEventListener("message", (event) => {
  if (event.data.type === "activate") self.skipWaiting();
  if (event.data.type === "hold") event.waitUntil(holdKey(event.data));
  if (event.data.type === "take") takeKey(event);
  if (event.data.type === "list") {
    event.ports[0].postMessage({ version: VERSION, shell: SHELL, extras: EXTRAS, shellCache: SHELL_CACHE, checklistsCache: CHECKLISTS_CACHE });
  }
  if (event.data.type === "keep") event.waitUntil(keep(event.data.addresses).then((result) => event.ports[0].postMessage(result)));
});
