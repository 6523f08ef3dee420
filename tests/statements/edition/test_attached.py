"""What goes out with a statement: enough to count again, and nobody named."""

import csv
import io
import json
import random
from collections import Counter
from dataclasses import replace

import pytest

from observer_kit.statements.edition import attached, deidentified, recounted
from observer_kit.statements.edition.attached import definition_of, figures_csv, read_figures, rows_json
from observer_kit.statements.figures import Evidence, compute
from tests.builders import report, text
from tests.statements.edition.editions import DEFINITIONS, FORM, edition, mission, reports


def rows(**more):
    return json.loads(rows_json(edition(key=None, **more)))["checklists"]["voting"]


def test_a_row_has_only_the_codes_that_figures_count():
    part = rows()
    assert [each["name"] for each in part["questions"]] == ["group", "rating", "sealed", "strangers"]
    assert part["dimensions"] == ["region"]
    told = rows_json(edition(key=None)).decode()
    for secret in ("L-r001", "r001", "T1", "1007", "voters"):
        assert secret not in told


def test_rows_tell_nothing_by_their_order():
    assert rows() == rows(rows=reports()[::-1])
    assert rows()["rows"] == sorted(rows()["rows"], key=json.dumps)


def test_every_state_of_an_answer_is_kept_apart():
    answers = [
        {"strangers": "yes"},
        {"strangers": "not_observed"},
        {"strangers": None},
        {"strangers": {"problem": "x"}},
        {},
    ]
    found = rows(rows=[report(answers[place % 5], id=f"r{place}", region="AKM") for place in range(50)])
    place = [each["name"] for each in found["questions"]].index("strangers") + len(found["dimensions"])
    assert {row[place] for row in found["rows"]} == {"yes", "not_observed", "", "!", None}
    figures, _ = recounted.counted_again(rows_json(edition(key=None)), DEFINITIONS)
    assert figures["strangers"].not_observed == 3
    assert figures["unsealed"].missing == 1


def test_small_cells_lose_their_region_and_take_another_with_them():
    kept = {row[0] for row in rows()["rows"]}
    assert kept == {"AKM", "*"}  # four of North Kazakhstan could be told from what is left, so Almaty goes too
    assert rows()["withheld"] == {"region": 24}
    assert {row[0] for row in rows(mission=mission(small_cell=3))["rows"]} == {"AKM", "ALA", "SKO"}


def test_a_checklist_of_a_few_reports_is_left_out_and_its_figures_named():
    few = edition(key=None, rows=reports()[:6])
    part = json.loads(rows_json(few))["checklists"]["voting"]
    assert part["rows"] == []
    assert part["withheld"] == {"rows": 6}
    figures, left = recounted.counted_again(rows_json(few), DEFINITIONS)
    assert not figures
    assert left["strangers"] == "small"


def test_two_dimensions_together_are_no_smaller_than_one():
    both = [
        deidentified_definition("special", {"special": "military"}),
        deidentified_definition("region", {"region": "AKM"}),
    ]
    places = [
        report(
            {"group": "yes"},
            id=f"r{n}",
            region="AKM" if n < 30 else "ALA",
            special="military" if n in (1, 31) else None,
        )
        for n in range(60)
    ]
    content = deidentified.written(both, Evidence({"voting": places}, {"voting": FORM}), 10, {"mission": "m"})
    part = json.loads(content)["checklists"]["voting"]
    counts = {}
    for row in part["rows"]:
        counts[tuple(row[:2])] = counts.get(tuple(row[:2]), 0) + 1
    assert all(count >= 10 for count in counts.values()), counts
    _, left = recounted.counted_again(content, both)
    assert left["special"] == "small"


DIMENSIONS = {"kind": ("polling_station", "commission"), "special": (None, "military", "prison"),
              "setting": ("urban", "rural"), "region": ("AKM", "ALA", "SKO")}  # fmt: skip


def three_dimensions():
    """Figures by each dimension, and reports that fall into groups of every size."""
    figures = [
        deidentified_definition(f"{name}_{value}", {name: value})
        for name, values in DIMENSIONS.items() for value in values if value
    ]  # fmt: skip
    for seed in range(40):
        chance = random.Random(seed)
        places = [
            report(
                {"group": chance.choice(("yes", "no"))}, id=f"r{n}",
                **{name: chance.choices(values, [9, 3, 1][: len(values)])[0] for name, values in DIMENSIONS.items()},
            )
            for n in range(chance.randrange(10, 200))
        ]  # fmt: skip
        yield figures, places


