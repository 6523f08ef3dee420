// What the phone was told of its mission: names in the page's language, its checklists, what must be said on each page.

import { needed } from "./seal.js";
import { nameIn } from "./stations.js";

const ORDER = ["readiness", "opening", "voting", "counting", "tabulation", "protocol", "incident"];

export function checklistsOf(manifest) {
  return [...manifest.checklists].sort((one, other) => ORDER.indexOf(one.stage) - ORDER.indexOf(other.stage));
}

export const incidentOf = (manifest) => manifest && manifest.checklists.find((each) => each.stage === "incident");

export const checklistAddress = (language, version) => `/o/${language}/checklist/${version}`;

export function titleOf(manifest, record, language) {
  const known = manifest && manifest.checklists.find((each) => each.name === record.checklist);
  return known ? nameIn(known.title, language) : record.title || record.checklist;
}

const languagesOf = ({ mission: { languages } }) => (languages && languages.length ? languages : ["en", "ru", "kk"]);

// Every address that must be in the phone before it goes into the field.
export function pagesOf(manifest) {
  const checklists = manifest.checklists.flatMap((each) => languagesOf(manifest).map((language) => checklistAddress(language, each.version)));
  const protocol = manifest.checklists.some((each) => each.stage === "protocol") ? ["protocol", "asking", "formulas", "twice"] : [];
  const scripts = [...protocol, "places"].map((name) => `/static/js/${name}.js`);
  return [...checklists, ...scripts, ...needed(manifest)];
}

// Libraries for sealing and for reading codes, and what is opened before the day only: the worker keeps those that this
// version knows, beside the checklists.
const SCRIPTS = [
  "vendor/deflate", "vendor/hpke", "vendor/scan", "vendor/uqr", "js/checks", "js/conduct", "js/probe", "js/ready",
  "js/bundle", "js/camera", "js/frames", "js/handover", "js/pack", "js/receipts", "js/relay", "js/showcodes", "js/takein",
];

export const extrasFor = (manifest) => [
  ...SCRIPTS.map((name) => `/static/${name}.js`),
  "/static/css/handover.css",
  ...languagesOf(manifest).flatMap((language) => ["ready", "conduct", "hand-over"].map((place) => `/o/${language}/${place}`)),
];

export function stationOf(manifest, record, language, say) {
  if (record.location) {
    const known = manifest && manifest.locations.find((each) => each.code === record.location);
    if (!known) return record.location;
    return known.number && known.kind !== "commission" ? say("station_number", { number: known.number }) : nameIn(known.name, language);
  }
  return record.location_name || say("no_station");
}

export function teamOf(manifest, language) {
  const team = manifest && manifest.team;
  return team ? nameIn(team.name, language) || team.code : "";
}

// A mission rebuilt from published figures says so on every page.
export function showRebuilt(manifest, say) {
  const line = document.getElementById("rebuilt");
  const mission = manifest && manifest.mission;
  const organisation = mission && (nameIn(mission.issuer || {}, document.documentElement.lang) || mission.reconstruction);
  if (!line || !organisation) return;
  line.textContent = say("rebuilt", { organisation });
  line.hidden = false;
}
