// Find a station by number or name, as people type it: case, ё and the Kazakh letters a keyboard lacks don't matter.

const SAME = { ё: "е", ә: "а", ғ: "г", қ: "к", ң: "н", ө: "о", ұ: "у", ү: "у", һ: "х", і: "и", ə: "а" };

export function fold(text) {
  return text.normalize("NFC").toLowerCase().replace(/[ёәғқңөұүһіə]/g, (letter) => SAME[letter]);
}

export function nameIn(names, language) {
  if (typeof names === "string") return names;
  return (names && (names[language] || names.en || Object.values(names)[0])) || "";
}

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
    else if (fold(nameIn(station.name, language)).includes(wanted)) rank = 3;
    else continue;
    ranked.push([rank, station]);
  }
  ranked.sort((one, other) => one[0] - other[0] || String(one[1].number || one[1].code).localeCompare(String(other[1].number || other[1].code), language, { numeric: true }));
  return ranked.slice(0, most).map((entry) => entry[1]);
}

// The same for a register too large for the manifest (places.js).
export const shelfOf = (kind) => (kind === "polling_station" ? "s" : "c");
export const wordsOf = (text) => fold(text || "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);

// What a place is found by: shelf and region in front, so that one look stays within a region; # marks its own number.
export function keysOf({ code, kind, number, name, region }) {
  const front = `${shelfOf(kind)}:${region || ""}:`;
  const words = new Set([...wordsOf(name), ...wordsOf(code)].map((word) => front + word));
  if (number) words.add(`${front}#${fold(String(number))}`);
  return [...words];
}

export function placeOf([code, kind, number, name, region], revision) {
  const place = { code, kind, number, name, region, revision };
  return { ...place, words: keysOf(place) };
}

export const fits = (place, word) => place.words.some((key) => key.slice(key.lastIndexOf(":") + 1).replace("#", "").startsWith(word));

// Places of the team's own region come first, and there exact numbers, then numbers that begin so, then names.
export function rankOf(place, typed, own) {
  const number = fold(String(place.number || ""));
  const exact = typed.includes(number) ? 0 : typed.some((word) => number.startsWith(word)) ? 1 : 2;
  return (place.region === own ? 0 : 10) + exact;
}
