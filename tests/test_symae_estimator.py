"""SymAE as an estimator: scikit-learn's rules, the engine behind it, and its file."""

import json
import pickle
import struct

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.utils.estimator_checks import check_estimator

from mixedpixels.errors import BadInput
from mixedpixels.estimators import SymAE
from mixedpixels.models import TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.scenes import Scene
from mixedpixels.training.disentangler import Grouping, fit_symae

SMALL = Settings(encoder=(12, 12, 12, 8), decoder=(8, 12), code=5)


def groups_and_pixels(n=60, bands=7, seed=0):
    """Three spectra, each under many brightnesses."""
    rng = np.random.default_rng(seed)
    groups = np.arange(n) % 3
    pixels = rng.random((3, bands))[groups] * rng.uniform(0.3, 1, (n, 1)) * 400
    return groups, pixels


def model(**changes):
    return SymAE(**{"updates": 8, "settings": SMALL, "device": "cpu"} | changes)


@pytest.fixture(scope="module")
def fitted():
    groups, pixels = groups_and_pixels()
    return model(random_state=3).fit(pixels, groups)


def test_scikit_learns_own_checks():
    rounding = "single precision rounds otherwise for fewer pixels, or for others beside them"
    allowed = ("check_methods_subset_invariance", "check_methods_sample_order_invariance")
    results = check_estimator(
        model(updates=2), expected_failed_checks=dict.fromkeys(allowed, rounding), on_skip=None
    )
    assert len(results) > 40


def test_it_is_one_network_of_the_engine(fitted):
    groups, pixels = groups_and_pixels()
    expected = fit_symae(
        pixels[None],
        groups[None],
        scale=np.abs(pixels).max(),
        settings=SMALL,
        grouping=Grouping(8, 8),
        config=TrainingConfig(8, 2e-4, "cosine"),
        seed=3,
        device="cpu",
    )
    assert fitted.disentangler_.networks == 1 and fitted.n_features_in_ == 7
    assert fitted.scale_ == np.abs(pixels).max()
    np.testing.assert_array_equal(fitted.transform(pixels), expected.reflectance_code(pixels))
    np.testing.assert_array_equal(fitted.nuisance(pixels), expected.nuisance_code(pixels))
    np.testing.assert_array_equal(
        fitted.redatum(pixels, pixels[4]), expected.redatum(pixels, pixels[4])
    )


def test_groups_have_any_labels_and_images_any_form(fitted):
    groups, pixels = groups_and_pixels()
    named = np.array(["wheat", "oak", "water"])[groups]
    again = model(random_state=3).fit(pixels, named)
    assert again.classes_.tolist() == ["oak", "water", "wheat"]
    cube = pixels.reshape(6, 10, 7)
    for X, y in ((cube, groups.reshape(6, 10)), (Scene("s", cube), groups)):
        image = model(random_state=3).fit(X, y)
        np.testing.assert_allclose(image.transform(X), fitted.transform(pixels), rtol=1e-4)


def test_virtual_spectra_are_nearer_to_the_truth_than_the_pixels():
    """Under the light of pixel 5 a pixel is its group's spectrum times that light."""
    rng = np.random.default_rng(0)
    groups, light, spectra = np.arange(240) % 3, rng.uniform(0.3, 1, 240), rng.random((3, 7))
    pixels = spectra[groups] * light[:, None]
    truth = spectra[groups] * light[5]

    def error(found):
        return np.sqrt(np.square(found - truth).mean() / np.square(truth).mean())

    trained = model(updates=400, learning_rate=3e-3).fit(pixels, groups)
    assert error(trained.redatum(pixels, pixels[5])) < 0.8 * error(pixels)


def test_wrong_input_is_refused(fitted):
    groups, pixels = groups_and_pixels()
    with pytest.raises(BadInput, match="pass the group of each"):
        model().fit(pixels, None)
    with pytest.raises(BadInput, match="groups: expected one for each of 60 pixels, got 59"):
        model().fit(pixels, groups[1:])
    with pytest.raises(BadInput, match="groups: got None, NaN or infinity"):
        model().fit(pixels, np.where(groups == 0, np.nan, groups))
    with pytest.raises(BadInput, match="groups: got None, NaN or infinity"):
        model().fit(pixels, np.where(groups == 0, None, groups))
    with pytest.raises(BadInput, match=r"settings: expected mixedpixels.models.symae.Settings"):
        model(settings={"code": 3}).fit(pixels, groups)
    with pytest.raises(BadInput, match="updates: expected a whole number, 1 or more, got 0"):
        model(updates=0).fit(pixels, groups)
    with pytest.raises(BadInput, match="scale: expected above 0, got -1"):
        model(scale=-1).fit(pixels, groups)
    with pytest.raises(
        BadInput, match=r"reference: expected one spectrum of 7 bands, got .*\(6,\)"
    ):
        fitted.redatum(pixels, pixels[0, :6])
    with pytest.raises(NotFittedError, match="call fit first"):
        model().transform(pixels)


# --- its file ------------------------------------------------------------------------------------


@pytest.fixture
def file(fitted, tmp_path):
    path = tmp_path / "model.safetensors"
    fitted.save(path)
    return path


