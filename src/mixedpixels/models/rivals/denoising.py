"""The denoising autoencoder that SymAE is compared with: section IV-A of its paper.

The paper gives neither widths nor noise; these are SymAE's encoder, mirrored, and noise of a twentieth
of the unit of its pixels.
"""

import torch

from mixedpixels.models.stacked import StackedMLP


class DenoisingAutoencoder(StackedMLP):
    """Rebuilds spectra from noisy ones; several networks in one pass.

    Parameters
    ----------
    bands
        Of a spectrum.
    networks
        How many.
    noise
        Standard deviation of what is added in training, in the unit of the pixels.
    hidden, code
        Widths up to the code, which are mirrored behind it.
    """

    def __init__(
        self,
        bands: int,
        networks: int = 1,
        *,
        noise: float = 0.05,
        hidden: tuple[int, ...] = (300, 300, 300, 150),
        code: int = 64,
    ):
        super().__init__(networks, (bands, *hidden, code, *reversed(hidden), bands), 0.5)
        self.noise = noise

    def losses(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return each network's mean squared error, shape (networks,)."""
        seen = pixels + self.noise * torch.randn_like(pixels) if self.training else pixels
        return (self(seen) - pixels).square().mean((1, 2))
