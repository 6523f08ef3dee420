"""A protocol held against its row of an aggregation table, field by field: sums alone would not find a transfer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

TRANSFER = "transfer_same_total"
FROM_INVALID = "invalid_to_candidate"
TO_CANCELLED = "candidate_to_cancelled"
CHANGED = "total_changed"
SLIP = "possible_column_slip"
PATTERNS: Final = (TRANSFER, FROM_INVALID, TO_CANCELLED, CHANGED, SLIP)
_VOTES: Final = "v["
_CHOICES: Final = ("v_yes", "v_no")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field in both documents; `difference` is table minus protocol, None where either is blank."""

    field: str
    protocol: int | None
    table: int | None

    @property
    def difference(self) -> int | None:
        """Give table minus protocol."""
        return None if self.protocol is None or self.table is None else self.table - self.protocol


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every field of one station in both documents, and the patterns its differences show."""

    fields: tuple[Difference, ...]
    patterns: tuple[str, ...]

    @property
    def differs(self) -> bool | None:
        """Tell whether any field differs; None when no field stands in both."""
        known = [each.difference for each in self.fields if each.difference is not None]
        return any(known) if known else None


def compare(protocol: Mapping[str, int | None], table: Mapping[str, int | None]) -> Comparison:
    """Compare the fields that the table has, in its order, with the protocol's."""
    fields = tuple(Difference(name, protocol.get(name), value) for name, value in table.items())
    return Comparison(fields, _patterns(fields))


def _patterns(fields: tuple[Difference, ...]) -> tuple[str, ...]:
    deltas = {each.field: each.difference for each in fields if each.difference}
    if not deltas:
        return ()
    votes = sum(delta for name, delta in deltas.items() if delta and (name.startswith(_VOTES) or name in _CHOICES))
    voted = any(name.startswith(_VOTES) or name in _CHOICES for name in deltas)
    invalid, cancelled = deltas.get("invalid") or 0, deltas.get("b_cancelled") or 0
    found = []
    if voted and votes == 0 and not invalid:
        found.append(TRANSFER)
    elif invalid < 0 and votes == -invalid:
        found.append(FROM_INVALID)
    elif cancelled > 0 and votes == -cancelled:
        found.append(TO_CANCELLED)
    elif votes + invalid != 0:
        found.append(CHANGED)
    for one in fields:
        slipped = any(
            one.field != other.field and other.difference and one.table and one.table == other.protocol
            for other in fields
        )
        if one.difference and slipped:
            found.append(SLIP)
            break
    return tuple(found)
