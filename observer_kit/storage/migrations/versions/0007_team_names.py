"""The teams: their names in Russian and Kazakh.

Revision: 0007
Follows: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a team have a name in each language, as places have; what is stored has none yet."""
    for column in ("name_ru", "name_kk"):
        op.add_column("teams", sa.Column(column, sa.Text(), nullable=True))
