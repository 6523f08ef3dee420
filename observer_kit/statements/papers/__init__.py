"""The papers of a mission's day: briefing, digest, a submission, forms, call sheet, deployment plan, enrolment.

Each module holds one paper: frozen dataclasses that say, in the paper's
language, everything that stands on it, and the functions that set them as
HTML or PDF. `frame` is what all share.
"""
