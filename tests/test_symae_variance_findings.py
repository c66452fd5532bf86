"""Variances beside printed ones, on tables small enough to check by hand."""

import numpy as np
import pytest

from mixedpixels.chapters.symae.variance_findings import (
    deviations,
    ratios_and_factors,
    summarise_residuals,
)
from mixedpixels.errors import BadInput

OURS = {"scrub": 1.0, "marsh": 4.0, "water": 6.0}
PRINTED = {"scrub": 2.0, "marsh": 3.0, "water": 6.0, "mud": 9.0}


def test_residuals_are_summarised_over_the_classes_at_hand():
    found = summarise_residuals(OURS, PRINTED)
    assert (found.least, found.most, found.median) == ("scrub", "water", 4.0)
    assert found.printed_median == 3.0  # without mud
    assert found.above == ("marsh",)  # water is equal, not above


def test_deviations_are_percentages_of_the_printed_number():
    found = deviations(OURS, PRINTED)
    assert found.farthest == "scrub" and found.largest == pytest.approx(50)
    assert found.median == pytest.approx(100 / 3)


def test_ratios_are_divided_by_the_raw_ones_split_by_split():
    arrays = {
        "apart/raw": np.array([[2.0, 1.0], [4.0, 2.0]]),
        "apart/seen": np.array([[6.0, 1.0], [4.0, 1.0]]),
        "over references": np.zeros(3),
    }
    ratios, factors = ratios_and_factors(arrays)
    assert list(ratios) == ["raw", "seen"]
    np.testing.assert_array_equal(factors["raw"], np.ones((2, 2)))
    np.testing.assert_array_equal(factors["seen"], [[3.0, 1.0], [1.0, 0.5]])


def test_what_is_missing_is_named():
    with pytest.raises(BadInput, match="sand"):
        summarise_residuals(OURS | {"sand": 1.0}, PRINTED)
    with pytest.raises(BadInput, match="any"):
        deviations({}, PRINTED)
    with pytest.raises(BadInput, match="apart/raw"):
        ratios_and_factors({"apart/seen": np.ones((1, 1))})
