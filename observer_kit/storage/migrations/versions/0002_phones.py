"""Photos, and what phones say of themselves.

Revision: 0002
Follows: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables of attachments and of readiness."""
    op.create_table(
        "attachments",
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("media", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("photo", sa.Text(), nullable=True),
        sa.Column("submission", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_attachments_mission_missions"),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_attachments_device_devices"),
        sa.ForeignKeyConstraint(["sequence"], ["chain.sequence"], name="fk_attachments_sequence_chain"),
        sa.PrimaryKeyConstraint("mission", "sha256", name="pk_attachments"),
        sa.UniqueConstraint("sequence", name="uq_attachments_sequence"),
    )
    op.create_index("ix_attachments_device", "attachments", ["device"])
    op.create_table(
        "readiness",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("mission", sa.Text(), nullable=False),
        sa.Column("at", sa.String(24), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.id"], name="fk_readiness_device_devices"),
        sa.ForeignKeyConstraint(["mission"], ["missions.code"], name="fk_readiness_mission_missions"),
        sa.PrimaryKeyConstraint("device", name="pk_readiness"),
    )
