"""A diagram of a network as boxes and arrows from top to bottom, narrow enough for a phone."""

from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from mixedpixels.errors import BadInput
from mixedpixels.plotting.figure import PALETTE, Picture, picture

_WIDTH, _WIDEST, _ROW_GAP, _COLUMN_GAP = 3.7, 2.6, 0.36, 0.14  # inches
_LINE, _MARGIN, _POINTS = 0.165, 0.09, 8.5
_INK = "#222222"


def plot_network(
    rows: list[dict[str, str]],
    arrows: list[tuple[str, str, str]],
    alt: str,
    caption: str = "",
    colours: dict[str, int] | None = None,
) -> Picture:
    """Draw a diagram of a network.

    Parameters
    ----------
    rows
        The rows from top to bottom. Each maps the name of a box to its text, whose first line is bold.
        The boxes of a row are side by side.
    arrows
        Triples (from, to, label) with the names of boxes in two rows; the label may be empty.
    alt, caption
        See :func:`~mixedpixels.plotting.picture`.
    colours
        Name of a box → index into the palette; other boxes are grey.

    Raises
    ------
    BadInput
        When two boxes have the same name, or an end of an arrow is not a box.
    """
    names = [name for row in rows for name in row]
    if twice := sorted({n for n in names if names.count(n) > 1}):
        raise BadInput(f"boxes: {', '.join(twice)} twice")
    if lost := sorted({end for a in arrows for end in a[:2]} - set(names)):
        raise BadInput(f"arrows: no box is called {', '.join(lost)}")
    heights = [max(_LINE * len(t.split("\n")) for t in row.values()) + 2 * _MARGIN for row in rows]
    tall = sum(heights) + _ROW_GAP * (len(rows) - 1)
    figure = Figure(figsize=(_WIDTH, tall))
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, _WIDTH), ylim=(tall, 0))
    ax.set_axis_off()
    middle, half, top, bottom = {}, {}, {}, {}
    y = 0.0
    for row, height in zip(rows, heights, strict=True):
        share = (_WIDTH - _COLUMN_GAP * (len(row) - 1)) / len(row)
        width = min(share, _WIDEST)
        for k, (name, text) in enumerate(row.items()):
            x = k * (share + _COLUMN_GAP) + share / 2
            middle[name], half[name], top[name], bottom[name] = x, width / 2, y, y + height
            colour = PALETTE[colours[name]] if name in (colours or {}) else "#777777"
            _box(ax, x - width / 2, y, width, height, colour)
            _text(ax, x, y + height / 2, text)
        y += height + _ROW_GAP
    for start, end, label in arrows:
        # at the middle of the narrower box, and vertical where the wider box extends that far
        x_start, x_end = middle[start], middle[end]
        if half[start] > half[end]:
            x_start = _within(x_end, x_start, half[start])
        elif half[start] < half[end]:
            x_end = _within(x_start, x_end, half[end])
        ax.annotate(
            "",
            (x_end, top[end]),
            (x_start, bottom[start]),
            arrowprops={"arrowstyle": "-|>", "color": _INK, "lw": 1.2, "shrinkA": 0, "shrinkB": 0},
        )
        if label:
            x = (x_start + x_end) / 2
            side = -1 if x < _WIDTH / 2 else 1  # towards the edge, away from the other arrow
            ax.text(
                x + 0.07 * side,
                (bottom[start] + top[end]) / 2,
                label,
                ha="right" if side < 0 else "left",
                va="center",
                fontsize=_POINTS,
                color=_INK,
            )
    return picture(figure, alt, caption)


def _within(x: float, middle: float, half: float) -> float:
    """Return the position nearest to x on the edge of a box, without its rounded corners."""
    return min(max(x, middle - half + 0.15), middle + half - 0.15)


def _box(ax, x: float, y: float, width: float, height: float, colour: str) -> None:
    for fill, alpha in ((True, 0.12), (False, 1.0)):
        ax.add_patch(
            FancyBboxPatch(
                (x + 0.04, y + 0.02),
                width - 0.08,
                height - 0.04,
                boxstyle="round,pad=0,rounding_size=0.06",
                fill=fill,
                facecolor=colour,
                edgecolor="none" if fill else colour,
                alpha=alpha,
                lw=1.4,
            )
        )


def _text(ax, x: float, y: float, text: str) -> None:
    lines = text.split("\n")
    first = y - _LINE * (len(lines) - 1) / 2
    for k, line in enumerate(lines):
        ax.text(
            x,
            first + k * _LINE,
            line,
            ha="center",
            va="center",
            fontsize=_POINTS,
            weight="normal" if k else "bold",
            color=_INK,
        )
