"""Reconciliation of results protocols and aggregation tables. Pure; nothing is corrected."""

from observer_kit.protocols.compare import Comparison, Difference, compare
from observer_kit.protocols.reconcile import RuleResult, reconcile
from observer_kit.protocols.rules import Rule, load_rules, rules_for

__all__ = ["Comparison", "Difference", "Rule", "RuleResult", "compare", "load_rules", "reconcile", "rules_for"]
