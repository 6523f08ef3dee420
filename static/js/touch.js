// What a finger or a key does to a checklist's fields; `changed(field)` is told of every change.

import { localMinute } from "./clock.js";
import { releases } from "./fields.js";

export function listenTo(form, { changed }) {
  function fillIn(question, value) {
    const field = question.querySelector(".entry");
    field.value = value;
    changed(field);
  }

  function clicked({ target }) {
    if (target.matches(".answer input[type=radio]") && releases(target)) changed(target);
    const question = target.closest("[data-question]");
    if (!question) return;
    if (target.matches("[data-now]")) fillIn(question, localMinute());
  }

  // By keyboard an answer is taken back with Delete: a chosen radio hears no second press of Space.
  function pressed(event) {
    const { target, key } = event;
    if ((key !== "Delete" && key !== "Backspace") || !target.matches(".answer input[type=radio]:checked")) return;
    event.preventDefault();
    target.checked = false;
    changed(target);
  }

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", (event) => changed(event.target));
  form.addEventListener("click", clicked);
  form.addEventListener("keydown", pressed);
}
