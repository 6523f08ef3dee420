// The lock over a page: nothing else is in sight until the PIN is given. What is finished goes on being sent meanwhile.

import { readAnew, reloadedByHand } from "./again.js";
import { settleAll } from "./draft.js";
import { make } from "./elements.js";
import { setForm } from "./pinform.js";
import { WrongPin, forgetPin, restNow, unlock } from "./pin.js";
import { counts } from "./queue.js";
import * as store from "./store.js";
import * as sync from "./sync.js";
import * as vault from "./vault.js";

export const AWAY = 5; // minutes out of sight, after which a page locks itself
const MARK = "observer-kit:locked"; // in local storage: tells the other tabs
const TAB = "observer-kit:tab"; // in session storage: by it a tab gets its own key back from the worker

let say = null;
let asking = null;

const tab = () => {
  if (!sessionStorage.getItem(TAB)) sessionStorage.setItem(TAB, String(crypto.getRandomValues(new Uint32Array(4))));
  return sessionStorage.getItem(TAB);
};
const worker = () => navigator.serviceWorker && navigator.serviceWorker.controller;

// From page to page the worker carries the key, in its memory and for seconds; a page that somebody reloads is locked.
async function takeOver(reloaded) {
  if (!worker()) return false;
  const { port1, port2 } = new MessageChannel();
  const lock = await new Promise((resolve) => {
    setTimeout(resolve, 1500);
    port1.onmessage = ({ data }) => resolve(data);
    worker().postMessage({ type: "take", tab: tab() }, [port2]);
  });
  if (!lock || reloaded) return false;
  vault.hold(lock);
  if (await vault.unlocked()) return true;
  vault.forget();
  return false;
}

// Lock: what is typed is saved first. If it can't be, the page stays as it is behind the lock and goes on trying.
export async function lock({ everywhere = true } = {}) {
  if (!vault.inHand()) return;
  if (everywhere) localStorage.setItem(MARK, String(Date.now()));
  const safe = await settleAll();
  vault.forget();
  if (safe) location.reload();
  else ask();
}

// Let go of the key without a word on this page; the other tabs lock.
export function lockQuietly() {
  if (vault.inHand()) localStorage.setItem(MARK, String(Date.now()));
  vault.forget();
}

function watch() {
  let since = null;
  let timer = null;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") {
      since = Date.now();
      timer = setTimeout(lock, AWAY * 60_000, { everywhere: false });
    } else if (since !== null && Date.now() - since >= AWAY * 60_000) lock({ everywhere: false });
  });
  addEventListener("storage", ({ key }) => key === MARK && lock({ everywhere: false }));
  addEventListener("pagehide", () => {
    if (vault.inHand() && worker()) worker().postMessage({ type: "hold", tab: tab(), lock: vault.inHand() });
    vault.forget();
  });
  addEventListener("pageshow", async ({ persisted }) => persisted && (await vault.pinIsSet()) && readAnew());
}

// Call before a page reads a draft: it resolves once the phone is open. `policy.pin` may require a PIN.
export async function pass(words) {
  if (!say) watch();
  say = words;
  const reloaded = reloadedByHand();
  if (await vault.pinIsSet()) {
    if (!(await takeOver(reloaded))) await ask();
    return;
  }
  const manifest = await store.setting("manifest");
  if (manifest && manifest.policy && manifest.policy.pin === "required") await demand();
}

function cover(...content) {
  const sheet = make("section", { class: "lock card", role: "dialog", "aria-modal": "true", "aria-labelledby": "lock-title" }, ...content);
  document.body.append(sheet);
  document.body.classList.add("locked");
  return () => {
    sheet.remove();
    document.body.classList.remove("locked");
  };
}

const demand = () =>
  new Promise((resolve) => {
    const uncover = cover(
      make("h1", { id: "lock-title" }, say("pin_required")),
      make("p", {}, say("pin_required_text")),
      setForm(say, { done: () => { uncover(); resolve(); } }),
    );
  });

// Show the lock and resolve when it is open.
export function ask() {
  asking = asking || new Promise((resolve) => showLock(resolve)).finally(() => { asking = null; });
  return asking;
}

function showLock(opened) {
  const title = make("h1", { id: "lock-title" }, say("locked"));
  const field = make("input", { class: "entry", type: "password", id: "pin", autocomplete: "off", "aria-describedby": "pin-said" });
  const said = make("p", { class: "rule", id: "pin-said", role: "alert", hidden: true });
  const button = make("button", { type: "submit", class: "button main wide" }, say("unlock"));
  const waiting = make("p", { role: "status" });
  const form = make("form", { novalidate: true }, make("label", { htmlFor: "pin" }, say("pin")), field, said, button);
  const tell = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };

  function wait(rest) {
    button.disabled = rest > 0;
    if (rest > 0) {
      tell(say("pin_wait", { n: Math.ceil(rest / 1000) }));
      setTimeout(() => { button.disabled = false; tell(say("pin_again")); }, rest);
    }
  }

  const open = () => {
    uncover();
    opened();
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.disabled || !field.value) return field.focus();
    button.disabled = true;
    tell("");
    try {
      await unlock(field.value);
      return open();
    } catch (fault) {
      button.disabled = false;
      tell(fault instanceof WrongPin ? say("pin_wrong") : say("pin_failed", { reason: fault.message }));
      if (fault instanceof WrongPin) wait(fault.wait);
      field.select();
      return field.focus();
    }
  });
  const uncover = cover(title, form, waiting, forgotten(open));

  async function showQueue() {
    const n = counts([], await store.queued());
    waiting.textContent = n.waiting + n.handedOver ? `${say("waiting", { n: n.waiting + n.handedOver })}. ${say("locked_sends")}` : "";
  }
  sync.onChange(showQueue);
  sync.start();
  showQueue();
  restNow().then(wait);
  field.focus();
}

// Of a forgotten PIN only the drafts are lost; it is said, and asked in words.
function forgotten(open) {
  const told = make("p");
  const word = say("wipe_word");
  const field = make("input", { class: "entry", type: "text", id: "forget-word", autocomplete: "off" });
  const button = make("button", { type: "button", class: "button wide" }, say("forget_now"));
  store.draftCount().then((n) => { told.textContent = say("forget_text", { n }); });
  button.addEventListener("click", async () => {
    if (field.value.trim().toUpperCase() !== word) return field.focus();
    await forgetPin();
    return open();
  });
  return make("details", {}, make("summary", {}, say("forget")), told, make("label", { htmlFor: "forget-word" }, say("type_word", { word })), field, button);
}
