"""The code of conduct: the kit's own, or the mission's, refused with the key named where it is not whole."""

from dataclasses import replace

import pytest

from observer_kit.checklists.model import LANGUAGES
from observer_kit.errors import MissionInvalid
from observer_kit.missions.conduct import LONGEST, conduct_of, kit_conduct, read_conduct
from observer_kit.missions.load import open_folder
from observer_kit.missions.model import Conduct

TEXT = {"en": "Be fair.", "ru": "Будьте беспристрастны.", "kk": "Бейтарап болыңыз."}
WHOLE = {"version": "2", "text": TEXT}


def test_the_kits_own_stands_in_every_language_with_the_same_rules():
    text = kit_conduct().text
    rules = {language: sum(line.startswith("- ") for line in text[language].splitlines()) for language in LANGUAGES}
    assert set(rules.values()) == {9}, rules


def test_a_mission_may_bring_its_own(mission_folder):
    assert conduct_of(open_folder(mission_folder).mission) == kit_conduct()
    with (mission_folder / "mission.toml").open("a", encoding="utf-8") as file:
        texts = "".join(f'{language} = "{said}"\n' for language, said in TEXT.items())
        file.write(f'\n[conduct]\nversion = "2026-11"\n[conduct.text]\n{texts}')
    mission = open_folder(mission_folder).mission
    assert conduct_of(mission) == Conduct("2026-11", TEXT)
    assert conduct_of(replace(mission, conduct=None)) == kit_conduct()


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"more": 1}, "mission.toml, key conduct"),
        ({"version": 2}, "mission.toml, key conduct.version"),
        ({"version": " "}, "mission.toml, key conduct.version"),
        ({"version": "1\n2"}, "mission.toml, key conduct.version"),
        ({"version": "x" * 41}, "mission.toml, key conduct.version"),
        ({"text": "Be fair."}, "mission.toml, key conduct.text"),
        ({"text": {"en": "Be fair."}}, "mission.toml, key conduct.text"),
        ({"text": TEXT | {"de": "Fair."}}, "mission.toml, key conduct.text"),
        ({"text": TEXT | {"kk": ""}}, "mission.toml, key conduct.text.kk"),
        ({"text": TEXT | {"ru": 5}}, "mission.toml, key conduct.text.ru"),
        ({"text": TEXT | {"en": "x" * (LONGEST + 1)}}, "mission.toml, key conduct.text.en"),
    ],
)
def test_one_that_is_not_whole_is_refused_with_its_key(wrong, place):
    with pytest.raises(MissionInvalid) as refused:
        read_conduct(WHOLE | wrong)
    assert refused.value.place == place
