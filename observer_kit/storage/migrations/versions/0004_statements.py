"""The office: frozen data sets, statements and every saving of their text, remarks, approvals, published versions.

Revision: 0004
Follows: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APPEND_ONLY = (
    "snapshots", "statements", "statement_snapshots", "section_texts", "remarks", "statement_steps", "releases",
    "figure_notes", "translations",
)  # fmt: skip


def upgrade() -> None:
    """Make the office's tables, and keep every act as it was."""
    _acts(
        "snapshots", _text("id"), _mission(), _text("identity"), unique=("id",), index=("mission",), last=("content",)
    )
    _acts(
        "statements", _text("id"), _mission(), _text("series"), _text("style"), _text("language"), _text("act"),
        _number("of", nullable=True), _text("reason"), unique=("id",), index=("mission",),
    )  # fmt: skip
    _acts(
        "statement_snapshots", _mission(), _text("statement"), _text("snapshot"),
        keys={"statement": "statements.id", "snapshot": "snapshots.id"}, index=("statement",),
    )  # fmt: skip
    _acts(
        "section_texts", _mission(), _text("statement"), _text("section"), _number("base", nullable=True),
        _text("merges"), _text("tab"), _number("turn"), _text("text"),
        keys={"statement": "statements.id"}, index=("statement", "section"),
    )  # fmt: skip
    _acts(
        "remarks", _mission(), _text("statement"), _text("section"), _text("act"), _number("of", nullable=True),
        _text("text"), keys={"statement": "statements.id"}, index=("statement",),
    )  # fmt: skip
    _acts(
        "statement_steps", _mission(), _text("statement"), _text("act"), _text("digest"), _text("acknowledged"),
        _text("note"), keys={"statement": "statements.id"}, index=("statement",),
    )  # fmt: skip
    _acts(
        "releases", _mission(), _text("statement"), _text("series"), _number("version"), _text("act"),
        _number("of", nullable=True), _text("reason"), _text("snapshot"), _text("digest"), _text("sha256"),
        _number("size"), _text("content"),
        keys={"statement": "statements.id", "snapshot": "snapshots.id"}, unique=("statement", ("series", "version")),
        index=("mission",),
    )  # fmt: skip
    _acts("figure_notes", _mission(), _text("figure"), _text("act"), _text("reason"), index=("mission", "figure"))
    _acts(
        "translations", _mission(), _text("submission"), _text("question"), _text("language"), _text("text"),
        keys={"submission": "submissions.id"}, index=("submission",),
    )  # fmt: skip
    acts = ("update", "delete") if op.get_bind().dialect.name == "sqlite" else ("update", "delete", "truncate")
    for name in APPEND_ONLY:
        for act in acts:
            op.execute(_refusing(name, act))


def _acts(
    name: str,
    *columns: sa.Column[Any],
    keys: dict[str, str] | None = None,
    unique: tuple[str | tuple[str, ...], ...] = (),
    index: tuple[str, ...] = (),
    last: tuple[str, ...] = (),
) -> None:
    """Make one table of acts: each is a row of the chain, by somebody, at a moment."""
    referred = {"sequence": "chain.sequence", "mission": "missions.code", **(keys or {})}
    constraints: list[Any] = [
        sa.ForeignKeyConstraint([mine], [theirs], name=f"fk_{name}_{mine}_{theirs.partition('.')[0]}")
        for mine, theirs in referred.items()
    ]
    for each in unique:
        together = (each,) if isinstance(each, str) else each
        constraints.append(sa.UniqueConstraint(*together, name=f"uq_{name}_{'_'.join(together)}"))
    op.create_table(
        name,
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        *columns,
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        *(_text(each) for each in last),
        sa.PrimaryKeyConstraint("sequence", name=f"pk_{name}"),
        *constraints,
    )
    if index:
        op.create_index(f"ix_{name}_{'_'.join(index)}", name, list(index))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


def _mission() -> sa.Column[Any]:
    return _text("mission")


def _refusing(table: str, act: str) -> str:
    head = f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
    if op.get_bind().dialect.name == "postgresql":
        return head + "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    return head + f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
