import assert from "node:assert/strict";
import test from "node:test";
import { correctionOf, counts, inOrder, nextBatch, visitFor } from "../../static/js/queue.js";

const record = (id, more = {}) => ({
  id,
  state: "waiting",
  urgent: false,
  finished: `2026-11-22T10:00:0${id.length}Z`,
  envelope: { device: "d1", payload: "x" },
  ...more,
});
const sameDay = (one, other) => one.slice(0, 10) === other.slice(0, 10);

test("incidents go first, then the oldest, and what is delivered or refused stays out", () => {
  const order = inOrder([
    record("aa", { finished: "3" }),
    record("b", { finished: "1" }),
    record("c", { finished: "9", urgent: true }),
    record("d", { state: "delivered" }),
    record("e", { state: "attention" }),
    record("f", { finished: "2", state: "handed_over" }),
  ]);
  assert.deepEqual(order.map((each) => each.id), ["c", "b", "f", "aa"]);
});

test("what failed least goes first, even before an incident that fails again and again", () => {
  const order = inOrder([
    record("a", { finished: "1", failures: 2 }),
    record("b", { finished: "2", failures: 1, urgent: true }),
    record("c", { finished: "3" }),
    record("d", { finished: "4", urgent: true }),
  ]);
  assert.deepEqual(order.map((each) => each.id), ["d", "c", "b", "a"]);
});

test("a report that failed goes in no batch with one that did not", () => {
  const records = [record("a", { finished: "1", failures: 1 }), record("b", { finished: "2" }), record("c", { finished: "3" })];
  assert.deepEqual(nextBatch(records).map((each) => each.id), ["b", "c"]);
  assert.deepEqual(nextBatch(records.slice(0, 1)).map((each) => each.id), ["a"]);
});

test("a report's correction is the draft or report that names it, but not one that was refused and mended", () => {
  const refused = record("r", { state: "attention", supersedes: "a", mended: "m" });
  const again = { id: "m", supersedes: "a" };
  assert.equal(correctionOf("a", [again, record("a"), refused]), again);
  assert.equal(correctionOf("a", [record("a"), record("b")]), null);
});

test("a batch holds the reports of one device, no more than asked", () => {
  const records = [
    record("a", { finished: "1" }),
    record("b", { finished: "2", envelope: { device: "d2", payload: "x" } }),
    record("c", { finished: "3" }),
    record("d", { finished: "4" }),
  ];
  assert.deepEqual(nextBatch(records, { most: 2 }).map((each) => each.id), ["a", "c"]);
});

test("a batch stays under its size, but one large report still goes", () => {
  const large = (id, finished) => record(id, { finished, envelope: { device: "d1", payload: "x".repeat(300_000) } });
  assert.deepEqual(nextBatch([large("a", "1"), large("b", "2")]).map((each) => each.id), ["a"]);
});

test("a mended report no longer asks for attention", () => {
  const found = counts([], [record("a", { state: "attention" }), record("b", { state: "attention", mended: "c" })]);
  assert.equal(found.attention, 1);
});

const draft = (more = {}) => ({
  id: "me",
  visit: "v-me",
  checklist: "voting",
  location: "R-1",
  location_name: null,
  started: "2026-11-22T10:00:00+05:00",
  ...more,
});

test("two checklists at one station on one day belong to one visit", () => {
  const opening = draft({ id: "o", visit: "v-o", checklist: "opening" });
  assert.equal(visitFor(draft(), [opening], sameDay), "v-o");
});

test("the same checklist a second time is a second visit", () => {
  const before = draft({ id: "b", visit: "v-b" });
  assert.equal(visitFor(draft(), [before], sameDay), "v-me");
});

test("an incident joins the latest visit at its station, however many it has", () => {
  const voting = draft({ id: "b", visit: "v-b" });
  const first = draft({ id: "i", visit: "v-b", checklist: "incident" });
  assert.equal(visitFor(draft({ checklist: "incident" }), [voting, first], sameDay), "v-b");
});

test("another station, another day and no station at all are visits of their own", () => {
  const elsewhere = draft({ id: "b", visit: "v-b", checklist: "opening", location: "R-2" });
  const yesterday = draft({ id: "c", visit: "v-c", checklist: "opening", started: "2026-11-21T10:00:00+05:00" });
  assert.equal(visitFor(draft(), [elsewhere, yesterday], sameDay), "v-me");
  const nowhere = { location: null, location_name: null };
  assert.equal(visitFor(draft(nowhere), [draft({ id: "d", checklist: "opening", ...nowhere })], sameDay), "v-me");
});

test("a visit that an incident already belongs to is not left", () => {
  const opening = draft({ id: "o", visit: "v-o", checklist: "opening" });
  const incident = draft({ id: "i", visit: "v-me", checklist: "incident" });
  assert.equal(visitFor(draft(), [opening, incident], sameDay), "v-me");
});
