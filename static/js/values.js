// What a field holds → what the envelope says. Raw text that can't be read goes as it is: the server flags it.

import { withOffset } from "./clock.js";

export const NON_ANSWERS = ["not_applicable", "not_observed"];

const isBlank = (raw) => raw === undefined || raw === null || raw === "" || (Array.isArray(raw) && raw.length === 0);

// "1 234" and "1 234" (no-break) are how people write; nothing else is guessed.
const squeeze = (text) => text.trim().replace(/[\s\u00a0\u202f]/g, "");

export function number(text, type) {
  const plain = squeeze(text);
  if (type === "integer") return /^-?\d{1,15}$/.test(plain) ? Number(plain) : null;
  return /^-?\d{1,12}([.,]\d{1,6})?$/.test(plain) ? Number(plain.replace(",", ".")) : null;
}

// The value in the payload, or undefined for a blank.
export function answerOf(raw, type) {
  if (isBlank(raw)) return undefined;
  if (Array.isArray(raw)) {
    const nothing = raw.find((code) => NON_ANSWERS.includes(code));
    return nothing || raw;
  }
  if (NON_ANSWERS.includes(raw)) return raw;
  if (type === "integer" || type === "decimal") {
    const value = number(raw, type);
    return value === null ? raw.trim() : value;
  }
  if (type === "datetime") return withOffset(raw);
  if (type === "text") return raw.trim() || undefined;
  return raw;
}

export const answered = (raw, type) => answerOf(raw, type) !== undefined;
