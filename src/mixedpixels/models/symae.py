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
        The rate after the first and the third layer of the nuisance encoder, in steps of 1/256; the
        paper does not mention it.
    code_dropout
        p of eq. 5, in steps of 1/256.
    """

    encoder: tuple[int, ...] = (300, 300, 300, 150)
    decoder: tuple[int, ...] = (150, 300, 300, 300, 300, 300)
    code: int = 64
    slope: float = 0.5
    inner_dropout: float = 0.25
    code_dropout: float = 0.5

    def network(self, bands: int, networks: int = 1) -> "SymAE":
        """Return new networks for spectra of this many bands."""
        return SymAE(bands, self, networks)


class SymAE(nn.Module):
    """The autoencoder of Fig. 2; several of them, a seed each, in one pass.

    Everything goes in and comes out with the networks first: pixels (networks, pixels, bands), and
    datapoints (networks, datapoints, n_τ), which say by number which pixels each consists of.

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
        end = len(s.encoder) + 1
        self.reflectance = StackedMLP(networks, encoder, s.slope, active_end=True)  # REnc₁
        self.nuisance = StackedMLP(  # NEnc
            networks,
            encoder,
            s.slope,
            active_end=True,
            dropout={1: s.inner_dropout, 3: s.inner_dropout, end: s.code_dropout},  # eq. 5
        )
        self.decoder = StackedMLP(networks, (2 * s.code, *s.decoder, bands), s.slope)

    def fuse(self, shared: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
        """Return the spectra of pairs of codes, each (networks, pixels, code)."""
        return self.decoder(torch.cat([shared, own], dim=-1))

    def forward(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return the datapoints' spectra rebuilt, (networks, datapoints · n_τ, bands): eq. 2."""
        shared = self.shared(pixels, datapoints).repeat_interleave(datapoints.shape[2], dim=1)
        return self.fuse(shared, self.nuisance(pick(pixels, datapoints)))

    def shared(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return what the pixels of each datapoint share, (networks, datapoints, code): eq. 4."""
        networks, count, n_tau = datapoints.shape
        if pixels.shape[1] > count * n_tau:  # few of many: encode those that were drawn
            codes = self.reflectance(pick(pixels, datapoints))
            return codes.reshape(networks, count, n_tau, -1).mean(2)
        # few pixels, drawn often: encode each once; the mean over a datapoint is then a product
        drawn = pixels.new_zeros(networks, count, pixels.shape[1])
        drawn.scatter_add_(2, datapoints, drawn.new_full((), 1 / n_tau).expand_as(datapoints))
        return drawn @ self.reflectance(pixels)

    def losses(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return each network's mean squared error, eq. 1, shape (networks,)."""
        found = self(pixels, datapoints)
        return (found - pick(pixels, datapoints)).square().mean((1, 2))

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


def pick(pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
    """Return the pixels that datapoints name, shape (networks, datapoints · n_τ, bands)."""
    network = torch.arange(len(pixels), device=pixels.device)[:, None]
    return pixels[network, datapoints.flatten(1)]