def test_no_group_of_any_dimensions_is_small_and_what_hides_one_is_of_the_same_place():
    for figures, places in three_dimensions():
        content = deidentified.written(figures, Evidence({"voting": places}, {"voting": FORM}), 10, {"mission": "m"})
        rows = json.loads(content)["checklists"]["voting"]["rows"]
        assert len(rows) == len(places)
        groups = Counter(tuple(row[:4]) for row in rows)
        assert min(groups.values()) >= 10, groups


def test_every_figure_that_is_counted_again_comes_out_whatever_was_withheld():
    told = 0
    for figures, places in three_dimensions():
        evidence = Evidence({"voting": places}, {"voting": FORM})
        content = deidentified.written(figures, evidence, 10, {"mission": "m"})
        again, _ = recounted.counted_again(content, figures)
        for figure in compute(figures, evidence):
            if found := again.get(figure.definition.name):
                told += 1
                assert (found.numerator, found.denominator) == (figure.numerator, figure.denominator)
    assert told > 50


def test_two_answers_of_a_report_do_not_stand_side_by_side():
    """Whoever knows one answer of a station must not read the others beside it; nor where it lies."""
    asked = [
        deidentified_definition("group", {}),
        replace(DEFINITIONS[3], where={}),
        deidentified_definition("in_akm", {"region": "AKM"}),
    ]
    asked[2] = replace(asked[2], question="sealed", counted=("no",))

    def written(order):
        places = [
            report({"group": g, "strangers": s, "sealed": "yes"}, id=f"r{n}", region=r)
            for n, (g, s, r) in enumerate(order)
        ]
        return deidentified.written(asked, Evidence({"voting": places}, {"voting": FORM}), 10, {"mission": "m"})

    together = [("yes", "yes", "AKM")] + [("no", "no", "AKM")] * 29 + [("no", "no", "ALA")] * 30
    parted = [("no", "no", "ALA")] * 29 + [("no", "yes", "AKM")] + [("no", "no", "AKM")] * 29 + [("yes", "no", "ALA")]
    assert written(together) == written(parted) == written(together[::-1])


def test_an_answer_that_no_list_offers_is_counted_and_not_written_out():
    places = [report({"group": "the chairman, Mr. A." if n == 7 else "yes"}, id=f"r{n}") for n in range(20)]
    definition = deidentified_definition("group", {})
    content = deidentified.written([definition], Evidence({"voting": places}, {"voting": FORM}), 10, {"mission": "m"})
    assert b"chairman" not in content
    again, _ = recounted.counted_again(content, [definition])
    assert (again["group"].numerator, again["group"].denominator) == (19, 20)


def deidentified_definition(name, where):
    return replace(DEFINITIONS[4], id=name, name=name, where=where)


def test_figures_come_back_as_they_were_written_with_their_definitions():
    own = edition(key=None)
    back = read_figures(figures_csv(own))
    assert list(back) == [figure.definition.name for figure in own.numbered.values()]
    for figure in own.figures.values():
        row = back[figure.definition.name]
        assert row["numerator"] == str(figure.numerator)
        again = definition_of(row)
        for part in ("id", "measure", "base", "checklist", "question", "counted", "where", "unit"):
            assert getattr(again, part) == getattr(figure.definition, part), part


def test_a_spreadsheet_reads_no_label_as_a_formula():
    own = edition(key=None)
    figure = own.figures["positive"]
    named = replace(figure, definition=replace(figure.definition, label=text("=HYPERLINK(1)")))
    written = figures_csv(replace(own, figures={**own.figures, "positive": named})).decode()
    cells = [cell for row in csv.reader(io.StringIO(written)) for cell in row]
    assert "'=HYPERLINK(1)" in cells
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "@")]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe"])
def test_a_table_that_is_not_the_kits_is_refused(content):
    with pytest.raises(ValueError, match=r"no figures|decode"):
        read_figures(content)


def test_the_manifest_names_what_the_statement_was_made_from():
    listed = json.loads(attached.manifest(edition(key=None), {"figures.csv": b"x"}, [], {}, []))
    assert listed["snapshot"]["standing"] == {"counted": 60, "superseded": 1, "excluded": 2, "quarantined": 0}
    assert listed["attachments"] == {"figures.csv": attached.sha256(b"x")}
    assert (listed["mission"], listed["style"], listed["language"]) == ("test-2026", "findings", "en")
