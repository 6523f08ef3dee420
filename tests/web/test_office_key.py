"""The public key of the mission: shown to staff with its fingerprint, given to anybody, and good to verify with."""

import hashlib
import re

from observer_kit.statements.edition.signature import read_public
from observer_kit.trust.keys import statement_key

WORDS = {"en": "by another way than the statement", "ru": "иначе, чем само заявление", "kk": "бөлек жолмен"}


def test_the_key_is_shown_with_the_fingerprint_of_the_file_that_anybody_gets(staff, visitor, config, sender):
    assert visitor.get("/statement-key.pem").status_code == 404  # a stranger makes none
    assert not list(config.keys.glob("statement*"))
    assert 'href="/office/m-1/key"' in staff.get("/office/m-1/statements").text
    for language, words in WORDS.items():
        staff.get(f"/language/{language}")
        page = staff.get("/office/m-1/key").text
        assert words in page
        assert 'href="/statement-key.pem"' in page
    given = visitor.get("/statement-key.pem")
    assert 'filename="statement-key.pem"' in given.headers["Content-Disposition"]
    groups = re.findall(r"<span>([0-9a-f]{8})</span>", page)
    assert "".join(groups) == hashlib.sha256(given.data).hexdigest()
    assert given.text in page
    assert read_public(given.data) == statement_key(config).public


def test_the_front_page_leads_to_the_key_beside_what_it_signed(staff, visitor, config):
    config.exports.mkdir(parents=True)
    (config.exports / "m-1-odihr-en.pdf").write_bytes(b"%PDF-1.7")
    assert "/statement-key.pem" not in staff.get("/").text  # nothing was signed here
    statement_key(config)
    assert "/statement-key.pem" in staff.get("/").text
    assert visitor.get("/office/m-1/key").status_code == 302
