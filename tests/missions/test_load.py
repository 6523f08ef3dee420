"""A mission's folder is read whole or refused with file, line, column and what was expected."""

import tracemalloc
from datetime import date, time

import pytest

from observer_kit.checklists.catalogue import load_catalogue
from observer_kit.errors import MissionInvalid
from observer_kit.missions.blank import write_blank
from observer_kit.missions.checklists import mission_checklists
from observer_kit.missions.load import open_folder
from observer_kit.missions.register import Register
from tests.missions.samples import places

HEADING = "code,kind,name,parent,reports_to,number,special,setting,opens,closes,voters,zone,made_up\n"
REGION = "A,region,Region A,,,,,,,,,,\n"


def register(tmp_path, *rows, heading=HEADING, encoding="utf-8"):
    path = tmp_path / "locations.csv"
    path.write_text(heading + "".join(rows), encoding)
    return Register(path, "Asia/Almaty", time(7), time(20))


@pytest.mark.parametrize("event", ["election", "referendum"])
def test_blank_mission_works(tmp_path, event):
    write_blank(tmp_path / "new", "new", event, date(2026, 11, 22))
    folder = open_folder(tmp_path / "new")
    assert folder.check() == 7
    assert len(list(folder.teams())) == 2
    assert set(mission_checklists(folder.mission, load_catalogue())) >= {"opening", "voting", "protocol", "incident"}


def test_station_takes_hours_and_zone_of_the_mission_unless_it_has_its_own(mission_folder):
    stations = {one.code: one for one in open_folder(mission_folder).register}
    assert (stations["1"].opens, stations["1"].closes, stations["1"].zone) == (time(7), time(20), "Asia/Almaty")
    assert (stations["5"].opens, stations["5"].closes) == (time(8), time(18))
    assert {stations[code].region for code in ("1", "5", "DC-1", "A")} == {"A"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("mark", [",", ";"])
def test_comma_or_semicolon_with_or_without_byte_order_mark(tmp_path, encoding, mark):
    rows = [line.replace(",", mark) for line in (REGION, "Ж-1,polling_station,Учаске,A,,,,,,,,,\n")]
    found = list(register(tmp_path, *rows, heading=HEADING.replace(",", mark), encoding=encoding))
    assert [one.code for one in found] == ["A", "Ж-1"]


def test_parent_may_stand_below_its_child(tmp_path):
    found = list(register(tmp_path, "1,polling_station,One,A,,,,,,,,,\n", REGION))
    assert found[0].region == "A"


@pytest.mark.parametrize(
    ("row", "place", "expected"),
    [
        ("1,station,One,A,,,,,,,,,\n", "line 3, column kind", "one of country, region"),
        (",polling_station,One,A,,,,,,,,,\n", "line 3, column code", "a code"),
        ("A,polling_station,One,,,,,,,,,,\n", "line 3, column code", "only once"),
        ("a b,polling_station,One,A,,,,,,,,,\n", "line 3, column code", "letters, digits"),
        ("1,polling_station,,A,,,,,,,,,\n", "line 3, column name", "a name"),
        ("1,polling_station,One,B,,,,,,,,,\n", "line 3, column parent", "another location, found 'B'"),
        ("1,polling_station,One,A,C,,,,,,,,\n", "line 3, column reports_to", "another location, found 'C'"),
        ("1,polling_station,One,A,A,,,,,,,,\n", "line 3, column reports_to", "code of a commission"),
        ("1,polling_station,One,A,,,space,,,,,,\n", "line 3, column special", "one of military"),
        ("1,polling_station,One,A,,,,suburb,,,,,\n", "line 3, column setting", "one of urban, rural"),
        ("1,polling_station,One,A,,,,,7am,,,,\n", "line 3, column opens", "HH:MM, found '7am'"),
        ("1,polling_station,One,A,,,,,,25:00,,,\n", "line 3, column closes", "HH:MM"),
        ("1,polling_station,One,A,,,,,,,1 200,,\n", "line 3, column voters", "whole number"),
        ("1,polling_station,One,A,,,,,,,-3,,\n", "line 3, column voters", "whole number"),
        ("1,polling_station,One,A,,,,,,,,Asia/Atlantis,\n", "line 3, column zone", "IANA"),
        ("1,polling_station,One,A,,,,,,,,,maybe\n", "line 3, column made_up", "true, false"),
        ("1,polling_station,One,A\n", "line 3", "expected 13 cells"),
        ("D,district,One,D,,,,,,,,,\n", "line 3, column parent", "another location"),
    ],
)
def test_bad_row_is_named_by_line_and_column(tmp_path, row, place, expected):
    with pytest.raises(MissionInvalid, match=expected) as refused:
        register(tmp_path, REGION, row).check()
    assert refused.value.place == f"locations.csv, {place}"


def test_a_place_may_have_a_name_in_each_language(tmp_path):
    heading = HEADING.rstrip("\n") + ",name_ru,name_kk\n"
    rows = [REGION.rstrip("\n") + ",,\n", "C,commission,District,A,,,,,,,,,,Районная комиссия,\n"]
    _, found = register(tmp_path, *rows, heading=heading)
    assert [found.called(language) for language in ("en", "ru", "kk")] == ["District", "Районная комиссия", "District"]


def test_territories_may_not_lie_in_each_other(tmp_path):
    rows = ["D,district,D,E,,,,,,,,,\n", "E,district,E,D,,,,,,,,,\n"]
    with pytest.raises(MissionInvalid, match="does not lie in itself"):
        register(tmp_path, *rows).check()


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("code,name\n", "a column 'kind'"),
        (HEADING.replace("voters", "electors"), "'electors' is not one of"),
        (HEADING.replace("zone", "voters"), "stands twice"),
    ],
)
def test_wrong_heading_is_refused(tmp_path, heading, expected):
    with pytest.raises(MissionInvalid, match=expected) as refused:
        register(tmp_path, heading=heading).check()
    assert refused.value.place.startswith("locations.csv, line 1")


