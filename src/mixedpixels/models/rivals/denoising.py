"""The denoising autoencoder that SymAE is compared with: section IV-A of the SymAE paper.

The paper states neither widths nor noise. Here the widths are those of SymAE's encoder, mirrored, and
the standard deviation of the noise is 0.05 in the unit of the pixels.
"""

import torch

from mixedpixels.models.stacked import StackedMLP


class DenoisingAutoencoder(StackedMLP):
    """Reconstructs spectra from noisy ones; several networks in one pass.

    Parameters
    ----------
    bands
        The number of bands of a spectrum.
    networks
        The number of networks.
    noise
        The standard deviation of the Gaussian noise that is added in training, in the unit of the
        pixels.
    hidden, code
        The widths of the encoder's hidden layers and of the code. The decoder mirrors the encoder.
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
        """Return the mean squared errors on pixels (networks, n, bands), shape (networks,)."""
        seen = pixels + self.noise * torch.randn_like(pixels) if self.training else pixels
        return (self(seen) - pixels).square().mean((1, 2))
