"""Archetypal analysis against its formulas written out, and on simplices whose corners are known."""

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.base import clone

from mixedpixels.errors import BadInput
from mixedpixels.metrics import match_endmembers, spectral_angle
from mixedpixels.unmixing import EDAA, FCLS, edaa


def mixtures(count=3, bands=12, pixels=300, seed=0):
    rng = np.random.default_rng(seed)
    spectra = rng.random((count, bands))
    shares = rng.dirichlet(np.full(count, 0.3), pixels)
    shares[:count] = np.eye(count)  # the corners are in the image
    return shares @ spectra, shares, spectra


def written_out(pixels, count, seed, number, rounds, steps):
    """One restart by the paper's formulas, pixels as columns, in double precision."""
    x = pixels.T
    rng = np.random.default_rng((seed, number))
    noise = 0.1 * rng.random((2, count, len(pixels)), dtype=np.float32).astype(float)
    exponent = int(rng.choice(range(-3, 4)))
    a, b = softmax(noise[0], axis=0), softmax(noise[1], axis=1).T
    eta_a = 2.0**exponent / np.linalg.svd(x @ b)[1][0] ** 2
    eta_b = eta_a * np.sqrt(count / len(pixels))
    for _ in range(rounds):
        for _ in range(steps):
            gradient = -(x @ b).T @ (x - x @ b @ a)
            a = softmax(np.log(a) - eta_a * gradient, axis=0)
        for _ in range(steps):
            gradient = -x.T @ (x - x @ b @ a) @ a.T
            b = softmax(np.log(b) - eta_b * gradient, axis=0)
    return (x @ b).T, a.T


def test_one_restart_is_the_formulas_written_out():
    pixels, _, _ = mixtures(pixels=60)
    model = EDAA(3, restarts=1, random_state=4, rounds=6, steps=5, device="cpu").fit(pixels)
    spectra, shares = written_out(pixels, 3, 4, 0, 6, 5)
    np.testing.assert_allclose(model.endmembers_, spectra, atol=2e-5)
    np.testing.assert_allclose(model.abundances_, shares, atol=2e-5)
    expected = np.abs(pixels - shares @ spectra).mean()
    assert model.residuals_[0] == pytest.approx(expected, rel=1e-3)
    together = np.corrcoef(spectra)[np.triu_indices(3, 1)].max()
    assert model.likeness_[0] == pytest.approx(together, abs=1e-4)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_the_corners_of_a_simplex_are_found(count):
    pixels, shares, spectra = mixtures(count)
    model = EDAA(count, restarts=6, device="cpu").fit(pixels)
    order = match_endmembers(model.endmembers_, spectra, by="angle")
    assert spectral_angle(model.endmembers_[order], spectra).max() < 0.06
    assert np.sqrt(((model.abundances_[:, order] - shares) ** 2).mean()) < 0.06


def test_abundances_are_on_the_simplex_and_endmembers_within_the_pixels():
    pixels, _, _ = mixtures()
    model = EDAA(3, restarts=2, rounds=10, device="cpu").fit(pixels)
    np.testing.assert_allclose(model.abundances_.sum(axis=1), 1, atol=1e-5)
    assert model.abundances_.min() >= 0
    assert (model.endmembers_ <= pixels.max(axis=0) + 1e-5).all()
    assert (model.endmembers_ >= pixels.min(axis=0) - 1e-5).all()


def test_a_restart_depends_on_its_own_number_only(monkeypatch):
    pixels, _, _ = mixtures()
    together = EDAA(3, restarts=5, rounds=5, device="cpu").fit(pixels)
    monkeypatch.setattr(edaa, "_NUMBERS_AT_ONCE", 2 * 3 * len(pixels))  # two at a time
    apart = EDAA(3, restarts=5, rounds=5, device="cpu").fit(pixels)
    np.testing.assert_allclose(apart.residuals_, together.residuals_, rtol=1e-4)
    assert apart.chosen_ == together.chosen_
    np.testing.assert_allclose(apart.endmembers_, together.endmembers_, atol=1e-4)


def test_the_least_alike_of_the_good_restarts_is_kept():
    pixels, _, _ = mixtures(4, seed=2)
    pixels = pixels + 0.05 * np.random.default_rng(1).standard_normal(pixels.shape)
    model = EDAA(4, restarts=12, rounds=20, device="cpu").fit(pixels)
    good = model.residuals_ <= 1.05 * model.residuals_.min()
    assert 1 < good.sum() < 12
    assert good[model.chosen_]
    assert model.likeness_[model.chosen_] == model.likeness_[good].min()


def test_it_serves_least_squares_as_an_extractor():
    pixels, shares, spectra = mixtures()
    finder = EDAA(3, restarts=4, device="cpu")
    assert clone(finder).get_params() == finder.get_params()
    model = FCLS(finder, device="cpu").fit(pixels)
    order = match_endmembers(model.endmembers_, spectra, by="angle")
    assert np.sqrt(((model.transform(pixels)[:, order] - shares) ** 2).mean()) < 0.06


@pytest.mark.parametrize("wrong", [{"restarts": 0}, {"rounds": 0}, {"steps": 0}])
def test_wrong_settings_are_refused(wrong):
    pixels, _, _ = mixtures()
    with pytest.raises(BadInput, match="expected a whole number, 1 or more, got 0"):
        EDAA(3, device="cpu", **wrong).fit(pixels)


def test_more_endmembers_than_bands_are_refused():
    pixels, _, _ = mixtures(bands=4)
    with pytest.raises(BadInput, match="expected 2 to 4"):
        EDAA(5, device="cpu").fit(pixels)
