"""Tallies over columns: every question of a million reports, beside bare numpy in the same run.

The bare pass is one bincount per column, which says how often each code occurs
and nothing else. A tally adds bases, stations, groups and the numbers' quartiles.
"""

from __future__ import annotations

import gc
import random
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from observer_kit.checklists.model import Checklist, Question
from observer_kit.collection.model import Report
from observer_kit.statistics import Columns, build, tally
from observer_kit.statistics.columns import ANSWERED, Column
from observer_kit.statistics.factors import Factor, Places
from tests import builders

SIZE = 1_000_000
BUILT = 100_000
ROUNDS = 7
REGIONS = tuple(f"R{place:02d}" for place in range(16))
RATING = ("very_good", "good", "bad", "very_bad")
REASONS = ("late_start", "procedures", "transparency", "organisation", "interference", "secrecy", "list", "other")
YES_NO = ("yes", "yes", "yes", "no", "no", "not_observed", "not_applicable", None)
GOAL = "every tally within 0.5 s and 3 times bare numpy"


def sixty_questions() -> Checklist:
    """Make a checklist of the usual mixture: 44 yes or no, 5 ratings, 6 numbers, 2 of several choices, 3 texts."""
    asked = [builders.question(f"yes{place}") for place in range(44)]
    asked += [builders.question(f"rating{place}", "rating", RATING) for place in range(5)]
    asked += [builders.question(f"number{place}", "integer") for place in range(6)]
    asked += [builders.question(f"reasons{place}", "select_multiple", REASONS) for place in range(2)]
    asked += [builders.question(f"text{place}", "text") for place in range(3)]
    return builders.checklist(*asked)


def answer(question: Question, chance: random.Random) -> Any:
    """Answer one question as observers do: every kind of answer and of non-answer."""
    if question.type == "yes_no":
        return chance.choice(YES_NO)
    if question.type == "integer":
        return chance.randrange(3000)
    if question.type == "select_multiple":
        return chance.sample(REASONS, chance.randrange(4))
    return chance.choice(question.codes or ("the queue was long", None))


def reports(count: int, form: Checklist) -> list[Report]:
    """Fill in real reports, as storage hands them over."""
    chance = random.Random(8)
    return [
        builders.report(
            {question.name: answer(question, chance) for question in form.questions()},
            f"r{place}",
            location=f"S{place % 9970:05d}",
            region=REGIONS[place % 9970 % 16],
            setting=chance.choice(("urban", "rural", None)),
            team=f"T{place % 400:03d}",
            hour=chance.randrange(7, 20),
        )
        for place in range(count)
    ]


def synthetic(size: int, form: Checklist) -> Columns:
    """Draw the columns of as many reports as wanted, without the reports."""
    chance = np.random.default_rng(8)

    def drawn(count: int) -> Places:
        return chance.integers(0, count, size, dtype=np.min_scalar_type(count - 1))

    def column(question: Question) -> Column:
        choices = max(len(question.codes) if question.type != "select_multiple" else 1, 1)
        codes = chance.integers(0, ANSWERED + choices, size, dtype=np.uint8)
        if question.type == "yes_no":
            codes[codes == 0] = ANSWERED  # most questions are asked of everyone
        numbers = several = None
        if question.type == "integer":
            numbers = Factor(_answers(codes, drawn(3000), 3000), (*(float(value) for value in range(3000)), None))
        if question.type == "select_multiple":
            made = sorted({tuple(sorted({a, b, c})) for a in REASONS for b in REASONS for c in REASONS})
            several = Factor(_answers(codes, drawn(len(made)), len(made)), (*made, None))
        return Column(question, codes, numbers, several)

    station = drawn(9970)
    dimensions: dict[str, Factor[Any]] = {
        "location": Factor(station, tuple(f"S{place:05d}" for place in range(9970))),
        "region": Factor((station % 16).astype(np.uint8), REGIONS),
        "setting": Factor(drawn(3), ("rural", "urban", None)),
        "team": Factor(drawn(400), tuple(f"T{place:03d}" for place in range(400))),
        "hour": Factor(drawn(13), tuple(range(7, 20))),
    }
    return Columns(form.name, size, {question.name: column(question) for question in form.questions()}, dimensions)


def _answers(codes: Places, places: Places, none: int) -> Places:
    """Give those who did not answer the place of None, after all values."""
    return np.where(codes >= ANSWERED, places, none).astype(np.min_scalar_type(none))


@dataclass
class Timed:
    """The seconds that one way of counting took by the clock, and of those the processor's own, run by run."""

    seconds: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    def run(self, work: Callable[[], object]) -> None:
        """Do it once more, with the collector of garbage out of the way."""
        gc.collect()
        began, busy = time.perf_counter(), time.process_time()
        work()
        self.processor.append(time.process_time() - busy)
        self.seconds.append(time.perf_counter() - began)

    @property
    def median(self) -> float:
        """Give the middle run."""
        return median(self.seconds)


def bare(columns: Columns) -> None:
    """Count the codes of every column and nothing more."""
    for column in columns.columns.values():
        np.bincount(column.codes, minlength=ANSWERED + 5)


