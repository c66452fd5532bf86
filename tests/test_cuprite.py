"""The crop of Cuprite: which way up it is, at which wavelengths, and with which reference."""

import numpy as np
import pytest

from at_hand import raw, real
from mixedpixels import scenes
from mixedpixels.scenes.load import available


def alike(image: np.ndarray) -> tuple[float, float]:
    """Return how well neighbours below and beside each other correlate, the median band's."""
    pairs = ((image[:-1], image[1:]), (image[:, :-1], image[:, 1:]))
    bands = range(10, image.shape[2], 20)
    return tuple(
        float(np.median([np.corrcoef(a[..., b].ravel(), c[..., b].ravel())[0, 1] for b in bands]))
        for a, c in pairs
    )


def test_cuprite_is_folded_the_right_way():
    cube = real("cuprite-crop").cube
    assert min(alike(cube)) > 0.9
    assert min(alike(cube.reshape(90, 50, 188))) < 0.1
    assert min(alike(cube.transpose(1, 0, 2).reshape(50, 90, 188))) < 0.6


def test_cuprite_against_its_files():
    scene = real("cuprite-crop")
    image = raw("cuprite/Rcuprite50x90x188.mat")["Rcuprite50x90x188"]
    np.testing.assert_allclose(scene.cube, image / 10000, rtol=1e-6)
    assert scene.abundances is None and scene.origin == "fragment"
    reference = raw("cuprite/groundTruth_Cuprite_nEnd12.mat")
    told = [str(name.item()).split(" ")[1].lower() for name in reference["cood"].ravel()]
    assert [name.replace(" ", "_") for name in scene.endmember_names] == told
    kept = reference["slctBnds"].ravel()
    ranges = scenes.entry("cuprite-crop")["wavelengths"]["kept"]
    np.testing.assert_array_equal(kept, [n for a, b in ranges for n in range(a, b + 1)])
    # between the two nearest of the reference's own bands
    centres = reference["waveLength"].ravel() * 1000
    order = np.argsort(centres)
    for band in (0, 60, 187):
        after = np.searchsorted(centres[order], scene.wavelengths[band])
        low, high = order[after - 1], order[after]
        part = (scene.wavelengths[band] - centres[low]) / (centres[high] - centres[low])
        expected = (1 - part) * reference["M"][low] + part * reference["M"][high]
        np.testing.assert_allclose(scene.endmembers[:, band], expected, rtol=1e-5)


def test_cuprite_has_the_wavelengths_of_the_library():
    if not available("usgs-1995"):
        pytest.skip("needs the USGS library: set MIXEDPIXELS_MIRROR to a folder that holds it")
    centres = raw("usgs/USGS_1995_Library.mat")["datalib"][:, 0] * 1000
    kept = np.r_[3:104, 114:148, 168:221] - 1
    np.testing.assert_allclose(scenes.entry("cuprite-crop").wavelengths, centres[kept], atol=0.051)


def test_cuprites_image_tells_its_wavelengths():
    """Where the wavelengths step back, a second spectrometer takes over: so does the image."""
    scene = real("cuprite-crop")
    assert scene.shape == (50, 90, 188)
    back = np.flatnonzero(np.diff(scene.wavelengths) < 0)
    mean = scene.pixels.mean(axis=0)
    assert back[0] + 3 == 32  # channel; the first kept one is 3
    early = np.diff(mean[:60])
    assert np.flatnonzero(early < -0.003).tolist() == [back[0]]
    # the reference, taken by number, changes elsewhere
    reference = raw("cuprite/groundTruth_Cuprite_nEnd12.mat")
    assert np.flatnonzero(np.diff(reference["waveLength"].ravel()) < 0)[0] + 1 == 29


def dip(spectra: np.ndarray) -> np.ndarray:
    """Return the band between 2.0 and 2.44 µm where a spectrum lies farthest below its neighbours."""
    part = spectra[:, 135:]
    depth = (part[:, :-6] + part[:, 6:]) / 2 / part[:, 3:-3] - 1
    return depth.argmax(axis=1) + 138


def test_clays_absorb_where_the_image_does():
    scene = real("cuprite-crop")
    kept = np.r_[3:104, 114:148, 168:221]
    strong = dip(scene.pixels)
    common = np.bincount(strong[np.isin(strong, np.arange(145, 168))]).argmax()
    assert kept[common] == 194 and 2200 < scene.wavelengths[common] < 2215
    reference = raw("cuprite/groundTruth_Cuprite_nEnd12.mat")["M"].T
    for clay in ("kaolinite 1", "kaolinite 2", "muscovite"):
        k = scene.endmember_names.index(clay)
        assert abs(dip(scene.endmembers[[k]])[0] - common) <= 1, clay
        assert kept[dip(reference[[k]][:, kept - 1])[0]] == 190, clay  # taken by number
