// Which questions are asked, and which answers break a rule: the browser's own XPath over a little document.
// The expressions come ready from the server; the values lie in the document, never in an expression.

import { NON_ANSWERS, number } from "./values.js";

// Engines count characters outside the basic plane differently; the server replaces them as well.
const UNFIT = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd]/gu;

// A value as the document holds it: '' for a blank, numbers without spaces or exponents, lists with single spaces.
export function nodeText(raw, type) {
  if (raw === undefined || raw === null) return "";
  if (Array.isArray(raw)) return type === "select_multiple" ? raw.join(" ") : "";
  if (type === "geopoint" || type === "note") return "";
  if (type === "integer" || type === "decimal") {
    if (NON_ANSWERS.includes(raw)) return "";
    const value = typeof raw === "number" ? raw : number(String(raw), type);
    return Number.isFinite(value) && value !== null ? plain(value) : "";
  }
  return String(raw).replace(UNFIT, "\ufffd");
}

function plain(value) {
  const text = String(value);
  return text.includes("e") ? value.toFixed(20).replace(/0+$/, "").replace(/\.$/, "") : text;
}

export class Sheet {
  // `types`: a map of question name → type. One node per question, blank at first.
  constructor(types) {
    this.types = types;
    this.document = document.implementation.createDocument(null, "answers", null);
    this.nodes = new Map();
    for (const name of Object.keys(types)) {
      // A repeated question (name[i]) has a node only so that `.` can mean it; no expression names it.
      const node = this.document.createElement(name.includes("[") ? "self" : name);
      this.document.documentElement.appendChild(node);
      this.nodes.set(name, node);
    }
  }

  put(name, raw) {
    const node = this.nodes.get(name);
    if (node) node.textContent = nodeText(raw, this.types[name]);
  }

  // `self` is the question whose value `.` means.
  holds(xpath, self = null) {
    const context = (self && this.nodes.get(self)) || this.document.documentElement;
    return this.document.evaluate(xpath, context, null, XPathResult.BOOLEAN_TYPE, null).booleanValue;
  }
}
