"""Metrics against independent references, closed forms and what must hold for all inputs."""

from itertools import permutations

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cosine
from sklearn import metrics as sk

from mixedpixels import metrics
from mixedpixels.errors import BadInput
from mixedpixels.metrics import CONVENTIONS

sizes = st.tuples(st.integers(1, 12), st.integers(1, 6))
fractions = st.floats(0, 1, width=32)
values = st.floats(-100, 100, width=32)
seeds = st.integers(0, 2**32 - 1)


def rng_of(seed):
    return np.random.default_rng(seed)


@st.composite
def two_maps(draw, elements=fractions):
    size = draw(sizes)
    return draw(arrays(np.float64, size, elements=elements)), draw(
        arrays(np.float64, size, elements=elements)
    )


# --- the three abundance errors ------------------------------------------------------------------


def by_loops(estimate, reference, convention):
    """The definitions at the head of metrics/abundance.py, one number at a time."""
    n, r = reference.shape
    squares = [[(estimate[i, j] - reference[i, j]) ** 2 for j in range(r)] for i in range(n)]
    if convention == "per_pixel":
        return (sum(sum(row) for row in squares) / n) ** 0.5
    if convention == "pooled":
        return (sum(sum(row) for row in squares) / (n * r)) ** 0.5
    return sum((sum(row[j] for row in squares) / n) ** 0.5 for j in range(r)) / r


@given(two_maps())
def test_abundance_errors_against_loops_and_scikit_learn(maps):
    estimate, reference = maps
    for convention in CONVENTIONS:
        ours = metrics.abundance_rmse(estimate, reference, convention)
        assert float(ours) == pytest.approx(by_loops(estimate, reference, convention), abs=1e-12)
    pooled = metrics.abundance_rmse(estimate, reference, "pooled")
    assert float(pooled) == pytest.approx(
        np.sqrt(sk.mean_squared_error(reference, estimate)), abs=1e-12
    )
    each = sk.root_mean_squared_error(reference, estimate, multioutput="raw_values")
    ours = metrics.abundance_rmse(estimate, reference, "per_endmember")
    assert float(ours) == pytest.approx(each.mean(), abs=1e-12)


@given(two_maps())
def test_how_the_three_are_related(maps):
    estimate, reference = maps
    per_pixel, pooled, per_endmember = (
        float(metrics.abundance_rmse(estimate, reference, c)) for c in CONVENTIONS
    )
    assert per_pixel == pytest.approx(np.sqrt(reference.shape[1]) * pooled, abs=1e-12)
    assert (
        per_endmember <= pooled + 1e-12
    )  # Jensen: a mean of roots is at most the root of the mean


def test_jensen_is_tight_only_when_errors_are_equal():
    reference = np.zeros((4, 3))
    equal, unequal = np.full((4, 3), 0.3), np.tile([0.1, 0.2, 0.6], (4, 1))
    assert metrics.abundance_rmse(equal, reference, "per_endmember") == pytest.approx(0.3)
    assert metrics.abundance_rmse(equal, reference, "pooled") == pytest.approx(0.3)
    assert metrics.abundance_rmse(unequal, reference, "per_endmember") == pytest.approx(0.3)
    assert metrics.abundance_rmse(unequal, reference, "pooled") > 0.36


@given(two_maps(), seeds)
def test_abundance_errors_do_not_see_an_order(maps, seed):
    estimate, reference = maps
    pixels = rng_of(seed).permutation(len(reference))
    parts = rng_of(seed).permutation(reference.shape[1])
    for convention in CONVENTIONS:
        before = float(metrics.abundance_rmse(estimate, reference, convention))
        turned = metrics.abundance_rmse(estimate[pixels], reference[pixels], convention)
        moved = metrics.abundance_rmse(estimate[:, parts], reference[:, parts], convention)
        swapped = metrics.abundance_rmse(reference, estimate, convention)
        assert float(turned) == pytest.approx(before, abs=1e-12)
        assert float(moved) == pytest.approx(before, abs=1e-12)
        assert float(swapped) == before


