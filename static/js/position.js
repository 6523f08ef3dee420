// One position, once it is asked for: only where the mission wants it, and after the observer has said yes. Never tracked.

import { make } from "./elements.js";
import * as store from "./store.js";

const AGREED = "position"; // true, false, or nothing yet

// Shows the button of every place question; `fillIn(question, text)` takes what was found.
export async function startPosition({ form, say, fillIn }) {
  const parts = [...form.querySelectorAll("[data-position]")].map((button) => ({ button, question: button.closest("[data-question]") }));
  if (!parts.length || !navigator.geolocation) return;
  let agreed = await store.setting(AGREED);
  for (const part of parts) {
    part.button.hidden = false;
    part.said = make("p", { class: "hint", role: "status" });
    part.button.parentElement.after(part.said);
    part.button.addEventListener("click", () => (agreed ? find(part) : ask(part)));
  }
  if (agreed === false) for (const { said } of parts) said.textContent = say("position_declined");

  function find({ button, question, said }) {
    button.disabled = true;
    said.textContent = say("position_finding");
    const done = (text) => {
      button.disabled = false;
      said.textContent = text;
    };
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        fillIn(question, `${coords.latitude.toFixed(6)} ${coords.longitude.toFixed(6)} ${Math.round(coords.accuracy)}`);
        done("");
      },
      () => done(say("no_position")),
      { timeout: 30_000, maximumAge: 0, enableHighAccuracy: true },
    );
  }

  function ask(part) {
    if (part.asked) return;
    const answer = (yes) => {
      const button = make("button", { type: "button", class: "button" }, say(yes ? "position_agree" : "position_decline"));
      button.addEventListener("click", async () => {
        agreed = yes;
        part.asked.remove();
        part.asked = null;
        part.button.focus();
        if (yes) find(part);
        else for (const { said } of parts) said.textContent = say("position_declined");
        await store.keepSetting(AGREED, yes);
      });
      return button;
    };
    const why = make("p", { tabIndex: -1 }, say("position_why"));
    part.asked = make("div", { class: "card" }, why, make("div", { class: "moment" }, answer(true), answer(false)));
    part.said.after(part.asked);
    why.focus();
  }
}

export const positionWanted = (manifest) => Boolean(manifest && manifest.policy && manifest.policy.position);
