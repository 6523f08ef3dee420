// What a day needs of a phone, each thing really tried. Gives facts; the sentences stand in ready.js.

import { hex } from "./bytes.js";
import { onHomeScreen } from "./homescreen.js";
import { pagesOf } from "./mission.js";
import { standing } from "./places.js";
import { capable, listing } from "./register.js";
import { isFull, persist, room } from "./room.js";
import { setting } from "./database.js";
import { pinIsSet } from "./vault.js";

const TRIAL = 12_000_000; // bytes that are put into the phone and taken out again
const PLENTY = 60; // megabytes, where the mission takes no photos
const PRIVATE_QUOTA = 130_000_000; // private windows are given less than this by older browsers

const megabytes = (bytes) => Math.floor(bytes / 1e6);

// What the browser says of its quota may be made up (Chrome since 138): so a record of some size is stored, and erased.
async function fitsTrial() {
  const name = "observer-kit-trial";
  try {
    const cache = await caches.open(name);
    await cache.put("/trial", new Response(new Uint8Array(TRIAL)));
    return true;
  } catch (fault) {
    return !isFull(fault) && fault.name !== "UnknownError";
  } finally {
    await caches.delete(name).catch(() => {});
  }
}

export async function space(manifest) {
  const { usage, quota } = await room();
  const free = quota === null ? null : megabytes(Math.max(0, quota - usage));
  if (!(await fitsTrial())) return { state: "failed", free };
  const wanted = manifest.policy.photos ? manifest.policy.photo_budget + PLENTY / 2 : PLENTY;
  return { state: free !== null && free < wanted ? "weak" : "ok", free };
}

// A guess: no browser tells. Where data is promised to be kept, or the page stands on the home screen, it is none.
export async function privateWindow() {
  const { quota, persisted } = await room();
  if (persisted || onHomeScreen()) return { state: "ok" };
  try {
    if (navigator.storage && navigator.storage.getDirectory) await navigator.storage.getDirectory();
  } catch {
    return { state: "failed" }; // Safari and Firefox refuse it there
  }
  return { state: quota !== null && quota < PRIVATE_QUOTA ? "failed" : "ok" };
}

async function sameAs(response, hash) {
  return Boolean(response) && hex(await crypto.subtle.digest("SHA-256", await response.arrayBuffer())).slice(0, 32) === hash;
}

// Every address of the shell and every checklist is looked up where the worker takes it from and held against the
// worker's own list; then one checklist is asked for through the worker, and must come as it is kept.
export async function offline(manifest) {
  if (!capable()) return { state: "failed", insecure: true };
  const list = await listing();
  if (!list) return { state: "failed", missing: 1, shell: null };
  const [shell, kept] = [await caches.open(list.shellCache), await caches.open(list.checklistsCache)];
  let missing = 0;
  for (const [address, hash] of Object.entries(list.shell)) {
    if (!(await sameAs(await shell.match(address), hash))) missing += 1;
  }
  const needed = pagesOf(manifest);
  const pages = needed.filter((address) => address.includes("/checklist/"));
  for (const address of needed) {
    const page = await kept.match(address);
    const whole = pages.includes(address)
      ? page && page.headers.get("X-Checklist") === address.split("/").pop()
      : await sameAs(page, list.extras[address]);
    if (!whole) missing += 1;
  }
  const [first] = pages;
  if (!missing && first) {
    const [whole, came] = [await kept.match(first), await fetch(first, { cache: "no-store" }).catch(() => null)];
    if (!came || !came.ok || (await came.text()) !== (await whole.text())) missing += 1;
  }
  const places = await standing(manifest);
  if (!missing && places && !places.whole) return { state: "failed", missing: 1, shell: list.version, places };
  const controlled = Boolean(navigator.serviceWorker.controller);
  return { state: missing || !controlled ? "failed" : "ok", missing: missing || 1, shell: list.version };
}

// Asking anew what was once tried is left to the buttons: a page that opens must not open the camera.
async function tried(what) {
  const known = (await setting("tried")) || {};
  return { state: known[what] || "unknown" };
}

// Everything that shows by itself. `camera` and `position` only where the mission asks for them.
export async function inspect(manifest) {
  const { photos, position, pin } = manifest.policy;
  return {
    storage: { state: (await persist()) ? "ok" : "weak" },
    space: await space(manifest),
    private: await privateWindow(),
    installed: { state: onHomeScreen() ? "ok" : "weak" },
    offline: await offline(manifest),
    ...(photos && { camera: await tried("camera") }),
    ...(position && { position: await tried("position") }),
    ...(pin !== "off" && { pin: { state: (await pinIsSet()) ? "ok" : pin === "required" ? "failed" : "weak" } }),
  };
}

// In the words that POST /api/readiness understands.
export function reportOf(checks, conduct) {
  const states = Object.fromEntries(Object.entries(checks).map(([name, { state }]) => [name, state]));
  return { checks: states, shell: checks.offline.shell || null, free: checks.space.free, conduct: conduct || null };
}

// The camera is opened and closed again; no picture is made.
export async function openCamera() {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  stream.getTracks().forEach((track) => track.stop());
}

// One fix, which is not kept.
export const findPosition = () =>
  new Promise((resolve, reject) => {
    navigator.geolocation.getCurrentPosition(resolve, reject, { timeout: 20_000 });
  });
