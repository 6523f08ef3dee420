"""Printed figures against each other: what the seeds contradict is found by name, and nothing else is."""

import shutil
from functools import cache
from math import floor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from observer_kit.config import resources
from observer_kit.missions.mission_file import read_toml
from observer_kit.missions.relations import read_published
from observer_kit.statements.published import check_published
from observer_kit.statements.published_words import AGREES, CONTRADICTION, NO_CONTRADICTION, ROUNDING, STATES

SAMPLES = ("eom-2011", "ram-2022", "sco-2024", "ots-2024", "cis-2024", "cica-2024")

LISTED = {
    "I para 13 vs XIV.B para 1": {"counts assessed negatively, summary and body"},
    "I para 13 vs XIV.B para 5": {"eom11_not_posted again, I para 13"},
    "VI para 1 vs Annex": {"registered voters, section VI and annex"},
    "XV para 4, Annex": {"eom11_turnout: its per cent"},
    "Annex": {"result/South Kazakhstan/akhmetbekov: its digits", "per cents by region: Kasymov"},
}
"""Each place where the 2011 report disagrees with itself, and what finds it."""

REMARKED = {
    "fn 117 and XIV.B para 3": "data not cross-checked",
    "XIV.B para 1": "ratings of the count",
    "units": "units",
}
ACROSS = {
    "stations abroad 2024": (("sco-2024", "ots-2024"), "stations abroad", CONTRADICTION),
    "international observers 2024": (("sco-2024", "ots-2024"), "international observers", AGREES),
    "coverage 2024": (("sco-2024", "ots-2024"), "stations visited", NO_CONTRADICTION),
    "precinct commissions 2022": (
        ("ram-2022",), "ram22_prc again, Release of the Central Referendum Commission, 17 May 2022", CONTRADICTION,
    ),
}  # fmt: skip
"""What several documents say of one thing: in whose checks it is held together, and what comes of it."""
CONTRADICTIONS = {
    "eom-2011": {
        "counts assessed negatively, summary and body", "eom11_not_posted again, I para 13",
        "registered voters, section VI and annex", "eom11_turnout: its per cent",
        "result/South Kazakhstan/akhmetbekov: its digits",
    },
    "ram-2022": {"ram22_prc again, Release of the Central Referendum Commission, 17 May 2022"},
    "sco-2024": {"stations abroad"},
    "ots-2024": {"stations abroad"},
    "cis-2024": set(),
    "cica-2024": set(),
}  # fmt: skip
ROUNDED = {"eom-2011": {"per cents by region: Kasymov"}, "ram-2022": {"ram22_voters_before again, I para 7"}}


def folder(mission):
    return resources("forms") / "missions" / mission


@cache
def found(mission):
    return tuple(check_published(read_published(folder(mission))))


def named(mission, *states):
    return {each.name for each in found(mission) if each.state in states}


def only(mission, name, state):
    (one,) = (each for each in found(mission) if each.name == name and each.state == state)
    return one


BESIDE = read_toml(Path(__file__).parents[1] / "missions" / "read_off.toml")
"""What was read off the texts by hand, apart from the files that are checked."""


@pytest.mark.parametrize("conflict", BESIDE["conflict"], ids=lambda v: v["where"])
def test_every_listed_inconsistency_is_found_by_name(conflict):
    assert LISTED[conflict["where"]] <= named("eom-2011", CONTRADICTION, ROUNDING)


@pytest.mark.parametrize("remark", BESIDE["remark"], ids=lambda v: v["where"])
def test_what_is_remarked_is_called_no_contradiction(remark):
    assert REMARKED[remark["where"]] in named("eom-2011", NO_CONTRADICTION)


@pytest.mark.parametrize("topic", BESIDE["across"], ids=lambda v: v["topic"])
def test_every_comparison_across_documents_is_made(topic):
    missions, name, state = ACROSS[topic["topic"]]
    for mission in missions:
        states = [each.state for each in found(mission) if each.name == name]
        assert states, f"{mission}: {name} is not compared"
        assert set(states) == {state}


