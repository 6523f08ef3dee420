"""Figures and a style's folder, made for a test."""

from observer_kit.statements.model import Definition, Figure
from tests.builders import text

LANGUAGES = ("en", "ru", "kk")


def figure(name, numerator, denominator=None, **parts):
    states = {key: parts.pop(key, 0) for key in ("not_applicable", "not_observed", "missing", "not_asked", "problems")}
    stations = parts.pop("stations", ())
    values = {"id": name, "name": name, "label": text(f"the {name}"), "kind": "observed", "unit": "station",
              "measure": "answers", "base": "answered"} | parts  # fmt: skip
    exact = 100 * numerator / denominator if numerator is not None and denominator else None
    return Figure(Definition(**values), numerator, denominator, exact, stations=stations, **states)


def style_folder(root, sections, *, name="own", languages=LANGUAGES, head="", extra="", shares="odihr"):
    """Write a style: section texts by id (the same in every language, or a mapping by language)."""
    folder = root / name
    lines = [
        'name = { en = "Own", ru = "Свой", kk = "Өз" }', 'layout = "plain"', f'shares = "{shares}"',
        'numbering = "none"',
        head, "",
    ]  # fmt: skip
    for section, texts in sections.items():
        title = section.title()
        lines += [
            "[[section]]",
            f'id = "{section}"',
            f'title = {{ en = "{title}", ru = "Раздел", kk = "Бөлім" }}',
            "",
        ]
        for language in languages:
            found = texts.get(language) if isinstance(texts, dict) else texts
            if found is not None:
                (folder / language).mkdir(parents=True, exist_ok=True)
                (folder / language / f"{section}.md").write_text(found, "utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "style.toml").write_text("\n".join([*lines, extra]), "utf-8")
    return folder
