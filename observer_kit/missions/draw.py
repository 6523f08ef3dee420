"""Draws without chance: the same names always give the same number, on every machine."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Final, TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
_NAMESPACE: Final = b"observer-kit/rebuild/1"


def unit(*names: object) -> float:
    """Give a number from 0 up to 1 that depends on nothing but these names."""
    digest = hashlib.sha256("\x1f".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def pick(choices: Sequence[T], *names: object) -> T:
    """Give one of the choices."""
    return choices[int(unit(*names) * len(choices))]


def whole(low: int, high: int, *names: object) -> int:
    """Give a whole number from low to high, both included."""
    return low + int(unit(*names) * (high - low + 1))


def identifier(*names: object) -> str:
    """Make a name-based id in the form of a UUID (version 8, RFC 9562)."""
    digest = bytearray(hashlib.sha256(_NAMESPACE + "\x1f".join(map(str, names)).encode()).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    text = digest.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def apportion(total: int, sizes: Mapping[K, int], ceiling: Mapping[K, int] | None = None) -> dict[K, int]:
    """Divide a whole number in proportion to sizes (largest remainder), nowhere above its ceiling."""
    most = dict(ceiling or sizes)
    if sum(most.values()) < total:
        raise ValueError(f"{total} can't be divided: there is room for {sum(most.values())}")
    whole_size = sum(sizes.values()) or 1
    shares = {key: min(most[key], total * size // whole_size) for key, size in sizes.items()}
    order = sorted(sizes, key=lambda key: (-(total * sizes[key] % whole_size), str(key)))
    while (short := total - sum(shares.values())) > 0:
        for key in order:
            if short and shares[key] < most[key]:
                shares[key] += 1
                short -= 1
    return shares


def share_count(percent: float, base: int) -> int:
    """Give the count whose share of the base rounds to this whole per cent."""
    count = round(percent * base / 100)
    if base and round(100 * count / base) == round(percent):
        return count
    raise ValueError(f"no count over {base} rounds to {percent} per cent")


def in_turn(items: Iterable[T], group: Mapping[T, str | None]) -> list[T]:
    """Order items so that the groups take turns, each group keeping its own order."""
    seen: dict[str | None, int] = {}
    ranked = []
    for place, item in enumerate(items):
        rank = seen[group[item]] = seen.get(group[item], -1) + 1
        ranked.append((rank, place, item))
    return [item for _rank, _place, item in sorted(ranked, key=lambda entry: entry[:2])]
