"""Places reported twice: by two teams, or by one; who names no team is none, and the latest report orders them."""

from random import Random

from observer_kit.statistics.doubled import one_team_twice, two_teams
from observer_kit.statistics.encoding import build
from tests.builders import checklist, question, report

FORM = checklist(question("sealed"))


def test_places_are_found_as_a_slow_count_finds_them():
    random = Random(5)
    reports = [
        report({"sealed": "yes"}, f"r{n}", location=random.choice(["S1", "S2", "S3", "S4", None]),
               team=random.choice(["T1", "T2", None]))
        for n in range(14)
    ]  # fmt: skip
    columns = build(reports, FORM)
    teams, pairs = {}, {}
    for place, each in enumerate(reports):
        if each.location is not None:
            teams.setdefault(each.location, set()).update({each.team} - {None})
            pairs.setdefault((each.location, each.team), []).append(place)
    assert {one.location for one in two_teams(columns)} == {place for place, met in teams.items() if len(met) > 1}
    found = {(one.location, one.team): one.latest for one in one_team_twice(columns)}
    assert found == {key: met[-1] for key, met in pairs.items() if len(met) > 1}
    assert not two_teams(build([], FORM))
    assert not one_team_twice(build([], FORM))
