// The reconciliation rules of a results protocol, in the browser's own XPath. The expressions come ready from the server;
// the numbers lie in a little document of their own, where a blank is never a zero.

import { nodeText } from "./relevance.js";
import { NON_ANSWERS, answered } from "./values.js";

export const baseOf = (name) => name.replace(/\[\d+\]$/, "");

// What an element of the document says of an answer that is none: null where it is one.
function stateOf(questions, question, raw) {
  if (NON_ANSWERS.includes(raw)) return raw;
  if (!answered(raw, question.type)) return "blank";
  return questions.unreadable(question, raw) ? "problem" : null;
}

// The questions that stand in the document: of a repeated one as many as the mission lists, or up to its last answer.
function standing(questions, answers) {
  const last = new Map();
  const rows = new Map();
  for (const question of questions.asked) {
    const base = baseOf(question.name);
    const row = rows.get(base) || 0;
    rows.set(base, row + 1);
    if (row === 0 || question.fixed || answered(answers[question.name], question.type)) last.set(base, row);
  }
  rows.clear();
  return questions.asked.filter((question) => {
    const base = baseOf(question.name);
    const row = rows.get(base) || 0;
    rows.set(base, row + 1);
    return row <= last.get(base);
  });
}

export function layOut(questions, answers) {
  const sheet = document.implementation.createDocument(null, "protocol", null);
  for (const question of standing(questions, answers)) {
    const node = sheet.createElement(baseOf(question.name));
    const state = stateOf(questions, question, answers[question.name]);
    if (state) node.setAttribute("s", state);
    else node.textContent = nodeText(answers[question.name], question.type);
    sheet.documentElement.appendChild(node);
  }
  return sheet;
}

// null where the rule can't be computed, else {holds, left, right}; the sides are null for a rule without a difference.
export function verdictOf(formula, sheet) {
  const ask = (xpath, kind) => sheet.evaluate(xpath, sheet.documentElement, null, kind, null);
  if (!ask(formula.known, XPathResult.BOOLEAN_TYPE).booleanValue) return null;
  const side = (xpath) => (xpath ? ask(xpath, XPathResult.NUMBER_TYPE).numberValue : null);
  return {
    holds: ask(formula.holds, XPathResult.BOOLEAN_TYPE).booleanValue,
    left: side(formula.left),
    right: side(formula.right),
  };
}

// An answer to a rule is good for the numbers under which it was given.
export const numbersOf = (verdict) => (verdict.left === null ? "" : `${verdict.left}:${verdict.right}`);