def test_no_contradiction_is_found_that_nobody_read_off():
    """Each finding of the six texts is one of the list, and each of the list has its finding."""
    across = {(mission, name) for missions, name, state in ACROSS.values() if state == CONTRADICTION
              for mission in missions}  # fmt: skip
    listed = across | {("eom-2011", name) for names in LISTED.values() for name in names}
    assert set(LISTED) == {each["where"] for each in BESIDE["conflict"]}
    assert set(REMARKED) == {each["where"] for each in BESIDE["remark"]}
    assert set(ACROSS) == {each["topic"] for each in BESIDE["across"]}
    assert {(mission, name) for mission in SAMPLES for name in named(mission, CONTRADICTION)} <= listed
    rounded = {(mission, name) for mission in SAMPLES for name in named(mission, ROUNDING)}
    assert rounded - listed == {("ram-2022", "ram22_voters_before again, I para 7")}, "“nearly 11.7 million”"


@pytest.mark.parametrize("mission", SAMPLES)
def test_nothing_else_is_found(mission):
    assert named(mission, CONTRADICTION) == CONTRADICTIONS[mission]
    assert named(mission, ROUNDING) == ROUNDED.get(mission, set())
    assert {each.state for each in found(mission)} <= set(STATES)


@pytest.mark.parametrize(
    ("mission", "name", "words"),
    [
        ("eom-2011", "counts assessed negatively, summary and body",
         ("XIV.B para 1: 24 of 151 (15.89 per cent)", "I para 13: “one of five” (20 per cent)", "4.11 percentage")),
        ("eom-2011", "eom11_not_posted again, I para 13",
         ("XIV.B para 5: 35 of 151 (23.18 per cent; the base, counts observed, is not printed there)",
          "I para 13: “over one of four”", "1.82 percentage points")),
        ("eom-2011", "registered voters, section VI and annex",
         ("VI para 1: 9,200,208", "Annex: 9,200,298", "90 apart")),
        ("eom-2011", "eom11_turnout: its per cent",
         ("XV para 4; Annex: 89.98 per cent", "8,279,227 of 9,200,298 (89.99 per cent)", "cut, not rounded")),
        ("eom-2011", "result/South Kazakhstan/akhmetbekov: its digits", ("“1,6970”", "read here as 16,970")),
        ("ram-2022", "ram22_prc again, Release of the Central Referendum Commission, 17 May 2022",
         ("V para 1: 10,012", "17 May 2022: 10,013", "1 apart")),
    ],
)  # fmt: skip
def test_a_contradiction_names_both_places_both_numbers_and_the_difference(mission, name, words):
    says = only(mission, name, CONTRADICTION).says
    assert all(each in says for each in words), says


@pytest.mark.parametrize("mission", ["sco-2024", "ots-2024"])
def test_two_missions_that_print_different_numbers_of_stations_abroad_contradict_each_other(mission):
    said = [each for each in found(mission) if each.name == "stations abroad"]
    assert [(each.state, each.difference) for each in said] == [(CONTRADICTION, "4"), (CONTRADICTION, "4")]
    assert [{one.text for one in each.printed} for each in said] == [
        {"78 commissions", "74 stations"}, {"63 countries", "59 countries"},
    ]  # fmt: skip
    assert {one.document.split()[0] for each in said for one in each.printed} == {"SCO", "OTS"}


@pytest.mark.parametrize("mission", ["sco-2024", "ots-2024"])
def test_missions_that_print_the_same_agree_and_their_own_coverage_is_two_things(mission):
    same = [each for each in found(mission) if each.name == "international observers"]
    assert {each.state for each in same} == {AGREES}
    assert {one.text for each in same for one in each.printed} >= {"177 observers", "30 countries", "4 organisations"}
    assert "stations visited" in named(mission, NO_CONTRADICTION)


