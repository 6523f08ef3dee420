"""From the stations upward: official results against their own sums, per cents, register figures and rules of law.

The rules are U2, U4, U5 and U7, and S17 of a printed number. Nothing is
corrected: a number that is not well formed is a finding, and so is a per cent
that was cut where it should have been rounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Final

from observer_kit.missions.official import Decision, Official, Printed
from observer_kit.protocols.printed import read_printed
from observer_kit.protocols.reconcile import FAIL, NOT_COMPUTABLE, PASS

COMPUTED: Final = "computed"
"""The state of a per cent on a base for which the source prints none."""

_PER_CENT: Final = re.compile(r"\d{1,3}(?:[.,]\d+)?")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule says of one territory's field; `difference` is left less right, None where nothing is computed.

    `of` names the base of a share. `note`: malformed | cut_not_rounded | differs_from | not_reached, or None.
    """

    rule: str
    territory: str
    field: str
    state: str
    left: str | None
    right: str | None
    difference: Decimal | None
    locator: str
    note: str | None = None
    of: tuple[str, ...] = ()


def check_official(official: Official) -> list[Finding]:
    """Hold official results against themselves, in the order of the rules."""
    return [
        *_malformed(official), *_sums(official), *_per_cents(official), *_repeated(official), *_decided(official),
    ]  # fmt: skip


def _malformed(official: Official) -> Iterator[Finding]:
    """S17: every printed number is well formed."""
    for one in official.printed:
        if one.of:
            continue
        value = read_printed(one.text)
        state, note = (FAIL, "malformed") if value is None else (PASS, None)
        yield Finding("S17", one.territory, one.field, state, one.text, None, None, one.locator, note)


def _sums(official: Official) -> Iterator[Finding]:
    """U2: the total is the sum of its territories, field by field; a field that any of them lacks is not computable."""
    if official.total is None:
        return
    parts = [fields for name, fields in official.votes.items() if name != official.total]
    for field, printed in official.votes[official.total].items():
        met = [fields[field] for fields in parts if field in fields]
        if not met or len(met) < len(parts):
            yield Finding(
                "U2", official.total, field, NOT_COMPUTABLE, str(printed), None, None, official.locator
            )  # fmt: skip
            continue
        found = sum(met)
        state = PASS if found == printed else FAIL
        yield Finding(
            "U2", official.total, field, state, str(printed), str(found), Decimal(printed - found), official.locator
        )


def _per_cents(official: Official) -> Iterator[Finding]:
    """U4: a printed per cent recomputes on the base that it names."""
    for one in official.printed:
        if one.of:
            yield replace(_per_cent(one, official), of=one.of)


def _per_cent(one: Printed, official: Official) -> Finding:
    fields = official.votes[one.territory]
    whole = sum(fields[name] for name in one.of)
    if not one.text and whole:
        worked_out = (Decimal(fields[one.field] * 100) / whole).quantize(Decimal("0.01"), ROUND_HALF_UP)
        return Finding("U4", one.territory, one.field, COMPUTED, None, str(worked_out), None, one.locator)
    text = one.text.strip().removesuffix("%").strip()
    if not whole or not _PER_CENT.fullmatch(text):
        note = None if not whole else "malformed"
        state = NOT_COMPUTABLE if not whole else FAIL
        return Finding("U4", one.territory, one.field, state, one.text, None, None, one.locator, note)
    printed = Decimal(text.replace(",", "."))
    step = Decimal(1).scaleb(int(printed.as_tuple().exponent))
    exact = Decimal(fields[one.field] * 100) / Decimal(whole)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    cut = exact.quantize(step, ROUND_DOWN) == printed
    state = PASS if rounded == printed else FAIL
    note = "cut_not_rounded" if state == FAIL and cut else "differs_from" if state == FAIL else None
    return Finding(
        "U4", one.territory, one.field, state, one.text, str(rounded), printed - rounded, one.locator, note
    )  # fmt: skip


def _repeated(official: Official) -> Iterator[Finding]:
    """U5: a number that is printed in another place too is the same there."""
    for one in official.printed:
        value = None if one.of else read_printed(one.text)
        if value is None:
            continue
        known = official.votes[one.territory][one.field]
        state = PASS if value == known else FAIL
        note = None if state == PASS else "differs_from"
        yield Finding(
            "U5", one.territory, one.field, state, one.text, str(known), Decimal(value - known), one.locator, note
        )


def _decided(official: Official) -> Iterator[Finding]:
    """U7: a rule of law, on the base that it names."""
    for one in official.decisions:
        yield replace(_decision(one, official), of=one.of)


def _decision(one: Decision, official: Official) -> Finding:
    fields = official.votes[one.territory]
    met, whole = fields[one.field], sum(fields[name] for name in one.of)
    state = PASS if 2 * met > whole else FAIL
    note = None if state == PASS else "not_reached"
    return Finding(
        "U7", one.territory, one.field, state, str(met), str(whole), Decimal(2 * met - whole), one.locator, note
    )  # fmt: skip
