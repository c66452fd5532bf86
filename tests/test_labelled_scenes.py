"""The labelled scenes against what is known of them."""

import numpy as np
import pytest

from at_hand import raw
from mixedpixels import scenes
from mixedpixels.scenes.load import available

COUNTS = {
    "ksc-pixels": [761, 243, 256, 252, 161, 229, 105, 431, 419, 927],
    "ksc-labelled": [761, 243, 256, 252, 161, 229, 105, 431, 520, 404, 419, 503, 927],
    "pavia-university-sample": [892, 890, 888, 889, 888, 889, 888, 888, 888],
    "indian-pines": [46, 1428, 830, 237, 483, 730, 28, 478, 20, 972, 2455, 593, 205, 1265, 386, 93],
    "indian-pines-crop": [1005, 730, 732, 1924],
    "indian-pines-695": [15, 50, 50, 50, 50, 50, 15, 50, 15, *[50] * 7],
    "salinas-a": [391, 1343, 616, 1525, 674, 799],
    "houston-train": [198, 190, 192, 188, 186, 182, 196, 191, 193, 191, 181, 192, 184, 181, 187],
}


@pytest.mark.parametrize("name", COUNTS)
def test_classes_have_their_pixels(name):
    if not available(name):
        pytest.skip(f"needs the real {name}")
    scene = scenes.load(name)
    assert np.bincount(scene.labels.ravel())[1:].tolist() == COUNTS[name]
    assert len(scene.class_names) == len(COUNTS[name])


def test_ksc_is_in_whole_numbers_near_the_variances_of_the_paper():
    if not available("ksc-pixels"):
        pytest.skip("needs the real ksc-pixels")
    scene = scenes.load("ksc-pixels")
    np.testing.assert_array_equal(scene.pixels, np.round(scene.pixels))
    assert scene.pixels.max() == 399 and scene.pixels.min(0).max() == 0
    labels = scene.labels.ravel()
    scrub = (scene.pixels[labels == 1] / 500).var(0).mean()
    assert scrub == pytest.approx(1173.9e-6, rel=0.01)  # Table I
    water = (scene.pixels[labels == 10] / 500).var(0).mean()
    assert water == pytest.approx(143.0e-6, rel=0.01)


@pytest.mark.parametrize(
    ("part", "file", "variable"),
    [
        ("ksc-labelled", "ksc/KSC_gt.mat", "KSC_gt"),
        ("pavia-university-sample", "paviaU/PaviaU_gt.mat", "paviaU_gt"),
    ],
)
def test_labels_lie_where_the_public_map_has_them(part, file, variable):
    if not available(part):
        pytest.skip(f"needs the real {part}")
    scene = scenes.load(part)
    whole = raw(file)[variable]
    np.testing.assert_array_equal(scene.labels.ravel(), whole[tuple(scene.positions.T)])
    counts = np.bincount(whole.ravel())[1:]
    totals = scene.class_totals if scene.class_totals is not None else COUNTS[part]
    np.testing.assert_array_equal(totals, counts)


def test_labelled_pixels_of_ksc_are_the_known_ones_and_more():
    """Two sources that know nothing of each other, as sets of pixels of each class."""
    if not (available("ksc-labelled") and available("ksc-pixels")):
        pytest.skip("needs the real ksc-labelled and ksc-pixels")
    whole, part = scenes.load("ksc-labelled", repair=True), scenes.load("ksc-pixels")
    lowest = np.array([])
    for k, name in enumerate(part.class_names, start=1):
        ours = whole.pixels[whole.labels.ravel() == whole.class_names.index(name) + 1]
        theirs = part.pixels[part.labels.ravel() == k]
        lowest = np.median(ours, 0) - np.median(theirs, 0) if not lowest.size else lowest
        shifted = theirs + lowest  # the least value of each band, which was lost
        np.testing.assert_array_equal(np.unique(ours, axis=0), np.unique(shifted, axis=0))
    assert lowest.min() == -2 and lowest.max() == 22


def test_pixels_called_saturated_have_negative_numbers():
    if not available("ksc-labelled"):
        pytest.skip("needs the real ksc-labelled")
    scene, repaired = scenes.load("ksc-labelled"), scenes.load("ksc-labelled", repair=True)
    bad = (scene.pixels >= scene.saturation).any(axis=1)
    np.testing.assert_array_equal(bad, (repaired.pixels < 0).any(axis=1))
    counts = np.bincount(scene.labels.ravel()[bad], minlength=14)
    assert {k: n for k, n in enumerate(counts) if n} == {2: 2, 4: 1, 10: 27, 12: 41, 13: 19}
    assert repaired.pixels.min() == -11 and repaired.pixels.max() < scene.saturation
    # Table I, whose variances are of the pixels that are not called saturated
    labels = scene.labels.ravel()
    for k, printed in {1: 1173.9e-6, 9: 1530.9e-6, 10: 3086.0e-6, 12: 1529.5e-6}.items():
        found = (scene.pixels[~bad & (labels == k)] / 500).var(0).mean()
        assert found == pytest.approx(printed, rel=0.025)


@pytest.mark.parametrize("name", ["salinas-a", "indian-pines-crop", "indian-pines"])
def test_labels_lie_over_their_cube(name):
    """Pixels of a class resemble each other; under turned labels they would not."""
    if not available(name):
        pytest.skip(f"needs the real {name}")
    scene = scenes.load(name)
    side = min(scene.shape[:2])
    cube, labels = scene.cube[:side, :side], scene.labels[:side, :side]

    def within(labels):
        return np.mean([cube[labels == k].var(0).mean() for k in np.unique(labels[labels > 0])])

    assert within(labels) < 0.8 * within(labels.T)
