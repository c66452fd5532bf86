"""The classifier of SymAE's reflectance code: section IV-D of the SymAE paper.

Widths, slope and dropout are those of the authors' public notebook. Neither the paper nor the notebook
states epochs and batches. No code is taken from the notebook.
"""

import torch
from torch.nn import functional as F

from mixedpixels.models.stacked import StackedMLP


class CodeClassifier(StackedMLP):
    """Dense layers 64-1024-512-64-K with dropout after the second, for several networks in one pass.

    Parameters
    ----------
    code
        The width of the input.
    classes
        The number of classes K.
    networks
        The number of networks.
    """

    def __init__(self, code: int, classes: int, networks: int = 1):
        super().__init__(networks, (code, 1024, 512, 64, classes), 0.01, dropout={2: 0.5})

    def losses(self, codes: torch.Tensor, classes: torch.Tensor) -> torch.Tensor:
        """Return each network's cross-entropy, shape (networks,).

        Parameters
        ----------
        codes
            Float, shape (networks, pixels, code).
        classes
            The class of each pixel, int64 from 0, shape (networks, pixels).
        """
        scores = self(codes).float()
        each = F.cross_entropy(scores.flatten(0, 1), classes.flatten(), reduction="none")
        return each.reshape(classes.shape).mean(1)
