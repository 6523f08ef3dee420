"""The sample as mission.toml declares it: what is complete, and what is refused by name."""

import pytest

from observer_kit.errors import MissionInvalid
from observer_kit.missions.sampling import check_sampling, read_sampling

STRATA = {"population": 100, "strata": "region", "populations": {"A": 90, "B": 10}}
PLACES = {"population": 900, "clusters": "parent"}


def test_each_kind_of_sample_is_read():
    assert read_sampling("purposive", {}) is None
    found = read_sampling("stratified", {**STRATA, "drawn": {"A": 9, "B": 3}, "weights": {"A": 10, "B": 3.5}})
    assert (found.drawn, found.drawn_by, found.weights) == (12, {"A": 9, "B": 3}, {"A": 10.0, "B": 3.5})
    places = read_sampling("clustered", {**PLACES, "of_clusters": 40, "weights": {"D1": 3}})
    assert (places.clusters, places.of_clusters, places.weights) == ("parent", 40, {"D1": 3.0})
    both = read_sampling("clustered", {**PLACES, "strata": "setting", "populations": {"urban": 12, "rural": 30}})
    assert (both.strata, both.populations) == ("setting", {"urban": 12, "rural": 30})  # places, not stations


@pytest.mark.parametrize(
    ("sample", "values", "code", "named"),
    [
        ("stratified", {**STRATA, "weights": {"A": 0, "B": 1}}, "sample_weight_invalid", "weights.A"),
        ("stratified", {**STRATA, "weights": {"A": True, "B": 1}}, "sample_weight_invalid", "weights.A"),
        ("stratified", {**STRATA, "weights": {"A": 1, "B": -2}}, "sample_weight_invalid", "weights.B"),
        ("stratified", {**STRATA, "weights": {"A": float("inf"), "B": 1}}, "sample_weight_invalid", "weights.A"),
        ("stratified", {**STRATA, "weights": {"A": 1, "C": 1}}, "sample_stratum_unknown", "'C'"),
        ("stratified", {**STRATA, "weights": {"A": 1}}, "mission_invalid", "weights.B"),
        ("stratified", {**STRATA, "drawn": {"C": 1}}, "sample_stratum_unknown", "'C'"),
        ("stratified", {**STRATA, "strata": "setting"}, "sample_stratum_unknown", "'A'"),
        ("stratified", {**STRATA, "clusters": "parent"}, "mission_invalid", "sampling.clusters"),
        ("clustered", {"population": 9}, "mission_invalid", "sampling.clusters"),
        ("clustered", {**PLACES, "clusters": "team"}, "mission_invalid", "sampling.clusters"),
        ("clustered", {**PLACES, **STRATA, "of_clusters": 4}, "mission_invalid", "of_clusters"),
        ("random", {"population": 9, "weights": {"A": 1}}, "mission_invalid", "sampling.weights"),
        ("random", {"population": 9, "drawn": 10}, "mission_invalid", "sampling.drawn"),
        ("purposive", {"population": 9}, "mission_invalid", "teams chose"),
    ],
)
def test_what_is_no_sample_is_refused_by_its_key_and_code(sample, values, code, named):
    with pytest.raises(MissionInvalid) as caught:
        read_sampling(sample, values)
    assert caught.value.code == code
    assert named in str(caught.value)


def test_a_stratum_that_is_no_region_of_the_register_is_refused():
    sampling = read_sampling("stratified", STRATA)
    check_sampling(sampling, {"A": "region", "B": "region"}.get)
    with pytest.raises(MissionInvalid, match="'B' is no stratum"):
        check_sampling(sampling, {"A": "region", "B": "district"}.get)