@pytest.mark.parametrize("convention", CONVENTIONS)
def test_maps_and_tables_score_alike(convention):
    rng = np.random.default_rng(0)
    estimate, reference = rng.random((2, 5, 7, 3))
    table = metrics.abundance_rmse(estimate.reshape(-1, 3), reference.reshape(-1, 3), convention)
    assert metrics.abundance_rmse(estimate, reference, convention) == pytest.approx(table)


@pytest.mark.parametrize(
    ("estimate", "reference", "convention", "message"),
    [
        (np.ones((4, 3)), np.ones((4, 2)), "pooled", r"one shape, got \(4, 3\) and \(4, 2\)"),
        (np.ones((4, 3)), np.ones((1, 3)), "pooled", "one shape"),  # no silent broadcasting
        (np.ones(3), np.ones(3), "pooled", r"\(pixels, endmembers\)"),
        (np.ones((0, 3)), np.ones((0, 3)), "pooled", "estimate: expected values"),
        (np.full((4, 3), np.nan), np.ones((4, 3)), "pooled", "estimate: expected finite"),
        (np.ones((4, 3)), np.full((4, 3), np.inf), "pooled", "reference: expected finite"),
        (np.ones((4, 3)), np.ones((4, 3)), "mean", "per_pixel, pooled, per_endmember, got 'mean'"),
    ],
)
def test_abundance_errors_refuse(estimate, reference, convention, message):
    with pytest.raises(BadInput, match=message):
        metrics.abundance_rmse(estimate, reference, convention)


# --- the spectral angle --------------------------------------------------------------------------


@st.composite
def spectra(draw, count):
    bands = draw(st.integers(1, 8))
    return [draw(arrays(np.float64, bands, elements=values)) for _ in range(count)]


@given(spectra(2))
def test_angle_against_scipy(pair):
    x, y = pair
    assume(np.linalg.norm(x) > 1e-3 and np.linalg.norm(y) > 1e-3)
    expected = np.arccos(np.clip(1 - cosine(x, y), -1, 1))
    # the arc cosine itself is good to 1e-7 at best near 0 and π
    assert float(metrics.spectral_angle(x, y)) == pytest.approx(expected, abs=1e-7)


@given(spectra(3), st.floats(1e-4, 1e4))
def test_angle_is_a_metric_of_directions(triple, scale):
    x, y, z = triple
    assume(min(map(np.linalg.norm, triple)) > 1e-3)

    def angle(a, b):
        return float(metrics.spectral_angle(a, b))

    assert angle(scale * x, y) == pytest.approx(angle(x, y), abs=1e-9)
    assert angle(x, y) == angle(y, x)
    assert angle(x, scale * x) == pytest.approx(0, abs=1e-14)
    assert angle(x, -x) == pytest.approx(np.pi)
    assert 0 <= angle(x, y) <= np.pi
    assert angle(x, z) <= angle(x, y) + angle(y, z) + 1e-12


@pytest.mark.parametrize("small", [1e-3, 1e-6, 1e-9, 1e-12])
def test_small_angles_keep_their_digits(small):
    u, v = np.linalg.qr(np.random.default_rng(0).standard_normal((50, 2)))[0].T
    turned = np.cos(small) * u + np.sin(small) * v
    # rounding of the spectra themselves is 1e-16; the arc cosine would see nothing below 1e-8
    assert float(metrics.spectral_angle(5 * u, turned)) == pytest.approx(small, abs=1e-15, rel=1e-9)
    assert float(metrics.spectral_angle(u, -turned)) == pytest.approx(np.pi - small, abs=1e-14)


def test_zero_spectra_are_defined():
    zero, other = np.zeros(4), np.ones(4)
    x = np.stack([zero, zero, other, other])
    y = np.stack([zero, other, zero, other])
    for kind in (np.asarray, torch.tensor):
        angles = np.asarray(metrics.spectral_angle(kind(x), kind(y)))
        np.testing.assert_allclose(angles, [0, np.pi / 2, np.pi / 2, 0], atol=1e-15)


