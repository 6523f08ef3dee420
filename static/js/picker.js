// The first leaf of a checklist: which station. By number or name from the phone's own list; an unlisted one by its name.

import { byId, make } from "./elements.js";
import { findStations, nameIn } from "./stations.js";

const MOST = 8;

// `kinds` narrows what is offered first (commissions for tabulation); `chosen(location, name)` is told of a choice.
export function startPicker({ manifest, language, say, kinds, chosen }) {
  const query = byId("station-query");
  const found = byId("station-found");
  const unlisted = byId("station-unlisted");
  const none = byId("station-none");
  const locations = (manifest && manifest.locations) || [];
  const regions = (manifest && manifest.regions) || [];
  const names = new Map(regions.map(({ code, name }) => [code, nameIn(name, language)]));
  let looks = 0;

  function describe(station) {
    const number = station.number && station.kind === "polling_station" ? say("station_number", { number: station.number }) : station.code;
    const details = [nameIn(station.name, language), names.get(station.region)].filter((each) => each && each !== number);
    return { title: number, detail: details.join(" · ") };
  }

  function choose(station) {
    if (!locations.some(({ code }) => code === station.code)) locations.push(station);
    chosen(station.code, null);
  }

  // What the manifest carries, and the rest of a large register from the phone's store.
  async function stationsFor(text) {
    const near = findStations(locations.filter((each) => kinds.includes(each.kind)), text, language, MOST);
    if (!manifest || !manifest.register || near.length >= MOST) return near;
    const region = (manifest.team && manifest.team.region) || "";
    const far = await import("./places.js").then(({ search }) => search(text, { kinds, region, regions })).catch(() => []);
    return [...near, ...far.filter(({ code }) => !near.some((each) => each.code === code))].slice(0, MOST);
  }

  async function look() {
    const text = query.value.trim();
    looks += 1;
    const mine = looks;
    const stations = text ? await stationsFor(text) : [];
    if (mine !== looks) return; // typed on meanwhile
    found.replaceChildren(
      ...stations.map((station) => {
        const { title, detail } = describe(station);
        const button = make("button", { type: "button", class: "button" }, title, make("small", {}, detail));
        button.addEventListener("click", () => choose(station));
        return make("li", {}, button);
      }),
    );
    none.hidden = !text || stations.length > 0;
    none.textContent = none.hidden ? "" : say("station_none");
    unlisted.hidden = !text;
    unlisted.textContent = text ? say("station_use", { name: text }) : "";
  }

  query.addEventListener("focus", () => stationsFor("1"), { once: true }); // a large register's first look is its slowest
  query.addEventListener("input", look);
  query.addEventListener("keydown", async (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    await look();
    const first = found.querySelector("button");
    if (first) first.click();
  });
  unlisted.addEventListener("click", () => chosen(null, query.value.trim()));
  byId("station-change").addEventListener("click", () => {
    show({ location: null, location_name: null }, true);
    query.focus();
  });

  // Show what is chosen, or the search.
  function show(draft, searching = false) {
    const known = draft.location && locations.find((each) => each.code === draft.location);
    const has = !searching && Boolean(draft.location || draft.location_name);
    byId("station-chosen").hidden = !has;
    byId("station-search").hidden = has;
    if (!has) return look();
    const { title, detail } = known ? describe(known) : { title: draft.location || draft.location_name, detail: say("station_not_listed") };
    byId("station-name").textContent = title;
    byId("station-region").textContent = detail;
    return undefined;
  }

  return { show };
}

// Counting and voting happen at stations, tabulation at commissions; an incident anywhere.
export function kindsFor(stage) {
  if (stage === "tabulation") return ["commission", "district", "region"];
  if (stage === "incident" || stage === "readiness") return ["polling_station", "commission"];
  return ["polling_station"];
}
