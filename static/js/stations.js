// Find a station by number or name, as people type it: case, ё and the Kazakh letters a keyboard lacks don't matter.

const SAME = { ё: "е", ә: "а", ғ: "г", қ: "к", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и", ə: "а" };

export function fold(text) {
  return text.normalize("NFC").toLowerCase().replace(/[ёәғқңөұүһіə]/g, (letter) => SAME[letter]);
}

export function nameIn(names, language) {
  if (typeof names === "string") return names;
  return (names && (names[language] || names.en || Object.values(names)[0])) || "";
}

// What a place is found by: its name in every language, for people type what stands over the door.
export const everyName = (names) => (typeof names === "string" ? names : Object.values(names || {}).join(" "));

// At most `most` stations: an exact number or code first, then numbers that begin so, then names.
export function findStations(stations, query, language, most = 8) {
  const wanted = fold(query.trim()).replace(/^(№|no\.?|n)\s*/, "");
  if (!wanted) return [];
  const ranked = [];
  for (const station of stations) {
    const number = fold(String(station.number || ""));
    const code = fold(station.code);
    let rank;
    if (number === wanted || code === wanted) rank = 0;
    else if (number.startsWith(wanted)) rank = 1;
    else if (code.includes(wanted)) rank = 2;
    else if (fold(everyName(station.name)).includes(wanted)) rank = 3;
    else continue;
    ranked.push([rank, station]);
  }
  ranked.sort((one, other) => one[0] - other[0] || String(one[1].number || one[1].code).localeCompare(String(other[1].number || other[1].code), language, { numeric: true }));
  return ranked.slice(0, most).map((entry) => entry[1]);
}

// What these records name of a register that stands apart (places.js), put beside the places of the manifest, so that
// pages can say it by name. The phones of a small mission never load that.
export async function bringPlaces(manifest, records) {
  if (manifest && manifest.register) await (await import("./places.js")).bring(manifest, records);
}
