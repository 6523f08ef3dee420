// The state in words: what waits, why, and what was delivered. Chooses sentences; changes nothing.

import { hourMinute } from "./clock.js";

// Gives {tone, line: [key, values], note: [key, values] | null}, or null when there is nothing to say.
export function stateOf({ counts, delivery, online, sending, photos = 0 }) {
  const n = counts.waiting + counts.handedOver;
  const kept = ["kept", {}];
  if (n && sending && online) return { tone: "wait", line: ["sending", { n }], note: kept };
  if (n && !online) return { tone: "wait", line: ["offline_waiting", { n }], note: kept };
  if (n && delivery && delivery.stopped === "enrol") return { tone: "wait", line: ["waiting", { n }], note: ["enrol_again", {}] };
  if (n && delivery && delivery.stopped === "receipt") return { tone: "wait", line: ["waiting", { n }], note: ["receipt_unproven", {}] };
  if (n && delivery && delivery.stopped) return { tone: "wait", line: ["waiting", { n }], note: ["tries_again", { time: hourMinute(delivery.at) }] };
  if (n) return { tone: "wait", line: ["waiting", { n }], note: kept };
  if (counts.attention) return { tone: "bad", line: ["attention_count", { n: counts.attention }], note: ["attention_note", {}] };
  if (photos) return { tone: "wait", line: ["photo_waiting", { n: photos }], note: ["photo_after", {}] };
  if (counts.delivered && counts.apart) return { tone: "wait", line: ["all_delivered", {}], note: ["quarantined", {}] };
  if (counts.delivered) return { tone: "good", line: ["all_delivered", {}], note: null };
  return null;
}

export const TONES = { draft: "", waiting: "", handed_over: "", delivered: "good", attention: "bad" };

// The little label beside a report.
export function pill(state, say) {
  const mark = document.createElement("span");
  mark.className = `pill ${TONES[state] || ""}`.trim();
  mark.textContent = say(`state_${state}`);
  return mark;
}

export function showState(state, say) {
  const box = document.getElementById("state");
  box.hidden = !state;
  if (!state) return;
  box.className = `state ${state.tone}`;
  document.getElementById("state-line").textContent = say(...state.line);
  document.getElementById("state-note").textContent = state.note ? say(...state.note) : "";
  document.getElementById("send").hidden = state.tone !== "wait";
}
