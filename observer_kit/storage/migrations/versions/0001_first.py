"""The first schema.

Revision: 0001
Follows: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("chain", "settings", "checklists", "publications", "envelopes", "submissions", "reviews")


def upgrade() -> None:
    """Make every table, and the triggers that keep what was received as it was received."""
    _tables()
    if op.get_bind().dialect.name == "postgresql":
        _refuse_on_postgresql()
    else:
        _refuse_on_sqlite()


def _refuse_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        for act in ("update", "delete", "truncate"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
            )


def _tables() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("second_factor", sa.Text(), nullable=True),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("made", sa.String(24), nullable=False),
        sa.Column("disabled", sa.String(24), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("folded", name="uq_accounts_folded"),
    )
    op.create_table(
        "attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_name_at", "attempts", ["name", "at"])
    op.create_index("ix_attempts_source_at", "attempts", ["source", "at"])
    op.create_table(
        "chain",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_chain"),
    )
    op.create_index("ix_chain_mission_sequence", "chain", ["mission", "sequence"])
    op.create_table(
        "missions",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("saved", sa.String(24), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_missions"),
    )
    op.create_table(
        "aggregation",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("commission", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_aggregation_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "position", name="pk_aggregation"),
    )
    op.create_table(
        "checklists",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("published", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_checklists_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "version", name="pk_checklists"),
    )
    op.create_index("ix_checklists_version", "checklists", ["version"])
    op.create_table(
        "devices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=True),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("enrolled", sa.String(24), nullable=False),
        sa.Column("revoked", sa.String(24), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_devices_mission_missions"),
        sa.PrimaryKeyConstraint("id", name="pk_devices"),
        sa.UniqueConstraint("token", name="uq_devices_token"),
    )
    op.create_index("ix_devices_mission_kind", "devices", ["mission", "kind"])
    op.create_table(
        "diary",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_diary_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "id", name="pk_diary"),
    )
    op.create_table(
        "locations",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("reports_to", sa.Text(), nullable=True),
        sa.Column("region", sa.Text(), nullable=True),
        sa.Column("number", sa.Text(), nullable=True),
        sa.Column("special", sa.Text(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("opens", sa.Text(), nullable=True),
        sa.Column("closes", sa.Text(), nullable=True),
        sa.Column("voters", sa.Integer(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("made_up", sa.Boolean(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_locations_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "code", name="pk_locations"),
    )
    op.create_index("ix_locations_mission_kind_region", "locations", ["mission", "kind", "region"])
    op.create_table(
        "public_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=True),
        sa.Column("point", sa.Text(), nullable=False),
        sa.Column("made", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_public_keys_mission_missions"),
        sa.PrimaryKeyConstraint("id", name="pk_public_keys"),
    )
    op.create_table(
        "published",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_published_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "position", name="pk_published"),
    )
    op.create_table(
        "roles",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account"], ["accounts.id"], name="fk_roles_account_accounts"),
        sa.PrimaryKeyConstraint("account", "mission", name="pk_roles"),
    )
    op.create_table(
        "settings",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_settings_mission_missions"),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_settings_sequence_chain"),
        sa.PrimaryKeyConstraint("sequence", name="pk_settings"),
    )
    op.create_index("ix_settings_mission_name", "settings", ["mission", "name"])
    op.create_table(
        "teams",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_teams_mission_missions"),
        sa.PrimaryKeyConstraint("mission", "code", name="pk_teams"),
    )
    op.create_table(
        "enrol_codes",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made", sa.String(24), nullable=False),
        sa.Column("expires", sa.String(24), nullable=False),
        sa.Column("device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_enrol_codes_device_devices"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_enrol_codes_mission_missions"),
        sa.PrimaryKeyConstraint("code", name="pk_enrol_codes"),
    )
    op.create_table(
        "envelopes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("signature", sa.Text(), nullable=True),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("quarantine", sa.Text(), nullable=True),
        sa.Column("receipt_key", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_envelopes_mission_missions"),
        sa.ForeignKeyConstraint(["receipt_key"], ["public_keys.id"], name="fk_envelopes_receipt_key_public_keys"),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_envelopes_sequence_chain"),
        sa.PrimaryKeyConstraint("id", name="pk_envelopes"),
        sa.UniqueConstraint("sequence", name="uq_envelopes_sequence"),
    )
    op.create_table(
        "publications",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(
            ["mission", "version"],
            ["checklists.mission", "checklists.version"],
            name="fk_publications_mission_version_checklists",
        ),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_publications_sequence_chain"),
        sa.PrimaryKeyConstraint("sequence", name="pk_publications"),
    )
    op.create_index("ix_publications_mission_name", "publications", ["mission", "name"])
    op.create_table(
        "submissions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("visit", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("location_name", sa.Text(), nullable=True),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("arrived", sa.Text(), nullable=True),
        sa.Column("departed", sa.Text(), nullable=True),
        sa.Column("hour", sa.Integer(), nullable=True),
        sa.Column("setting", sa.Text(), nullable=True),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("comments", sa.Text(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("findings", sa.Text(), nullable=False),
        sa.Column("problem_count", sa.Integer(), nullable=False),
        sa.Column("finding_count", sa.Integer(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["id"], ["envelopes.id"], name="fk_submissions_id_envelopes"),
        sa.ForeignKeyConstraint(
            ["mission", "version"],
            ["checklists.mission", "checklists.version"],
            name="fk_submissions_mission_version_checklists",
        ),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_submissions_mission_missions"),
        sa.PrimaryKeyConstraint("id", name="pk_submissions"),
    )
    op.create_index("ix_submissions_mission_checklist_sequence", "submissions", ["mission", "checklist", "sequence"])
    op.create_index("ix_submissions_mission_location", "submissions", ["mission", "location"])
    op.create_index("ix_submissions_mission_visit", "submissions", ["mission", "visit"])
    op.create_index(
        "ix_submissions_supersedes",
        "submissions",
        ["supersedes"],
        sqlite_where=sa.text("supersedes IS NOT NULL"),
        postgresql_where=sa.text("supersedes IS NOT NULL"),
    )
    op.create_table(
        "reviews",
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=True),
        sa.Column("at", sa.String(24), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_reviews_mission_missions"),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_reviews_sequence_chain"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_reviews_submission_submissions"),
        sa.PrimaryKeyConstraint("sequence", name="pk_reviews"),
    )
    op.create_index("ix_reviews_submission", "reviews", ["submission"])
    op.create_table(
        "standings",
        sa.Column("submission", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("checklist", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("successor", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_standings_mission_missions"),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name="fk_standings_submission_submissions"),
        sa.PrimaryKeyConstraint("submission", name="pk_standings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_standings_mission_checklist_state", "standings", ["mission", "checklist", "state"])
