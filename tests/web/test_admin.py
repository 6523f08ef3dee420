"""The administrator's room."""

from sqlalchemy import text

from observer_kit.storage import accounts
from tests.web.conftest import PASSWORD


def test_an_account_is_made_with_one_role(admin, store):
    page = "/admin/accounts"
    given = {"name": "Айгүл", "password": PASSWORD, "mission": "m-1", "role": "staff"}
    assert admin.post(page, given, page=page).status_code == 303
    with store.reading() as tx:
        assert accounts.named(tx, "айгүл").roles == {"m-1": "staff"}
    again = admin.post(page, given, page=page)
    assert again.status_code == 409
    assert "already" in again.text


def test_a_short_password_or_an_unknown_role_makes_no_account(admin, store):
    page = "/admin/accounts"
    for wrong in ({"password": "short"}, {"role": "emperor"}, {"name": ""}, {"mission": "m-9"}):
        given = {"name": "new", "password": PASSWORD, "mission": "m-1", "role": "staff"} | wrong
        assert admin.post(page, given, page=page).status_code in (400, 409), wrong
    with store.reading() as tx:
        assert "new" not in {each.name for each in accounts.all(tx)}


def test_roles_are_given_and_taken_mission_by_mission(admin, store):
    with store.reading() as tx:
        person = accounts.named(tx, "coordinator")
    page = f"/admin/accounts/{person.id}/role"
    admin.post(page, {"mission": "r-1", "role": "staff"}, page="/admin/accounts")
    admin.post(page, {"mission": "m-1", "role": ""}, page="/admin/accounts")
    with store.reading() as tx:
        assert accounts.get(tx, person.id).roles == {"r-1": "staff"}


def test_administrators_do_not_lock_themselves_out(admin, store):
    with store.reading() as tx:
        me = accounts.named(tx, "admin").id
    for address, given in (
        (f"/admin/accounts/{me}/role", {"mission": "*", "role": "staff"}),
        (f"/admin/accounts/{me}/disable", {}),
    ):
        assert admin.post(address, given, page="/admin/accounts").status_code == 409
    assert admin.get("/admin/").status_code == 200


def test_a_closed_account_signs_in_no_more(admin, store, visitor):
    with store.reading() as tx:
        person = accounts.named(tx, "staff")
    assert admin.post(f"/admin/accounts/{person.id}/disable", page="/admin/accounts").status_code == 303
    assert visitor.sign_in("staff").status_code == 401


def test_the_check_finds_nothing_in_a_store_left_alone(admin, sender):
    sender.send({"vo_stuffing": "no"})
    page = admin.post("/admin/check", page="/admin/").text
    assert "Nothing was lost and nothing was altered" in page


def test_the_check_finds_an_account_of_events_that_was_altered(admin, store, sender):
    id, _ = sender.send({"vo_stuffing": "no"})
    with store.atomic() as tx:
        for (name,) in tx.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            tx.execute(text(f'DROP TRIGGER "{name}"'))
        tx.execute(text("UPDATE submissions SET answers = replace(answers, '\"no\"', '\"yes\"')"))
    page = admin.post("/admin/check", page="/admin/").text
    assert "fault was found" in page or "faults were found" in page
    assert id in page
