// What comes before the first checklist: the code of conduct, and the check of the phone. Neither ever stands before an
// incident, an emergency or a draft that is open.

import { dayMonth } from "./clock.js";
import { make } from "./elements.js";
import { checklistAddress } from "./mission.js";
import { keepSetting, setting } from "./database.js";

// {version, at}, or null until this mission's present version was accepted here.
export async function acceptedConduct(manifest) {
  const known = await setting("conduct");
  const asked = manifest && manifest.conduct;
  return known && asked && known.version === asked.version && known.mission === manifest.mission.code ? known : null;
}

// Where a checklist begins: at the code of conduct, as long as that was not accepted.
export const beginning = (language, { stage, version }, accepted) =>
  accepted || stage === "incident" ? checklistAddress(language, version) : `/o/${language}/conduct#${version}`;

export const dateOf = (at, say) => `${dayMonth(at, say)} ${new Date(at).getFullYear()}`;

// Paragraphs and lists of a plain text: a blank line parts them, a hyphen begins a line of a list.
export function paragraphs(text) {
  return text.trim().split(/\n\s*\n/).map((block) => {
    const lines = block.split("\n").map((line) => line.trim());
    if (!lines.every((line) => line.startsWith("- "))) return make("p", {}, lines.join(" "));
    return make("ul", {}, ...lines.map((line) => make("li", {}, line.slice(2))));
  });
}

// The cards at the head of My day; none once both are done.
export async function cardsBefore(manifest, accepted, language, say) {
  const found = await setting("readiness");
  const ready = found && found.ready && found.mission === manifest.mission.code;
  const way = (place, text) => make("a", { class: "button wide", href: `/o/${language}/${place}` }, text);
  const conduct = !accepted && manifest.conduct;
  return [
    conduct ? make("div", { class: "card" }, make("h2", {}, say("conduct")), make("p", {}, say("conduct_card")), way("conduct", say("conduct_read"))) : null,
    ready ? null : make("p", {}, way("ready", say("before_link"))),
  ].filter(Boolean);
}

// The desk hears of an acceptance as soon as there is a network: in the phone's last word of itself, said again.
export async function tellConduct(manifest, identity) {
  const [accepted, last] = [await acceptedConduct(manifest), (await setting("readiness")) || {}];
  if (!accepted || last.conduct === accepted.at || !navigator.onLine) return;
  const { deliver } = await import("./probe.js");
  const { version, at } = accepted;
  const said = { checks: {}, shell: null, free: null, ...last.said, conduct: { version, at } };
  const { state } = await deliver(said, identity, manifest);
  if (state === "ok") await keepSetting("readiness", { ...last, conduct: at });
}