def test_a_sum_of_rounded_per_cents_says_how_far_rounding_may_reach():
    one = only("eom-2011", "per cents by region: Kasymov", ROUNDING)
    assert one.difference == "0.02 percentage points"
    assert "16 parts add up to 1.92 per cent" in one.says
    assert len(one.printed) == 17


def test_twelve_counts_carry_neither_rating():
    says = only("eom-2011", "ratings of the count", NO_CONTRADICTION).says
    assert "add up to 139; the other 12 are counts that carry neither rating" in says


# Made from counts, then printed as statements print: never a contradiction.

COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def half_up(numerator, denominator, decimals):
    scaled = (2 * 100 * 10**decimals * numerator + denominator) // (2 * denominator)
    return f"{scaled // 10**decimals}.{scaled % 10**decimals:0{decimals}d}" if decimals else str(scaled)


def in_words(count, base):
    """Give every way in which a share may be told in words."""
    told = []
    near = floor(base / count + 0.5)
    if 2 <= near <= 12 and abs(base / count - near) < 0.499:
        told.append(f"one of {COUNTED[near]}")
    under = base // count + 1
    if 2 <= under <= 12 and count * under > base:
        told.append(f"over one of {COUNTED[under]}")
    ten = 100 * count // base // 10 * 10 + 10
    if 10 < ten <= 90:
        told.append(f"almost {ten} per cent")
    if ten >= 20 and 100 * count > (ten - 10) * base:
        told.append(f"over {ten - 10} per cent")
    return told


def round_below(count):
    step = 10 ** max(len(str(count)) - 2, 1)
    return f"over {(count - 1) // step * step:,}" if count > step else f"{count}"


def written(parts, decimals):
    base = sum(parts)
    counts = 'unit = "station"\nlocator'
    figures = [f'[[figure]]\nid = "all"\nclaim = "All"\nnumerator = {base}\n{counts} = "1"\nbase = "none"']
    again = []
    for number, part in enumerate(parts):
        figures.append(
            f'[[figure]]\nid = "p{number}"\nclaim = "Part"\n{counts} = "2"\nbase = "all of them"\nbase_printed = true\n'
            f'numerator = {part}\ndenominator = {base}\npercent_as_printed = "{half_up(part, base, decimals)}"'
        )
        again += [
            f'[[again]]\nfigure = "p{number}"\npercent_as_printed = "{told}"\nlocator = "{place}"'
            for place, told in enumerate([*in_words(part, base), half_up(part, base, 0)])
        ] if part else []  # fmt: skip
    again.append(f'[[again]]\nfigure = "all"\nnumerator = "{base:,}"\nlocator = "3"')
    again.append(f'[[again]]\nfigure = "all"\nnumerator = "{round_below(base)}"\nlocator = "4"')
    ids = ", ".join(f'"p{number}"' for number in range(len(parts)))
    shares = ids.replace('",', '/percent",')[:-1] + '/percent"'
    hundred = 'whole = 100\nlocator = "5"'
    relations = [
        f'[[relation]]\nname = "sum"\nwhole = "all"\nparts = [{ids}]',
        f'[[relation]]\nname = "shares"\n{hundred}\nparts = [{shares}]',
        '[[relation]]\nname = "some"\nwhole = "all"\nparts = ["p0", "p1"]\nrest = "others"',
        f'[[relation]]\nname = "some shares"\n{hundred}\nparts = ["p0/percent", "p1/percent"]\nrest = "others"',
        '[[relation]]\nname = "most"\nat_most = ["p0", "all"]',
        '[[relation]]\nname = "same"\nsame = ["p0/base", "all"]',
    ]
    return "\n\n".join(['[bases]\n"all of them" = "all"', *figures, *again, *relations]) + "\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """Give a mission's folder whose published.toml may be written anew."""
    path = tmp_path_factory.mktemp("missions") / "small"
    path.mkdir()
    for name in ("mission.toml", "locations.csv", "teams.csv"):
        shutil.copyfile(folder("cica-2024") / name, path / name)
    return path


