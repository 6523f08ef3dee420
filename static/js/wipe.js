// Empty the phone: what would be lost is said first, and nothing undelivered goes without a word typed for it.

import { drop } from "./database.js";
import { exclusively } from "./exclusive.js";
import { all as allPhotos } from "./photos.js";
import { ATTENTION, HANDED_OVER, WAITING } from "./queue.js";
import * as store from "./store.js";

const PREFIX = "observer-kit";

// The sentence that counts a report which is not at the server, by its state.
export const LOSES = { [WAITING]: "loses_waiting", [HANDED_OVER]: "loses_handed", [ATTENTION]: "loses_attention" };

const photosLeft = (photos) => photos.filter((photo) => photo.state !== "delivered").length;

// What is in the phone and not at the server, as sentences' keys with their numbers; asked of a locked phone too.
export async function losses() {
  const [drafts, queue, photos] = await Promise.all([store.draftCount(), store.queued(), allPhotos()]);
  const of = (state) => queue.filter((record) => record.state === state && !record.mended).length;
  return Object.entries({
    loses_drafts: drafts,
    ...Object.fromEntries(Object.entries(LOSES).map(([state, key]) => [key, of(state)])),
    loses_photos: photosLeft(photos),
  }).filter(([, n]) => n > 0);
}

export const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// `seen`: the losses that the observer was shown. Gives "wiped", "busy" (a delivery is under way) or "grown".
export async function erase(seen) {
  const done = await exclusively("delivery", async () => {
    // The other tabs save what they hold, and leave.
    localStorage.setItem(`${PREFIX}:hidden`, String(Date.now()));
    await new Promise((resume) => setTimeout(resume, 600));
    if (!same(await losses(), seen)) return "grown";
    await drop();
    for (const each of await navigator.serviceWorker.getRegistrations()) await each.unregister();
    for (const name of await caches.keys()) if (name.startsWith(PREFIX)) await caches.delete(name);
    for (const key of Object.keys(localStorage)) if (key.startsWith(PREFIX)) localStorage.removeItem(key);
    sessionStorage.clear();
    return "wiped";
  });
  if (done === "grown") localStorage.removeItem(`${PREFIX}:hidden`);
  return done || "busy";
}
