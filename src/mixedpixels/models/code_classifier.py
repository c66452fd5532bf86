"""The classifier that reads SymAE's reflectance code: section IV-D of its paper.

Widths, slope and dropout are those of the authors' public notebook; epochs and batches are given
nowhere. No code is taken from it.
"""

import torch
from torch.nn import functional as F

from mixedpixels.models.stacked import StackedMLP


class CodeClassifier(StackedMLP):
    """Dense layers 64-1024-512-64-K, dropout after the second; several networks in one pass.

    Parameters
    ----------
    code
        Width of what comes in.
    classes
        K.
    networks
        How many.
    """

    def __init__(self, code: int, classes: int, networks: int = 1):
        super().__init__(networks, (code, 1024, 512, 64, classes), 0.01, dropout={2: 0.5})

    def losses(self, codes: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return each network's cross-entropy, shape (networks,).

        Parameters
        ----------
        codes
            Shape (networks, pixels, code).
        classes
            int64 from 0, shape (networks, pixels).
        """
        scores = self(codes).float()
        each = F.cross_entropy(scores.flatten(0, 1), classes.flatten(), reduction="none")
        return each.reshape(classes.shape).mean(1)
