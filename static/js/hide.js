// One tap, and the page shows nothing of the mission. What was typed is saved first, out of sight.

import { settleAll } from "./draft.js";
import { byId, make } from "./elements.js";
import { showClock } from "./face.js";
import { lockQuietly } from "./lock.js";
import { letLeave } from "./unsaved.js";

const HIDDEN = "observer-kit:hidden"; // as in cover.js
const AGAIN = 500;

async function hide() {
  const button = byId("hide");
  const face = make("main", { class: "face" });
  document.body.append(face);
  document.body.className = "covered";
  document.title = button.dataset.title;
  showClock(face);
  while (!(await settleAll())) await new Promise((resume) => setTimeout(resume, AGAIN));
  letLeave();
  lockQuietly();
  location.replace(button.href);
}

// Every tab of the kit goes, not this one alone.
addEventListener("storage", ({ key, newValue }) => key === HIDDEN && newValue && hide());
byId("hide").addEventListener("click", (event) => {
  event.preventDefault();
  localStorage.setItem(HIDDEN, String(Date.now()));
  hide();
});
