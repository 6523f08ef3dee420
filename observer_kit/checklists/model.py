"""What is asked: procedures as documented, and the checklists generated from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

LANGUAGES: Final = ("en", "ru", "kk")
SEVERITIES: Final = ("minor", "serious", "critical")
STAGES: Final = ("readiness", "opening", "voting", "counting", "tabulation", "protocol", "incident")
EVENTS: Final = ("election", "referendum")
LENGTHS: Final = ("core", "full")
TYPES: Final = (
    "yes_no", "rating", "select_one", "select_multiple", "integer", "decimal",
    "datetime", "date", "text", "photo", "geopoint", "note",
)  # fmt: skip

SECTIONS: Final = (
    "frame", "access", "environment", "accessibility", "materials", "people", "commission", "preparation", "boxes",
    "ballots", "identity", "list", "voting", "secrecy", "mobile", "integrity", "conduct", "before_boxes",
    "box_opening", "ballots_counted", "protocol", "transparency", "handover", "tables", "overall",
)  # fmt: skip
"""Where the catalogue places a procedure; a checklist's own sections hold one or more of these."""

NOT_APPLICABLE: Final = "not_applicable"
NOT_OBSERVED: Final = "not_observed"

Text = Mapping[str, str]
"""One wording in every language: {"en": …, "ru": …, "kk": …}."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a procedure is documented: a document and the place in it."""

    ref: str
    document: str
    place: str
    weak: bool = False  # the place speaks near the matter, not of it


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a select or rating, by its code and its words.

    `severity` is that of the breach which this answer alone names, where its question has none of its own.
    """

    name: str
    label: Text
    severity: str | None = None  # minor | serious | critical | None


@dataclass(frozen=True, slots=True)
class Procedure:
    """One entry of the catalogue: a documented procedure and the question that observes it.

    `question` and `procedure` are already in the words of one kind of event.
    `good` holds the answers by which the procedure was respected (empty for a
    descriptive item). `asked_in` names the stages whose checklists may ask it.
    """

    id: str
    origin: str  # seed | public | general_practice
    procedure: Text
    question: Text
    type: str
    asked_in: tuple[str, ...]
    section: str
    sources: tuple[Source, ...]
    good: tuple[str, ...] = ()
    severity: str | None = None  # minor | serious | critical | None
    hint: Text = field(default_factory=dict)
    not_applicable_when: Text = field(default_factory=dict)  # non-empty: "not applicable" is offered
    not_observed: bool = True
    choices: tuple[Choice, ...] = ()
    choices_from: str | None = None  # "candidates" | "options" | "parties": the mission's own list
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = field(default_factory=dict)
    minimum: int | None = None
    maximum: int | None = None
    call_now: bool = False
    send_first: bool = False
    events: tuple[str, ...] = EVENTS
    unit: str = "form"
    place: str = ""  # file and entry, for error messages
    relevant_by_stage: Mapping[str, str] = field(default_factory=dict)  # where `relevant` differs by stage

    def relevant_in(self, stage: str) -> str | None:
        """Give the condition under which this stage's checklist asks it."""
        return self.relevant_by_stage.get(stage, self.relevant)


@dataclass(frozen=True, slots=True)
class Question:
    """One question of a checklist, XLSForm's terms; everything a page, a phone or the intake needs.

    Where `repeat` is one of the mission's own lists, `choices` names its rows:
    `name[i]` is asked of `choices[i]`. `minimum` and `maximum` are limits of a
    number, and of how many codes a select_multiple may hold.
    """

    name: str
    type: str
    label: Text
    hint: Text = field(default_factory=dict)
    required: bool = False
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    not_applicable: bool = False
    not_observed: bool = False
    good: tuple[str, ...] = ()
    severity: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    repeat: str | None = None  # boxes, members, candidates, options or pages: answered as name[0], name[1] …
    call_now: bool = False
    send_first: bool = False
    procedure: Text = field(default_factory=dict)
    origin: str = "seed"
    sources: tuple[Source, ...] = ()
    not_applicable_when: Text = field(default_factory=dict)
    unit: str = "form"

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of every answer that is a choice (yes and no for yes_no), without the non-answers."""
        return ("yes", "no") if self.type == "yes_no" else tuple(choice.name for choice in self.choices)


@dataclass(frozen=True, slots=True)
class Section:
    """A page of the phone: a title and its questions in order."""

    name: str
    label: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Checklist:
    """A generated checklist; `version` and `meaning` are SHA-256 hex of its canonical JSON.

    `version` covers everything; `meaning` leaves the texts out, so that a
    better translation does not split the statistics. `rules` are a mission's
    own changes to the reconciliation rules of its results protocol, as JSON:
    they go with the version to every phone, hub and intake.
    """

    name: str  # unique in a mission: "opening", "voting", "counting", "tabulation", "readiness", "protocol", "incident"
    stage: str
    event: str
    length: str
    title: Text
    sections: tuple[Section, ...]
    version: str = ""
    meaning: str = ""
    rules: str = ""

    def questions(self) -> Iterator[Question]:
        """Go through all questions in the order in which they are asked."""
        for section in self.sections:
            yield from section.questions

    def question(self, name: str) -> Question:
        """Give the question of this name; raises KeyError."""
        for question in self.questions():
            if question.name == name:
                return question
        raise KeyError(name)
