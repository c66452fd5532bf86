"""Synthetic images: the covariance of their fields, their noise, what a seed decides."""

import numpy as np
import pytest

from mixedpixels.errors import BadInput
from mixedpixels.scenes import Library, matern_fields, synthetic


def shelf(count=5, bands=30):
    rng = np.random.default_rng(0)
    names = [f"mineral {k}" for k in range(count)]
    return Library(
        "shelf", 0.2 + 0.6 * rng.random((count, bands)), np.linspace(400, 2400, bands), names
    )


@pytest.mark.parametrize(
    "smoothness, correlation",
    [
        (0.5, lambda d: np.exp(-d)),
        (1.5, lambda d: (1 + np.sqrt(3) * d) * np.exp(-np.sqrt(3) * d)),
        (2.5, lambda d: (1 + np.sqrt(5) * d + 5 * d**2 / 3) * np.exp(-np.sqrt(5) * d)),
    ],
)
def test_the_fields_have_the_covariance_of_matern(smoothness, correlation):
    """Against the closed forms, along rows and columns, over many fields."""
    length = 4.0
    fields = matern_fields(np.random.default_rng(1), 96, 96, 60, length, smoothness)
    variance = (fields**2).mean()
    assert variance == pytest.approx(1, abs=0.05)
    for lag in (1, 2, 4, 8):
        for moved, kept in (
            (fields[lag:], fields[:-lag]),
            (fields[:, lag:], fields[:, :-lag]),
        ):
            assert (moved * kept).mean() / variance == pytest.approx(
                correlation(lag / length), abs=0.04
            )


def test_edges_of_the_image_do_not_know_each_other():
    fields = matern_fields(np.random.default_rng(2), 64, 64, 200, 4.0)
    assert abs((fields[0] * fields[-1]).mean()) < 0.05
    assert (fields[0] * fields[1]).mean() > 0.8


def test_without_noise_the_image_is_the_mixture():
    scene = synthetic(shelf(), [3, 0, 1], 20, 24, seed=5)
    np.testing.assert_allclose(scene.abundances.sum(axis=2), 1, rtol=1e-5)
    np.testing.assert_allclose(scene.cube, scene.abundances @ scene.endmembers, rtol=1e-4)
    assert scene.endmember_names == ("mineral 3", "mineral 0", "mineral 1")
    assert scene.origin == "synthetic" and scene.abundances.max() > 0.9


@pytest.mark.parametrize("snr", [0, 20, 40])
def test_the_noise_has_the_stated_ratio(snr):
    clean = synthetic(shelf(), [0, 1, 2, 3, 4], 40, 40)
    noisy = synthetic(shelf(), [0, 1, 2, 3, 4], 40, 40, snr=snr)
    np.testing.assert_array_equal(clean.abundances, noisy.abundances)
    noise = noisy.cube.astype(float) - clean.cube
    found = 10 * np.log10((clean.cube.astype(float) ** 2).mean() / noise.var())
    assert found == pytest.approx(snr, abs=0.1)


def test_a_seed_decides_the_image_and_its_digest():
    first, again, other = (synthetic(shelf(), [0, 1], 9, 9, snr=20, seed=s) for s in (0, 0, 1))
    np.testing.assert_array_equal(first.cube, again.cube)
    assert first.hashes == again.hashes != other.hashes
    assert np.abs(first.abundances - other.abundances).max() > 0.1


def test_what_makes_no_image_is_refused():
    for chosen in ([0], [0, 0]):
        with pytest.raises(BadInput, match="two or more different indices"):
            synthetic(shelf(), chosen, 9, 9)
    with pytest.raises(BadInput, match="must be above 0"):
        matern_fields(np.random.default_rng(0), 9, 9, 2, 0.0)
