// Codes one after the other, each as large as the screen: which were shown is remembered, for only those were given.

import { byId } from "./elements.js";

const SVG = "http://www.w3.org/2000/svg";

// Draw a code as one path; white stays white in a dark scheme.
export function draw(box, { size, data }) {
  const steps = data.flatMap((row, y) => row.flatMap((black, x) => (black ? [`M${x} ${y}h1v1h-1z`] : [])));
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("shape-rendering", "crispEdges");
  for (const [tag, attributes] of [["rect", { width: size, height: size, fill: "#fff" }], ["path", { d: steps.join(""), fill: "#000" }]]) {
    const part = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) part.setAttribute(name, value);
    picture.append(part);
  }
  box.replaceChildren(picture);
}

// The screen must not go dark while the camera reads it, where the browser can see to that.
async function stayAwake() {
  try {
    return await navigator.wakeLock.request("screen");
  } catch {
    return null;
  }
}

// `sets`: [{id, line, texts}]. Resolves with the ids whose every code was on the screen, or null when it was broken off.
export async function showCodes(sets, say) {
  const { encode } = await import("../vendor/uqr.js");
  const all = sets.flatMap((set) => set.texts.map((code) => ({ set, code })));
  const shown = new Set();
  let at = 0;
  const turn = (to) => {
    at = (to + all.length) % all.length;
    const { set, code } = all[at];
    draw(byId("code"), encode(code, { ecc: "M", boostEcc: false, border: 4 }));
    shown.add(code);
    byId("code-line").textContent = say("hand_code", { i: at + 1, n: all.length });
    byId("code-of").textContent = set.line;
    byId("code-next").textContent = say(at + 1 < all.length ? "hand_next" : "hand_first");
    byId("code-back").disabled = all.length < 2;
    byId("code-next").disabled = all.length < 2;
    byId("codes-done").disabled = shown.size < all.length;
  };
  const lock = await stayAwake();
  byId("home").hidden = true;
  byId("codes").hidden = false;
  turn(0);
  byId("code-line").focus();
  const done = await new Promise((resolve) => {
    byId("code-next").onclick = () => turn(at + 1);
    byId("code-back").onclick = () => turn(at - 1);
    byId("codes-done").onclick = () => resolve(sets.filter((set) => set.texts.every((code) => shown.has(code))).map((set) => set.id));
    byId("codes-stop").onclick = () => resolve(null);
  });
  byId("codes").hidden = true;
  byId("home").hidden = false;
  byId("code").replaceChildren();
  if (lock) lock.release();
  return done;
}
