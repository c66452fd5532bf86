"""Naming spectra after a library: one name each, the sum of the angles least."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mixedpixels.errors import BadInput
from mixedpixels.metrics import name_spectra, spectral_angle


@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_no_other_names_are_nearer(seed, count):
    rng = np.random.default_rng(seed)
    materials = [rng.random((rng.integers(1, 4), 6)) + 0.1 for _ in range(count)]
    spectra = rng.random((count, 6)) + 0.1
    order, angles = name_spectra(spectra, materials)

    def far(given_order):
        return [
            min(spectral_angle(spectra[row], record) for record in records)
            for row, records in zip(given_order, materials, strict=True)
        ]

    assert sorted(order) == list(range(count))
    np.testing.assert_allclose(angles, far(order), atol=1e-7)
    assert sum(angles) <= min(sum(far(each)) for each in permutations(range(count))) + 1e-7


def test_records_in_another_order_and_brightness_are_found():
    rng = np.random.default_rng(0)
    library = rng.random((6, 9))
    materials = [library[[0, 1]], library[[2]], library[[3, 4, 5]]]
    order, angles = name_spectra(library[[4, 1, 2]] * [[3.0], [0.2], [1.0]], materials)
    np.testing.assert_array_equal(order, [1, 2, 0])
    np.testing.assert_allclose(angles, 0, atol=1e-7)


def test_wrong_counts_are_refused():
    with pytest.raises(BadInput, match="one spectrum a material, got 2 for 3 materials"):
        name_spectra(np.ones((2, 4)), [np.ones((1, 4))] * 3)
    with pytest.raises(BadInput, match=r"materials 1 \(counted from 0\) have no record"):
        name_spectra(np.ones((2, 4)), [np.ones((1, 4)), np.ones((0, 4))])
