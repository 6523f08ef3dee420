"""A mission before the day: what is observed, where, by whom, and what no form counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from observer_kit.checklists.model import LANGUAGES, Text


@dataclass(frozen=True, slots=True)
class Item:
    """A candidate, an option of a referendum, or a party: mission data, not form text."""

    code: str
    name: Text


class Named:
    """What people call by a name; `name_ru` and `name_kk` say it in Russian and Kazakh, where its file has them."""

    __slots__ = ()
    name: str
    name_ru: str | None
    name_kk: str | None

    def called(self, language: str) -> str:
        """Give its name in a language, else as its file has it."""
        return {"ru": self.name_ru, "kk": self.name_kk}.get(language) or self.name

    @property
    def names(self) -> Text:
        """Give its name in every language."""
        return {language: self.called(language) for language in LANGUAGES}


@dataclass(frozen=True, slots=True)
class Location(Named):
    """One node of the register.

    `kind` is country, region, district, polling_station or commission;
    `parent` is the territory it lies in, `reports_to` the commission that
    receives its protocol. `region` is the code of the region above it.
    """

    code: str
    kind: str
    name: str
    parent: str | None = None
    reports_to: str | None = None
    region: str | None = None
    number: str | None = None
    special: str | None = None  # military | medical | rest_home | detention | abroad | remote
    setting: str | None = None  # urban | rural
    opens: time | None = None
    closes: time | None = None
    voters: int | None = None
    zone: str = "UTC"
    made_up: bool = False
    name_ru: str | None = None
    name_kk: str | None = None


@dataclass(frozen=True, slots=True)
class Team(Named):
    """A team of observers, by its code; `region` is where it works, `phone` for the coordinators alone."""

    code: str
    name: str
    region: str | None = None
    phone: str | None = None
    name_ru: str | None = None
    name_kk: str | None = None


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """What no form counts: a meeting, a complaint made to the mission; `count` says how many it stands for."""

    id: str
    day: date
    kind: str  # meeting | complaint | visit | media
    title: str
    detail: str = ""
    count: int = 1
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What this mission asks of its phones.

    `pin`: off, offered or required. With `seal` a finished report is encrypted
    to the mission's key, so that the phone itself can't show it again; with
    `protocol_open` a results protocol stays readable all the same. A photo's
    longer side has at most `photo_side` pixels, and a phone keeps at most
    `photo_budget` megabytes of them. `hubs` are other addresses that take
    reports in.
    """

    pin: str = "offered"
    seal: bool = False
    protocol_open: bool = True
    photos: bool = True
    photo_side: int = 1600
    photo_budget: int = 60
    position: bool = False
    keyed_twice: bool = True
    hubs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Conduct:
    """The observers' code of conduct: a new `version` is accepted anew on every phone."""

    version: str
    text: Text


@dataclass(frozen=True, slots=True)
class Sampling:
    """From what a random sample was drawn: only with this may anything be said of stations that nobody saw.

    `population` counts all stations, `drawn` those that were to be visited.
    A stratified sample names its strata by a dimension of the reports
    (`strata`: region or setting) and counts the stations of each in
    `populations`. A clustered one names what was drawn first (`clusters`:
    parent or region) and counts those in all in `of_clusters`, or by stratum
    in `populations`. `weights` are by stratum, else by cluster; without any
    they follow from the numbers. `drawn_by` is `drawn` by stratum.
    """

    population: int
    drawn: int | None = None
    strata: str | None = None
    populations: Mapping[str, int] = field(default_factory=dict)
    clusters: str | None = None
    of_clusters: int | None = None
    weights: Mapping[str, float] = field(default_factory=dict)
    drawn_by: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mission:
    """A mission as its mission.toml says it.

    `checklists` maps a stage to {"length": core|full, "sections": [...]}.
    `facts` are numbers and words for the statement (observers, states …),
    each {"value", "kind": observed|official|reported, "locator"}.
    `reconstruction` is None, or the organisation from whose published figures
    this mission was rebuilt; then every page says so, in the words of `issuer`
    where the organisation's name differs by language.
    """

    code: str
    name: Text
    event: str  # election | referendum
    event_name: Text
    day: date
    organisation: str
    country: Text
    zone: str
    languages: tuple[str, ...]
    sample: str = "purposive"
    sampling: Sampling | None = None
    candidates: tuple[Item, ...] = ()
    options: tuple[Item, ...] = ()
    parties: tuple[Item, ...] = ()
    checklists: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    figures: tuple[Mapping[str, Any], ...] = ()
    expected: Mapping[str, int] = field(default_factory=dict)  # stage -> reports the deployment plan expects
    windows: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # stage -> minutes other than the kit's
    reconstruction: str | None = None
    issuer: Text = field(default_factory=dict)
    emergency: tuple[Mapping[str, Any], ...] = ()  # label (in one language or each) and phone
    small_cell: int = 10
    policy: Policy = field(default_factory=Policy)
    conduct: Conduct | None = None  # the mission's own; without one the kit's stands
    opens: str | None = None  # the ordinary hours, HH:MM; a station with others has shifted hours
    closes: str | None = None
    results: Mapping[str, Any] = field(default_factory=dict)  # official results as a source prints them, by territory
    second_person: bool = True  # a statement is approved by another person than who asks for it
    style: str = "odihr-preliminary"  # of its statements, unless another is asked for
    lists_stations: bool = False  # a statement's annex names the stations visited

    def issued_by(self, language: str) -> str | None:
        """Name the organisation whose figures this reconstruction is made of, as it stands after "not issued by"."""
        return self.issuer.get(language) or self.reconstruction
