// What a field holds → what the envelope says. Raw text that can't be read goes as it is: the server flags it.

import { withOffset } from "./clock.js";

export const NON_ANSWERS = ["not_applicable", "not_observed"];

const isBlank = (raw) => raw === undefined || raw === null || raw === "" || (Array.isArray(raw) && raw.length === 0);

// As people write them, and as the server reads them: "1 234" grouped in threes, "1,234" for whole numbers,
// a decimal comma or point. Nothing else is guessed: "1,6970" is no number.
const INTEGER = /^-?(\d{1,15}|\d{1,3}([ \u00a0\u202f\u2009]\d{3})+|\d{1,3}(,\d{3})+)$/;
const DECIMAL = /^-?(\d{1,15}|\d{1,3}([ \u00a0\u202f\u2009]\d{3})+)([.,]\d{1,9})?$/;

export function number(text, type) {
  const typed = text.trim();
  if (type === "integer") return INTEGER.test(typed) ? Number(typed.replace(/[^-\d]/g, "")) : null;
  return DECIMAL.test(typed) ? Number(typed.replace(/[ \u00a0\u202f\u2009]/g, "").replace(",", ".")) : null;
}

// "51.1605 71.4704 12": latitude, longitude, and how exact (which is not sent).
function place(text) {
  const parts = text.trim().split(/[\s,;]+/).slice(0, 2).map(Number);
  return parts.length === 2 && parts.every(Number.isFinite) ? parts : text.trim();
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
  if (type === "geopoint") return place(raw);
  if (type === "text") return raw.trim() || undefined;
  return raw;
}

export const answered = (raw, type) => answerOf(raw, type) !== undefined;
