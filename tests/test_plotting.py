"""Figures cannot exist without alternative text, and draw what they are given."""

import base64
import io
from dataclasses import dataclass, replace

import matplotlib.image
import numpy as np
import pytest

from markup import read
from mixedpixels import plotting
from mixedpixels.chapters import figure_arrays
from mixedpixels.errors import BadInput

ALT = "Two lines that cross in the middle of the figure."
PNG = b"\x89PNG\r\n\x1a\n"


def pixels(picture: plotting.Picture) -> np.ndarray:
    """Check that a Picture is a figure one can see; return it, shape (rows, columns, 4)."""
    assert picture.png.startswith(PNG)
    image = matplotlib.image.imread(io.BytesIO(picture.png))
    assert min(image.shape[:2]) > 50 and np.ptp(image[..., :3]) > 0.5
    return image


@pytest.mark.parametrize("alt", ["", "   ", "map", "figure 1", "a nice figure"])
def test_no_picture_without_a_sentence(alt):
    figure, _ = plotting.figure.new()
    with pytest.raises(BadInput, match="a figure needs alternative text of a sentence"):
        plotting.picture(figure, alt)


@pytest.mark.parametrize("alt", ["", "  ", "map"])
def test_no_picture_by_hand_without_alternative_text(alt):
    with pytest.raises(BadInput, match="alternative text"):
        plotting.Picture(PNG, alt)
    with pytest.raises(BadInput, match="alternative text"):
        replace(plotting.Picture(PNG, ALT), alt=alt)


def test_picture_shows_itself_with_its_words_escaped():
    alt = 'Where a < b & "c" > d, the line is <b>flat</b>.'
    figure, ax = plotting.figure.new()
    ax.plot([0, 1], [0, 1])
    html = read(plotting.picture(figure, alt, "<i>caption</i> & more")._repr_html_())
    (image,) = html.all("img")
    assert image.attributes["alt"] == alt
    head, _, data = image.attributes["src"].partition(",")
    assert head == "data:image/png;base64" and base64.b64decode(data).startswith(PNG)
    assert html.all("figcaption")[0].text == "<i>caption</i> & more"
    assert not html.all("b") and not html.all("i")


def test_no_caption_no_figcaption():
    figure, _ = plotting.figure.new()
    assert "figcaption" not in plotting.picture(figure, ALT)._repr_html_()


def test_drawing_leaves_no_global_state():
    from matplotlib import _pylab_helpers

    before = list(_pylab_helpers.Gcf.figs)
    plotting.figure.new()
    assert list(_pylab_helpers.Gcf.figs) == before


def test_same_figure_has_the_same_bytes():
    groups = {"a": np.array([0.1, 0.1, 0.3]), "b": np.array([0.2, 0.25, 0.3])}
    draw = [plotting.plot_spread(groups, "error", ALT, bars={"printed": 0.2}) for _ in range(2)]
    assert draw[0].png == draw[1].png


def test_maps_draw_what_they_hold():
    full, none = np.ones((8, 9, 2)), np.zeros((8, 9, 2))
    both = plotting.abundance_maps({"one": full, "other": none}, ["rock", "water"], ALT)
    same = plotting.abundance_maps({"one": full, "other": full}, ["rock", "water"], ALT)
    a, b = pixels(both), pixels(same)
    assert a.shape == b.shape
    differs = (a != b).any(axis=2)
    assert 0.05 < differs.mean() < 0.6
    assert np.flatnonzero(differs.any(axis=1)).min() > a.shape[0] * 0.4  # the lower row only


def test_maps_share_the_scale_from_0_to_1():
    half = {"one": np.full((8, 9, 1), 0.5)}
    over = {"one": np.full((8, 9, 1), 1.7)}
    one = {"one": np.ones((8, 9, 1))}
    assert plotting.abundance_maps(over, ["r"], ALT).png == (
        plotting.abundance_maps(one, ["r"], ALT).png
    )
    assert plotting.abundance_maps(half, ["r"], ALT).png != (
        plotting.abundance_maps(one, ["r"], ALT).png
    )


