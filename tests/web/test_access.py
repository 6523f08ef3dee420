import pytest
from flask import Blueprint

from observer_kit.errors import AudienceMissing
from observer_kit.web import access
from tests.web.conftest import PASSWORD, Browser


def test_an_application_with_an_unmarked_route_does_not_start(app):
    app.add_url_rule("/open", endpoint="open", view_func=lambda: "")
    with pytest.raises(AudienceMissing, match="open"):
        access.check_audiences(app)


def test_the_refusal_names_every_unmarked_route(app):
    bp = Blueprint("room", __name__)
    bp.add_url_rule("/a", endpoint="first", view_func=lambda: "")
    bp.add_url_rule("/b", endpoint="second", view_func=lambda: "")
    app.register_blueprint(bp)
    with pytest.raises(AudienceMissing, match=r"room\.first, room\.second"):
        access.check_audiences(app)


def test_an_audience_that_does_not_exist_is_refused_where_it_is_named():
    with pytest.raises(AudienceMissing, match="everyone"):
        access.audience("everyone")


def test_a_visitor_is_led_to_the_sign_in_and_back(visitor):
    answer = visitor.get("/desk/m-1/submissions?team=T01")
    assert answer.status_code == 302
    assert answer.location == "/sign-in?next=/desk/m-1/submissions?team%3DT01"
    answer = visitor.sign_in("coordinator")
    assert answer.location == "/"
    answer = visitor.client.post(
        "/sign-in?next=/desk/m-1/",
        data={"csrf_token": visitor.token(), "name": "coordinator", "password": PASSWORD},
    )
    assert answer.location == "/desk/m-1/"


@pytest.mark.parametrize(
    "target", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)", "/\r\nX: 1"]
)
def test_a_sign_in_never_leads_to_another_site(visitor, target):
    answer = visitor.client.post(
        "/sign-in", query_string={"next": target},
        data={"csrf_token": visitor.token(), "name": "coordinator", "password": PASSWORD},
    )  # fmt: skip
    assert answer.location == "/"


def test_a_wrong_password_says_no_and_not_why(visitor):
    wrong, unknown = visitor.sign_in("coordinator", "not the password"), visitor.sign_in("no such name")
    assert wrong.status_code == unknown.status_code == 401
    assert "Name and password do not belong together." in wrong.text
    assert "Name and password do not belong together." in unknown.text


def test_guessing_ends_in_a_pause(visitor):
    for _ in range(10):
        assert visitor.sign_in("coordinator", "not the password").status_code == 401
    answer = visitor.sign_in("coordinator")
    assert answer.status_code == 429
    assert "Too many attempts" in answer.text


REACH = {
    "/desk/m-1/": {"coordinator", "staff", "head", "admin"},
    "/desk/m-1/teams": {"coordinator", "head", "admin"},
    "/desk/r-1/": {"rebuilder", "admin"},
    "/office/m-1/": {"staff", "head", "admin"},
    "/office/m-1/statements": {"staff", "head", "admin"},
    "/office/r-1/": {"admin"},
    "/admin/": {"admin"},
    "/admin/accounts": {"admin"},
}


@pytest.mark.parametrize("name", ["coordinator", "staff", "head", "rebuilder", "nobody", "admin"])
def test_each_role_reaches_its_own_pages_and_no_other(app, sender, name):
    browser = Browser(app.test_client())
    browser.sign_in(name)
    reached = {address for address in REACH if browser.get(address).status_code == 200}
    refused = {address for address in REACH if browser.get(address).status_code == 403}
    assert reached == {address for address, names in REACH.items() if name in names}
    assert refused == set(REACH) - reached


def test_a_mission_that_does_not_exist_looks_like_one_that_is_not_yours(coordinator, admin):
    assert coordinator.get("/desk/m-9/").status_code == 403
    assert admin.get("/desk/m-9/").status_code == 404


def test_staff_read_the_desk_but_do_not_decide_there(staff, sender):
    id, _ = sender.send({"vo_stuffing": "no"})
    page = f"/desk/m-1/submissions/{id}"
    assert "Save the decision" not in staff.get(page).text
    answer = staff.post(f"{page}/review", {"state": "verified"}, page="/office/m-1/statements")
    assert answer.status_code == 403


def test_a_head_of_mission_reads_desk_and_office_and_writes_in_neither(head, sender):
    id, _ = sender.send({"vo_stuffing": "no"})
    assert 'href="/office/m-1/"' in head.get("/").text
    assert "Save the decision" not in head.get(f"/desk/m-1/submissions/{id}").text
    for address in (f"/desk/m-1/submissions/{id}/review", "/desk/m-1/diary", "/desk/m-1/teams/code",
                    "/desk/m-1/teams/revoke", "/office/m-1/statements"):  # fmt: skip
        assert head.post(address, {}, page="/desk/m-1/").status_code == 403, address


def cookie(browser):
    return browser.client.get_cookie("session").value


def opens_the_desk(app, value):
    """Say whether a copied cookie opens the desk in another browser."""
    thief = app.test_client()
    thief.set_cookie("session", value)
    return thief.get("/desk/m-1/").status_code == 200


def test_a_cookie_that_was_copied_opens_nothing_after_the_sign_out(app, coordinator):
    copied = cookie(coordinator)
    assert opens_the_desk(app, copied)
    coordinator.post("/sign-out", page="/desk/m-1/")
    assert not opens_the_desk(app, copied)
    coordinator.sign_in("coordinator")
    assert not opens_the_desk(app, copied)


def test_a_new_password_ends_every_session(app, store, coordinator):
    from observer_kit.storage import accounts

    copied = cookie(coordinator)
    with store.atomic() as tx:
        accounts.set_password(tx, accounts.named(tx, "coordinator").id, "another long password")
    assert not opens_the_desk(app, copied)
    assert coordinator.get("/desk/m-1/").status_code == 302


def test_a_role_taken_away_ends_at_the_next_request(store, coordinator):
    from observer_kit.storage import accounts

    assert coordinator.get("/desk/m-1/").status_code == 200
    with store.atomic() as tx:
        accounts.set_roles(tx, accounts.named(tx, "coordinator").id, {})
    assert coordinator.get("/desk/m-1/").status_code == 403
    with store.atomic() as tx:
        accounts.disable(tx, accounts.named(tx, "coordinator").id)
    assert coordinator.get("/desk/m-1/").status_code == 302


def test_signing_out_needs_a_form_and_closes_the_session(coordinator):
    assert coordinator.get("/sign-out").status_code == 405
    assert coordinator.post("/sign-out", page="/desk/m-1/").status_code == 302
    assert coordinator.get("/desk/m-1/").status_code == 302


@pytest.mark.parametrize(
    "address",
    [
        "/sign-out",
        "/desk/m-1/diary",
        "/desk/m-1/teams/code",
        "/desk/m-1/teams/revoke",
        "/desk/m-1/submissions/x/review",
    ],
)
def test_a_form_without_its_token_is_refused(coordinator, address):
    answer = coordinator.client.post(address, data={})
    assert answer.status_code == 400
    assert "The form has expired" in answer.text


@pytest.mark.parametrize(
    "address", ["/sign-in", "/demo/phone", "/admin/accounts", "/admin/check", "/office/m-1/statements"]
)
def test_every_other_form_needs_its_token_too(admin, address):
    assert admin.client.post(address, data={}).status_code == 400


def test_the_language_is_remembered_and_never_leads_elsewhere(visitor):
    answer = visitor.get("/language/ru?next=//example.org")
    assert answer.location == "/"
    assert "Наблюдатель" in visitor.get("/").text
    assert visitor.get("/language/xx").status_code == 404
