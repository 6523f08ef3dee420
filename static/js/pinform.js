// The forms that set a PIN, change it, or ask for it.

import { make } from "./elements.js";
import { SHORTEST, WrongPin, changePin, setPin } from "./pin.js";

const input = (id, complete) => make("input", { class: "entry", type: "password", id, autocomplete: complete });
const rowOf = (say, label, field) => [make("label", { htmlFor: field.id }, say(label)), field];

function explain(failed, say) {
  if (!(failed instanceof WrongPin)) return say("pin_failed", { reason: failed.message });
  return failed.wait ? say("pin_wait", { n: Math.ceil(failed.wait / 1000) }) : say("pin_wrong");
}

// Ask for the present PIN and do what needs it.
export function confirmForm(say, { confirm, done }) {
  const field = input("pin-confirm", "off");
  const said = make("p", { class: "rule", role: "alert", hidden: true });
  const button = make("button", { type: "submit", class: "button wide" }, say("pin_remove"));
  const form = make("form", { class: "pin-form", novalidate: true }, ...rowOf(say, "pin_before", field), said, button);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    try {
      await confirm(field.value);
      done();
    } catch (failed) {
      said.hidden = false;
      said.textContent = explain(failed, say);
    } finally {
      button.disabled = false;
    }
  });
  return form;
}

// `change`: whether there is one already; it is asked for first. `done` is called when the new one holds.
export function setForm(say, { change = false, done }) {
  const [before, fresh, again] = [input("pin-before", "off"), input("pin-new", "new-password"), input("pin-again", "new-password")];
  const row = (label, field) => rowOf(say, label, field);
  const said = make("p", { class: "rule", role: "alert", hidden: true });
  const button = make("button", { type: "submit", class: "button main wide" }, say(change ? "pin_change" : "pin_set"));
  const form = make("form", { class: "pin-form", novalidate: true }, ...(change ? row("pin_before", before) : []),
    ...row("pin_new", fresh), ...row("pin_repeat", again), make("p", { class: "hint" }, say("pin_advice", { n: SHORTEST })), said, button);

  function fault() {
    if (fresh.value.length < SHORTEST) return ["pin_short", { n: SHORTEST }];
    return fresh.value === again.value ? null : ["pin_differ"];
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const found = fault();
    said.hidden = !found;
    if (found) {
      said.textContent = say(...found);
      return fresh.focus();
    }
    button.disabled = true;
    try {
      await (change ? changePin(before.value, fresh.value) : setPin(fresh.value));
      return done();
    } catch (failed) {
      said.hidden = false;
      said.textContent = explain(failed, say);
    } finally {
      button.disabled = false;
    }
    return undefined;
  });
  return form;
}
