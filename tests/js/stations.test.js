import assert from "node:assert/strict";
import test from "node:test";
import { fits, keysOf, placeOf, rankOf, wordsOf } from "../../static/js/places.js";
import { findStations, fold } from "../../static/js/stations.js";

test("case, ё and Kazakh letters that a keyboard lacks make no difference", () => {
  assert.equal(fold("Ёлка ҚАРАҒАНДЫ Шұғыла Әйтеке Һ"), "елка караганды шугыла айтеке х");
  assert.equal(fold("Е\u0308"), fold("ё"));
});

test("a name is found by the beginning of each of its words", () => {
  const place = placeOf(["KAR-0144", "polling_station", "144", "Школа-гимназия № 12, Бұхар жырау", "KAR"], "r1");
  for (const word of ["144", "14", "школа", "гимн", "12", "бухар", "жыр", "0144", "kar"]) assert.ok(fits(place, word), word);
  for (const word of ["44", "кола", "назия", "ырау"]) assert.ok(!fits(place, word), word);
});

test("keys tell stations from commissions, one region from another, and a station's own number from others", () => {
  const station = keysOf({ code: "A-1", kind: "polling_station", number: "7", name: "Школа 7", region: "A" });
  assert.deepEqual(station.sort(), ["s:A:#7", "s:A:1", "s:A:7", "s:A:a", "s:A:школа"]);
  assert.ok(keysOf({ code: "C", kind: "commission", number: null, name: "ОИК", region: null }).every((key) => key.startsWith("c::")));
});

test("words are split at whatever is no letter or digit", () => {
  assert.deepEqual(wordsOf("  Дом культуры, 3-й этаж  "), ["дом", "культуры", "3", "й", "этаж"]);
  assert.deepEqual(wordsOf(null), []);
});

test("the team's own region comes first, and in it exact numbers before those that begin so", () => {
  const at = (number, region) => ({ number, region });
  const places = [at("14", "B"), at("140", "A"), at("14", "A"), at("7", "A")];
  places.sort((one, other) => rankOf(one, ["14"], "A") - rankOf(other, ["14"], "A"));
  assert.deepEqual(places, [at("14", "A"), at("140", "A"), at("7", "A"), at("14", "B")]);
});

test("a short list is searched as it stands: number, code, name", () => {
  const stations = [
    { code: "A-1", number: "101", name: "Школа № 1" },
    { code: "A-2", number: "10", name: "Клуб" },
    { code: "A-3", number: "5", name: "Школа № 10" },
  ];
  assert.deepEqual(findStations(stations, "№ 10", "ru").map(({ code }) => code), ["A-2", "A-1", "A-3"]);
  assert.deepEqual(findStations(stations, "", "ru"), []);
});

test("a place is found by each of its names, whatever language the page speaks", () => {
  const name = { en: "District commission of Talas", ru: "Таласская районная комиссия", kk: "Талас аудандық комиссиясы" };
  const place = placeOf(["ZHA-TALAS", "commission", null, name, "ZHA"], "r1");
  for (const word of ["district", "районная", "аудандык"]) assert.ok(fits(place, word), word);
  const stations = [{ code: "ZHA-TALAS", number: null, name }];
  for (const typed of ["talas", "таласская", "аудандық"]) assert.equal(findStations(stations, typed, "en").length, 1, typed);
});
