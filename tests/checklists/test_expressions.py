"""Conditions: the shared vectors, what is refused and where, and agreement with a small oracle."""

import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from observer_kit.checklists.expressions import compile_expression
from observer_kit.errors import ExpressionInvalid

VECTORS = json.loads((Path(__file__).parent.parent / "expressions.json").read_text("utf-8"))
TYPES = {
    "n": "integer", "m": "integer", "d": "decimal", "t": "text", "y": "yes_no", "s": "select_one",
    "many": "select_multiple", "when": "datetime", "line": "note",
}  # fmt: skip


def compiled(text, **more):
    return compile_expression(text, TYPES, "voting.toml, procedure x, relevant", **more)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['expression']} | {v['answers']}")
def test_the_shared_vectors_hold_on_the_server(vector):
    types = dict(vector["types"])
    own = types.pop(".", None)
    expression = compile_expression(vector["expression"], types, "vector", self_type=own)
    assert expression.evaluate(vector["answers"], vector["self"]) is vector["result"]


def test_there_are_enough_vectors_and_each_kind_of_trap_is_among_them():
    assert len(VECTORS) >= 60
    words = " ".join(vector["expression"] for vector in VECTORS)
    for piece in ("coalesce(", "selected(", "count-selected(", "string-length(", "number(", "not(", "div", "mod", "''"):
        assert piece in words


@pytest.mark.parametrize(
    ("text", "column", "says"),
    [
        ("", 1, "empty"),
        ("${nobody} = 1", 1, "no question is named 'nobody'"),
        ("1 = ${n} and ${nobody} = 1", 14, "nobody"),
        ("${n} = '5'", 6, "a number with a text"),
        ("${t} = 5", 6, "a text with a number"),
        ("${y} = 1", 6, "a choice with a number"),
        ("${y} + 1 = 2", 1, "expected a number, found a choice"),
        ("-${t} = 1", 2, "expected a number, found a text"),
        ("${n} + ${t} = 2", 8, "expected a number, found a text"),
        ("${y} = ${t}", 6, "a choice with a text"),
        ("${t} < 'b'", 1, "'<' compares numbers"),
        ("${when} > ${when}", 1, "'>' compares numbers"),
        ("${many} = 'a'", 9, "use selected()"),
        ("selected(${s}, 'a')", 10, "takes a select_multiple"),
        ("selected(${y}, 'yes')", 10, "use ="),
        ("selected(${many}, ${t})", 19, "one code in quotes"),
        ("selected(${many}, 'a b')", 19, "one code in quotes"),
        ("selected(${many})", 1, "takes 2 values"),
        ("count-selected(${t}) > 1", 16, "takes a select_multiple"),
        ("string(${n}) = '1'", 1, "string() is not allowed"),
        ("string-length(${n}) = 1", 15, "takes a text"),
        ("number(${y}) = 1", 8, "takes a text"),
        ("if(${n} = 1, 2, 3) = 2", 1, "if() is not allowed"),
        ("true()", 1, "true() is not allowed"),
        ("position() = 1", 1, "not allowed"),
        ("${n} = 1e5", 8, "no exponent"),
        ("${n} = 1E+5", 8, "no exponent"),
        ("${n} = 1.2.3", 11, "unexpected"),
        ("${n} = 1234567890123456", 8, "more than 15 digits"),
        ("${n} = ", 8, "ends too early"),
        ("${n} = 1)", 9, "unexpected ')'"),
        ("(${n} = 1", 10, "expected ')'"),
        ("${n} = 'it", 8, "has no end"),
        ("${n = 1", 1, "unexpected '$'"),
        ("${a b} = 1", 1, "not a question's name"),
        ("${n} == 1", 7, "unexpected '='"),
        ("${n} & 1", 6, "unexpected '&'"),
        ("${n} or ${n} = 1", 1, "expected a condition"),
        ("${n}", 1, "expected a condition, found a number"),
        ("not(${t})", 5, "expected a condition"),
        ("n = 1", 1, "neither ${n}"),
        ("/answers/n = 1", 1, "unexpected '/'"),
        ("${n} = 1 | ${n} = 2", 10, "unexpected"),
        ("${line} = ''", 1, "has no answer"),
        (". = 1", 1, "own answer"),
        ("1 < 2 < 3", 3, "compares numbers"),
        ("(${n} = 1) = (${n} = 2)", 12, "can't compare"),
        ("5 = ''", 1, "can't compare a number with a text"),
        ("${n} + 1 = ''", 6, "can't compare"),
        ("coalesce(${n}, 'x') = 1", 1, "can't mix"),
        ("coalesce(${n} + 1, 2) = 1", 15, "not something worked out"),
        ("${t} = '\t'", 8, "control characters"),
        ("(" * 60 + "1 = 1" + ")" * 60, 40, "nested deeper"),
        ("1 = 1" + " and 1 = 1" * 300, 2000, "longer than"),
    ],
)
def test_what_is_outside_the_subset_is_refused_with_its_column(text, column, says):
    with pytest.raises(ExpressionInvalid) as caught:
        compiled(text)
    assert caught.value.place == f"voting.toml, procedure x, relevant, column {column}"
    assert says in caught.value.message


