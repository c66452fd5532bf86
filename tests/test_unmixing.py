"""Unmixing against exact solvers that share no code with it, closed forms and optimality."""

from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import nnls
from sklearn.base import clone
from sklearn.pipeline import make_pipeline

from mixedpixels.errors import BadInput
from mixedpixels.metrics import match_endmembers, spectral_angle
from mixedpixels.unmixing import (
    FCLS,
    NNLS,
    SMACC,
    VCA,
    ConstantPrediction,
    active_set,
    least_squares,
    normalise,
    vca_starts,
)

BOTH = pytest.mark.parametrize("method", [FCLS, NNLS])


def fcls(endmembers, pixels, **more):
    return FCLS(endmembers, device="cpu", **more).fit_transform(pixels)


def unmix(method, endmembers, pixels, **more):
    return method(endmembers, device="cpu", **more).fit_transform(pixels)


# --- exact references ----------------------------------------------------------------------------


def exact_fcls(endmembers, pixels):
    """Try every support: least squares along its edges from one corner, and keep the best feasible."""
    endmembers, pixels = np.asarray(endmembers, float), np.asarray(pixels, float)
    count = len(endmembers)
    best, answer = np.full(len(pixels), np.inf), np.zeros((len(pixels), count))
    for size in range(1, count + 1):
        for corner, *others in combinations(range(count), size):
            edges = endmembers[others] - endmembers[corner]
            rest = pixels - endmembers[corner]
            share = np.linalg.lstsq(edges.T, rest.T)[0].T if others else np.empty((len(pixels), 0))
            trial = np.zeros_like(answer)
            trial[:, others] = share
            trial[:, corner] = 1 - share.sum(axis=1)
            error = ((pixels - trial @ endmembers) ** 2).sum(axis=1)
            better = (trial >= -1e-13).all(axis=1) & (error < best)
            best[better], answer[better] = error[better], trial[better]
    return answer


def exact_nnls(endmembers, pixels):
    matrix = np.asarray(endmembers, float).T
    return np.array([nnls(matrix, pixel)[0] for pixel in np.asarray(pixels, float)])


EXACT = {FCLS: exact_fcls, NNLS: exact_nnls}


def onto_simplex(points):
    """Return the nearest points of the unit simplex: Held, Wolfe and Crowder, 1974, by sorting."""
    falling = -np.sort(-points, axis=1)
    rank = np.arange(1, points.shape[1] + 1)
    level = (falling.cumsum(axis=1) - 1) / rank
    support = (falling > level).sum(axis=1)
    return np.maximum(points - level[np.arange(len(points)), support - 1][:, None], 0)


def check_optimal(method, endmembers, pixels, abundances, tolerance=1e-9):
    """The conditions of Karush, Kuhn and Tucker, which no other point meets."""
    slope = (abundances @ endmembers - pixels) @ endmembers.T  # of half the squared error
    scale = max(
        np.abs(pixels @ endmembers.T).max(), np.square(endmembers).sum(axis=1).max(), 1e-300
    )
    used = abundances > 0
    if method is FCLS:
        np.testing.assert_allclose(abundances.sum(axis=1), 1, atol=1e-12)
        # the slope is one number, the multiplier, wherever an endmember is used
        slope = slope - (slope * used).sum(axis=1, keepdims=True) / used.sum(axis=1, keepdims=True)
    assert (abundances >= 0).all()
    assert np.abs(slope[used]).max(initial=0) <= tolerance * scale
    assert slope.min(initial=0) >= -tolerance * scale


