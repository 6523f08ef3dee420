// A draft that another tab has: here it is shown and can't be changed.

import { readAnew } from "./again.js";
import { byId, make, notice } from "./elements.js";

export const draftLock = (id) => `draft:${id}`;

// Text stays readable and can be copied; everything else that would change an answer is out of reach.
export function freeze(form) {
  for (const field of form.querySelectorAll("input, textarea, [data-question] button, #station button, [data-add]")) {
    if (field.matches("textarea, .entry")) field.readOnly = true;
    if (!field.matches("textarea, .entry[type=text]")) field.disabled = true;
  }
  byId("next").hidden = true;
}

// The last change met a draft that another tab had changed or finished meanwhile.
export function sayOutrun(fault, { say, language, id }) {
  const finished = fault.where === "finished";
  notice(say(finished ? "finished_elsewhere" : "changed_elsewhere"));
  if (finished) {
    byId("notice").append(" ", make("a", { href: `/o/${language}/queue#${id}` }, say("queue")));
  } else {
    const again = make("button", { type: "button", class: "button wide" }, say("open_kept"));
    again.addEventListener("click", readAnew);
    byId("notice").append(again);
  }
  byId("saved").textContent = "";
  window.scrollTo(0, 0);
}
