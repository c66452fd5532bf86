"""Numbers that a right implementation hits on the real scenes Samson and Jasper Ridge."""

import numpy as np
import pytest

from mixedpixels.metrics import (
    CONVENTIONS,
    abundance_rmse,
    match_endmembers,
    pure_pixel_spectra,
    spectral_angle,
)
from mixedpixels.unmixing import FCLS, NNLS, SMACC, ConstantPrediction, vca_starts
from mixedpixels.unmixing.normalise import normalise


def matched_error(abundances, samson, convention):
    order = match_endmembers(abundances, samson.pixel_abundances, by="abundance")
    return float(abundance_rmse(abundances[:, order], samson.pixel_abundances, convention))


def test_the_reference_is_least_squares_itself(samson):
    """The benchmark is circular: non-negative least squares, divided by its sum, is the reference."""
    model = NNLS(samson.endmembers, renormalise=True, device="cpu")
    abundances = model.fit_transform(samson.pixels)
    error = abundance_rmse(abundances, samson.pixel_abundances, "pooled")
    assert round(float(error), 4) == 0.0020
    error = abundance_rmse(abundances, samson.pixel_abundances, "per_pixel")
    assert round(float(error), 4) == 0.0035


def test_fcls_with_the_reference_endmembers(samson):
    model = FCLS(samson.endmembers, normalise="l2", device="cpu")
    abundances = model.fit_transform(samson.pixels)
    error = abundance_rmse(abundances, samson.pixel_abundances, "pooled")
    assert round(float(error), 4) == 0.0406
    error = abundance_rmse(abundances, samson.pixel_abundances, "per_pixel")
    assert round(float(error), 4) == 0.0703


def test_constant_prediction(samson):
    """Each convention is another number: 0.3688 is the mean over endmembers, not the pooled error."""
    truth = samson.pixel_abundances
    constant = ConstantPrediction().fit_transform(samson.pixels, truth)
    found = {c: round(float(abundance_rmse(constant, truth, c)), 4) for c in CONVENTIONS}
    assert found == {"per_pixel": 0.6393, "pooled": 0.3691, "per_endmember": 0.3688}
    each = [abundance_rmse(constant[:, [k]], truth[:, [k]], "pooled") for k in range(3)]
    np.testing.assert_array_equal(np.round(each, 4), [0.3473, 0.3792, 0.3799])


@pytest.mark.parametrize(("how", "low", "high"), [("none", 0.402, 0.491), ("l2", 0.107, 0.162)])
def test_vca_and_fcls(how, low, high, samson):
    """Five starts, error of SSANU-Net's eq. 18, within the range of an independent run."""
    starts, _ = vca_starts(normalise(samson.pixels, how), 3, range(5))
    errors = []
    for endmembers in starts:
        model = FCLS(endmembers, normalise=how, device="cpu")
        errors.append(matched_error(model.fit_transform(samson.pixels), samson, "per_pixel"))
    assert low < min(errors) and max(errors) < high, errors


def test_pure_pixels(samson):
    _, counts = pure_pixel_spectra(samson.pixels, samson.pixel_abundances, threshold=0.9)
    found = dict(zip(samson.endmember_names, counts.tolist(), strict=True))
    assert found == {"rock": 1499, "tree": 1365, "water": 1264}


def test_smacc_endmembers(samson):
    model = SMACC(3).fit(samson.pixels)
    order = match_endmembers(model.endmembers_, samson.endmembers, by="angle")
    angles = spectral_angle(model.endmembers_[order], samson.endmembers)
    np.testing.assert_array_equal(angles.round(4), [0.0404, 0.0219, 0.1140])


# --- Jasper Ridge --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "how", "expected"),
    [
        (FCLS, {}, 0.1560),
        (FCLS, {"normalise": "l2"}, 0.0823),
        (NNLS, {"renormalise": True}, 0.1005),
        (NNLS, {"normalise": "l2", "renormalise": True}, 0.0723),
    ],
)
def test_jasper_ridge_with_its_reference_endmembers(model, how, expected, jasper):
    abundances = model(jasper.endmembers, device="cpu", **how).fit_transform(jasper.pixels)
    error = abundance_rmse(abundances, jasper.pixel_abundances, "per_pixel")
    assert float(error) == pytest.approx(expected, abs=0.0003)


def test_jasper_ridge_reference_is_least_squares_with_scaled_spectra(jasper):
    """Circular as Samson's: each spectrum divided by its largest value, then as there."""
    scaled = jasper.endmembers / jasper.endmembers.max(axis=1, keepdims=True)
    abundances = NNLS(scaled, renormalise=True, device="cpu").fit_transform(jasper.pixels)
    error = abundance_rmse(abundances, jasper.pixel_abundances, "per_pixel")
    assert float(error) == pytest.approx(0.0099, abs=0.0003)
    apart = np.abs(abundances - jasper.pixel_abundances).max(axis=1)
    mixed = jasper.pixel_abundances.max(axis=1) < 0.999  # a pure pixel is met by many a method
    assert mixed.sum() > 8000 and (apart < 1e-5).mean() > 0.6
    assert (apart[mixed] < 1e-5).mean() > 0.5 and apart.max() < 0.17


def test_jasper_ridge_reference(jasper):
    truth = jasper.pixel_abundances
    np.testing.assert_allclose(truth.sum(axis=1), 1, atol=1e-6)
    mean = truth.mean(axis=0, dtype=float)
    np.testing.assert_array_equal(mean.round(3), [0.342, 0.315, 0.248, 0.095])
    _, counts = pure_pixel_spectra(jasper.pixels, truth, threshold=0.9)
    found = dict(zip(jasper.endmember_names, counts.tolist(), strict=True))
    assert found == {"tree": 1434, "water": 2189, "dirt": 304, "road": 205}
