"""The labelled scenes against what is known of them."""

import numpy as np
import pytest

from mixedpixels import scenes
from mixedpixels.scenes.load import available

COUNTS = {
    "ksc-pixels": [761, 243, 256, 252, 161, 229, 105, 431, 419, 927],
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


@pytest.mark.parametrize("name", ["salinas-a", "indian-pines-crop"])
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