def test_what_was_saved_is_what_is_loaded(fitted, file):
    _, pixels = groups_and_pixels(seed=1)
    again = SymAE.load(file, device="cpu")
    np.testing.assert_array_equal(again.transform(pixels), fitted.transform(pixels))
    np.testing.assert_array_equal(
        again.redatum(pixels, pixels[1]), fitted.redatum(pixels, pixels[1])
    )
    assert again.get_params() == fitted.get_params()
    assert again.classes_.tolist() == [0, 1, 2] and again.scale_ == fitted.scale_
    assert again.n_features_in_ == 7
    before, after = fitted.disentangler_.history, again.disentangler_.history
    np.testing.assert_array_equal(after.losses["network 0"], before.losses["network 0"])
    np.testing.assert_array_equal(after.updates, before.updates)
    assert after.seconds == before.seconds
    assert list(file.parent.iterdir()) == [file]  # no draft is left
    groups, known = groups_and_pixels()
    np.testing.assert_array_equal(  # the parameters are those that made it
        clone(again).fit(known, groups).transform(pixels), fitted.transform(pixels)
    )


def test_the_settings_can_be_read_without_the_package(file):
    size = struct.unpack("<Q", file.read_bytes()[:8])[0]
    header = json.loads(file.read_bytes()[8 : 8 + size])["__metadata__"]
    about = json.loads(header["about"])
    assert about["settings"]["code"] == 5 and about["parameters"]["updates"] == 8


def test_a_generator_is_not_kept(tmp_path):
    groups, pixels = groups_and_pixels()
    made = model(updates=2, settings=None, random_state=np.random.RandomState(0))
    made.fit(pixels, groups.astype(str)).save(tmp_path / "x.safetensors")
    again = SymAE.load(tmp_path / "x.safetensors", device="cpu")
    assert again.random_state is None and again.settings is None
    assert again.classes_.tolist() == ["0", "1", "2"]


def retold(file, change=lambda about: None, tensors=lambda found: None, **header):
    """Write the file again with other contents."""
    raw = file.read_bytes()
    told = json.loads(raw[8 : 8 + struct.unpack("<Q", raw[:8])[0]])["__metadata__"]
    about, found = json.loads(told["about"]), dict(load_file(file))
    change(about)
    tensors(found)
    save_file(found, file, told | {"about": json.dumps(about)} | header)


@pytest.mark.parametrize(
    "change",
    [
        lambda about: about.pop("settings"),
        lambda about: about["settings"].update(code=6),
        lambda about: about["settings"].update(unknown=1),
        lambda about: about["settings"].update(code=10**15),
        lambda about: about.update(bands=9),
        lambda about: about.update(bands="many"),
        lambda about: about.update(scale=0),
        lambda about: about.update(scale=None),
        lambda about: about["parameters"].update(unknown=1),
        lambda about: about.update(parameters=[]),
    ],
)
def test_settings_that_do_not_fit_the_network_are_refused(file, change):
    retold(file, change)
    with pytest.raises(BadInput, match=r"model\.safetensors is damaged, or no SymAE"):
        SymAE.load(file)


def test_damaged_and_foreign_files_are_refused(file, tmp_path):
    whole = file.read_bytes()
    for cut in (0, 4, 100, len(whole) - 7):
        file.write_bytes(whole[:cut])
        with pytest.raises(BadInput, match="is damaged, or no SymAE"):
            SymAE.load(file)
    file.write_bytes(pickle.dumps({"network": 1}))
    with pytest.raises(BadInput, match="is damaged, or no SymAE"):
        SymAE.load(file)
    with pytest.raises(BadInput, match="is damaged, or no SymAE"):
        SymAE.load(tmp_path)
    with pytest.raises(BadInput, match="there is no such file"):
        SymAE.load(tmp_path / "none.safetensors")
    save_file({"weight": np.ones(3)}, file)
    with pytest.raises(BadInput, match=r"is no file that SymAE.save wrote"):
        SymAE.load(file)
    file.write_bytes(whole)
    retold(file, format="mixedpixels SymAE 2")
    with pytest.raises(BadInput, match=r"is no file that SymAE.save wrote"):
        SymAE.load(file)


@pytest.mark.parametrize("harm", ["missing", "nan"])
def test_damaged_weights_are_refused(file, harm):
    def damage(found):
        name = next(k for k in found if k.startswith("network."))
        if harm == "missing":
            found.pop(name)
        else:
            found[name] = found[name] * np.nan

    retold(file, tensors=damage)
    with pytest.raises(BadInput, match="is damaged, or no SymAE"):
        SymAE.load(file)


def test_nothing_is_saved_before_fit(tmp_path):
    with pytest.raises(NotFittedError, match="call fit first"):
        model().save(tmp_path / "x.safetensors")
    assert not list(tmp_path.iterdir())


def test_a_model_is_loaded_onto_the_device_asked_for(file):
    network = SymAE.load(file, device="cpu").disentangler_.stack
    assert next(network.parameters()).device == torch.device("cpu") and not network.training
    with pytest.raises(BadInput, match="cuda:99"):
        SymAE.load(file, device="cuda:99")


def test_a_folder_in_place_of_a_file_is_told(fitted, tmp_path):
    with pytest.raises(BadInput, match="expected the name of a file"):
        fitted.save(tmp_path)
    assert not list(tmp_path.iterdir())