def bare_by(columns: Columns, by: str) -> None:
    """Count the codes of every column group by group and nothing more."""
    factor, width = columns.dimensions[by], ANSWERED + 5
    groups = factor.codes.astype(np.intp) * width
    for column in columns.columns.values():
        np.bincount(groups + column.codes, minlength=len(factor.values) * width)


def peak() -> float:
    """Give the most memory that this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000


def peers(columns: Columns) -> dict[str, Callable[[], object]]:
    """Count the same codes with pandas, Polars and DuckDB: how often each occurs, in every column, and by team."""
    import duckdb
    import pandas
    import polars

    codes = {name: column.codes for name, column in columns.columns.items()}
    data = {**codes, "team": columns.dimensions["team"].codes}
    frame, fast, base = pandas.DataFrame(data), polars.DataFrame(data), duckdb.connect()
    base.execute("SET enable_progress_bar = false")
    base.register("frame", fast.to_arrow())
    base.execute("CREATE TABLE answers AS SELECT * FROM frame")
    whole = "SELECT " + ", ".join(f"histogram({name})" for name in codes) + " FROM answers"
    return {
        "pandas": lambda: [frame[name].value_counts() for name in codes],
        "pandas by team": lambda: [frame.groupby(["team", name], observed=True).size() for name in codes],
        "Polars": lambda: polars.collect_all([fast.lazy().group_by(name).len() for name in codes]),
        "Polars by team": lambda: polars.collect_all([fast.lazy().group_by("team", name).len() for name in codes]),
        "DuckDB": lambda: base.execute(whole).fetchall(),
        "DuckDB by team": lambda: [
            base.execute(f"SELECT team, {name}, count(*) FROM answers GROUP BY ALL").fetchall() for name in codes
        ],
    }


def run(size: int = SIZE, built: int = BUILT, rounds: int = ROUNDS, *, beside: bool = True) -> dict[str, float]:
    """Measure and print; gives the median seconds of each way of counting."""
    form = sixty_questions()
    columns = synthetic(size, form)
    ways: dict[str, Callable[[], object]] = {
        "bare numpy": lambda: bare(columns),
        "bare numpy by team": lambda: bare_by(columns, "team"),
        "all questions": lambda: tally(columns, form),
        "one region": lambda: tally(columns, form, where={"region": "R03"}),
        "not rural, 1 of 3": lambda: tally(columns, form, where={"setting": "urban"}),
        "by region (16)": lambda: tally(columns, form, by="region"),
        "by region, urban": lambda: tally(columns, form, by="region", where={"setting": "urban"}),
        "by hour (13)": lambda: tally(columns, form, by="hour"),
        "by team (400)": lambda: tally(columns, form, by="team"),
    }
    if beside:
        ways |= peers(columns)
    timed = {name: Timed() for name in ways}
    held = peak()
    for work in ways.values():
        work()  # warm
    for _ in range(rounds):
        for name, work in ways.items():
            timed[name].run(work)
    counted = peak()
    found = {name: each.median for name, each in timed.items()}
    print(f"{size:,} reports × {len(columns.columns)} questions, median of {rounds} runs")
    print(f"{'':<20} {'s':>7} {'fastest':>8} {'slowest':>8} {'× bare':>7} {'cpu s':>7} {'× bare':>7} {'limit':>14}")
    busy = median(timed["bare numpy"].processor)
    ours = [name for name in ways if name.startswith(("all", "one", "not", "by"))]
    for name, each in timed.items():
        by_clock, used = each.median / found["bare numpy"], median(each.processor)
        print(
            f"{name:<20} {each.median:>7.3f} {min(each.seconds):>8.3f} {max(each.seconds):>8.3f} {by_clock:>7.2f}"
            f" {used:>7.3f} {used / busy:>7.2f} {'0.5 s, 3 ×' if name in ours else '':>14}"
        )
    print(
        f"memory: {_bytes(columns) / 1e6:.0f} MB of columns; "
        f"the process held at most {held:.0f} MB before counting, {counted:.0f} MB after"
    )
    _build(built, form)
    print(f"goal: {GOAL}")
    return found


def _bytes(columns: Columns) -> int:
    factors: list[Factor[Any]] = list(columns.dimensions.values())
    for column in columns.columns.values():
        factors += [factor for factor in (column.numbers, column.several) if factor is not None]
    arrays: list[npt.NDArray[Any]] = [column.codes for column in columns.columns.values()]
    return sum(array.nbytes for array in (*arrays, *(factor.codes for factor in factors)))


def _build(count: int, form: Checklist) -> None:
    rows, timed = reports(count, form), Timed()
    for _ in range(3):
        timed.run(lambda: build(rows, form))
    answers = count * sum(1 for _ in form.questions())
    print(f"build of {count:,} reports: {timed.median:.2f} s, {answers / timed.median:,.0f} answers/s")


def main() -> None:
    """Run at the sizes of the budget: how it grows, then beside the peers."""
    for size in (SIZE // 100, SIZE // 10):
        run(size, size // 10, beside=False)
    run()


if __name__ == "__main__":
    main()
