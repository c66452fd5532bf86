"""Every unmixer follows scikit-learn's rules and takes a scene, a cube or a table."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from mixedpixels.errors import BadInput
from mixedpixels.scenes import Scene
from mixedpixels.unmixing import EDAA, FCLS, NNLS, SMACC, VCA, ConstantPrediction
from mixedpixels.unmixing.face import draw_seed
from mixedpixels.unmixing.pixels import check_pixels

# scikit-learn's own data for transformers have mean zero in every band: the two farthest pixels are
# opposite spectra, and least squares on dependent endmembers has no single answer
OPPOSITE = "VCA's two endmembers of centred data are linearly dependent"
ALLOWED = {
    VCA: dict.fromkeys(
        (
            "check_transformer_data_not_an_array",
            "check_transformer_general",
            "check_transformer_preserve_dtypes",
        ),
        OPPOSITE,
    )
}

UNMIXERS = [
    VCA(2),
    EDAA(2, restarts=2, rounds=3, steps=3, device="cpu"),
    SMACC(2),
    FCLS(SMACC(2), device="cpu"),
    FCLS(VCA(2), normalise="l2", device="cpu"),
    NNLS(SMACC(2), device="cpu"),
    NNLS(VCA(2), normalise="max", renormalise=True, device="cpu"),
    ConstantPrediction(),
]
EACH = pytest.mark.parametrize("model", UNMIXERS, ids=lambda m: type(m).__name__)


@EACH
def test_scikit_learns_own_checks(model):
    expected = ALLOWED.get(type(model), {})
    results = check_estimator(model, expected_failed_checks=expected, on_fail="raise", on_skip=None)
    failed = {r["check_name"] for r in results if r["status"] == "xfail"}
    assert failed == set(expected)  # an exception that is no longer needed goes
    # skipped is only what asks whether other array libraries are served
    skipped = {r["check_name"] for r in results if r["status"] == "skipped"}
    assert skipped <= {"check_array_api_input"}


@pytest.fixture(scope="module")
def scene():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.4, 0.4], (6, 7))
    cube = shares @ rng.random((2, 9)) + 0.01 * rng.standard_normal((6, 7, 9))
    return Scene("made", cube, abundances=shares, endmember_names=("a", "b"))


@EACH
def test_a_scene_a_cube_and_a_table_give_the_same_answer(model, scene):
    answers = [
        clone(model).fit_transform(X, scene.pixel_abundances)
        for X in (scene, scene.cube, scene.pixels)
    ]
    assert answers[0].shape == (42, 2)
    for other in answers[1:]:
        np.testing.assert_array_equal(other, answers[0])
    np.testing.assert_array_equal(scene.grid(answers[0])[1, 2], answers[0][9])
    fitted = clone(model).fit(scene, scene.pixel_abundances)
    assert fitted.n_features_in_ == 9
    if hasattr(fitted, "abundances_"):
        np.testing.assert_array_equal(fitted.abundances_, answers[0])
    if hasattr(fitted, "transform"):
        np.testing.assert_allclose(fitted.transform(scene.cube[:2]), answers[0][:14], atol=1e-12)


@EACH
def test_abundances_mix_back_to_the_pixels(model, scene):
    fitted = clone(model).fit(scene, scene.pixel_abundances)
    if not hasattr(model, "inverse_transform"):
        pytest.skip("it knows no spectra")
    shares = np.array([[0.25, 0.75], [1, 0]])
    ends = fitted.endmembers_
    mixed = fitted.inverse_transform(shares)
    np.testing.assert_allclose(mixed, [0.25 * ends[0] + 0.75 * ends[1], ends[0]])
    np.testing.assert_array_equal(fitted.inverse_transform(shares[None]), mixed)  # maps
    with pytest.raises(BadInput, match="abundances: expected those of 2 endmembers, got 3"):
        fitted.inverse_transform(np.ones((4, 3)))


@EACH
def test_before_fit_there_is_no_answer(model):
    assert not [name for name in vars(model) if name.endswith("_")]
    for name in ("transform", "inverse_transform"):
        if hasattr(model, name):
            with pytest.raises(NotFittedError, match="call fit first"):
                getattr(clone(model), name)(np.ones((3, 2)))


def test_noiseless_mixtures_are_mixed_back_to_the_last_digits():
    rng = np.random.default_rng(1)
    pixels = rng.dirichlet(np.ones(3), 40) @ rng.random((3, 8))
    pixels[:3] = rng.random((3, 8))
    pixels[3:] = rng.dirichlet(np.ones(3), 37) @ pixels[:3]
    for model in (FCLS(VCA(3), device="cpu"), NNLS(VCA(3), device="cpu"), VCA(3), SMACC(3)):
        found = model.inverse_transform(model.fit_transform(pixels))
        np.testing.assert_allclose(found, pixels, atol=1e-9)


def test_vca_is_followed_by_fcls(scene):
    expected = FCLS(VCA(2, 3)).fit_transform(scene)
    np.testing.assert_array_equal(VCA(2, random_state=3).fit_transform(scene), expected)


def test_a_data_frame_keeps_its_names(scene):
    table = pd.DataFrame(scene.pixels, columns=[f"band {k}" for k in range(9)])
    model = FCLS(VCA(2), device="cpu").fit(table)
    assert model.feature_names_in_[8] == "band 8"
    with pytest.raises(BadInput, match="feature names should match"):
        model.transform(table[table.columns[::-1]])


def test_random_state_follows_scikit_learn():
    assert draw_seed(7) == 7 == draw_seed(np.int64(7))
    for make in (np.random.RandomState, np.random.default_rng):
        state = make(5)
        drawn = [draw_seed(state), draw_seed(state)]
        assert drawn[0] != drawn[1] and draw_seed(make(5)) == drawn[0]
    np.random.seed(3)  # noqa: NPY002
    first = draw_seed(None)
    np.random.seed(3)  # noqa: NPY002
    assert draw_seed(None) == first
    for wrong in (-1, 1.5, True, "a"):
        with pytest.raises(BadInput, match="random_state: expected a whole number, 0 or more"):
            draw_seed(wrong)


def test_the_constant_needs_a_reference_of_as_many_pixels(scene):
    with pytest.raises(BadInput, match="pass the reference abundances"):
        ConstantPrediction().fit(scene, None)
    with pytest.raises(BadInput, match="expected those of 42 pixels, got 3"):
        ConstantPrediction().fit(scene, np.ones((3, 2)))
    model = ConstantPrediction().fit(scene, scene.abundances)
    np.testing.assert_allclose(model.mean_, scene.pixel_abundances.astype(float).mean(0))


def test_a_class_in_place_of_an_extractor_is_told():
    with pytest.raises(BadInput, match=r"a search for them, such as VCA\(3\), got the number 3"):
        FCLS(3).fit(np.ones((4, 5)))
    with pytest.raises(BadInput, match=r"an instance, VCA\(…\), not the class"):
        FCLS(VCA).fit(np.ones((3, 2)))
    with pytest.raises(BadInput, match=r"endmembers: expected spectra .* got shape \(2, 2, 2\)"):
        FCLS(np.ones((2, 2, 2))).fit(np.ones((3, 2)))


def test_checking_pixels_copies_nothing():
    table = np.ones((4000, 250), dtype=np.float32)  # 4 MB
    cube = table.reshape(40, 100, 250)
    tracemalloc.start()
    assert check_pixels(table) is table
    assert np.shares_memory(check_pixels(cube), cube)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 0.5e6
    large = np.full((3, 3), np.finfo(np.float32).max, dtype=np.float32)  # the sum overflows
    assert check_pixels(large) is large
