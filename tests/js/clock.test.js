import assert from "node:assert/strict";
import test from "node:test";
import { dayBegan, sameDay } from "../../static/js/clock.js";

test("a count that runs over midnight belongs to one day of observation", () => {
  assert.ok(sameDay("2026-11-22T20:10:00", "2026-11-23T02:30:00"));
  assert.ok(sameDay("2026-11-22T06:00:00", "2026-11-22T23:50:00"));
  assert.ok(!sameDay("2026-11-22T08:00:00", "2026-11-23T02:30:00"));
  assert.ok(!sameDay("2026-11-22T20:00:00", "2026-11-23T20:00:00"));
});

test("after midnight the day's reports stay in sight until the morning", () => {
  assert.deepEqual(dayBegan(new Date("2026-11-22T23:59:00")), new Date("2026-11-22T00:00:00"));
  assert.deepEqual(dayBegan(new Date("2026-11-23T01:30:00")), new Date("2026-11-22T07:30:00"));
  assert.deepEqual(dayBegan(new Date("2026-11-23T20:00:00")), new Date("2026-11-23T00:00:00"));
});
