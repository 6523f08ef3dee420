import logging

import pytest

from observer_kit.errors import Conflict, StorageFault
from observer_kit.web.access import audience


@pytest.fixture
def broken(app, visitor):
    def view(kind):
        raise {
            "conflict": Conflict("it was so already", place="row 3", expected="other"),
            "fault": StorageFault("/secret/path is gone"),
            "bug": RuntimeError("SELECT password FROM accounts"),
        }[kind]

    app.testing = False
    app.add_url_rule("/broken/<kind>", endpoint="broken", view_func=audience("public")(view))
    app.add_url_rule("/api/broken/<kind>", endpoint="api_broken", view_func=audience("public")(view))
    return visitor


def test_a_program_gets_the_one_error_shape(broken):
    answer = broken.get("/api/broken/conflict")
    assert answer.status_code == 409
    assert answer.json == {
        "error": {
            "code": "state_conflict", "message": "it was so already", "place": "row 3", "detail": {"expected": "other"},
        }
    }  # fmt: skip


def test_a_person_gets_a_calm_page(broken):
    answer = broken.get("/broken/conflict")
    assert answer.status_code == 409
    assert "it was so already" in answer.text
    assert answer.mimetype == "text/html"


@pytest.mark.parametrize(("kind", "code"), [("fault", "storage_fault"), ("bug", "internal")])
def test_a_fault_tells_an_id_and_logs_the_rest(broken, caplog, kind, code):
    with caplog.at_level(logging.ERROR):
        answer = broken.get(f"/api/broken/{kind}")
    error = answer.json["error"]
    assert (answer.status_code, error["code"]) == (500, code)
    assert "secret" not in answer.text
    assert "SELECT" not in answer.text
    assert error["id"] in caplog.text
    page = broken.get(f"/broken/{kind}")
    assert page.status_code == 500
    assert "Traceback" not in page.text
    assert "SELECT" not in page.text


def test_an_address_that_does_not_exist_has_a_code(broken):
    assert broken.get("/api/nothing").json["error"]["code"] == "not_found"
    assert "There is nothing at this address." in broken.get("/nothing").text


def test_a_wrong_method_says_which_are_right(broken):
    answer = broken.client.post("/", data={"csrf_token": broken.token()})
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_an_error_page_speaks_the_page_s_language(broken):
    broken.get("/language/kk")
    assert 'lang="kk"' in broken.get("/nothing").text