def test_text_in_another_encoding_is_refused(tmp_path):
    with pytest.raises(MissionInvalid, match="expected UTF-8"):
        register(tmp_path, "Ж,region,Область,,,,,,,,,,\n", encoding="cp1251").check()


def test_remarks_and_empty_lines_keep_the_numbers_of_lines(tmp_path):
    reading = register(tmp_path, "# a remark\n", "\n", REGION, "1,x,One,A,,,,,,,,,\n", heading="# first\n" + HEADING)
    with pytest.raises(MissionInvalid) as refused:
        reading.check()
    assert refused.value.place == "locations.csv, line 6, column kind"


def test_empty_register_is_refused(tmp_path):
    with pytest.raises(MissionInvalid, match="at least one location"):
        register(tmp_path).check()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('event = "election"', 'event = "coup"', "key event: expected one of election, referendum"),
        ("day = 2026-11-22", 'day = "soon"', "key day: expected a day"),
        ('zone = "Asia/Almaty"', 'zone = "Mars/Base"', "key zone: expected an IANA"),
        ('code = "small"', 'code = "a b"', "key code: expected letters"),
        ('sample = "purposive"', 'sample = "lucky"', "key sample: expected one of"),
        ("opens = 07:00:00", 'opens = "7"', "key opens: expected a time"),
        ("small_cell = 10", "small_cel = 10", "key 'small_cel' is not one of"),
        ('length = "core"', 'length = "long"', "length of readiness"),
        ('kk = "small байқаушылар миссиясы"', "", "name in each of en, ru, kk"),
        ("opening = 2\n", 'opening = "two"\n', "a whole number of reports"),
        ('kind = "observed"', 'kind = "guessed"', "fact observers"),
        ('code = "candidate_b"', 'code = "candidate_a"', "codes that stand only once"),
        ("[name]", "[name", "expected TOML"),
    ],
)
def test_wrong_key_of_the_mission_file_is_named(mission_folder, old, new, expected):
    path = mission_folder / "mission.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(MissionInvalid) as refused:
        open_folder(mission_folder)
    assert expected in str(refused.value)


