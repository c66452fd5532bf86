"""Small tables of numbers, with a caption that says what they were measured on."""

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
    cell = [("padding", "0.25rem 0.8rem"), ("text-align", "left"), ("vertical-align", "top")]
    styled = frame.style.format(precision=4).set_caption(caption)
    styled = styled.set_table_styles(
        [
            {"selector": "th, td", "props": cell},
            {"selector": "tbody tr", "props": [("border-bottom", "1px solid #8886")]},
            {"selector": "caption", "props": [("caption-side", "top"), ("text-align", "left")]},
        ]
    )
    return styled if index else styled.hide(axis="index")
