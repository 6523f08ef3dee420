"""The desk: the deployment plan, calls, notes, what is being typed in, how incidents are handled, shapes.

Revision: 0003
Follows: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APPEND_ONLY = ("calls", "notes", "handlings", "table_imports")


def upgrade() -> None:
    """Make the desk's tables, and keep what was said and noted as it was."""
    op.add_column("teams", sa.Column("phone", sa.Text(), nullable=True))
    _deployment()
    _calls()
    _notes()
    _typing()
    _handlings()
    _shapes()
    _flagged()
    _table_imports()
    acts = ("update", "delete") if op.get_bind().dialect.name == "sqlite" else ("update", "delete", "truncate")
    for table in APPEND_ONLY:
        for act in acts:
            op.execute(_refusing(table, act))


def _refusing(table: str, act: str) -> str:
    head = f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
    if op.get_bind().dialect.name == "postgresql":
        return head + "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
    return head + f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"


def _deployment() -> None:
    op.create_table(
        "deployment",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_deployment_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "position", name="pk_deployment"),
    )


def _calls() -> None:
    op.create_table(
        "calls",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_calls_sequence_chain"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_calls_mission_missions"),
        sa.PrimaryKeyConstraint("sequence", name="pk_calls"),
    )
    op.create_index("ix_calls_mission_team", "calls", ["mission", "team"])


def _notes() -> None:
    op.create_table(
        "notes",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_notes_sequence_chain"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_notes_mission_missions"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_notes_submission_submissions"),
        sa.PrimaryKeyConstraint("sequence", name="pk_notes"),
    )
    op.create_index("ix_notes_submission", "notes", ["submission"])


def _typing() -> None:
    op.create_table(
        "typing_drafts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_typing_drafts_mission_missions"),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_typing_drafts_account_accounts"),
        sa.PrimaryKeyConstraint("id", name="pk_typing_drafts"),
    )
    op.create_index("ix_typing_drafts_mission_account", "typing_drafts", ["mission", "account"])


def _handlings() -> None:
    op.create_table(
        "handlings",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_handlings_sequence_chain"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_handlings_mission_missions"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_handlings_submission_submissions"),
        sa.PrimaryKeyConstraint("sequence", name="pk_handlings"),
    )
    op.create_index("ix_handlings_submission", "handlings", ["submission"])


def _shapes() -> None:
    op.create_table(
        "shapes",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_shapes_mission_missions"),
        sa.PrimaryKeyConstraint("mission", name="pk_shapes"),
    )


def _table_imports() -> None:
    op.create_table(
        "table_imports",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_table_imports_sequence_chain"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_table_imports_mission_missions"),
        sa.PrimaryKeyConstraint("sequence", name="pk_table_imports"),
    )
    op.create_index("ix_table_imports_mission_table_name", "table_imports", ["mission", "table_name"])


def _flagged() -> None:
    op.create_index("ix_submissions_mission_sequence", "submissions", ["mission", "sequence"])
    where = sa.text("problem_count > 0 OR finding_count > 0")
    op.create_index(
        "ix_submissions_flagged",
        "submissions",
        ["mission", "problem_count", "finding_count"],
        sqlite_where=where,
        postgresql_where=where,
    )