@pytest.mark.parametrize(
    ("file", "row", "place"),
    [
        ("teams.csv", "T3,Team 3,Nowhere,\n", "teams.csv, line 7, column region"),
        ("teams.csv", "T1,Team again,A,\n", "teams.csv, line 7, column code"),
        ("diary.csv", "x,soon,meeting,Talk,,1,\n", "diary.csv, line 4, column day"),
        ("diary.csv", "x,2026-11-22,party,Talk,,1,\n", "diary.csv, line 4, column kind"),
        ("diary.csv", "x,2026-11-22,meeting,Talk,,many,\n", "diary.csv, line 4, column count"),
    ],
)
def test_wrong_row_of_another_file_is_named(mission_folder, file, row, place):
    path = mission_folder / file
    path.write_text(path.read_text("utf-8") + row, "utf-8")
    with pytest.raises(MissionInvalid) as refused:
        open_folder(mission_folder).check()
    assert refused.value.place == place


def test_table_of_a_station_that_is_not_there_is_refused(mission_folder):
    (mission_folder / "aggregation.csv").write_text("table,commission,location,field,value\nT,DC-1,99,valid,10\n")
    with pytest.raises(MissionInvalid, match="found '99'"):
        open_folder(mission_folder).check()


def test_figure_that_counts_what_no_checklist_asks_is_refused(mission_folder):
    (mission_folder / "figures.toml").write_text(
        '[[figure]]\nid = "x"\nmeasure = "answers"\nchecklist = "voting"\nquestion = "vo_weather"\ncounted = ["yes"]\n'
    )
    with pytest.raises(MissionInvalid, match="voting has no question 'vo_weather'"):
        mission_checklists(open_folder(mission_folder).mission, load_catalogue())


def test_missing_file_is_named(mission_folder):
    (mission_folder / "teams.csv").unlink()
    with pytest.raises(MissionInvalid, match="missing") as refused:
        open_folder(mission_folder).check()
    assert refused.value.place == "teams.csv"


def test_digest_changes_with_any_file(mission_folder):
    before = open_folder(mission_folder).digest()
    with (mission_folder / "teams.csv").open("a") as file:
        file.write("T3,Team 3,A\n")
    assert open_folder(mission_folder).digest() != before


def test_register_of_100000_stations_is_read_in_a_stream(tmp_path):
    path = tmp_path / "locations.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADING + REGION)
        for number in range(100_000):
            file.write(
                f"S-{number:06d},polling_station,Polling station {number},A,,{number},,urban,,,{number % 3000},,\n"
            )
    reading = Register(path, "Asia/Almaty", time(7), time(20))
    assert reading.check() == 100_001
    tracemalloc.start()
    last = None
    for count, location in enumerate(reading, start=1):
        last = location
        if count == 20_000:
            break
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert last is not None
    assert last.region == "A"
    assert peak < 2_000_000


def test_register_of_2011_has_the_official_numbers():
    found = places("eom-2011").values()
    stations = [one for one in found if one.kind == "polling_station"]
    assert len(stations) == 9725
    assert sum(one.kind == "commission" for one in found) == 207
    assert sum(one.kind == "region" for one in found) == 16
    shifted = [one.region for one in stations if (one.opens, one.closes) != (time(7), time(20))]
    assert len(shifted) == 1494
    assert [shifted.count(region) for region in ("AKT", "NKO", "EKO")] == [224, 288, 241]
    totals = [sum(one.region == region for one in stations) for region in ("AKT", "NKO", "EKO")]
    assert totals == [521, 758, 1095]
    special = [one.special for one in stations if one.special]
    assert (len(special), special.count("medical"), special.count("military"), special.count("abroad")) == (
        525, 269, 146, 35,
    )  # fmt: skip


def test_station_164_of_astana_has_the_printed_number_of_voters():
    assert places("ots-2024")["AST-164"].voters == 2214
