"""The table of faults as it is printed, and as `make soak` keeps it beside the tests, in README.md."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("README.md")
HEAD = """# Faults, and what was lost over them

Written by `make soak`; its last run: {when}, {rows} rows of {all}, {lost} lost, {doubled} doubled, {red} rows in
disagreement.

Each row is a real server process, a real Chromium and a wire between them that can be cut. After it one judge compares
what the observer had reported, the phone's own database and the server's: `lost` is in neither, or the phone would let
go of it though the server has it not; `doubled` is there twice under two ids; `agree` says that every delivered report
is on both sides with the same bytes, and with the receipt that the server knows. On the *floor* the same happens
without Web Locks, `randomUUID`, `persist()`, BroadcastChannel and the newer CSS.

What no row can show: that a write is on the disk when the power fails. The store asks for it (durability "strict"),
but a process that is killed leaves what it wrote with the operating system, and the row would pass without.
"""


def outcomes(reports: list[Any], kind: str) -> list[tuple[dict[str, Any], bool]]:
    """Gather what the tests noted, with whether they passed; a row that several tests used is told once."""
    found: dict[tuple[Any, ...], tuple[dict[str, Any], bool]] = {}
    for report in reports:
        for name, value in getattr(report, "user_properties", ()):
            if name == kind:
                key = (value["name"], value.get("floor"))
                passed = report.passed and found.get(key, (None, True))[1]
                found[key] = (value, passed)
    return list(found.values())


def lines(faults: list[tuple[dict[str, Any], bool]]) -> list[str]:
    """Write one line of a table for each row."""
    told = []
    for noted, passed in faults:
        lost, doubled, quarrels = noted["verdict"] or ("?", "?", ["did not end"])
        agree = "yes" if passed else f"no: {'; '.join(quarrels)[:80]}".rstrip(": ")
        told.append(f"| {noted['name']} | {noted['does']} | {'floor' if noted['floor'] else 'today'} "
                    f"| {lost} | {doubled} | {agree} |")  # fmt: skip
    return told


def summary(reports: list[Any], *, keep: bool) -> list[str]:
    """Give the table's lines; of a soak the page beside this is written anew."""
    faults, protections = outcomes(reports, "fault"), outcomes(reports, "protection")
    if not faults and not protections:
        return []
    table = ["| fault | what is done | phone | lost | doubled | agree |", "|---|---|---|---|---|---|", *lines(faults)]
    off = ["| switched off | its row | what the row says |", "|---|---|---|"]
    off += [f"| {each['name']} | {each['row']} | {each['red'] if ok else 'NOTHING'} |" for each, ok in protections]
    if keep:
        from tests.browser.faults.trial import BY_NAME  # not for every run of the tests

        counts = [noted["verdict"] or (0, 0, []) for noted, _ in faults]
        head = HEAD.format(
            when=datetime.date.today().isoformat(),
            rows=len(faults),
            all=2 * len(BY_NAME),
            lost=sum(each[0] for each in counts),
            doubled=sum(each[1] for each in counts),
            red=sum(not passed for _, passed in faults),
        )
        text = [head, *table, "", "## Each protection, switched off, turns its row red", "", *off, ""]
        PAGE.write_text("\n".join(text), "utf-8")
    return [*table, *([] if not protections else ["", *off])]
