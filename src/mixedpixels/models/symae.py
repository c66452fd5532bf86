r"""SymAE: what the pixels of a group share, told apart from what each has alone.

A datapoint is :math:`n_\tau` pixels of one group. Its code has one part for all of them, which is
blind to their order, and one part a pixel, which dropout makes unreliable: so what they share goes
where it can be relied on. Swap the pixels' own parts, and a pixel is seen under the conditions of
another.

Bhattacharjee, Bharadwaj and Demanet, *Virtual hyperspectral images using symmetric autoencoders*,
2023. Equation numbers are the paper's; widths and the dropout inside the nuisance encoder are those of
the authors' public notebook, which the paper refers to; no code is taken from it.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from mixedpixels.errors import BadInput
from mixedpixels.models.stacked import StackedMLP


@dataclass(frozen=True)
class Settings:
    """What the authors' notebook sets.

    Parameters
    ----------
    encoder, decoder
        Widths of the hidden layers, of both encoders and of the decoder.
    code
        The width of each of the two parts of the code.
    slope
        Of the leaky ReLU below zero.
    inner_dropout
        The rate after the first and the third layer of the nuisance encoder, 0–1; the paper does not
        mention it.
    code_dropout
        p of eq. 5, 0–1.
    """

    encoder: tuple[int, ...] = (300, 300, 300, 150)
    decoder: tuple[int, ...] = (150, 300, 300, 300, 300, 300)
    code: int = 64
    slope: float = 0.5
    inner_dropout: float = 0.25
    code_dropout: float = 0.5

    def __post_init__(self):
        for name in ("inner_dropout", "code_dropout"):
            if not 0 <= getattr(self, name) < 1:
                raise BadInput(
                    f"{name}: expected a rate from 0 up to but not 1, got {getattr(self, name)}"
                )

    def network(self, bands: int, networks: int = 1) -> "SymAE":
        """Return new networks for spectra of this many bands."""
        return SymAE(bands, self, networks)


class SymAE(nn.Module):
    """The autoencoder of Fig. 2; several of them, a seed each, in one pass.

    Everything goes in and comes out with the networks first: pixels (networks, pixels, bands).

    Parameters
    ----------
    bands
        Of a spectrum.
    settings
        See :class:`Settings`.
    networks
        How many.
    """

    def __init__(self, bands: int, settings: Settings, networks: int = 1):
        super().__init__()
        self.settings = settings
        s = settings
        encoder = (bands, *s.encoder, s.code)
        self.reflectance = StackedMLP(networks, encoder, s.slope, active_end=True)  # REnc₁
        self.nuisance = StackedMLP(  # NEnc
            networks,
            encoder,
            s.slope,
            active_end=True,
            dropout={1: s.inner_dropout, 3: s.inner_dropout},
        )
        self.decoder = StackedMLP(networks, (2 * s.code, *s.decoder, bands), s.slope)

    def fuse(self, reflectance: torch.Tensor, nuisance: torch.Tensor) -> torch.Tensor:
        """Return the spectra of pairs of codes, each (networks, pixels, code)."""
        return self.decoder(torch.cat([reflectance, nuisance], dim=-1))

    def forward(self, datapoints: torch.Tensor) -> torch.Tensor:
        """Return the reconstructed datapoints, of shape (networks, datapoints, n_τ, bands): eq. 2."""
        networks, count, n_tau, bands = datapoints.shape
        pixels = datapoints.reshape(networks, count * n_tau, bands)
        shared = self.reflectance(pixels).reshape(networks, count, n_tau, -1).mean(2)  # eq. 4
        own = F.dropout(self.nuisance(pixels), self.settings.code_dropout, self.training)  # eq. 5
        shared = shared.repeat_interleave(n_tau, dim=1)
        return self.fuse(shared, own).reshape(datapoints.shape)

    def losses(self, datapoints: torch.Tensor) -> torch.Tensor:
        """Return each network's mean squared error, eq. 1, shape (networks,)."""
        return (self(datapoints) - datapoints).square().mean((1, 2, 3))

    @torch.no_grad()
    def redatum(self, pixels: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        """Return pixels as they would look under the conditions of another: eq. 6.

        Parameters
        ----------
        pixels
            Shape (networks, pixels, bands).
        reference
            Whose nuisance they get, shape (networks, bands).
        """
        self.eval()
        own = self.nuisance(reference[:, None])
        shared = self.reflectance(pixels)
        return self.fuse(shared, own.expand(-1, shared.shape[1], -1))
