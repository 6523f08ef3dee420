import assert from "node:assert/strict";
import test from "node:test";
import { answerOf, answered, number } from "../../static/js/values.js";
import { offset, stamp, withOffset } from "../../static/js/clock.js";

test("zero is an answer", () => {
  assert.equal(answerOf("0", "integer"), 0);
  assert.ok(answered("0", "integer"));
});

test("blanks are left out", () => {
  for (const [raw, type] of [["", "integer"], [undefined, "yes_no"], [[], "select_multiple"], ["  ", "text"], [null, "date"]]) {
    assert.equal(answerOf(raw, type), undefined);
  }
});

test("numbers are read as people write them", () => {
  assert.equal(number("1,622", "integer"), 1622);
  assert.equal(number("12 34", "integer"), null);
  assert.equal(number("1 622", "integer"), 1622);
  assert.equal(number("1\u00a0622", "integer"), 1622);
  assert.equal(number("89,98", "decimal"), 89.98);
  assert.equal(number("-3", "integer"), -3);
});

test("what is no number goes as it was typed, for the server to flag", () => {
  for (const raw of ["1,6970", "12a", "1e3", "0x10", "Infinity"]) assert.equal(answerOf(raw, "integer"), raw);
});

test("a non-answer stands for any type", () => {
  assert.equal(answerOf("not_observed", "integer"), "not_observed");
  assert.equal(answerOf(["not_observed"], "select_multiple"), "not_observed");
});

test("several choices go as a list", () => {
  assert.deepEqual(answerOf(["a", "b"], "select_multiple"), ["a", "b"]);
});

test("a time carries this phone's offset at that moment", () => {
  const local = "2026-11-22T18:31";
  assert.equal(withOffset(local), `${local}:00${offset(new Date(local))}`);
  assert.equal(withOffset("not a time"), "not a time");
});

test("a stamp names the same moment", () => {
  const moment = new Date(1_700_000_000_123);
  assert.equal(new Date(stamp(moment)).getTime(), moment.getTime());
  assert.match(stamp(moment), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d$/);
});