@st.composite
def problems(draw):
    """Endmembers, possibly near-collinear, and pixels inside, on the rim and far outside."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count = draw(st.integers(2, 6))
    bands = draw(st.integers(count, count + 20))
    endmembers = rng.random((count, bands))
    apart = draw(st.sampled_from([None, 0.1, 1e-2, 1e-3]))
    if apart is not None:
        endmembers[1] = endmembers[0] * draw(st.sampled_from([1.0, 0.7])) + apart * rng.random(
            bands
        )
    shares = rng.dirichlet(np.full(count, 0.5), 20)
    shares[:5] = np.eye(count)[rng.integers(0, count, 5)]  # an endmember itself
    shares[5:9, 0] = 0  # on a face
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    noise = draw(st.sampled_from([0, 1e-3, 0.1, 3.0]))
    pixels = shares @ endmembers + noise * rng.standard_normal((20, bands))
    pixels[9] = 0
    return endmembers, pixels


@BOTH
@given(problem=problems())
@settings(max_examples=120)
def test_against_exact_solvers(method, problem):
    endmembers, pixels = problem
    ours = unmix(method, endmembers, pixels)
    np.testing.assert_allclose(ours, EXACT[method](endmembers, pixels), atol=1e-6)
    check_optimal(method, endmembers, pixels, ours)


@BOTH
def test_against_exact_solvers_on_samson(method, samson):
    pixels = samson.pixels[::10]
    for how in ("none", "l2"):
        ours = unmix(method, samson.endmembers, pixels, normalise=how)
        ends, data = normalise(samson.endmembers, how), normalise(pixels, how)
        np.testing.assert_allclose(ours, EXACT[method](ends, data), atol=1e-6)
        check_optimal(method, np.float64(ends), np.float64(data), ours)


@BOTH
def test_pixels_that_are_endmembers_do_not_go_in_circles(method):
    """Close endmembers and pixels without noise: the gain in freeing an endmember is rounding."""
    rng = np.random.default_rng(0)
    for trial in range(300):
        endmembers = rng.random((5, 12))
        endmembers[1] = endmembers[0] + 10.0 ** -(2 + trial % 4) * rng.standard_normal(12)
        shares = rng.dirichlet(np.ones(5), 20) * (rng.random((20, 5)) > 0.4)
        pixels = np.vstack([endmembers, shares @ endmembers])
        ours = unmix(method, endmembers, pixels)
        exact = EXACT[method](endmembers, pixels)
        np.testing.assert_allclose(ours @ endmembers, exact @ endmembers, atol=1e-9)
        check_optimal(method, endmembers, pixels, ours)


# --- closed forms --------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [2, 7, 30, 70])
def test_orthonormal_endmembers_have_a_closed_form(count):
    """FCLS is the projection onto the simplex, NNLS keeps the positive part; 70 sets need no bits."""
    rng = np.random.default_rng(count)
    endmembers = np.linalg.qr(rng.standard_normal((count + 5, count)))[0].T
    shares = rng.standard_normal((40, count)) * rng.uniform(0.02, 3, (40, 1))
    pixels = shares @ endmembers + rng.standard_normal((40, count + 5)) @ (
        np.eye(count + 5) - endmembers.T @ endmembers
    )
    np.testing.assert_allclose(fcls(endmembers, pixels), onto_simplex(shares), atol=1e-12)
    np.testing.assert_allclose(unmix(NNLS, endmembers, pixels), np.maximum(shares, 0), atol=1e-12)


@BOTH
def test_seventy_correlated_endmembers(method):
    rng = np.random.default_rng(0)
    endmembers = rng.random((70, 100))
    pixels = rng.dirichlet(np.full(70, 0.05), 50) @ endmembers + 0.1 * rng.standard_normal(
        (50, 100)
    )
    ours = unmix(method, endmembers, pixels)
    check_optimal(method, endmembers, pixels, ours)
    if method is NNLS:
        np.testing.assert_allclose(ours, exact_nnls(endmembers, pixels), atol=1e-8)


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_a_mixture_is_unmixed(count, seed):
    rng = np.random.default_rng(seed)
    endmembers = rng.random((count, 30))
    shares = rng.dirichlet(np.full(count, 0.3), 25)
    for method in (FCLS, NNLS):
        np.testing.assert_allclose(
            unmix(method, endmembers, shares @ endmembers), shares, atol=1e-9
        )
    np.testing.assert_allclose(
        unmix(NNLS, endmembers, 3 * shares @ endmembers, renormalise=True), shares, atol=1e-9
    )


def test_outside_the_simplex_the_nearest_point_is_taken():
    triangle = np.array([[0.0, 0, 1], [1, 0, 1], [0, 1, 1]])
    beyond = [[-1, -1, 1], [2, -3, 1], [0.5, -1, 1], [2, 2, 1], [0.2, 0.3, 9]]
    expected = [[1, 0, 0], [0, 1, 0], [0.5, 0.5, 0], [0, 0.5, 0.5], [0.5, 0.2, 0.3]]
    np.testing.assert_allclose(fcls(triangle, beyond), expected, atol=1e-12)


def test_zero_pixel():
    endmembers = np.array([[1.0, 0, 0], [0, 2, 0]])
    zero = np.zeros((1, 3))
    # the nearest point of the segment from (1, 0) to (0, 2) to the origin
    np.testing.assert_allclose(fcls(endmembers, zero), [[0.8, 0.2]], atol=1e-12)
    for how in ("none", "l2", "max"):
        for renormalise in (False, True):
            ours = unmix(NNLS, endmembers, zero, renormalise=renormalise, normalise=how)
            np.testing.assert_array_equal(ours, [[0, 0]])
        assert fcls(endmembers, zero, normalise=how).sum() == pytest.approx(1)


def test_one_endmember_takes_all():
    pixels = np.random.default_rng(0).random((4, 3))
    np.testing.assert_allclose(fcls(np.ones((1, 3)), pixels), 1)
    np.testing.assert_allclose(unmix(NNLS, np.ones((1, 3)), pixels)[:, 0], pixels.mean(axis=1))


# --- chunks, dtypes, settings --------------------------------------------------------------------


@BOTH
def test_many_chunks_equal_one(method, monkeypatch):
    rng = np.random.default_rng(0)
    endmembers, pixels = rng.random((4, 10)), rng.random((53, 10))
    whole = unmix(method, endmembers, pixels, normalise="l2")
    solved = []
    solve = active_set.solve

    def counted(gram, cross, sum_to_one):
        solved.append(len(cross))
        return solve(gram, cross, sum_to_one)

    monkeypatch.setattr(active_set, "solve", counted)
    for numbers in (1, 25 * 7, 25 * 53):
        solved.clear()
        monkeypatch.setattr(least_squares, "_NUMBERS_AT_ONCE", numbers)
        np.testing.assert_allclose(
            unmix(method, endmembers, pixels, normalise="l2"), whole, atol=1e-12
        )
        chunk = max(1, numbers // 25)
        assert solved[0] == chunk and sum(solved) == 53 and len(solved) == -(-53 // chunk)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.uint16, np.int64])
def test_any_numbers_will_do(dtype):
    rng = np.random.default_rng(0)
    endmembers, pixels = rng.integers(1, 900, (3, 6)), rng.integers(0, 900, (9, 6))
    expected = fcls(endmembers.astype(float), pixels.astype(float))
    given_ = pixels.astype(dtype)
    given_.flags.writeable = False  # a scene's arrays are
    ours = fcls(endmembers.astype(dtype), given_)
    assert ours.dtype == np.float64
    np.testing.assert_allclose(ours, expected, atol=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_normalised_unmixing_does_not_see_the_light(seed):
    rng = np.random.default_rng(seed)
    endmembers, pixels = rng.random((3, 8)) + 0.1, rng.random((12, 8)) + 0.1
    light, scale = rng.uniform(0.05, 20, (12, 1)), rng.uniform(0.05, 20, (3, 1))
    for how in ("l2", "max"):
        np.testing.assert_allclose(
            fcls(scale * endmembers, light * pixels, normalise=how),
            fcls(endmembers, pixels, normalise=how),
            atol=1e-9,
        )


def test_normalise():
    spectra = np.array([[3, -4], [0, 0]], dtype=np.int16)
    np.testing.assert_allclose(normalise(spectra, "l2"), [[0.6, -0.8], [0, 0]])
    np.testing.assert_allclose(normalise(spectra, "max"), [[0.75, -1], [0, 0]])
    assert normalise(spectra, "none") is spectra
    np.testing.assert_array_equal(spectra, [[3, -4], [0, 0]])
    cube = np.random.default_rng(0).random((2, 3, 4))
    np.testing.assert_allclose(np.linalg.norm(normalise(cube, "l2"), axis=2), 1)
    with pytest.raises(BadInput, match="none, l2, max, got 'L2'"):
        normalise(spectra, "L2")


def test_estimators_are_scikit_learns():
    rng = np.random.default_rng(0)
    pixels = rng.dirichlet(np.ones(3), 50) @ rng.random((3, 8))
    model = FCLS(VCA(3, random_state=4), normalise="l2", device="cpu")
    assert model.get_params()["endmembers__random_state"] == 4
    copy = clone(model).set_params(endmembers__random_state=5)
    assert copy.endmembers.random_state == 5 and model.endmembers.random_state == 4
    assert NNLS(np.ones((2, 3)), renormalise=True).get_params()["renormalise"]
    maps = model.fit_transform(pixels)
    assert not hasattr(model.endmembers, "endmembers_")  # what was passed in is left alone
    assert model.n_features_in_ == 8 and model.endmembers_.shape == (3, 8)
    piped = make_pipeline(clone(model)).fit(pixels).transform(pixels)
    np.testing.assert_array_equal(piped, maps)
    for estimator in (VCA(3), SMACC(3), ConstantPrediction()):
        assert clone(estimator).get_params() == estimator.get_params()


def test_extractor_sees_the_normalised_pixels():
    rng = np.random.default_rng(0)
    pixels = rng.dirichlet(np.full(3, 0.3), 80) @ rng.random((3, 8)) * rng.uniform(0.2, 2, (80, 1))
    model = FCLS(VCA(3), normalise="l2", device="cpu").fit(pixels)
    np.testing.assert_array_equal(
        model.endmembers_, VCA(3).fit(normalise(pixels, "l2")).endmembers_
    )


# --- errors --------------------------------------------------------------------------------------

ENDS, PIXELS = np.random.default_rng(1).random((3, 6)), np.random.default_rng(2).random((9, 6))


@BOTH
@pytest.mark.parametrize(
    ("endmembers", "pixels", "message"),
    [
        (ENDS[[0, 1, 0]], PIXELS, "3 endmembers are linearly dependent"),
        (ENDS * [[1], [0], [1]], PIXELS, "linearly dependent"),
        (ENDS[[0, 1, 1]] + [[0], [0], [1e-12]], PIXELS, "leave one out"),
        (np.random.default_rng(0).random((7, 6)), PIXELS, "7 endmembers in 6 bands"),
        (ENDS[:, :5], PIXELS, "endmembers: expected 6 bands, got 5"),
        (np.where(ENDS > 0.9, np.nan, ENDS), PIXELS, "NaN"),
        (ENDS, np.where(PIXELS > 0.9, np.nan, PIXELS), "NaN or infinity; mask"),
        (ENDS, PIXELS[0], r"a table \(pixels, bands\), .* got shape \(6,\). Reshape"),
        (ENDS, np.empty((0, 6)), r"0 sample\(s\)"),
        (ENDS, PIXELS > 0.5, "expected numbers, got bool"),
        (VCA(1), PIXELS, "n_endmembers: expected 2 to 6"),
        (VCA(3.5), PIXELS, "n_endmembers: expected a whole number, got 3.5"),
        (VCA(True), PIXELS, "n_endmembers: expected a whole number, got True"),
        (VCA(7), PIXELS, "expected 2 to 6 for 9 pixels of 6 bands, got 7"),
    ],
)
def test_least_squares_refuses(method, endmembers, pixels, message):
    with pytest.raises(BadInput, match=message):
        method(endmembers, device="cpu").fit_transform(pixels)


@BOTH
def test_use_before_fit_and_other_bands(method):
    with pytest.raises(BadInput, match="call fit first"):
        method(ENDS).transform(PIXELS)
    with pytest.raises(BadInput, match=r"has 4 features, but .* is expecting 6 features"):
        method(ENDS, device="cpu").fit(PIXELS).transform(PIXELS[:, :4])
    with pytest.raises(BadInput, match="normalise must be one of"):
        method(ENDS, normalise="sum").fit(PIXELS)


def test_device_that_is_not_there():
    with pytest.raises(BadInput, match=r"device 'cuda:99' cannot be used .* try auto or cpu"):
        FCLS(ENDS, device="cuda:99").fit_transform(PIXELS)
    with pytest.raises(BadInput, match="device must be auto, cpu, cuda or cuda:N, got 'gpu'"):
        FCLS(ENDS, device="gpu").fit_transform(PIXELS)


def test_starts_need_a_seed():
    with pytest.raises(BadInput, match="seeds: expected at least one"):
        vca_starts(PIXELS, 3, [])


def test_endless_rounds_are_told(monkeypatch):
    """Were a pixel never to settle, the answer must be an error, not a half-solved map."""

    def restless(gram, cross, free, sum_to_one):
        return torch.where(free, -1.0, 0.0).double(), cross.new_zeros(len(cross), 1)

    monkeypatch.setattr(active_set, "_minimise_on", restless)
    monkeypatch.setattr(active_set, "_step", lambda current, target, free: current)
    with pytest.raises(active_set.NotConverged, match="9 of 9 pixels did not converge"):
        fcls(ENDS, PIXELS)


# --- VCA -----------------------------------------------------------------------------------------


def simplex(seed=0, count=4, bands=20, pixels=300):
    """Return mixtures of known corners, the corners' spectra, and where among the pixels they are."""
    rng = np.random.default_rng(seed)
    corners = rng.random((count, bands)) + 0.1
    image = rng.dirichlet(np.ones(count), pixels) @ corners
    places = rng.choice(pixels, count, replace=False)
    image[places] = corners
    return image, corners, set(places.tolist())


