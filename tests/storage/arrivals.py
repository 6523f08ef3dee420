"""Reports handed to the intake, and what became of them."""

from __future__ import annotations

from typing import Any

from observer_kit.storage import Store, submissions
from observer_kit.storage.intake import Intake
from tests.phones import MISSION, Phone


def send(intake: Intake, phone: Phone, *envelopes: Any, **more: Any) -> list[dict[str, Any]]:
    return intake.receive(envelopes, device=phone.device, **({"via": "http"} | more))


def counted(store: Store) -> list[str]:
    with store.reading() as tx:
        return [report.id for report in submissions.reports(tx, MISSION)]


def codes(store: Store, id: str) -> set[str]:
    with store.reading() as tx:
        return {finding.code for finding in submissions.get(tx, MISSION, id).submission.findings}
