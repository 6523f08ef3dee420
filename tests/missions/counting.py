"""Count a rebuild's figures from the envelopes' own payloads, by no code of the kit's statistics."""

import json
from collections import defaultdict

from observer_kit.protocols import reconcile


def reports_of(envelopes):
    found = defaultdict(list)
    for envelope in envelopes:
        payload = json.loads(envelope["payload"])
        found[envelope["checklist"]].append(
            {"id": envelope["id"], "visit": envelope["visit"], "clock": envelope["clock"], **payload}
        )
    return found


def holds(report, where, places):
    return all(getattr(places[report["location"]], key) == value for key, value in where.items())


def counted(value, codes):
    return bool(set(value) & set(codes)) if isinstance(value, list) else value in codes


def answered(value):
    return value is not None and value not in ("not_observed", "not_applicable")


class Count:
    """One figure's numerator and denominator."""

    def __init__(self, folder, envelopes, places):
        self.mission = folder.mission
        self.folder = folder
        self.reports = reports_of(envelopes)
        self.places = places

    def of(self, figure):
        """Give (numerator, denominator) of a figure of figures.toml."""
        return getattr(self, "_" + figure["measure"])(figure)

    def _chosen(self, figure):
        names = figure.get("checklist", "").split("+")
        where = figure.get("where", {})
        return [one for name in names for one in self.reports[name] if holds(one, where, self.places)]

    def _other(self, figure, default=None):
        source, _, name = figure.get("of", "").partition(":")
        if source == "fact":
            return self.mission.facts[name]["value"]
        if source == "reports":
            return len(self.reports[name])
        if source == "register":
            kind, _, region = name.partition(":")
            return sum(place.kind == kind and (not region or place.region == region) for place in self.places.values())
        return default

    def _answers(self, figure):
        name, codes = figure["question"], figure["counted"]
        chosen = self._chosen(figure)
        hits = sum(counted(one["answers"].get(name), codes) for one in chosen)
        base = {
            "reports": len(chosen),
            "subset": sum(name in one["answers"] for one in chosen),
            "answered": sum(answered(one["answers"].get(name)) for one in chosen),
        }[figure["base"]]
        return hits, base

    def _reports(self, figure):
        return len(self._chosen(figure)), self._other(figure)

    def _stations(self, figure):
        return len({one["location"] for one in self._chosen(figure)}), self._other(figure)

    def _sum(self, figure):
        return sum(one["answers"].get(figure["question"]) or 0 for one in self._chosen(figure)), None

    def _ratio(self, figure):
        pairs = [
            (one["answers"].get(figure["question"]), one["answers"].get(figure["over"])) for one in self._chosen(figure)
        ]
        pairs = [pair for pair in pairs if all(isinstance(value, int) for value in pair)]
        return sum(left for left, _ in pairs), sum(right for _, right in pairs)

    def _rule(self, figure):
        chosen = self._chosen(figure)
        states = {
            one["id"]: {result.rule: result.state for result in reconcile(one["answers"], self.mission.event)}
            for one in chosen
        }
        if figure.get("within"):
            chosen = [one for one in chosen if states[one["id"]][figure["within"]] == "fail"]
        return sum(states[one["id"]][figure["question"]] == "fail" for one in chosen), len(chosen)

    def _tables(self, figure):
        protocols = {one["location"]: one["answers"] for one in self.reports["protocol"]}
        differs = {}
        for row in self.folder.aggregation():
            other = protocols[row["location"]][row["field"]] != row["value"]
            differs[row["table"]] = differs.get(row["table"], False) or other
        return sum(differs.values()), len(differs)

    def _diary(self, figure):
        where = figure["where"]
        found = [one for one in self.folder.diary() if all(getattr(one, key) == value for key, value in where.items())]
        return sum(one.count for one in found), None

    def _register(self, figure):
        region = figure.get("where", {}).get("region")
        stations = [one for one in self.places.values() if not region or one.region == region]
        name = figure["question"]
        if name == "shifted":
            usual = (self.folder.opens, self.folder.closes)
            found = [one for one in stations if one.kind == "polling_station" and (one.opens, one.closes) != usual]
        else:
            found = [one for one in stations if one.kind == name]
        return len(found), self._other(figure)

    def _fact(self, figure):
        return self.mission.facts[figure["question"]]["value"], self._other(figure)