def test_vca_finds_the_corners_of_a_simplex_for_every_seed():
    image, corners, places = simplex()
    spectra, indices = vca_starts(image, 4, range(50))
    assert all(set(found) == places for found in indices.tolist())
    for ends, found in zip(spectra, indices, strict=True):
        np.testing.assert_allclose(
            ends, image[found], atol=1e-9
        )  # noiseless: nothing projected away
        order = match_endmembers(ends, corners, by="angle")
        np.testing.assert_allclose(ends[order], corners, atol=1e-9)
    assert len({tuple(found) for found in indices.tolist()}) > 1  # in an order of the seed's own


def test_vca_answers_by_its_seed_alone():
    image = simplex()[0] + 0.05 * np.random.default_rng(9).standard_normal((300, 20))
    one, again, other = (
        VCA(4, random_state=3).fit(image),
        VCA(4, random_state=3).fit(image),
        VCA(4, random_state=8).fit(image),
    )
    np.testing.assert_array_equal(one.endmembers_, again.endmembers_)
    spectra, indices = vca_starts(image, 4, [8, 0, 3])
    for k, single in ((2, one), (0, other)):
        np.testing.assert_array_equal(indices[k], single.indices_)
        np.testing.assert_allclose(spectra[k], single.endmembers_, rtol=1e-12)


