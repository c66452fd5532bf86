"""Figures of classes: bundles, points, squares, label maps and curves draw what they are given."""

import io

import matplotlib.image
import numpy as np
import pytest

from mixedpixels import plotting
from mixedpixels.chapters import figure_arrays
from mixedpixels.plotting import bundles, curves, heatmap, label_maps, scatter

ALT = "A figure that a test looks at closely."


@pytest.fixture
def axes(monkeypatch):
    """The axes of the figures that are drawn, as they are when the picture is made."""
    drawn = []
    for module in (bundles, curves, heatmap, label_maps, scatter):
        whole = module.picture

        def watched(figure, *words, whole=whole):
            drawn.append([ax for ax in figure.axes])
            return whole(figure, *words)

        monkeypatch.setattr(module, "picture", watched)
    return drawn


def seen(picture):
    image = matplotlib.image.imread(io.BytesIO(picture.png))
    assert min(image.shape[:2]) > 50 and picture.alt == ALT
    return image


def test_bundles_draw_every_spectrum_up_to_sixty(axes):
    rng = np.random.default_rng(0)
    panels = {
        "raw": {"reed": rng.random((7, 9)), "sand": rng.random((200, 9))},
        "virtual": {"reed": rng.random((7, 9)), "one": rng.random(9)},
    }
    seen(plotting.plot_bundles(panels, "reflectance", ALT, bold=("one",)))
    raw, virtual = axes[0]
    lines = [line for line in raw.get_lines() if len(line.get_xdata())]
    assert len(lines) == 7 + 50  # every fourth of 200
    widths = {line.get_linewidth() for line in virtual.get_lines() if len(line.get_xdata())}
    assert widths == {0.6, 2.0}
    np.testing.assert_array_equal(lines[3].get_ydata(), panels["raw"]["reed"][3])
    assert lines[3].get_xdata().tolist() == list(range(1, 10))
    assert raw.get_ylim() == virtual.get_ylim() and raw.get_ylabel() == "reflectance"


def test_points_keep_their_class_in_every_panel(axes):
    points, labels = np.random.default_rng(0).random((30, 2)), np.repeat([1, 2, 3], 10)
    panels = {"raw": (points, labels), "code": (points[::-1], labels)}
    seen(plotting.plot_scatter(panels, ("a", "b", "c"), ("first", "second"), ALT))
    left, right = axes[0]
    assert [line.get_label() for line in left.get_lines()] == ["a", "b", "c"]
    for one, other in zip(left.get_lines(), right.get_lines(), strict=True):
        assert one.get_color() == other.get_color() and one.get_marker() == other.get_marker()
    np.testing.assert_array_equal(left.get_lines()[1].get_xydata(), points[10:20])
    assert len({line.get_marker() for line in left.get_lines()}) == 3


def test_a_square_writes_its_numbers_on_an_even_scale(axes):
    square = np.array([[np.nan, 12.3], [-40.0, np.nan]])
    seen(plotting.plot_heatmap({"gain": square}, ("a", "b"), "points", ALT))
    ax = axes[0][0]
    assert sorted(text.get_text() for text in ax.texts) == ["-40", "12"]
    assert ax.images[0].get_clim() == (-40.0, 40.0)


def test_label_maps_show_each_class_and_grey(axes):
    labels = np.array([[0, 1, 2], [3, 10, 11]])
    names = tuple(f"class {k}" for k in range(1, 12))
    seen(plotting.plot_label_maps({"truth": labels, "named": labels}, names, ALT))
    image = axes[0][0].images[0]
    colours = image.cmap(image.norm(labels))[..., :3].reshape(-1, 3)
    assert len(np.unique(colours.round(3), axis=0)) == 6
    np.testing.assert_allclose(colours[0], colours[0][0])  # grey
    assert [t.get_text() for t in axes[0][0].figure.legends[0].texts] == list(names)


def test_curves_have_a_band_from_the_least_to_the_largest_run(axes):
    x, y = np.array([1, 10, 100]), np.array([[1.0, 3], [2, 4], [5, 9]])
    panels = {"loss": {"training": (x, y), "one run": (x, y[:, 0])}}
    seen(plotting.plot_curves(panels, "updates", "loss", ALT, logarithmic=(True, False)))
    ax = axes[0][0]
    np.testing.assert_array_equal(ax.get_lines()[0].get_ydata(), [2, 3, 7])
    assert len(ax.collections) == 1 and ax.get_xscale() == "log" and ax.get_yscale() == "linear"
    corners = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert corners.min() == 1 and corners.max() == 9
    assert ax.get_xticklabels()[0].get_text() != "1"  # powers of ten


def test_few_points_close_together_are_named(axes):
    x = np.array([1, 2, 32])
    panels = {"cost": {"engine": (x, np.ones(3))}}
    seen(plotting.plot_curves(panels, "networks", "cost", ALT, logarithmic=(True, False)))
    labels = [label.get_text() for label in axes[0][0].get_xticklabels()]
    assert labels == ["1", "2", "32"]
    many = np.arange(20, 100)
    panels = {"cost": {"engine": (many, np.ones(80))}}
    seen(plotting.plot_curves(panels, "networks", "cost", ALT, logarithmic=(True, False)))
    assert len(axes[-1][0].get_xticks()) < 20


@pytest.mark.parametrize("size", [(512, 614), (300, 300), (1, 100_001)])
def test_a_thinned_map_is_every_nth_pixel_and_no_thinner_than_it_must_be(size):
    labels = np.arange(np.prod(size)).reshape(size) % 14
    kept = figure_arrays.thinned(labels)
    assert kept.size <= 100_000 and kept.dtype == np.uint8
    step = -(-size[1] // kept.shape[1])
    np.testing.assert_array_equal(kept, labels[::step, ::step])
    assert step == 1 or labels[:: step - 1, :: step - 1].size > 100_000
