"""Variants against the interval of the repeated one: every variant in one group, ends included."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels.chapters.ssanu.search import against_spread, lowest_median
from mixedpixels.errors import BadInput

ERRORS = st.dictionaries(st.text(min_size=1, max_size=3), st.floats(0, 1), max_size=8)


@given(ERRORS, st.floats(0, 1), st.floats(0, 1))
def test_every_variant_is_in_one_group_and_sorted(errors, a, b):
    low, high = sorted((a, b))
    found = against_spread(errors, low, high)
    groups = [found.below, found.within, found.above]
    together = [e for group in groups for e in group.values()]
    assert together == sorted(errors.values())
    assert found.below | found.within | found.above == errors


def test_the_ends_of_the_interval_are_within():
    found = against_spread({"a": 0.1, "b": 0.2, "c": 0.21, "d": 0.09}, 0.1, 0.2)
    assert list(found.within) == ["a", "b"]
    assert (list(found.below), list(found.above)) == (["d"], ["c"])


@pytest.mark.parametrize("ends", [(0.2, 0.1), (float("nan"), 1.0)])
def test_an_empty_interval_is_refused(ends):
    with pytest.raises(BadInput, match="low <= high"):
        against_spread({"a": 0.1}, *ends)


def test_the_lowest_median_is_not_the_lowest_run():
    assert lowest_median({"one good run": [0.1, 0.5, 0.6], "steady": [0.3, 0.3, 0.3]}) == "steady"