def test_vca_forgets_the_light_where_the_signal_is_strong():
    image, _, places = simplex()
    light = np.random.default_rng(1).uniform(0.3, 3, (300, 1))
    plain, lit = vca_starts(image, 4, range(10)), vca_starts(light * image, 4, range(10))
    assert all(set(found) == places for found in lit[1].tolist())
    for a, b in zip(plain[0], lit[0], strict=True):
        order = match_endmembers(b, a, by="angle")
        np.testing.assert_allclose(spectral_angle(b[order], a), 0, atol=1e-7)


def test_vca_projects_onto_the_signal_where_it_is_strong():
    """Above the threshold an endmember is its pixel, projected onto the leading R directions."""
    image = simplex()[0] + 1e-4 * np.random.default_rng(1).standard_normal((300, 20))
    model = VCA(4).fit(image)
    basis = np.linalg.svd(image, full_matrices=False)[2][:4]
    np.testing.assert_allclose(
        model.endmembers_, image[model.indices_] @ basis.T @ basis, atol=1e-10
    )


def test_vca_projects_about_the_mean_where_the_signal_is_weak():
    """Below the threshold: R − 1 directions about the mean, where noise is not blown up."""
    image, corners, _ = simplex()
    noisy = image + 0.1 * np.random.default_rng(1).standard_normal(image.shape)
    mean = noisy.mean(axis=0)
    basis = np.linalg.svd(noisy - mean, full_matrices=False)[2][:3]
    for seed in range(5):
        model = VCA(4, random_state=seed).fit(noisy)
        expected = (noisy[model.indices_] - mean) @ basis.T @ basis + mean
        np.testing.assert_allclose(model.endmembers_, expected, atol=1e-10)
        assert len(set(model.indices_.tolist())) == 4
        order = match_endmembers(model.endmembers_, corners, by="angle")
        assert spectral_angle(model.endmembers_[order], corners).max() < 0.25


