"""The register: names of places in Russian and Kazakh.

Revision: 0005
Follows: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a place have a name in each language; what is stored has none yet."""
    for column in ("name_ru", "name_kk"):
        op.add_column("locations", sa.Column(column, sa.Text(), nullable=True))
