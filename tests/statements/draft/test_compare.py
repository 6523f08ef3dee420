"""Two drafts and two data sets: what is the same, what was added, what was taken away, and nothing lost between."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import orjson
import pytest

from observer_kit.statements.draft.compare import ADDED, REMOVED, Piece, compare_figures, compare_words
from observer_kit.statements.draft.model import Frozen, from_document, noted, to_document
from observer_kit.statements.snapshot import Snapshot
from observer_kit.statements.text import load_style
from tests.statements.draft.small import NOW, PLACES, figure


def sides(pieces: list[Piece]) -> tuple[str, str]:
    return (
        "".join(each.text for each in pieces if each.kind != ADDED),
        "".join(each.text for each in pieces if each.kind != REMOVED),
    )


def test_one_word_is_one_word_and_a_mark_is_one_word() -> None:
    before = "Stuffing was seen in [[stuffing count case]].\n\nIt was calm."
    after = "Stuffing was seen in [[stuffing of form]].\n\nIt was mostly calm."
    found = [(each.kind, each.text) for each in compare_words(before, after) if each.kind != "same"]
    assert found == [("removed", "[[stuffing count case]]"), ("added", "[[stuffing of form]]"), ("added", "mostly ")]


@pytest.mark.parametrize("seed", range(5))
def test_both_texts_can_be_read_back_from_their_comparison(seed: int) -> None:
    random = Random(seed)
    words = ["ночью", "өте", "calm", "[[a count]]", "\n", ". ", " ", "урны,", "\n\n"]
    before = "".join(random.choices(words, k=120))
    after = "".join(random.choices(words, k=90)) + before[40:]
    assert sides(compare_words(before, after)) == (before, after)


def test_a_whole_book_is_compared_in_a_moment() -> None:
    book = "\n\n".join(
        f"Paragraph {n} says that it was calm in most of the places that were seen." for n in range(1500)
    )
    changed = book.replace("Paragraph 700 says", "Paragraph 700 said")
    assert [each.text for each in compare_words(book, changed) if each.kind != "same"] == ["says", "said"]


def test_figures_are_moved_new_gone_or_the_same() -> None:
    then = [figure("negative", 158, 1622), figure("stuffing", 13, 1622), figure("late", None, None)]
    now = [figure("negative", 161, 1640), figure("late", 4, 31), figure("calm", 5, 6), figure("gap", None, None)]
    found = {each.name: each.kind for each in compare_figures(then, now)}
    assert found == {"negative": "moved", "late": "new", "calm": "new", "gap": "same", "stuffing": "gone"}
    [base] = compare_figures([figure("a", 5, 10)], [figure("a", 5, 11)])
    assert (base.kind, base.base_moved) == ("moved", True)


def frozen() -> Frozen:
    return Frozen(
        Snapshot("m-1", NOW, {"r1": "0" * 64}, {"voting": ("v1",)}, {"counted": 1, "first": NOW}, "f" * 64),
        {"code": "m-1", "day": NOW.date(), "name": {"kk": "Қазақстан"}},
        (figure("stuffing", 13, 1622, stations=("R-1", "R-2")),),
        PLACES, {"A": "Алматы"}, {"voting": "v1"}, weight={"stuffing": "critical"},
    )  # fmt: skip


def test_a_data_set_comes_back_from_its_document_as_it_was() -> None:
    document = orjson.loads(orjson.dumps(to_document(frozen())))
    back = from_document(document)
    assert (back.figures, back.locations, back.regions) == (frozen().figures, PLACES, {"A": "Алматы"})
    assert back.snapshot.identity == frozen().snapshot.identity
    assert to_document(back) == document
    sco = load_style("sco")
    begun = replace(frozen(), styles={"sco": sco})
    kept = from_document(orjson.loads(orjson.dumps(to_document(begun)))).styles["sco"]
    assert replace(kept, folder=sco.folder) == sco
    # What another program wrote into it, or left out, is no fault.
    document["figures"][0]["definition"]["mood"] = "good"
    del document["figures"][0]["definition"]["footnote"]
    assert from_document(document).figures == frozen().figures


def test_a_person_names_the_stations_behind_a_figure_or_withholds_them() -> None:
    plain = frozen().figures
    [named] = noted(plain, {"stuffing": "footnote"})
    assert (named.definition.footnote, named.stations) == (True, ("R-1", "R-2"))
    [withheld] = noted(noted(plain, {"stuffing": "footnote"}), {"stuffing": "withheld"})
    assert (withheld.definition.footnote, withheld.stations, withheld.numerator) == (False, (), 13)
    assert noted(plain, {"another": "withheld"}) == plain
    assert replace(plain[0], stations=()) != plain[0]
