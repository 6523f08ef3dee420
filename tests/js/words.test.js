import assert from "node:assert/strict";
import test from "node:test";
import { findStations, fold } from "../../static/js/stations.js";
import { stateOf } from "../../static/js/status.js";
import { speaker } from "../../static/js/words.js";

test("a sentence takes the plural form of its language", () => {
  const say = speaker("ru", { n: { one: "{n} отчет", few: "{n} отчета", many: "{n} отчетов", other: "{n} отчета" } });
  assert.deepEqual([1, 21, 2, 5, 11].map((n) => say("n", { n })), ["1 отчет", "21 отчет", "2 отчета", "5 отчетов", "11 отчетов"]);
});

test("an unknown sentence is an error, not a blank", () => {
  assert.throws(() => speaker("en", {})("nothing"), /no sentence nothing/);
});

const stations = [
  { code: "R-0014", number: "14", name: "Гимназия", kind: "polling_station" },
  { code: "R-0140", number: "140", name: "Школа Қарағанды", kind: "polling_station" },
  { code: "R-0214", number: "214", name: "Клуб", kind: "polling_station" },
];

test("a station is found by its number first, then by what begins so", () => {
  assert.deepEqual(findStations(stations, "14", "ru").map((each) => each.number), ["14", "140", "214"]);
  assert.deepEqual(findStations(stations, "№ 214", "ru").map((each) => each.number), ["214"]);
});

test("a name is found without the Kazakh letters and in any case", () => {
  assert.equal(fold("Қарағанды"), fold("КАРАГАНДЫ"));
  assert.deepEqual(findStations(stations, "карага", "ru").map((each) => each.number), ["140"]);
  assert.deepEqual(findStations(stations, "  ", "ru"), []);
});

test("the state line says what waits before it says that all is well", () => {
  const base = { online: true, sending: false, delivery: null };
  const n = (more) => ({ drafts: 0, waiting: 0, handedOver: 0, attention: 0, delivered: 0, ...more });
  assert.equal(stateOf({ ...base, counts: n() }), null);
  assert.equal(stateOf({ ...base, counts: n({ delivered: 3 }) }).tone, "good");
  assert.equal(stateOf({ ...base, counts: n({ delivered: 3, attention: 1 }) }).tone, "bad");
  const apart = stateOf({ ...base, counts: n({ delivered: 3, apart: 1 }) });
  assert.deepEqual([apart.tone, apart.note[0]], ["wait", "quarantined"]);
  const offline = stateOf({ ...base, online: false, counts: n({ waiting: 1, handedOver: 1, delivered: 3 }) });
  assert.deepEqual(offline.line, ["offline_waiting", { n: 2 }]);
  const unknown = stateOf({ ...base, counts: n({ waiting: 1 }), delivery: { stopped: "enrol", at: "2026-11-22T10:00:00Z" } });
  assert.deepEqual(unknown.note, ["enrol_again", {}]);
});

test("a date is written in the page's own words", async () => {
  const { dayMonth, weekdayDate } = await import("../../static/js/clock.js");
  const months = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан";
  const weekdays = "жексенбі дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі";
  const say = speaker("kk", { months, weekdays, date: "{day} {month}", weekday_date: "{date}, {weekday}" });
  const moment = new Date(2026, 10, 22, 9, 5);
  assert.equal(dayMonth(moment, say), "22 қараша");
  assert.equal(weekdayDate(moment, say), "22 қараша, жексенбі");
});