@pytest.mark.parametrize("noise", [0, 0.1])
def test_zero_pixels_are_no_corners(noise):
    image, _, places = simplex()
    image = image + noise * np.random.default_rng(1).standard_normal(image.shape)
    masked = np.vstack([image, np.zeros((5, 20))])
    indices = vca_starts(masked, 4, range(10))[1]
    if noise:
        assert np.isfinite(vca_starts(masked, 4, range(10))[0]).all()
    else:
        assert all(set(found) == places for found in indices.tolist())


def test_vca_refuses():
    for count in (0, 1, 7):
        with pytest.raises(BadInput, match="n_endmembers: expected 2 to 6"):
            VCA(count).fit(PIXELS)
    with pytest.raises(BadInput, match="NaN"):
        VCA(2).fit(np.where(PIXELS > 0.9, np.nan, PIXELS))


# --- SMACC and the constant ------------------------------------------------------------------------


def test_smacc_finds_the_corners_quietly(capsys):
    for seed in range(5):
        image, corners, _ = simplex(seed)
        model = SMACC(4)
        fractions = model.fit_transform(image)
        order = match_endmembers(model.endmembers_, corners, by="angle")
        np.testing.assert_allclose(model.endmembers_[order], corners)
        assert fractions is model.abundances_ and fractions.shape == (300, 4)
        assert (fractions >= 0).all()
        # an endmember's own pixel is that endmember alone
        own = fractions[(image[:, None] == model.endmembers_).all(axis=2).argmax(axis=0)]
        np.testing.assert_array_equal(own, np.eye(4))
    assert capsys.readouterr() == ("", "")
    with pytest.raises(BadInput, match="n_endmembers"):
        SMACC(1).fit(PIXELS)


def test_constant_prediction():
    truth = np.random.default_rng(0).dirichlet(np.ones(3), 9)
    model = ConstantPrediction()
    with pytest.raises(BadInput, match="call fit first"):
        model.transform(PIXELS)
    np.testing.assert_allclose(
        model.fit_transform(PIXELS, truth), np.tile(truth.mean(axis=0), (9, 1))
    )
    assert model.transform(PIXELS[:4]).shape == (4, 3)
