"""The coordinator's desk: who reported, what was seen, what each report says, what must be looked at."""

from flask import Blueprint

bp = Blueprint("desk", __name__, url_prefix="/desk/<mission>")

from observer_kit.web.desk import (  # noqa: E402, F401 -- the views hang themselves on the blueprint above
    aggregation,
    arrivals,
    chase,
    comparisons,
    conflicts,
    day,
    diary,
    exports,
    incidents,
    live,
    navigation,
    other_mission,
    papers,
    photos,
    protocols,
    quality,
    question,
    questions,
    quick_count,
    review_many,
    submission,
    submissions,
    teams,
    typing,
)
