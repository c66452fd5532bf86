"""Small tables, with a caption that says what they were measured on."""

import dataclasses

import pandas as pd
from pandas.io.formats.style import Styler


def number_table(frame: pd.DataFrame, caption: str, index: bool = True) -> Styler:
    """Return a table to show in a notebook: four decimals, room between columns, a caption.

    Parameters
    ----------
    frame
        What to show.
    caption
        What the numbers are and where they come from.
    index
        Whether the row labels say something.
    """
    # on a phone, less room between columns, and a caption no wider than the screen
    cell = [
        ("padding", "0.25rem min(0.8rem, 1.2vw)"),
        ("text-align", "left"),
        ("vertical-align", "top"),
    ]
    above = [("caption-side", "top"), ("text-align", "left"), ("max-width", "85vw")]
    styled = frame.style.format(precision=4).set_caption(caption)
    styled = styled.set_table_styles(
        [
            {"selector": "th, td", "props": cell},
            {"selector": "tbody tr", "props": [("border-bottom", "1px solid #8886")]},
            {"selector": "caption", "props": above},
        ]
    )
    return styled if index else styled.hide(axis="index")


def difference_table(settings: dict[str, object], caption: str) -> Styler:
    """Return a table of the settings in which several dataclasses of one kind differ.

    Parameters
    ----------
    settings
        Name → settings; a dataclass among the fields is taken apart.
    caption
        What they are settings of.
    """
    flat = pd.DataFrame({name: _flat(dataclasses.asdict(s)) for name, s in settings.items()})
    words = flat.map(_words)
    return number_table(words[words.nunique(axis=1) > 1], caption)


def _flat(fields: dict) -> dict:
    out = {}
    for name, value in fields.items():
        out |= _flat(value) if isinstance(value, dict) else {name.replace("_", " "): value}
    return out


def _words(value) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