def test_a_misspelt_code_is_refused_and_the_reserved_answers_are_not():
    codes = {"s": ("urban", "rural"), "y": ("yes", "no"), "many": ("police", "other"), ".": ("good", "bad")}
    for text in ("${s} = 'urbn'", "'YES' = ${y}", "selected(${many}, 'polic')", ". = 'fine'"):
        with pytest.raises(ExpressionInvalid, match="is no answer of"):
            compiled(text, codes=codes, self_type="rating")
    for text in ("${s} = 'urban'", "${y} != 'not_observed'", "${y} = ''", ". = 'good'"):
        assert compiled(text, codes=codes, self_type="rating").xpath


def test_an_expression_names_what_it_looks_at():
    expression = compiled("${n} > 0 and selected(${many}, 'a') or ${y} = 'no'")
    assert expression.uses == {"n": "integer", "many": "select_multiple", "y": "yes_no"}
    assert "${" not in expression.xpath


NUMBER = st.integers(-50, 50) | st.none()


def _leaves():
    literal = st.integers(0, 30).map(lambda n: (str(n), lambda a, n=n: float(n)))
    answer = st.sampled_from(["n", "m"]).map(
        lambda name: (f"${{{name}}}", lambda a: math.nan if a[name] is None else float(a[name]))
    )
    return literal | answer


def _divide(left, right):
    if math.isnan(left) or math.isnan(right) or (left == right == 0):
        return math.nan
    if right == 0:
        return math.copysign(math.inf, left)
    return left / right


def _modulo(left, right):
    if math.isnan(left) or math.isnan(right) or right == 0 or math.isinf(left):
        return math.nan
    return math.fmod(left, right)


WORKED = {
    "+": lambda x, y: x + y, "-": lambda x, y: x - y, "*": lambda x, y: x * y, "mod": _modulo,
}  # fmt: skip
COMPARED = {
    "=": lambda x, y: x == y, "!=": lambda x, y: x != y, "<": lambda x, y: x < y, "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y, ">=": lambda x, y: x >= y,
}  # fmt: skip


def _joined(pairs, table, plain=True):
    def make(parts):
        left, sign, right = parts
        shape = f"({left[0]} {sign} {right[0]})" if plain else f"{left[0]} {sign} {right[0]}"
        return shape, lambda a: table[sign](left[1](a), right[1](a))

    return st.tuples(pairs, st.sampled_from(sorted(table)), pairs).map(make)


NUMBERS = st.recursive(
    _leaves(),
    lambda inner: _joined(inner, WORKED) | inner.map(lambda part: (f"(- {part[0]})", lambda a: -part[1](a))),
    max_leaves=6,
)
LOGIC = {"and": lambda x, y: x and y, "or": lambda x, y: x or y}
CONDITIONS = st.recursive(
    _joined(NUMBERS, COMPARED),
    lambda inner: _joined(inner, LOGIC) | inner.map(lambda part: (f"not({part[0]})", lambda a: not part[1](a))),
    max_leaves=5,
)


@given(CONDITIONS, st.fixed_dictionaries({"n": NUMBER, "m": NUMBER}))
def test_evaluation_agrees_with_an_oracle(condition, answers):
    text, oracle = condition
    assert compiled(text).evaluate(answers) is bool(oracle(answers))


@given(st.integers(-99, 99), st.integers(-9, 9))
def test_division_agrees_with_an_oracle(n, m):
    expected = _divide(float(n), float(m))
    assert compiled("${n} div ${m} > 3").evaluate({"n": n, "m": m}) is (expected > 3)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_decimals_of_up_to_six_places_add_up_as_on_paper(left, right):
    answers = {"d": left / 10**4, "e": right / 10**4, "f": (left + right) / 10**4}
    expression = compile_expression("${d} + ${e} = ${f}", dict.fromkeys("def", "decimal"), "sum")
    assert expression.evaluate(answers) is True


@given(st.text(max_size=30), st.text(max_size=30))
def test_a_text_never_becomes_part_of_an_expression(left, right):
    expression = compile_expression("${t} = ${u}", {"t": "text", "u": "text"}, "texts")
    if left == right:
        assert expression.evaluate({"t": left, "u": right}) is True
    assert expression.evaluate({"t": left, "u": left}) is True


@given(st.text(alphabet="${}nmty='\"<>!+-*().,0123456789 andormv", max_size=40))
def test_any_text_is_compiled_or_refused_and_nothing_else(text):
    try:
        result = compiled(text, self_type="integer").evaluate({})
    except ExpressionInvalid as error:
        result = error.place
    assert result in (True, False) or "column" in result