def test_maps_must_be_as_many_as_the_endmembers():
    with pytest.raises(BadInput, match="one: 3 maps for 2 endmembers"):
        plotting.abundance_maps({"one": np.zeros((4, 4, 3))}, ["rock", "water"], ALT)


@pytest.mark.parametrize("wavelengths", [None, np.linspace(400, 900, 20)])
def test_spectra_draw(wavelengths):
    x = np.linspace(0, 1, 20)
    groups = {"rock": {"ours": x, "theirs": x**2}, "water": {"ours": 1 - x}}
    picture = plotting.plot_spectra(groups, wavelengths, "reflectance", ALT, "spectra")
    pixels(picture)
    assert (picture.alt, picture.caption) == (ALT, "spectra")


def test_spread_draws_with_and_without_bars():
    groups = {"a": np.array([0.1, 0.2]), "b": np.array([0.3, 0.4])}
    without = plotting.plot_spread(groups, "error", ALT)
    barred = plotting.plot_spread(groups, "error", ALT, bars={"printed": 0.25})
    pixels(without)
    assert pixels(barred).shape[0] > 100 and barred.png != without.png


def test_colour_image_takes_the_bands_nearest_to_red_green_and_blue():
    wavelengths = np.array([450.0, 500.0, 545.0, 600.0, 645.0, 900.0])
    ramp = np.linspace(0, 1, 101)
    cube = np.zeros((101, 1, 6))
    cube[:, 0, 4], cube[:, 0, 2], cube[:, 0, 0] = ramp, 2 - 2 * ramp, 5 + ramp**2
    image = plotting.colour_image(cube, wavelengths)
    assert image.shape == (101, 1, 3) and image.min() == 0 and image.max() == 1
    np.testing.assert_allclose(image[:, 0, 0], np.clip((ramp - 0.02) / 0.96, 0, 1), atol=1e-12)
    np.testing.assert_allclose(image[:, 0, 1], np.clip((0.98 - ramp) / 0.96, 0, 1), atol=1e-12)
    assert (np.diff(image[:, 0, 2]) >= 0).all() and image[50, 0, 2] < 0.3


def test_colour_image_without_wavelengths_or_contrast():
    image = plotting.colour_image(np.ones((3, 4, 10)), None)
    assert image.shape == (3, 4, 3) and np.isfinite(image).all()


ROWS = [{"image": "image\n4 bands"}, {"left": "left", "right": "right\nReLU"}, {"out": "out"}]
ARROWS = [
    ("image", "left", ""),
    ("image", "right", ""),
    ("left", "out", "$w_1$"),
    ("right", "out", ""),
]


