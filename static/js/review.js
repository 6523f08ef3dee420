// The last leaf: what is still open, where a comment may help, everything once more; then finish.

import { dayMonth, hourMinute } from "./clock.js";
import { make } from "./elements.js";
import { comment, commentKey } from "./fields.js";
import { OVERRIDABLE, among } from "./questions.js";
import { answered } from "./values.js";

// With the candidate's name, or the box's number, where the question comes again in every row.
export function labelOf(question) {
  const row = question.element.closest(".row");
  const own = question.element.querySelector("legend").textContent;
  return row ? `${row.querySelector("h3").textContent}: ${own}` : own;
}

// The answer in the words of the page.
export function wordsOf(question, raw, say) {
  const codes = Array.isArray(raw) ? raw : [raw];
  const words = codes.map((code) => {
    const input = [...question.element.querySelectorAll(".answer input")].find((each) => each.value === code);
    return input ? input.nextElementSibling.textContent : null;
  });
  if (words.length && words.every(Boolean)) return words.join(", ");
  if (question.type === "photo") return say("photo_attached");
  if (question.type === "datetime") {
    const moment = new Date(raw);
    if (!Number.isNaN(moment.getTime())) return `${dayMonth(moment, say)}, ${hourMinute(moment)}`;
  }
  return String(raw);
}

function jumpList(title, text, items) {
  const list = make("ul", { class: "open-list" });
  for (const [label, go] of items) {
    const button = make("button", { type: "button" }, label);
    button.addEventListener("click", go);
    list.append(make("li", {}, button));
  }
  return make("div", { class: "card review" }, make("h3", {}, title), text ? make("p", { class: "hint" }, text) : null, list);
}

export function drawReview(box, { questions, draft, stationOpen, toKey, asking, stays, say, jump, turn }) {
  const open = questions.open(draft.answers);
  const parts = [];
  const openItems = open.map((question) => [labelOf(question), () => jump(question)]);
  if (stationOpen) openItems.unshift([document.getElementById("s-where").textContent, () => turn("where")]);
  if (openItems.length) parts.push(jumpList(say("open_count", { n: openItems.length }), say("open_text"), openItems));
  else parts.push(make("div", { class: "card review" }, make("h3", {}, say("all_answered"))));

  if (toKey) parts.push(jumpList(say("again_title"), say("again_text"), [[say("again_left", { n: toKey }), () => turn("again")]]));
  if (asking.length) parts.push(make("h3", {}, say("asking_title")), ...asking);

  const faults = questions.asked.filter((question) => {
    const fault = questions.fault(question, draft.answers[question.name]);
    return fault && !(OVERRIDABLE.includes(fault.kind) && draft.overrides[question.name]);
  });
  if (faults.length) parts.push(jumpList(say("check_these"), say("check_text"), faults.map((question) => [labelOf(question), () => jump(question)])));

  const worth = questions.asked.filter(
    (question) => among(question.element.dataset.commentOn, draft.answers[question.name]) && !draft.comments[commentKey(question.element)],
  );
  if (worth.length) {
    parts.push(
      jumpList(say("comment_these"), say("comment_text"), worth.map((question) => [
        labelOf(question),
        () => {
          jump(question);
          const field = comment(question.element);
          if (field) {
            field.closest("details").open = true;
            field.focus();
          }
        },
      ])),
    );
  }

  const all = make("dl");
  for (const question of questions.asked) {
    const raw = draft.answers[question.name];
    if (!answered(raw, question.type)) continue;
    all.append(make("dt", {}, labelOf(question)), make("dd", {}, wordsOf(question, raw, say)));
    const remark = draft.comments[commentKey(question.element)];
    if (remark) all.append(make("dd", { class: "hint" }, remark));
  }
  parts.push(make("details", { class: "card all-answers" }, make("summary", {}, say("all_answers")), all));
  parts.push(make("p", { class: "hint" }, say("finish_text")));
  if (!stays) parts.push(make("p", { class: "hint" }, say("seal_finish")));
  box.replaceChildren(...parts);
}
