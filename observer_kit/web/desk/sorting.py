"""Tables in the order that is asked for: by the server, stable, what has no value last, and in the address.

`?sort=seen.-base` sorts the table `seen` by its column `base`, downward; a page
with one table says `?sort=-base`. On a page:

    order = sorting({"label": ..., "base": ...}, "seen")      # how to take a row's value for each column
    rows = order.sorted(rows)
    {% from "partials/sorting.html" import head %}  {{ head(tell("desk.col_base"), "base", order) }}
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import g, request, url_for

from observer_kit.web.desk import bp
from observer_kit.web.speech import language
from observer_kit.words import collated

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Sorting:
    """How one table is sorted now; `column` is None where it stands in its own order."""

    table: str
    keys: Mapping[str, Callable[[Any], Any]]
    column: str | None
    down: bool

    def sorted(self, rows: Iterable[Row]) -> list[Row]:
        """Sort rows, equals as they stood; a row without a value stands last either way."""
        found = list(rows)
        key = self.keys.get(self.column or "")
        if key is None:
            return found
        known = [row for row in found if key(row) is not None]
        unknown = [row for row in found if key(row) is None]
        return sorted(known, key=lambda row: _comparable(key(row)), reverse=self.down) + unknown

    def state(self, column: str) -> str | None:
        """Give what aria-sort says of a column."""
        return None if column != self.column else "descending" if self.down else "ascending"

    def address(self, column: str) -> str:
        """Give this page's address, sorted by a column: upward first for words, downward first for numbers."""
        down = not self.down if column == self.column else False
        return _address(sort=self.value(column, down=down))

    def downward(self, column: str) -> str:
        """Give this page's address, sorted by a column of numbers: the largest first, then the least."""
        down = not self.down if column == self.column else True
        return _address(sort=self.value(column, down=down))

    def value(self, column: str, *, down: bool) -> str:
        """Write a sorting as the address holds it."""
        return f"{self.table}{'.' if self.table else ''}{'-' if down else ''}{column}"


def sorting(keys: Mapping[str, Callable[[Any], Any]], table: str = "", default: str = "") -> Sorting:
    """Read how a table is to be sorted; what is no column of it leaves it as `default` ("-base") says."""
    for wanted in (request.args.get("sort", ""), default):
        name, _, rest = wanted.rpartition(".")
        column = rest.removeprefix("-")
        if column in keys and (name == table or wanted is default):
            return Sorting(table, keys, column, rest.startswith("-"))
    return Sorting(table, keys, None, down=False)


def _address(**changes: str) -> str:
    """Give the present address with some arguments changed, from the first page."""
    # "endpoint" and a name that begins with _ would speak to url_for itself (_external, _scheme).
    left = ("page", "endpoint", *changes)
    given = {name: values for name, values in request.args.lists() if name not in left and name[:1] != "_"}
    endpoint, where = g.get("list_page", (request.endpoint or "", request.view_args or {}))
    return url_for(endpoint, **{**given, **where, **changes})


def shown_as(endpoint: str, **where: str) -> None:
    """Say which page this is, where a refused form shows it under an address of its own."""
    g.list_page = endpoint, where


@bp.app_template_global("export_address")
def export_address(format: str) -> str:
    """Give the present address with the wanted format of a file."""
    return _address(format=format)


def _comparable(value: Any) -> Any:
    return collated(value, language()) if isinstance(value, str) else value
