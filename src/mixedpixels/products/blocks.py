"""An image from top to bottom, each block with some rows of its neighbours."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mixedpixels.scenes.readers.raster import Raster


@dataclass(frozen=True)
class Block:
    """Some rows of an image, and the rows around them that a method may see.

    Parameters
    ----------
    first
        The block's first row in the image, counted from 0.
    rows
        Which rows of ``values`` are the block's own.
    values
        float32, shape (rows and context, columns, bands).
    valid
        bool, shape (rows and context, columns).
    """

    first: int
    rows: slice
    values: np.ndarray
    valid: np.ndarray

    @property
    def own(self) -> np.ndarray:
        """The block's own pixels, shape (rows, columns, bands)."""
        return self.values[self.rows]

    @property
    def mask(self) -> np.ndarray:
        """Which of them are valid, shape (rows, columns)."""
        return self.valid[self.rows]


def blocks(raster: Raster, context: int) -> Iterator[Block]:
    """Yield the image in blocks with up to ``context`` more rows above and below each.

    Without context they are the raster's own blocks. With context, a block waits for the rows below.
    """
    top = done = 0  # the first row held, and the first one not yet yielded
    held_values = held_valid = None
    for first, values, valid in raster.blocks():
        if context and first:
            values = np.concatenate([held_values, values])
            valid = np.concatenate([held_valid, valid])
        else:
            top = first
        end = top + len(values)
        ready = end if end == raster.rows else end - context
        if ready > done:
            below = min(ready + context, end) - top
            own = slice(done - top, ready - top)
            yield Block(done, own, values[:below], valid[:below])
            done = ready
        if context:
            drop = max(0, done - context - top)
            held_values, held_valid = values[drop:].copy(), valid[drop:].copy()
            top += drop
