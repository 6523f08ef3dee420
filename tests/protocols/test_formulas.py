"""The rules as a phone gets them: XPath over one little document says what `reconcile` says."""

import json
from pathlib import Path

import pytest
from lxml import etree

from observer_kit.checklists.generate import generate_protocol
from observer_kit.checklists.model import Choice
from observer_kit.collection.judge import examine
from observer_kit.protocols import load_rules, reconcile
from observer_kit.protocols.formulas import formulas

VECTORS = json.loads((Path(__file__).resolve().parents[1] / "protocol_vectors.json").read_text("utf-8"))
LISTS = {"candidates": [Choice("c1", {"en": "One"}), Choice("c2", {"en": "Two"})]}


def judged(vector):
    protocol = generate_protocol(vector["event"], LISTS if vector["event"] == "election" else None)
    return examine(protocol, vector["answers"], {})[0]


def sheet(answers):
    root = etree.Element("protocol")
    for name, value in answers.items():
        node = etree.SubElement(root, name.partition("[")[0])
        if value is None or isinstance(value, dict) or value in ("not_observed", "not_applicable"):
            node.set("s", "blank" if value is None else "problem" if isinstance(value, dict) else value)
        else:
            node.text = str(value)
    return root


def said(formula, root):
    if not root.xpath(f"boolean({formula.known})"):
        return "not_computable"
    if root.xpath(f"boolean({formula.holds})"):
        return "pass"
    return ["fail", int(root.xpath(f"{formula.left} - ({formula.right})"))] if formula.left else "fail"


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["case"] for vector in VECTORS])
def test_every_vector_is_judged_as_written(vector):
    found = {}
    for result in reconcile(judged(vector), vector["event"]):
        state = result.state
        found[result.rule] = ["fail", result.difference] if state == "fail" and result.difference is not None else state
    assert found == vector["results"]


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["case"] for vector in VECTORS])
def test_the_phones_expressions_say_the_same(vector):
    root = sheet(judged(vector))
    for formula in formulas(load_rules(vector["event"])):
        expected = vector["results"][formula.id]
        if isinstance(expected, list) and not formula.left:
            expected = "fail"
        assert said(formula, root) == expected, formula.id


@pytest.mark.parametrize("event", ["election", "referendum"])
def test_every_rule_of_an_event_has_its_expression_and_its_fields_stand_on_the_form(event):
    assert [formula.id for formula in formulas(load_rules(event))] == [rule.id for rule in load_rules(event)]
    names = {question.name for question in generate_protocol(event, LISTS).questions()}
    for formula in formulas(load_rules(event)):
        assert set(formula.fields) <= names, formula.id


def test_every_rule_passes_and_fails_in_some_vector():
    for event in ("election", "referendum"):
        found = {
            rule: {str(vector["results"][rule])[:6] for vector in VECTORS if vector["event"] == event}
            for rule in VECTORS[0 if event == "election" else -1]["results"]
        }
        if event == "election":
            assert [
                rule for rule, states in found.items() if not {"pass", "['fail"} <= states and rule != "S13_choice"
            ] == []
            assert {"pass", "fail"} <= found["S13_choice"]
