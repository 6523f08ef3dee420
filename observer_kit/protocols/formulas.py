"""Reconciliation rules as XPath 1.0, ready for a phone: the browser's own engine runs what `reconcile` does.

The little document has one element per answer, named by its field (a repeated
one as often as it is asked, up to its last answer). A number's text is in
plain digits, a code stands as it is, a blank is ''; the attribute `s` says
"blank", "problem", "not_observed" or "not_applicable" of what is no answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from observer_kit.checklists.model import NOT_APPLICABLE, NOT_OBSERVED, Text
from observer_kit.protocols.rules import SIDED, Rule

_NUMBER: Final = "[number(.) = number(.)]"
_NO_NUMBER: Final = "[not(number(.) = number(.))]"
_UNSEEN: Final = f"[@s = '{NOT_OBSERVED}' or @s = '{NOT_APPLICABLE}']"


@dataclass(frozen=True, slots=True)
class Formula:
    """One rule for a phone: `known` says whether it can be computed, `holds` whether it then passes.

    `left` and `right` give the two sides of a rule that has a difference, and
    are '' for any other. A rule with `at_end` says something of the protocol
    as a whole: it is asked about when everything is entered.
    """

    id: str
    label: Text
    known: str
    holds: str
    left: str
    right: str
    fields: tuple[str, ...]
    at_end: bool


def formulas(rules: Iterable[Rule]) -> tuple[Formula, ...]:
    """Write every rule."""
    return tuple(_formula(rule) for rule in rules)


def _formula(rule: Rule) -> Formula:
    known, holds = {
        "equal": _equal, "at_most": _ordered, "below": _ordered, "near": _ordered,
        "shares": _shares, "filled": _filled, "stated": _stated, "readable": _readable,
    }[rule.kind](rule)  # fmt: skip
    sided = rule.kind in SIDED
    references = (*rule.left, *rule.right, *rule.or_right)
    names = dict.fromkeys(_name(each.partition("=")[0].rstrip("!")) for each in references)
    return Formula(
        rule.id,
        rule.label,
        known,
        holds,
        _sum(rule.left) if sided else "",
        _sum(rule.right) if sided else "",
        tuple(name for name in names if name != "*"),
        rule.kind in ("filled", "stated", "readable"),
    )


def _name(reference: str) -> str:
    return reference.removesuffix("?").removesuffix("[*]")


def _sum(references: Iterable[str]) -> str:
    return " + ".join(f"sum({_name(each)}{_NUMBER if each.endswith('?') else ''})" for each in references)


def _known(references: Iterable[str]) -> str:
    """Say that every field which is needed stands in the document, as a number."""
    needed = [_name(each) for each in references if not each.endswith("?")]
    return " and ".join(f"{name} and not({name}{_NO_NUMBER})" for name in needed)


def _equal(rule: Rule) -> tuple[str, str]:
    left, right = _sum(rule.left), _sum(rule.right)
    holds = f"{left} = {right}"
    for slack in _slack(rule, right):
        holds += f" or (({left}) - ({right}) <= {slack} and ({right}) - ({left}) <= {slack})"
    if rule.or_right:
        holds += f" or ({_known(rule.or_right)} and {_sum(rule.left)} = {_sum(rule.or_right)})"
    return _known((*rule.left, *rule.right)), holds


def _slack(rule: Rule, right: str) -> list[str]:
    """Write what a mission lets pass: so many ballots, or such a share of the right side."""
    ballots = [str(rule.ballots)] if rule.ballots else []
    return ballots + ([f"({right}) * {rule.tolerance}"] if rule.tolerance else [])


def _ordered(rule: Rule) -> tuple[str, str]:
    left, right = _sum(rule.left), _sum(rule.right)
    near = f"({right}) * {rule.tolerance or 0}"
    holds = {
        "at_most": " or ".join(
            [f"{left} <= {right}", *(f"({left}) - ({right}) <= {each}" for each in _slack(rule, right))]
        ),
        "below": f"{left} < {right} or {right} = 0",
        "near": f"({left}) - ({right}) <= {near} and ({right}) - ({left}) <= {near}",
    }[rule.kind]
    return _known((*rule.left, *rule.right)), holds


def _shares(rule: Rule) -> tuple[str, str]:
    parts = " | ".join(_name(each) for each in rule.left)
    single = [_name(each) for each in rule.left if not each.endswith("[*]")]
    present = "".join(f" and {name}" for name in single)
    whole = _sum(rule.right)
    known = f"({parts}){present} and not(({parts}){_NO_NUMBER}) and {_known(rule.right)} and {whole} != 0"
    return known, f"not(({parts})[number(.) > ({whole.replace('sum(', 'sum(../')}) * {rule.tolerance or 1}])"


def _filled(rule: Rule) -> tuple[str, str]:
    names = [_name(each) for each in rule.left]
    blank = " or ".join(f"not({name}) or {name}[not(number(.) = number(.)) and not({_UNSEEN[1:-1]})]" for name in names)
    unseen = " or ".join(f"{name}{_UNSEEN}" for name in names)
    return f"({blank}) or not({unseen})", f"not({blank})"


def _stated(rule: Rule) -> tuple[str, str]:
    wrong, unknown = [], []
    for statement in rule.left:
        name, _, expected = statement.replace("!=", "=").partition("=")
        sign = "=" if "!=" in statement else "!="
        given = f"{name}[. != '' and not(@s)]"
        wrong.append(f"{given}[. {sign} '{expected}']")
        unknown.append(f"not({given})")
    failing = " or ".join(wrong)
    return f"({failing}) or not({' or '.join(unknown)})", f"not({failing})"


def _readable(_rule: Rule) -> tuple[str, str]:
    return "true()", "not(*[@s = 'problem'])"
