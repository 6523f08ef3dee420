// The worker that makes the pages open without a network; a new one takes over only when no draft is open.

import { readAnew } from "./again.js";
import { draftCount } from "./store.js";

export const capable = () => "serviceWorker" in navigator && window.isSecureContext;

// Asked to step aside while a page still loads through it, the old worker may hold on for minutes (Chromium): wait for quiet.
const QUIET = 3000;

let reloading = false;

export async function register({ mayUpdate = true } = {}) {
  if (!capable()) return null;
  const controlled = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (!controlled || reloading || !mayUpdate) return;
    reloading = true;
    readAnew();
  });
  let registration;
  try {
    registration = await navigator.serviceWorker.register("/sw.js", { scope: "/o/", updateViaCache: "none" });
  } catch {
    return (await navigator.serviceWorker.getRegistration("/o/")) || null;
  }
  if (mayUpdate) {
    const consider = () => takeOver(registration);
    registration.addEventListener("updatefound", () => {
      const fresh = registration.installing;
      if (fresh) fresh.addEventListener("statechange", consider);
    });
    consider();
  }
  return registration;
}

async function takeOver(registration) {
  await new Promise((resume) => setTimeout(resume, QUIET));
  const { waiting } = registration;
  if (waiting && (await draftCount()) === 0) waiting.postMessage({ type: "activate" });
}

function ask(worker, message) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(null), 60_000);
    port1.onmessage = (event) => {
      clearTimeout(timer);
      resolve(event.data);
    };
    worker.postMessage(message, [port2]);
  });
}

// Put these pages into the phone. Gives {kept, missing}, or null when no worker could be asked.
export async function keepPages(addresses) {
  if (!capable()) return null;
  const registration = await navigator.serviceWorker.ready;
  return ask(registration.active, { type: "keep", addresses });
}

// What this phone's worker is to hold: its version, its caches' names, every address with its hash. Null without a worker.
export async function listing() {
  if (!capable()) return null;
  const registration = await navigator.serviceWorker.getRegistration("/o/");
  return registration && registration.active ? ask(registration.active, { type: "list" }) : null;
}
