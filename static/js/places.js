// A register too large for the manifest: loaded piece by piece into the phone's own store, searched there by its index.
// Nothing here holds more than one piece, or the few places found, in memory.

import { setting, transact } from "./database.js";
import { everyName, fold } from "./stations.js";

const MOST = 8;
const EACH = 200; // looked through in the team's own region, and fewer elsewhere
const ELSEWHERE = 40;
const PATIENCE = 60_000;

const END = "\uffff";

const inOrder = ({ number, code }) => `${number || ""} ${code}`;

export const shelfOf = (kind) => (kind === "polling_station" ? "s" : "c");
export const wordsOf = (names) => fold(everyName(names)).split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// What a place is found by: shelf and region in front, so that one look stays within a region; # marks its own number.
export function keysOf({ code, kind, number, name, region }) {
  const front = `${shelfOf(kind)}:${region || ""}:`;
  const words = new Set([...wordsOf(name), ...wordsOf(code)].map((word) => front + word));
  if (number) words.add(`${front}#${fold(String(number))}`);
  return [...words];
}

export function placeOf([code, kind, number, name, region], revision) {
  const place = { code, kind, number, name, region, revision };
  return { ...place, words: keysOf(place) };
}

export const fits = (place, word) => place.words.some((key) => key.slice(key.lastIndexOf(":") + 1).replace("#", "").startsWith(word));

// Places of the team's own region come first, and there exact numbers, then numbers that begin so, then names.
export function rankOf(place, typed, own) {
  const number = fold(String(place.number || ""));
  const exact = typed.includes(number) ? 0 : typed.some((word) => number.startsWith(word)) ? 1 : 2;
  return (place.region === own ? 0 : 10) + exact;
}

// Where the load stands: {mission, revision, next, have, count, whole}; null where the mission sends no register apart.
export async function standing(manifest) {
  if (!manifest || !manifest.register) return null;
  const kept = await setting("register");
  const { revision, count } = manifest.register;
  const same = kept && kept.mission === manifest.mission.code && kept.revision === revision;
  return same ? kept : { mission: manifest.mission.code, revision, next: -1, have: 0, count, whole: false };
}

async function piece(token, after) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const response = await fetch(`/api/locations?after=${after}`, { headers, credentials: "omit", redirect: "error", signal: stop.signal });
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    const [head, ...places] = (await response.text()).trim().split("\n").map((line) => JSON.parse(line));
    return { head, places };
  } finally {
    clearTimeout(timer);
  }
}

// Load what is not here yet, from where it stopped; gives how it then stands. What was loaded before stays findable.
export async function load(manifest, identity, progress = () => {}) {
  let state = await standing(manifest);
  if (!state || state.whole) return state;
  const before = await setting("register");
  if (before && before.mission !== state.mission) await transact("stations", "readwrite", (tx) => tx.store.clear());
  progress(state);
  while (!state.whole) {
    let got;
    try {
      got = await piece(identity.token, state.next);
    } catch {
      return state; // no network, or no sense in what came: what is here stays, and the next opening goes on
    }
    if (got.head.revision !== state.revision) return state; // replaced meanwhile: the next manifest tells of it
    state = { ...state, next: got.head.next, have: state.have + got.places.length, whole: got.head.next === null };
    await keep(got.places, state);
    progress(state);
  }
  if (before && before.revision !== state.revision) await sweep(state.revision);
  return state;
}

function keep(places, state) {
  return transact(["stations", "settings"], "readwrite", async (tx) => {
    const shop = tx.objectStore("stations");
    for (const place of places) shop.put(placeOf(place, state.revision));
    await tx.objectStore("settings").put(state, "register");
  });
}

// Places that the new register has no more.
function sweep(revision) {
  return transact("stations", "readwrite", async (tx) => {
    for (let cursor = await tx.store.openCursor(); cursor; cursor = await cursor.continue()) {
      if (cursor.value.revision !== revision) await cursor.delete();
    }
  });
}

// The best places for what was typed: those of `region` first, then exact numbers, numbers that begin so, names.
export async function search(query, { kinds, region = "", regions = [] }) {
  const typed = wordsOf(query.replace(/^\s*(№|no\.?|n)\s*(?=\d)/i, ""));
  const named = regions.filter(({ name }) => typed.some((word) => word.length > 2 && wordsOf(name).some((part) => part.startsWith(word))));
  const first = await among(typed, kinds, [region], EACH, region);
  if (first.length >= MOST) return first.slice(0, MOST);
  const others = regions.map(({ code }) => code).concat("").filter((code) => code !== region);
  const rest = await among(typed, kinds, others, ELSEWHERE, region);
  const inNamed = named.length ? await within(typed, kinds, named, region) : [];
  const known = new Set();
  return [...first, ...inNamed, ...rest].filter(({ code }) => !known.has(code) && known.add(code)).slice(0, MOST);
}

// "Karaganda 14": a word that names a region is looked for there and left out of the rest.
function within(typed, kinds, named, region) {
  const rest = typed.filter((word) => !named.some(({ name }) => wordsOf(name).some((part) => part.startsWith(word))));
  return among(rest, kinds, named.map(({ code }) => code), EACH, region);
}

function among(typed, kinds, regions, most, own) {
  if (!typed.length) return [];
  // The word that says most is looked up; the others must fit what it finds.
  const [main] = [...typed].sort((one, other) => /\d/.test(other) - /\d/.test(one) || other.length - one.length);
  const shelves = new Set(kinds.map(shelfOf));
  return transact("stations", "readonly", async (tx) => {
    const index = tx.store.index("words");
    const looks = [];
    for (const shelf of shelves) {
      for (const region of regions) {
        for (const word of [`#${main}`, main]) {
          const key = `${shelf}:${region}:${word}`;
          looks.push(index.getAll(IDBKeyRange.bound(key, key + END), most));
        }
      }
    }
    const found = new Map((await Promise.all(looks)).flat().map((place) => [place.code, place]));
    return [...found.values()]
      .filter((place) => kinds.includes(place.kind) && typed.every((word) => fits(place, word)))
      .map((place) => [rankOf(place, typed, own), place])
      .sort((one, other) => one[0] - other[0] || inOrder(one[1]).localeCompare(inOrder(other[1]), undefined, { numeric: true }))
      .map((entry) => entry[1]);
  });
}

// Put the places that these records name beside those of the manifest.
export async function bring(manifest, records) {
  const known = new Set(manifest.locations.map(({ code }) => code));
  const codes = new Set(records.map(({ location }) => location).filter((code) => code && !known.has(code)));
  if (!codes.size) return;
  const found = await transact("stations", "readonly", (tx) => Promise.all([...codes].map((code) => tx.store.get(code))));
  manifest.locations.push(...found.filter(Boolean));
}