def test_angle_keeps_leading_axes_and_the_matrix_holds_every_pair():
    rng = np.random.default_rng(0)
    x, y = rng.random((2, 3, 4, 5))
    angles = metrics.spectral_angle(x, y)
    assert angles.shape == (3, 4)
    assert angles[1, 2] == metrics.spectral_angle(x[1, 2], y[1, 2])
    table = metrics.spectral_angle_matrix(x[0], y[1, :2])
    assert table.shape == (4, 2)
    for i in range(4):
        for j in range(2):
            assert table[i, j] == pytest.approx(float(metrics.spectral_angle(x[0, i], y[1, j])))


@pytest.mark.parametrize(
    "arguments", [(np.ones((3, 4)), np.ones((3, 5))), (np.ones(3), np.ones((3, 3)))]
)
def test_angle_refuses_other_shapes(arguments):
    for function in (metrics.spectral_angle, metrics.spectral_angle_matrix):
        with pytest.raises(BadInput, match="got"):
            function(*arguments)
    with pytest.raises(BadInput):
        metrics.spectral_angle_matrix(np.ones((3, 4)), np.ones((3, 1)))  # no silent broadcasting
    with pytest.raises(BadInput, match="finite"):
        metrics.spectral_angle([1.0, np.nan], [1.0, 1.0])


# --- matching ------------------------------------------------------------------------------------


@given(st.integers(1, 7), seeds)
def test_matching_undoes_any_permutation(count, seed):
    rng = rng_of(seed)
    maps, ends = rng.dirichlet(np.ones(count), 30), rng.random((count, 9))
    order = rng.permutation(count)
    found = metrics.match_endmembers(maps[:, order], maps, by="abundance")
    np.testing.assert_array_equal(maps[:, order][:, found], maps)
    found = metrics.match_endmembers(
        ends[order] * rng.uniform(0.1, 9, (count, 1)), ends, by="angle"
    )
    np.testing.assert_array_equal(ends[order][found], ends)


@given(seeds)
def test_matching_is_the_best_of_all_permutations(seed):
    rng = rng_of(seed)
    maps, truth = rng.dirichlet(np.ones(4), (2, 12))
    found = metrics.match_endmembers(maps, truth, by="abundance")
    scores = [
        metrics.abundance_rmse(maps[:, p], truth, "pooled")
        for p in map(list, permutations(range(4)))
    ]
    assert metrics.abundance_rmse(maps[:, found], truth, "pooled") == pytest.approx(min(scores))
    ends, reference = rng.random((2, 4, 6))
    found = metrics.match_endmembers(ends, reference, by="angle")
    sums = [
        metrics.spectral_angle(ends[p], reference).sum() for p in map(list, permutations(range(4)))
    ]
    assert metrics.spectral_angle(ends[found], reference).sum() == pytest.approx(min(sums))


def test_matching_is_not_greedy():
    """0.6 is nearest to 1, but taking that pair first leaves 1.5 with 0."""
    estimate, reference = np.array([[0.6, 1.5]]), np.array([[0.0, 1.0]])
    order = metrics.match_endmembers(estimate, reference, by="abundance")
    np.testing.assert_array_equal(order, [0, 1])


def test_matching_takes_maps_as_they_are():
    rng = np.random.default_rng(0)
    maps = rng.dirichlet(np.ones(3), (5, 6))
    found = metrics.match_endmembers(maps[..., [2, 0, 1]], maps.reshape(-1, 3), by="abundance")
    np.testing.assert_array_equal(found, [1, 2, 0])


@pytest.mark.parametrize(
    ("estimate", "reference", "by", "message"),
    [
        (np.ones((5, 3)), np.ones((5, 2)), "abundance", r"the reference \(2\), got 3"),
        (np.ones((5, 3)), np.ones((4, 3)), "abundance", "5 pixels against 4"),
        (np.ones((5, 3)), np.ones((4, 3)), "angle", r"the reference \(4\), got 5"),
        (np.ones((3, 4)), np.ones((3, 5)), "angle", "expected spectra"),
        (np.ones((3, 4)), np.ones((3, 4)), "both", "by must be abundance or angle"),
    ],
)
def test_matching_refuses(estimate, reference, by, message):
    with pytest.raises(BadInput, match=message):
        metrics.match_endmembers(estimate, reference, by=by)


# --- pure pixels ---------------------------------------------------------------------------------


