"""Answers as columns, counted with their bases. Pure: no SQL, no HTML."""

from observer_kit.statistics.columns import Columns
from observer_kit.statistics.encoding import build
from observer_kit.statistics.model import Share, Tally
from observer_kit.statistics.tallies import GROUPS, share, tally

__all__ = ["GROUPS", "Columns", "Share", "Tally", "build", "share", "tally"]
