// Take a draft away: asked for in words first, and never under another tab that has it open.

import { draftLock } from "./elsewhere.js";
import { make } from "./elements.js";
import { exclusively } from "./exclusive.js";
import * as store from "./store.js";

// `discard` gives whether the draft could be taken away.
export function discardPart(say, discard) {
  const button = make("button", { type: "button", class: "button wide" }, say("discard_now"));
  const told = make("p", { role: "status", hidden: true }, say("discard_elsewhere"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    told.hidden = await discard();
    button.disabled = false;
  });
  return make("details", { class: "discard" }, make("summary", {}, say("discard")), make("p", {}, say("discard_text")), told, button);
}

// From outside the draft's own page: only if no tab has it open.
export async function discardUnopened(id) {
  return Boolean(
    await exclusively(draftLock(id), async () => {
      await store.discardDraft(id);
      return true;
    }),
  );
}
