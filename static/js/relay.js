// Drafts that another phone of the team goes on with: given here, taken over there, under the same ids.

import { identity } from "./device.js";
import { draftLock } from "./elsewhere.js";
import { exclusively } from "./exclusive.js";
import * as photos from "./photos.js";
import * as store from "./store.js";

// What travels: the draft, and whose it is. Its photos do not: they go from here.
export async function parcel(draft) {
  const { mission, team } = await identity();
  const { given, photos: keys, ...own } = draft;
  return { mission, team, draft: own };
}

// The draft stays, and says where it went. Its last change stays its last change.
export function markGiven(id, at = new Date().toISOString()) {
  return exclusively(draftLock(id), async () => {
    const draft = await store.draft(id);
    if (!draft) return true;
    await store.keepDraft({ ...draft, given: at }, new Set([draft.changed]));
    await letPhotosGo(draft);
    return true;
  });
}

// The report will be finished elsewhere: nothing else would send the photos that it names.
async function letPhotosGo(draft) {
  const hashes = Object.values(draft.answers).filter((answer) => /^[0-9a-f]{64}$/.test(answer));
  if (!hashes.length) return;
  await photos.name(draft, hashes, (await identity()).device);
  for (const photo of await photos.all()) {
    if (photo.report === draft.id && photo.named) await photos.change(photo, { given: true });
  }
}

const TEXTS = ["id", "checklist", "version", "visit", "started", "changed"];
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isMap = (value) => Boolean(value) && typeof value === "object" && !Array.isArray(value);

function readable(draft) {
  return (
    isMap(draft) &&
    TEXTS.every((name) => typeof draft[name] === "string") &&
    [draft.id, draft.visit].every((id) => UUID.test(id)) &&
    !Number.isNaN(Date.parse(draft.changed)) &&
    /^[0-9a-f]{64}$/.test(draft.version) &&
    [draft.answers, draft.comments, draft.overrides].every(isMap)
  );
}

// Gives what became of it: "taken", "here", "finished", "team", "open" or "bad".
// A draft that is here already stays as it is, unless it was given away and comes back with more in it.
export async function takeOver(found) {
  const mine = await identity();
  if (!isMap(found) || !readable(found.draft)) return "bad";
  if (!mine || found.mission !== mine.mission || found.team !== mine.team) return "team";
  const { draft } = found;
  const done = await exclusively(draftLock(draft.id), async () => {
    const kept = await store.draft(draft.id);
    if (kept && !(kept.given && kept.given >= kept.changed && draft.changed > kept.changed)) return "here";
    try {
      await store.keepDraft({ ...draft, mission: mine.mission, given: null, photos: (kept && kept.photos) || {} }, new Set(kept ? [kept.changed] : []));
    } catch (fault) {
      if (fault instanceof store.Outrun) return fault.where === "finished" ? "finished" : "here";
      throw fault;
    }
    return "taken";
  });
  return done || "open";
}
