"""What no line may part stays in one: numbers with their nouns, places with their numbers, words of one letter."""

import pytest

from observer_kit.statements.text.holding import held, held_in


@pytest.mark.parametrize(
    "said",
    [
        "на 12~участках из 151", "Версия~3", "абз.~5, сн.~98", "п.~5", "г.~Астана", "Приложение~А. Показатели",
        "В~10~протоколах", "и~в~урны", "№~128", "version~2", "XIV.A para~3, fn~5", "в~3 из 10", "30~per~cent of",
        "число~– 5", "Annex~B", "20 of 31", "ЦИК и ТИК".replace("и ", "и~"), "на участке", "кто-либо",
    ],
)  # fmt: skip
def test_what_belongs_together_is_held(said):
    assert held(said.replace("~", " ")) == said.replace("~", "\u00a0")


def test_a_page_is_held_in_its_texts_alone():
    page = (
        '<head><title>в 5 раз</title></head><p title="в 5 раз">При базе 30-дан <b>в 5 раз</b>, '
        '<span class="whole">31-баб</span> и <code>в 5-дан</code></p><svg><text>в 5-дан раз</text></svg>'
    )
    assert held_in(page) == (
        '<head><title>в 5 раз</title></head><p title="в 5 раз">При базе <span class="whole">30-дан</span> '
        '<b>в\u00a05\u00a0раз</b>, <span class="whole">31-баб</span> и <code>в 5-дан</code></p>'
        "<svg><text>в 5-дан раз</text></svg>"
    )
    assert held_in('<p>В <span class="figure">5</span>') == '<p>В\u00a0<span class="figure">5</span>'