def checked(path, text):
    (path / "published.toml").write_text(text, "utf-8")
    return check_published(read_published(path))


quickly = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
parts_of_it = st.lists(st.integers(0, 5000), min_size=2, max_size=8).filter(lambda parts: sum(parts) > 0)


@quickly
@given(parts=parts_of_it, decimals=st.integers(0, 2))
def test_consistent_figures_never_contradict_each_other(small, parts, decimals):
    said = checked(small, written(parts, decimals))
    assert [each.says for each in said if each.state == CONTRADICTION] == []
    assert len(said) > 2 * len(parts)


@quickly
@given(parts=parts_of_it, decimals=st.integers(0, 2), off=st.integers(1, 1000))
def test_a_total_that_is_off_is_always_found(small, parts, decimals, off):
    base = sum(parts)
    text = written(parts, decimals).replace(f'id = "all"\nclaim = "All"\nnumerator = {base}\n',
                                            f'id = "all"\nclaim = "All"\nnumerator = {base + off}\n')  # fmt: skip
    names = {each.name for each in checked(small, text) if each.state == CONTRADICTION}
    assert {"sum", "same", "p0: its base", "all again, 3"} <= names


@quickly
@given(base=st.integers(30, 5000), count=st.integers(0, 5000), decimals=st.integers(0, 2), up=st.booleans())
def test_a_per_cent_that_is_off_by_more_than_rounding_is_always_found(small, base, count, decimals, up):
    assume(count <= base)
    text = written([count, base - count], decimals)
    right = half_up(count, base, decimals)
    wrong = float(right) + (2.01 if up else -2.01) / 10**decimals
    assume(wrong >= 0)
    counts = f"numerator = {count}\ndenominator = {base}\npercent_as_printed = "
    text = text.replace(f'{counts}"{right}"', f'{counts}"{wrong:.{decimals}f}"', 1)
    assert "p0: its per cent" in {each.name for each in checked(small, text) if each.state == CONTRADICTION}


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("15", "16", CONTRADICTION), ("89.98", "89.99", CONTRADICTION), ("68.05", "68", AGREES), ("16.4", "16", AGREES),
        ("one of five", "one of six", CONTRADICTION), ("over one of four", "one of three", AGREES),
        ("almost 90", "over 80", AGREES), ("over 90", "almost 90", CONTRADICTION),
        ("almost 90", "90", AGREES), ("almost 90", "90.3", CONTRADICTION), ("one of six", "15.4", AGREES),
    ],
)  # fmt: skip
def test_two_tellings_of_one_share_agree_where_rounding_lets_them(small, first, second, state):
    text = (
        f'[[figure]]\nid = "a"\npercent_as_printed = "{first}"\nlocator = "1"\n'
        f'[[again]]\nfigure = "a"\npercent_as_printed = "{second}"\nlocator = "2"\n'
    )
    (one,) = checked(small, text)
    assert one.state == state


def test_a_part_that_is_more_than_its_base_is_found(small):
    text = '[[figure]]\nid = "a"\nnumerator = 12\ndenominator = 11\nlocator = "1"\nunit = "station"\nbase = "b"\n'
    (one,) = checked(small, text)
    assert (one.name, one.state, one.difference) == ("a: part of its base", CONTRADICTION, "1")


def test_a_base_of_nothing_is_divided_by_nowhere(small):
    text = '[[figure]]\nid = "a"\nnumerator = 0\ndenominator = 0\npercent_as_printed = 0\nlocator = "1"\n'
    assert checked(small, text) == []


@pytest.mark.parametrize("mission", SAMPLES)
def test_no_relation_of_a_sample_is_passed_over_in_silence(mission):
    said = {each.name for each in found(mission)}
    for relation in read_published(folder(mission)).relations:
        assert relation.name in said or any(name.startswith(f"{relation.name}: ") for name in said), relation.name