def test_network_draws_boxes_and_arrows_narrow_enough_for_a_phone():
    drawn = pixels(plotting.plot_network(ROWS, ARROWS, ALT, colours={"left": 0}))
    assert 300 < drawn.shape[1] < 450
    taller = pixels(plotting.plot_network([*ROWS, {"more": "more"}], ARROWS, ALT))
    assert taller.shape[0] > drawn.shape[0] + 20
    coloured = (np.ptp(drawn[..., :3], axis=2) > 0.4).any(axis=0)  # the blue edge of one box
    assert coloured[: drawn.shape[1] // 2].any() and not coloured[drawn.shape[1] // 2 :].any()
    bare = pixels(plotting.plot_network(ROWS, [], ALT, colours={"left": 0}))
    differs = np.flatnonzero((bare != drawn).any(axis=(1, 2)))
    assert len(differs) > 20  # the arrows, between the rows


def test_network_refuses_names_that_do_not_fit():
    with pytest.raises(BadInput, match="boxes: left twice"):
        plotting.plot_network([*ROWS, {"left": "again"}], [], ALT)
    with pytest.raises(BadInput, match="arrows: no box is called nowhere"):
        plotting.plot_network(ROWS, [("image", "nowhere", "")], ALT)


def test_losses_say_their_last_values():
    fits = {"one": {"error": np.array([1.0, 0.5]), "rank": np.array([0.1, 0.2])}}
    made = plotting.plot_losses(fits, "Two terms.")
    assert "one: error 0.5, rank 0.2" in made.alt and made.png.startswith(b"\x89PNG")


def test_a_difference_table_shows_what_differs_and_nothing_else():
    @dataclass(frozen=True)
    class Plan:
        rate: float
        decay: tuple | None = None

    @dataclass(frozen=True)
    class Settings:
        plan: Plan
        kind: str = "same"
        held_up: bool = False

    table = plotting.difference_table(
        {
            "a": Settings(Plan(1e-3)),
            "b": Settings(Plan(0.01, (15, 0.8)), held_up=True),
        },
        "Settings.",
    ).data
    assert table.to_dict("index") == {
        "rate": {"a": "0.001", "b": "0.01"},
        "decay": {"a": "–", "b": "15, 0.8"},
        "held up": {"a": "no", "b": "yes"},
    }


def test_a_line_is_broken_where_bands_were_left_out():
    wavelengths = np.array([400.0, 410, 420, 500, 510])
    x, y = plotting.spectra.broken(wavelengths, np.arange(5))
    assert np.isnan(x[3]) and np.isnan(y[3]) and len(x) == 6
    np.testing.assert_array_equal(np.delete(y, 3), np.arange(5))
    np.testing.assert_array_equal(plotting.spectra.broken(None, np.ones(3))[0], [1, 2, 3])


# --- methods side by side --------------------------------------------------------------------------


def test_maps_are_kept_as_bytes_and_drawn_a_row_each(samson_twin):
    half = np.full_like(samson_twin.pixel_abundances, 0.5)
    kept = figure_arrays.stored_maps(samson_twin, {"half": half})
    assert list(kept) == ["reference", "half"] and kept["half"].dtype == np.uint8
    assert (kept["half"] == 128).all()
    np.testing.assert_allclose(kept["reference"] / 255, samson_twin.abundances, atol=0.5 / 255)
    (picture,) = plotting.compared_maps([("this build", kept)], ["a", "b", "c"], "Fig. 5", "X-net")
    assert "half 0.50 0.50 0.50" in picture.alt
    assert (
        picture.caption.startswith("Fig. 5 (this build)") and "Not run: X-net." in picture.caption
    )
    (whole,) = plotting.compared_maps([("this build", kept)], ["a", "b", "c"], "Fig. 5")
    assert "Not run" not in whole.caption


def test_spectra_are_means_of_pure_pixels_with_their_angles(samson_twin):
    turned = samson_twin.pixel_abundances[:, [1, 0, 2]]
    kept = figure_arrays.stored_spectra(samson_twin, {"turned": turned})
    pure = samson_twin.pixel_abundances[:, 0] > 0.9
    expected = samson_twin.pixels[pure].mean(axis=0)
    np.testing.assert_allclose(kept["reference"][0], expected, rtol=1e-4)
    np.testing.assert_allclose(kept["turned"][1], kept["reference"][0], rtol=1e-6)
    (picture,) = plotting.compared_spectra([("this build", kept)], samson_twin, "Fig. 6")
    angle = np.arccos(
        np.dot(kept["reference"][0], kept["reference"][1])
        / np.prod([np.linalg.norm(s) for s in kept["reference"][:2]])
    )
    assert f"turned {angle:.3f} {angle:.3f} 0.000" in picture.alt


def test_a_spread_in_words():
    words = plotting.spread_words({"ours": np.array([0.3, 0.1, 0.2]), "theirs": np.array([1.0])})
    ours, theirs = words.split("; ")
    assert ours == "ours: median 0.200, from 0.100 to 0.300, n = 3"
    assert theirs == "theirs: median 1.000, from 1.000 to 1.000, n = 1"
