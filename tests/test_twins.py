"""Twins: the same every time, of the registered size and kind, and never taken for real data."""

import hashlib

import numpy as np
import pytest

from mixedpixels import scenes
from mixedpixels.scenes import Library, Scene
from mixedpixels.scenes.simulate import shapes
from mixedpixels.unmixing import FCLS

LARGEST = 4_000_000  # values; larger twins come from the same code and would only take longer


def twinned(kind: str) -> list[str]:
    """Return the entries of a kind whose twin is a mixture, and small enough to make here."""
    found = []
    for name in scenes.names(kind):
        entry = scenes.entry(name)
        if (
            "materials" in entry.get("twin", {})
            and np.prod(list(entry["shape"].values())) <= LARGEST
        ):
            found.append(name)
    return found


def digest(*arrays: np.ndarray) -> str:
    return hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest()


@pytest.mark.parametrize("name", twinned("scene"))
def test_scene_twin(name):
    entry = scenes.entry(name)
    twin, again = (scenes.load(name, twin="always") for _ in range(2))
    assert isinstance(twin, Scene)
    assert digest(twin.cube, twin.abundances) == digest(again.cube, again.abundances)
    assert twin.hashes == again.hashes and list(twin.hashes) == [f"twin of {name}"]

    shape = entry["shape"]
    assert twin.shape == (shape["rows"], shape["columns"], shape["bands"])
    assert twin.cube.dtype == np.float32
    if "endmember_names" in entry.data:
        assert twin.endmember_names == tuple(entry["endmember_names"])
    assert twin.abundances.shape == (*twin.shape[:2], len(twin.endmember_names))
    np.testing.assert_array_equal(twin.wavelengths, entry.wavelengths)

    assert twin.origin == "twin" and "twin" in repr(twin)
    assert "twin" in twin.title and "simulated" in twin.source
    assert not set(twin.hashes) & {f.name for f in entry.files}  # no real file is claimed

    np.testing.assert_allclose(twin.abundances.sum(axis=2), 1, atol=1e-5)
    assert twin.abundances.min() >= 0
    assert (twin.pixel_abundances.max(axis=0) > 0.9).all(), "an endmember without a pure pixel"
    assert twin.cube.min() >= 0 and twin.cube.max() < 1.5
    np.testing.assert_allclose(twin.endmembers.max(axis=1), 1, atol=1e-6)
    assert twin.endmembers.min() >= 0


@pytest.mark.parametrize("name", twinned("scene"))
def test_scene_twin_can_be_unmixed(name):
    twin = scenes.load(name, twin="always")
    model = FCLS(twin.endmembers, normalise="l2", device="cpu")
    found = model.fit_transform(twin.pixels)
    for k, material in enumerate(twin.endmember_names):
        assert np.corrcoef(found[:, k], twin.pixel_abundances[:, k])[0, 1] > 0.95, material


@pytest.mark.parametrize("name", twinned("library"))
def test_library_twin(name):
    entry = scenes.entry(name)
    twin, again = (scenes.load(name, twin="always") for _ in range(2))
    assert isinstance(twin, Library)
    assert digest(twin.spectra) == digest(again.spectra)
    assert twin.spectra.shape == (entry["shape"]["spectra"], entry["shape"]["bands"])
    assert twin.origin == "twin" and "twin" in twin.title
    assert twin.spectra.min() >= 0 and twin.spectra.max() <= 1
    for material in entry["twin"]["materials"]:
        assert twin.find(material["name"])
    some = twin.spectra[::50].astype(float)  # no spectrum is a mixture of a few others
    assert np.linalg.matrix_rank(some / np.linalg.norm(some, axis=1, keepdims=True), 1e-3) == len(
        some
    )


def test_noise_has_the_stated_strength(samson_twin):
    """The clean image has rank R whatever the light, so what lies outside R directions is noise."""
    rank = len(samson_twin.endmember_names)
    pixels = samson_twin.pixels.astype(float)
    values = np.linalg.svd(pixels, compute_uv=False) ** 2
    bands = pixels.shape[1]
    noise = values[rank:].sum() * bands / (bands - rank)
    snr = 10 * np.log10((values.sum() - noise) / noise)
    # values below zero are clipped, which takes a little of the noise away
    assert snr == pytest.approx(scenes.entry("samson")["twin"]["snr_db"], abs=0.5)


def test_patches_are_spatial(samson_twin):
    """Neighbours resemble each other; shuffled pixels do not."""
    first = samson_twin.abundances[..., 0]
    assert np.corrcoef(first[:-1].ravel(), first[1:].ravel())[0, 1] > 0.9
    shuffled = np.random.default_rng(0).permutation(first.ravel()).reshape(first.shape)
    assert abs(np.corrcoef(shuffled[:-1].ravel(), shuffled[1:].ravel())[0, 1]) < 0.1


def test_settings_make_the_twin(registry, small):
    """Another seed gives another twin and another hash; both are told apart by it."""
    shape = {"rows": 6, "columns": 7, "bands": 8}
    materials = [
        {"name": "a", "continuum": [[400, 0.2], [800, 0.6]], "features": [[500, 20, 0.1]]},
        {"name": "b", "continuum": [[400, 0.5], [800, 0.3]], "features": []},
    ]
    made = []
    for seed in (0, 1):
        settings = {"seed": seed, "patch": 1, "sharpness": 4.0, "light": 0.1, "snr_db": 30}
        registry.add(
            "small",
            small,
            shape=shape,
            read={"cube": {"file": next(iter(small)), "variable": "V", "axes": list(shape)}},
            wavelengths={"first": 400.0, "last": 800.0},
            twin={**settings, "materials": materials},
        )
        made.append(scenes.load("small", twin="always"))
    assert digest(made[0].cube) != digest(made[1].cube)
    assert made[0].hashes != made[1].hashes


def test_spectrum_is_its_continuum_less_its_features():
    wavelengths = np.linspace(400, 900, 501)
    plain = shapes.spectrum(wavelengths, [[450, 0.2], [650, 0.4], [850, 0.5]], [])
    np.testing.assert_allclose(plain[[50, 250, 450]], [0.2, 0.4, 0.5])
    assert (np.diff(plain) >= 0).all()
    np.testing.assert_allclose(plain[:50], 0.2)  # flat beyond the first point
    np.testing.assert_allclose(plain[451:], 0.5)
    dipped = shapes.spectrum(wavelengths, [[450, 0.2], [650, 0.4], [850, 0.5]], [[650, 10, 0.3]])
    assert dipped[250] == pytest.approx(0.4 * 0.7)
    assert dipped[260] / plain[260] == pytest.approx(1 - 0.3 * np.exp(-0.5))


def test_atmosphere_absorbs_where_water_does():
    wavelengths = np.array([850.0, 940, 1250, 1390, 1650, 1880])
    clear = shapes.atmosphere(wavelengths)
    assert (clear > 0).all() and (clear <= 1).all()
    assert (clear[1::2] < clear[::2] - 0.2).all()
