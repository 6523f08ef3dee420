"""The static files as they are served: smaller, and the same program."""

from __future__ import annotations

from flask.testing import FlaskClient

from observer_kit.config import resources
from observer_kit.web import files


def test_scripts_and_styles_are_served_without_their_comments(visitor: FlaskClient) -> None:
    for name in ("js/store.js", "css/phone.css"):
        source = (resources("static") / name).read_bytes()
        answer = visitor.get(f"/static/{name}")
        assert answer.status_code == 200
        assert b"/*" not in answer.data
        assert b"\n//" not in answer.data
        assert 0 < len(answer.data) < len(source)
        assert answer.data == files.content(resources("static") / name)


def test_a_library_is_served_as_it_was_built(visitor: FlaskClient) -> None:
    built = (resources("static") / "vendor" / "idb.js").read_bytes()
    with visitor.get("/static/vendor/idb.js") as answer:
        assert answer.data == built


def test_a_file_that_has_not_changed_is_not_sent_again(visitor: FlaskClient) -> None:
    first = visitor.get("/static/js/store.js")
    again = visitor.get("/static/js/store.js", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""


def test_nothing_outside_the_folder_is_served(visitor: FlaskClient) -> None:
    for name in ("../pyproject.toml", "js/../../pyproject.toml", "js/nothing.js", "js"):
        assert visitor.get(f"/static/{name}").status_code == 404


def test_a_page_names_every_module_that_its_script_imports_and_no_other() -> None:
    found = files.modules("checklist.js")
    assert found[0] == "/static/js/checklist.js"
    assert len(found) == len(set(found))
    root = resources("static")
    texts = {address: (root / address.removeprefix("/static/")).read_text("utf-8") for address in found}
    for address in found[1:]:
        name = address.rsplit("/", 1)[1]
        assert any(f'/{name}"' in text for other, text in texts.items() if other != address), address
    assert "/static/vendor/idb.js" in found
    assert "/static/vendor/hpke.js" not in found  # only when a report is sealed
