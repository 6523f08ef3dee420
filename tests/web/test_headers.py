import re
from dataclasses import replace

import pytest

from observer_kit.app import create_app
from tests.web.conftest import Browser


@pytest.mark.parametrize("address", ["/", "/sign-in", "/nothing-here", "/desk/m-1/", "/static/css/tokens.css"])
def test_every_answer_carries_the_strict_headers(visitor, address):
    with visitor.get(address) as answer:
        headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]


def test_a_signed_in_page_is_kept_nowhere(coordinator, sender):
    assert coordinator.get("/desk/m-1/").headers["Cache-Control"] == "no-store"
    assert coordinator.get("/").headers["Cache-Control"] == "no-store"


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(visitor):
    cookie = visitor.sign_in("coordinator").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_under_https_the_cookie_and_the_browser_keep_to_it(config, store):
    app = create_app(replace(config, https=True), store)
    browser = Browser(app.test_client())
    browser.client.environ_base["wsgi.url_scheme"] = "https"
    page = browser.get("/sign-in")
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "address",
    ["/", "/desk/m-1/", "/desk/m-1/questions/voting", "/desk/m-1/submissions", "/desk/m-1/protocols", "/desk/m-1/teams",
     "/desk/m-1/diary", "/desk/m-1/incidents", "/office/m-1/", "/office/m-1/statements", "/admin/", "/admin/accounts"],
)  # fmt: skip
def test_no_page_holds_inline_code_or_style_that_the_policy_would_refuse(admin, sender, address):
    sender.send({"vo_stuffing": "yes", "vo_overall": "bad"})
    page = admin.get(address).text
    assert "<h1" in page
    assert not re.search(r"<script(?![^>]* src=\"/static/)", page)
    assert " style=" not in page
    assert "<style" not in page
    assert "http://" not in page.replace("http://www.w3.org", "").replace("http://localhost", "")
