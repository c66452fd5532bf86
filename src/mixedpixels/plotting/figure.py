"""A finished figure as a PNG, which requires alternative text."""

import base64
import io
from dataclasses import dataclass, field
from html import escape

from matplotlib.figure import Figure

from mixedpixels.errors import BadInput

DPI = 110
# Okabe and Ito's palette, whose colours are distinct under every common colour vision
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442")
DASHES = ("-", "--", ":", "-.")
CMAP = "cividis"
MASKED = "#d9d9d9"  # where there are no data


@dataclass(frozen=True)
class Picture:
    """A rendered figure, which a notebook shows with its alternative text and caption.

    Raises
    ------
    BadInput
        When the alternative text has fewer than four words.
    """

    png: bytes = field(repr=False)
    alt: str
    caption: str = ""

    def __post_init__(self):
        if len(self.alt.split()) < 4:
            raise BadInput(f"a figure needs alternative text of a sentence, got {self.alt!r}")

    def _repr_html_(self) -> str:
        data = base64.b64encode(self.png).decode()
        caption = (
            f'<figcaption style="color:inherit">{escape(self.caption)}</figcaption>'
            if self.caption
            else ""
        )
        return (
            f'<figure style="margin:1rem 0"><img src="data:image/png;base64,{data}" '
            f'alt="{escape(self.alt)}" style="max-width:100%;height:auto">{caption}</figure>'
        )


def new(width: float = 7.0, height: float = 3.0, **subplots):
    """Return a figure of this size in inches, and its axes, without using global state."""
    figure = Figure(figsize=(width, height), layout="constrained")
    return figure, figure.subplots(**subplots)


def picture(figure: Figure, alt: str, caption: str = "") -> Picture:
    """Render a figure.

    Parameters
    ----------
    figure
        Any matplotlib figure.
    alt
        The alternative text for readers who cannot see the figure: a sentence with the main numbers.
    caption
        The caption below the figure.

    Raises
    ------
    BadInput
        When ``alt`` has fewer than four words.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    return Picture(buffer.getvalue(), alt, caption)
