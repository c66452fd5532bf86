"""What the page says in words where a network was fitted."""

from mixedpixels.products import search_prose
from mixedpixels.products.findings import Findings
from mixedpixels.products.markup import percent
from mixedpixels.products.methods import METHODS

SHARES = (
    "The share of each endmember in every pixel; a pixel's shares sum to 1, or are all 0 where the "
    "network found nothing of any endmember."
)
STARTS = (
    " All this is about the endmembers that the network began with, unmixed by FCLS. How far the "
    "network's own answer depends on them and on its random weights was not tested: unmix again with "
    "another seed, and compare."
)
RESIDUAL = (
    "a material may be missing, or the network did not learn the mixture. A low error does "
    "not say that the mixture is linear: the network has a nonlinear stream too."
)
FIRST_LIMIT = (
    "There is no ground truth here. The reconstruction error says how well the network, which mixes "
    "a few spectra linearly and adds a nonlinear part, describes the image; it does not say that the "
    "abundances are right. A wrong set of endmembers can reconstruct an image well."
)
_HEIGHTS = {
    "l2": (
        "Each is scaled to a mean square of 1, as the pixels were that the network saw: divided by "
        "their Euclidean length, times the square root of the number of bands.",
        "learnt value; the mean square is 1",
    ),
    "max": (
        "Each is scaled to a largest value of 1, as the pixels were that the network saw.",
        "learnt value; the largest is 1",
    ),
    "none": (
        "They are in the unit of the pixels, which were not normalised. Do not trust their heights: "
        "a spectrum twice as high with half the abundances mixes to the same pixels, and the shares "
        "in the maps depend on which of the two the network came to.",
        "learnt value, in the image's unit",
    ),
}


def limit(findings: Findings) -> str:
    """Say what the settings of the network are worth."""
    return (
        "The network's settings are those of the book's reading \"best\", but for "
        f"{search_prose.words(findings).start} and the unit of its shares. They were chosen for the "
        "scenes of its paper, not for this image, and its answer is random. Compare it with that of "
        "fcls or nnls, which are exact for the endmembers they are given."
    )


def spectra(findings: Findings) -> tuple[str, str, str, str]:
    """Return the parts of :class:`mixedpixels.products.prose.SpectraWords`."""
    search = search_prose.words(findings)
    height, axis = _HEIGHTS[findings.settings.normalise]
    what = (
        "The network learnt these spectra; they are the weights of its linear decoder, not pixels of "
        f"the image. {height} They stand in the order of the endmembers they began as, the most "
        "abundant by FCLS first."
    )
    caption = f"{search.start_caption}, and how much of the image the learnt endmember covers."
    return what, axis, caption, search.start_place


def facts(findings: Findings) -> list[tuple[str, str]]:
    """Return what is to be said of the fit, as pairs of a name and a text."""
    fitted = findings.fitted
    network = METHODS[findings.settings.method].network
    losses = ", ".join(f"{name} {value:.3g}" for name, value in fitted.losses.items())
    weights = ", ".join(f"{name} {value:.2f}" for name, value in fitted.balance.items())
    return [
        (
            "network",
            f"{network.paper}. A pixel's abundances depend on pixels up to {network.reach} "
            "rows and columns away; its settings are in run.json",
        ),
        ("fitted to", _fitted_to(findings)),
        (
            "fit",
            f"{fitted.settings.training.updates} epochs in {fitted.seconds:.1f} s; losses at the "
            f"end: {losses}",
        ),
        ("weights of its streams", weights),
    ]


def _fitted_to(findings: Findings) -> str:
    raster, window = findings.raster, findings.fitted.window
    total, valid = window.rows * window.columns, findings.fitted.valid
    if total == raster.rows * raster.columns:
        where = "the whole image"
    else:
        where = (
            f"a window of {window.rows} × {window.columns} pixels, rows {window.row} to "
            f"{window.row + window.rows - 1} and columns {window.column} to "
            f"{window.column + window.columns - 1} (counted from 0), where most pixels are valid; "
            "then applied to the whole image"
        )
    outside = sum(
        not (
            window.row <= row < window.row + window.rows
            and window.column <= column < window.column + window.columns
        )
        for row, column in findings.places
    )
    if outside:
        where += (
            f". {outside} of the {len(findings.places)} {search_prose.words(findings).began} lie "
            "outside the window: if their materials are absent from it, the network could not learn "
            "them, and their spectra mean nothing"
        )
    if findings.settings.normalise == "none":
        where += ", every value divided by the root mean square of the sample"
    if valid == total:
        return where
    return (
        f"{where}. Of its pixels {percent(1 - valid / total)} are masked; the network saw a copy of "
        "the nearest valid pixel in place of each"
    )
