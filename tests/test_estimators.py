"""The networks as estimators: scikit-learn's rules, and the answers of the fit behind them."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy.sparse import issparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from mixedpixels.errors import BadInput, UnknownName
from mixedpixels.estimators import CyCUNet, SSANUNet, SUnCNN
from mixedpixels.models import Image, ssanu
from mixedpixels.models.rivals import cycunet, suncnn
from mixedpixels.scenes import Scene
from mixedpixels.training import fit_unmixer, starting_spectra
from mixedpixels.training.unmixer import prepare

QUICK = {"epochs": 3, "restarts": 1, "device": "cpu"}
MODELS = {SSANUNet: ssanu, CyCUNet: cycunet, SUnCNN: suncnn}
EACH = pytest.mark.parametrize("kind", MODELS)


class OfTables:
    """Shows tables to a network that needs images: three columns of pixels, each the table."""

    def fit(self, X, y=None):
        super().fit(self._image(X))
        self.abundances_ = self.abundances_[::3]
        return self

    def fit_transform(self, X, y=None):
        return self.fit(X).abundances_

    @staticmethod
    def _image(X):
        X = X if hasattr(X, "ndim") else np.asarray(X)
        if X.ndim != 2 or issparse(X):
            return X
        return np.repeat(np.asarray(X)[:, None], 3, axis=1)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags


class TableSUnCNN(OfTables, SUnCNN):
    """SUnCNN for tables."""


class TableSSANUNet(OfTables, SSANUNet):
    """SSANU-Net for tables."""

    def transform(self, X):
        return super().transform(self._image(X))[::3]


NEIGHBOURS = "the answer for a pixel depends on its neighbours"
ROUNDING = "single precision rounds otherwise for fewer pixels, or for others beside them"
ALLOWED = {
    CyCUNet: {
        "check_methods_subset_invariance": ROUNDING,
        "check_methods_sample_order_invariance": ROUNDING,
    },
    TableSSANUNet: {
        "check_methods_subset_invariance": NEIGHBOURS,
        "check_methods_sample_order_invariance": NEIGHBOURS,
    },
    TableSUnCNN: {"check_fit2d_1sample": "an image needs 3 × 3 pixels, and one sample is 1 × 3"},
}


@pytest.mark.parametrize("kind", ALLOWED)
def test_scikit_learns_own_checks(kind):
    results = check_estimator(
        kind(2, reading="paper", epochs=1, device="cpu"),
        expected_failed_checks=ALLOWED[kind],
        on_fail="raise",
        on_skip=None,
    )
    assert len(results) > 40


def test_who_needs_neighbours_says_so_to_scikit_learn():
    """So scikit-learn leaves out what it would ask of tables; the classes above are asked instead."""
    for kind in (SSANUNet, SUnCNN):
        tags = kind(2).__sklearn_tags__().input_tags
        assert tags.three_d_array and not tags.two_d_array
    assert CyCUNet(2).__sklearn_tags__().input_tags.two_d_array


@pytest.fixture(scope="module")
def scene():
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([0.4, 0.4, 0.4], (8, 7))
    spectra = rng.random((3, 10)) * [[1.0], [0.4], [0.7]]
    cube = shares @ spectra + 0.01 * rng.standard_normal((8, 7, 10))
    return Scene("made", cube, endmembers=spectra, endmember_names=("a", "b", "c"))


@EACH
@pytest.mark.parametrize("reading", ["paper", "best"])
def test_the_estimator_is_the_fit_behind_it(kind, reading, scene):
    model = kind(3, reading=reading, random_state=5, **QUICK)
    found = model.fit_transform(scene)
    settings = MODELS[kind].settings("", reading)
    settings = replace(settings, training=replace(settings.training, updates=3))
    start = starting_spectra(
        scene.cube, 3, settings.start, settings.normalisation, seed=5, restarts=1, device="cpu"
    )
    _, expected = fit_unmixer(scene.cube, start, settings, seed=5, device="cpu")
    np.testing.assert_array_equal(found, expected.abundances)
    np.testing.assert_array_equal(model.endmembers_, expected.endmembers)
    assert model.settings_ == settings and model.n_features_in_ == 10
    assert model.balance_ == expected.balance and len(model.losses_["reconstruction"]) == 3


@EACH
def test_a_scene_and_its_cube_give_the_same_answer(kind, scene):
    model = kind(3, **QUICK).fit(scene)
    again = clone(model).fit(scene.cube.astype(float))
    np.testing.assert_array_equal(again.abundances_, model.abundances_)
    assert scene.grid(model.abundances_).shape == (8, 7, 3)
    if hasattr(model, "transform"):
        np.testing.assert_allclose(model.transform(scene), model.abundances_, atol=1e-6)
        assert model.transform(scene.cube[:4]).shape == (28, 3)


@EACH
def test_the_unit_of_the_image_makes_no_difference_to_the_default(kind, scene):
    bright = kind(3, **QUICK).fit(scene.cube * 4096)
    plain = kind(3, **QUICK).fit(scene.cube)
    np.testing.assert_allclose(bright.abundances_, plain.abundances_, atol=1e-3)


def test_a_pixel_by_pixel_network_takes_a_table(scene):
    table, image = CyCUNet(3, **QUICK).fit(scene.pixels), CyCUNet(3, **QUICK).fit(scene)
    np.testing.assert_array_equal(table.abundances_, image.abundances_)


@pytest.mark.parametrize("kind", [SSANUNet, SUnCNN])
def test_without_places_there_are_no_neighbours(kind, scene):
    with pytest.raises(BadInput, match=r"Scene or a cube .* table of shape \(56, 10\).* CyCUNet"):
        kind(3, **QUICK).fit(scene.pixels)
    loose = Scene("loose", scene.pixels[:, None], spatial=False)
    with pytest.raises(BadInput, match="a set of pixels without positions"):
        kind(3, **QUICK).fit(loose)


@EACH
def test_abundances_mix_back_to_what_the_network_rebuilds(kind, scene):
    model = kind(3, reading="paper", **QUICK).fit(scene)
    if kind is not CyCUNet:  # whose shares have lost the brightness
        coefficients = model.network_.encode(image_of(model, scene)).detach()
        if kind is SUnCNN:
            coefficients = model.network_.average
        rebuilt = rebuild(model, coefficients)
        np.testing.assert_allclose(model.inverse_transform(model.abundances_), rebuilt, atol=1e-6)
    best = kind(3, **QUICK).fit(scene)
    mixed = best.inverse_transform(best.abundances_)
    lit = best.abundances_.any(axis=1)
    np.testing.assert_allclose((mixed[lit].astype(float) ** 2).mean(axis=1), 1, rtol=1e-4)
    # a pure pixel is the endmember itself, where the network mixes linearly
    if kind is not SSANUNet:
        ends = best.endmembers_ / np.sqrt((best.endmembers_**2).mean(axis=1, keepdims=True))
        np.testing.assert_allclose(best.inverse_transform(np.eye(3)), ends, rtol=1e-4, atol=1e-5)
    with pytest.raises(BadInput, match="expected those of 3 endmembers, got 2"):
        best.inverse_transform(np.ones((4, 2)))


def image_of(model, scene):
    model.network_.eval()
    return Image(torch.tensor(prepare(scene.cube, model.settings_.normalisation)))


@torch.no_grad()
def rebuild(model, coefficients):
    network = model.network_
    if hasattr(network, "decode"):
        return network.decode(coefficients).numpy()
    return (coefficients @ network.spectra()).numpy()


def test_spectra_may_be_given(scene):
    spectra = scene.endmembers
    model = SUnCNN(endmembers=spectra, reading="oracle", **QUICK).fit(scene)
    shape = spectra / np.sqrt((spectra.astype(float) ** 2).mean(axis=1, keepdims=True))
    np.testing.assert_allclose(model.endmembers_, shape, rtol=1e-5)
    library = np.random.default_rng(1).random((15, 10))  # more spectra than bands
    assert SUnCNN(endmembers=library, **QUICK).fit_transform(scene).shape == (56, 15)
    with pytest.raises(BadInput, match="'oracle' starts from the reference's endmembers; pass"):
        SSANUNet(3, reading="oracle", **QUICK).fit(scene)
    with pytest.raises(BadInput, match="4 and 3 spectra were given; leave one of the two out"):
        SSANUNet(4, endmembers=spectra, **QUICK).fit(scene)
    with pytest.raises(BadInput, match="expected n_endmembers, or the spectra as endmembers"):
        SSANUNet(**QUICK).fit(scene)


def test_a_known_scene_brings_its_own_settings(scene):
    model = SSANUNet(3, scene="samson", reading="paper", epochs=1, device="cpu").fit(scene)
    assert model.settings_.training.learning_rate == ssanu.settings("samson").training.learning_rate
    assert (
        SSANUNet(3, reading="paper", epochs=1, device="cpu").fit(scene).settings_ != model.settings_
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"epochs": 0}, "epochs: expected a whole number, 1 or more, got 0"),
        ({"restarts": 0}, "restarts: expected a whole number, 1 or more"),
        ({"random_state": -1}, "random_state: expected a whole number"),
        ({"n_endmembers": 1}, "n_endmembers: expected 2 to 10"),
        ({"n_endmembers": 2.5}, "n_endmembers: expected a whole number"),
    ],
)
def test_wrong_parameters_are_refused_in_fit(wrong, message, scene):
    model = SSANUNet(3, **QUICK).set_params(**wrong)  # and nowhere before
    with pytest.raises(BadInput, match=message):
        model.fit(scene)


def test_another_reading_and_use_before_fit(scene):
    with pytest.raises(UnknownName, match="reading must be one of"):
        SSANUNet(3, reading="good", **QUICK).fit(scene)
    for name in ("transform", "inverse_transform"):
        with pytest.raises(NotFittedError, match="call fit first"):
            getattr(SSANUNet(3), name)(scene)
