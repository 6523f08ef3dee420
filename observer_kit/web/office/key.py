"""The public key that statements are checked with: its fingerprint, and how it is handed over apart from them."""

from __future__ import annotations

import hashlib
from typing import Final

from flask import render_template

from observer_kit.statements.edition.signature import public_pem
from observer_kit.trust.keys import statement_key
from observer_kit.web.access import audience, config
from observer_kit.web.access import mission as this_mission
from observer_kit.web.office import bp

FILE: Final = "statement-key.pem"
_GROUP: Final = 8
"""Digits that are read out in one breath."""


@bp.get("/key")
@audience("staff", "administrator", "head")
def key(mission: str) -> str:
    """Show the key with its fingerprint; made here, as by the command, where there is none yet."""
    pem = public_pem(statement_key(config()).public)
    digits = hashlib.sha256(pem).hexdigest()  # of the file: every computer has a program that prints it
    groups = [digits[place : place + _GROUP] for place in range(0, len(digits), _GROUP)]
    return render_template("office/key.html", mission=this_mission(), pem=pem.decode(), groups=groups, file=FILE)