@given(seeds, st.floats(0.05, 0.95))
def test_pure_pixel_spectra_against_loops(seed, threshold):
    rng = rng_of(seed)
    pixels, maps = rng.random((20, 4)), rng.dirichlet(np.full(3, 0.4), 20)
    found, counts = metrics.pure_pixel_spectra(pixels, maps, threshold)
    for k in range(3):
        pure = [pixels[i] for i in range(20) if maps[i, k] > threshold]
        assert counts[k] == len(pure)
        expected = np.mean(pure, axis=0) if pure else pixels[np.argmax(maps[:, k])]
        np.testing.assert_allclose(found[k], expected, rtol=1e-12)


def test_pure_pixel_spectra_refuse_other_shapes():
    with pytest.raises(BadInput, match="4 pixels, but abundances for 3"):
        metrics.pure_pixel_spectra(np.ones((4, 5)), np.ones((3, 2)))
    with pytest.raises(BadInput, match="expected tables"):
        metrics.pure_pixel_spectra(np.ones((2, 2, 5)), np.ones((2, 2, 3)))


# --- NumPy in, NumPy out; torch in, torch out ------------------------------------------------------


def test_torch_and_numpy_agree():
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 6, 3)).astype(np.float32)
    a.flags.writeable = b.flags.writeable = False  # as a scene's arrays are
    for pair in [(torch.tensor(a), torch.tensor(b)), (torch.tensor(a), b), (a, torch.tensor(b))]:
        for convention in CONVENTIONS:
            ours = metrics.abundance_rmse(*pair, convention)
            assert isinstance(ours, torch.Tensor) and ours.dtype == torch.float64
            assert float(ours) == pytest.approx(float(metrics.abundance_rmse(a, b, convention)))
        for function in (metrics.spectral_angle, metrics.spectral_angle_matrix):
            ours = function(*pair)
            assert isinstance(ours, torch.Tensor)
            np.testing.assert_allclose(ours.numpy(), function(a, b), rtol=1e-12)
        for by in ("abundance", "angle"):
            order = metrics.match_endmembers(*pair, by=by)
            assert isinstance(order, np.ndarray)
            np.testing.assert_array_equal(order, metrics.match_endmembers(a, b, by=by))
        spectra, counts = metrics.pure_pixel_spectra(*pair, threshold=0.5)
        assert isinstance(spectra, torch.Tensor) and isinstance(counts, np.ndarray)
        np.testing.assert_allclose(spectra.numpy(), metrics.pure_pixel_spectra(a, b, 0.5)[0])
    assert isinstance(metrics.spectral_angle(a, b), np.ndarray)
    assert np.isscalar(metrics.abundance_rmse(a, b, "pooled"))


