"""The controls of every unmixing table, and a library brought to a scene."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import nnls

from mixedpixels import metrics
from mixedpixels.chapters import baselines
from mixedpixels.errors import BadInput
from mixedpixels.scenes import Library
from mixedpixels.unmixing import FCLS, SMACC, VCA


@pytest.fixture(scope="module")
def mixed():
    """Pixels, their abundances and endmembers, of unequal heights."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.4, 0.4, 0.4], 300)
    spectra = rng.random((3, 12)) * [[1.0], [0.3], [0.6]]
    return shares @ spectra + 0.002 * rng.standard_normal((300, 12)), shares, spectra


def test_blind_controls_are_vca_and_fcls_seed_by_seed(mixed):
    pixels, _, _ = mixed
    rows = baselines.blind(pixels, 3, range(4), "cpu")
    assert tuple(row.name for row in rows) == baselines.BLIND
    for row, how in zip(rows, ("none", "l2", "max"), strict=True):
        assert row.seeds == range(4)
        expected = FCLS(VCA(3, 2), how, "cpu").fit_transform(pixels)
        np.testing.assert_array_equal(row.run(2), expected)


def test_smacc_differs_from_the_pixels_own_by_rounding_at_most(mixed):
    pixels, _, _ = mixed
    raw, even = (baselines.smacc(pixels, 3, range(2), how) for how in ("none", "l2"))
    assert (raw.name, even.name) == ("SMACC", "SMACC, L2 pixels")
    np.testing.assert_allclose(raw.run(0), SMACC(3).fit_transform(pixels), atol=1e-6)
    np.testing.assert_array_equal(even.run(1), even.run(1))
    assert len({even.run(seed).tobytes() for seed in range(2)}) == 2  # a seed draws the noise
    assert even.about["note"] == baselines.SHAKEN


def test_the_start_alone_is_least_squares_on_spectra_of_equal_height(mixed):
    pixels, shares, spectra = mixed
    found = SimpleNamespace(endmembers=5 * spectra, abundances=shares, seconds=1.0)
    edaa, alone = baselines.archetypal(pixels, lambda seed: found, range(1), "cpu")
    assert edaa.run(0) is found and alone.name == baselines.START_ALONE
    scaled = spectra / spectra.max(axis=1, keepdims=True)
    expected = np.array([nnls(scaled.T, pixel)[0] for pixel in pixels])
    expected /= expected.sum(axis=1, keepdims=True)
    made = alone.run(0)
    np.testing.assert_allclose(made.abundances, expected, atol=1e-6)
    assert made.seconds > 1.0  # with the search's own


def test_what_is_given_the_reference_says_so(mixed):
    pixels, shares, spectra = mixed
    rows = {row.name: row for row in baselines.given(pixels, spectra, shares, "cpu")}
    assert all(row.about["deterministic"] and row.seeds == range(1) for row in rows.values())
    assert all("uses the reference" in row.about["note"] for row in rows.values())
    errors = {
        name: metrics.abundance_rmse(row.run(0), shares, "per_pixel")
        for name, row in rows.items()
        if name != "constant prediction"
    }
    assert errors["FCLS, raw pixels, reference endmembers"] < 0.02
    assert errors["NNLS / sum, reference endmembers"] < 0.02
    # of spectra scaled to one height the shares are others, and known
    heights = shares * spectra.max(axis=1)
    heights /= heights.sum(axis=1, keepdims=True)
    scaled = rows["NNLS / sum, scaled, reference endmembers"].run(0)
    assert metrics.abundance_rmse(scaled, heights, "per_pixel") < 0.02
    constant = rows["constant prediction"].run(0)
    np.testing.assert_allclose(constant, np.broadcast_to(shares.mean(0), shares.shape), rtol=1e-6)


# --- a library at a scene's bands ------------------------------------------------------------------


def a_library(count=6, bands=9):
    rng = np.random.default_rng(1)
    names = [f"mineral {k}" for k in range(count)]
    return Library("shelf", rng.random((count, bands)), np.linspace(400, 2400, bands), names)


def test_a_library_at_its_own_bands_is_itself():
    library = a_library()
    same = library.at(library.wavelengths)
    np.testing.assert_allclose(same.spectra, library.spectra, rtol=1e-6)
    assert same.spectrum_names == library.spectrum_names


def test_between_bands_a_library_is_a_straight_line():
    library = a_library()
    between = library.at((library.wavelengths[:-1] + library.wavelengths[1:]) / 2)
    expected = (library.spectra[:, :-1] + library.spectra[:, 1:]) / 2
    np.testing.assert_allclose(between.spectra, expected, rtol=1e-6)


@pytest.mark.parametrize("wanted", [[399.0, 500.0], [500.0, 2401.0]])
def test_a_library_says_nothing_beyond_its_ends(wanted):
    with pytest.raises(BadInput, match="covers 400 to 2400 nm"):
        a_library().at(wanted)


@given(st.floats(0.01, 1.2))
def test_a_pruned_library_has_no_two_alike_and_leaves_none_out_without_reason(angle):
    library = a_library(20)
    kept = library.pruned(angle)
    apart = metrics.spectral_angle_matrix(kept.spectra, kept.spectra)
    assert (apart[~np.eye(len(kept), dtype=bool)] > angle - 1e-3).all()
    nearest = metrics.spectral_angle_matrix(library.spectra, kept.spectra).min(axis=1)
    assert (nearest <= angle + 1e-3).all()
    assert kept.spectrum_names[0] == "mineral 0"
    places = [library.spectrum_names.index(name) for name in kept.spectrum_names]
    np.testing.assert_array_equal(kept.spectra, library.spectra[places])
