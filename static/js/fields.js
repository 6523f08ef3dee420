// One question's fields on the page ↔ its raw value in the draft.

const entry = (question) => question.querySelector(".entry[name]:not([name^='comment:']):not([name^='override:'])");
const options = (question) => [...question.querySelectorAll(".answer input")];

export function read(question) {
  const chosen = options(question).filter((input) => input.checked).map((input) => input.value);
  if (question.dataset.type === "select_multiple") return chosen;
  if (chosen.length) return chosen[0];
  const field = entry(question);
  return field ? field.value : "";
}

export function write(question, raw) {
  const values = Array.isArray(raw) ? raw : [raw];
  let taken = false;
  for (const input of options(question)) {
    input.checked = values.includes(input.value);
    taken = taken || input.checked;
  }
  const field = entry(question);
  if (field) field.value = taken || raw === undefined || raw === null ? "" : String(raw);
}

// A way out (not applicable, could not observe) and a substantive answer exclude each other.
export function reconcile(question, changed) {
  if (changed.closest(".ways-out")) {
    if (!changed.checked) return;
    for (const input of options(question)) if (input !== changed) input.checked = false;
    const field = entry(question);
    if (field) field.value = "";
  } else if (changed.closest(".answers") || (changed === entry(question) && changed.value)) {
    for (const input of question.querySelectorAll(".ways-out input")) {
      if (input !== changed && input.type === "checkbox") input.checked = false;
    }
  }
}

// A radio that is tapped again is taken back: a blank must stay possible. Gives whether it was.
export function releases(input) {
  const group = input.form.querySelectorAll(`input[name="${CSS.escape(input.name)}"]`);
  const again = input.dataset.held === "yes";
  for (const each of group) delete each.dataset.held;
  if (again) input.checked = false;
  else input.dataset.held = "yes";
  return again;
}

export function hold(question) {
  for (const input of options(question)) {
    if (input.type === "radio" && input.checked) input.dataset.held = "yes";
    else delete input.dataset.held;
  }
}

export const comment = (question) => question.querySelector("[name^='comment:']");
// A repeated question has one comment for all its rows: the comment's own name says whose it is.
export const commentKey = (question) => {
  const field = comment(question);
  return field ? field.name.slice("comment:".length) : null;
};
export const override = (question) => question.querySelector("[name^='override:']");