def test_metrics_take_what_a_network_gives():
    """Tensors on the graph: scores can be differentiated, matching lets go of the graph."""
    estimate = torch.rand(5, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    estimate.requires_grad_()
    reference = estimate.detach().flip(1)
    for by in ("abundance", "angle"):
        metrics.match_endmembers(estimate, reference, by=by)
    metrics.abundance_rmse(estimate, reference, "per_pixel").backward()
    assert torch.isfinite(estimate.grad).all()


# --- classification ------------------------------------------------------------------------------


@given(st.integers(1, 40), st.integers(1, 5), seeds)
def test_classification_against_scikit_learn(count, classes, seed):
    rng = rng_of(seed)
    reference = rng.integers(0, classes + 1, count)
    estimate = rng.integers(0, classes + 2, count)
    labelled = reference != 0
    assume(labelled.any())
    scores = metrics.classification_scores(estimate, reference)
    truth, told = reference[labelled], estimate[labelled]
    present = np.unique(truth)
    assert scores.overall == pytest.approx(sk.accuracy_score(truth, told))
    recall = sk.recall_score(truth, told, labels=present, average=None, zero_division=0)
    np.testing.assert_allclose(scores.recall, recall)
    np.testing.assert_array_equal(scores.classes, present)
    assert scores.average == pytest.approx(recall.mean())
    if len(np.union1d(truth, told)) > 1:
        assert scores.kappa == pytest.approx(sk.cohen_kappa_score(truth, told), abs=1e-12)
    else:
        assert scores.kappa == 1


def test_classification_by_hand():
    """The last class counts, unlabelled pixels do not."""
    reference = [0, 1, 1, 1, 1, 2, 2, 3, 3, 0]
    estimate_ = [3, 1, 1, 1, 2, 2, 2, 3, 1, 1]
    scores = metrics.classification_scores(estimate_, reference)
    assert scores.overall == 6 / 8
    np.testing.assert_allclose(scores.recall, [3 / 4, 1, 1 / 2])
    assert scores.average == pytest.approx((3 / 4 + 1 + 1 / 2) / 3)
    chance = (4 * 4 + 2 * 3 + 2 * 1) / 64
    assert scores.kappa == pytest.approx((6 / 8 - chance) / (1 - chance))
    maps = metrics.classification_scores(
        np.reshape(estimate_, (2, 5)), np.reshape(reference, (2, 5))
    )
    assert maps.overall == scores.overall


def test_classification_edges():
    assert metrics.classification_scores([1, 1], [1, 1]).kappa == 1
    assert metrics.classification_scores([2, 2], [1, 1]).kappa == 0
    with pytest.raises(BadInput, match="no labelled pixel"):
        metrics.classification_scores([1, 2], [0, 0])
    with pytest.raises(BadInput, match="3 predicted labels for 2 pixels"):
        metrics.classification_scores([1, 2, 3], [1, 2])


def test_labels_stored_as_floating_point_are_labels():
    reference, estimate = [1, 2, 2, 0], [1, 2, 1, 2]
    whole = metrics.classification_scores(estimate, reference)
    stored = metrics.classification_scores(
        np.array(estimate, float), np.array(reference, np.float32)
    )
    assert stored[:3] == whole[:3] and stored.classes.dtype.kind == "i"


@pytest.mark.parametrize("wrong", [0.5, np.nan, np.inf])
@pytest.mark.parametrize("name", ["estimate", "reference"])
def test_what_is_no_label_is_refused(name, wrong):
    labels = {"estimate": [1.0, 2.0], "reference": [1.0, 2.0]} | {name: [1.0, wrong]}
    with pytest.raises(
        BadInput, match=f"{name}: expected whole numbers .* got {wrong} among 2 labels"
    ):
        metrics.classification_scores(**labels)


def test_names_of_classes_are_no_labels():
    with pytest.raises(BadInput, match="estimate: expected whole numbers as labels, got dtype <U5"):
        metrics.classification_scores(["grass", "water"], [1, 2])


# --- the scores of one unmixing ------------------------------------------------------------------


def test_unmixing_scores_are_their_parts():
    rng = np.random.default_rng(0)
    truth = rng.dirichlet(np.full(3, 0.3), 200)
    pixels = truth @ rng.random((3, 8))
    noisy = np.clip(truth + 0.02 * rng.standard_normal(truth.shape), 0, None)[:, [1, 2, 0]]
    scores = metrics.unmixing_scores(pixels, noisy, truth)
    np.testing.assert_array_equal(scores.order, [2, 0, 1])
    matched = noisy[:, scores.order]
    assert scores.rmse == {c: metrics.abundance_rmse(matched, truth, c) for c in CONVENTIONS}
    np.testing.assert_array_equal(scores.pure, (matched > 0.9).sum(axis=0))
    for k in range(3):
        x, y = (pixels[m[:, k] > 0.9].mean(axis=0) for m in (matched, truth))
        assert scores.angles[k] == pytest.approx(float(metrics.spectral_angle(x, y)))


def test_unmixing_scores_take_tensors():
    rng = np.random.default_rng(0)
    truth, ours = rng.dirichlet(np.full(3, 0.3), (2, 200))
    arrays_ = (truth @ rng.random((3, 8)), ours, truth)
    expected = metrics.unmixing_scores(*arrays_)
    kinds = [[torch.tensor(a) for a in arrays_], [torch.tensor(arrays_[0]), *arrays_[1:]]]
    kinds[0][1].requires_grad_()  # as a network gives them
    for given_ in kinds:
        found = metrics.unmixing_scores(*given_)
        for name in ("order", "angles", "pure"):
            assert isinstance(getattr(found, name), np.ndarray)
            np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-9)
        assert found.rmse == pytest.approx(expected.rmse)
