r"""SymAE: an autoencoder that separates what the pixels of a group have in common from the rest.

A datapoint is :math:`n_\tau` pixels of one group. Its code has two parts. The reflectance code is one
for all pixels of the datapoint and does not depend on their order. The nuisance code is one per pixel,
and dropout makes it unreliable. The network therefore learns to store what the pixels have in common in
the reflectance code. Decoding the reflectance code of one pixel with the nuisance code of another shows
the first pixel under the conditions of the second.

Bhattacharjee, Bharadwaj and Demanet, *Virtual hyperspectral images using symmetric autoencoders*, 2023.
Equation numbers are the paper's. Widths, and the dropout inside the nuisance encoder, are those of the
authors' public notebook, to which the paper refers. No code is taken from it.
"""

from dataclasses import dataclass

import torch
from torch import nn

from mixedpixels.models.stacked import StackedMLP


@dataclass(frozen=True)
class Settings:
    """The settings of the authors' notebook.

    Parameters
    ----------
    encoder, decoder
        The widths of the hidden layers of both encoders, and of the decoder.
    code
        The width of the reflectance code and of the nuisance code.
    slope
        The slope of the leaky ReLU below zero.
    inner_dropout
        The rate of the dropout after the first and the third layer of the nuisance encoder, a multiple
        of 1/256. The paper does not mention this dropout.
    code_dropout
        The rate p of the dropout on the nuisance code, eq. 5, a multiple of 1/256.
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
    """The autoencoder of Fig. 2; several of them, with weights of their own, in one pass.

    The first axis of every input and output is the networks. Pixels have the shape (networks, pixels,
    bands). Datapoints have the shape (networks, datapoints, n_τ) and hold the numbers of their pixels.

    Parameters
    ----------
    bands
        The number of bands of a spectrum.
    settings
        See :class:`Settings`.
    networks
        The number of networks.
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
        """Decode pairs of codes (networks, pixels, code) to spectra (networks, pixels, bands)."""
        return self.decoder(torch.cat([shared, own], dim=-1))

    def forward(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return the reconstructed datapoints, (networks, datapoints · n_τ, bands): eq. 2."""
        shared = self.shared(pixels, datapoints).repeat_interleave(datapoints.shape[2], dim=1)
        return self.fuse(shared, self.nuisance(pick(pixels, datapoints)))

    def shared(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return the reflectance code of each datapoint, (networks, datapoints, code): eq. 4."""
        networks, count, n_tau = datapoints.shape
        if pixels.shape[1] > count * n_tau:  # few pixels drawn from many: encode only those
            codes = self.reflectance(pick(pixels, datapoints))
            return codes.reshape(networks, count, n_tau, -1).mean(2)
        # few pixels, each drawn often: encode each once; the mean over a datapoint is then a product
        drawn = pixels.new_zeros(networks, count, pixels.shape[1])
        drawn.scatter_add_(2, datapoints, drawn.new_full((), 1 / n_tau).expand_as(datapoints))
        return drawn @ self.reflectance(pixels)

    def losses(self, pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
        """Return each network's mean squared error, eq. 1, shape (networks,)."""
        found = self(pixels, datapoints)
        return (found - pick(pixels, datapoints)).square().mean((1, 2))

    @torch.no_grad()
    def redatum(self, pixels: torch.Tensor, reference: torch.Tensor) -> torch.Tensor:
        """Return pixels as they would appear under the conditions of another pixel: eq. 6.

        Parameters
        ----------
        pixels
            Shape (networks, pixels, bands).
        reference
            The spectrum whose nuisance code they get, shape (networks, bands).

        Returns
        -------
        torch.Tensor
            Shape (networks, pixels, bands).
        """
        self.eval()
        own = self.nuisance(reference[:, None])
        shared = self.reflectance(pixels)
        return self.fuse(shared, own.expand(-1, shared.shape[1], -1))


def pick(pixels: torch.Tensor, datapoints: torch.Tensor) -> torch.Tensor:
    """Return the pixels of datapoints, shape (networks, datapoints · n_τ, bands)."""
    network = torch.arange(len(pixels), device=pixels.device)[:, None]
    return pixels[network, datapoints.flatten(1)]
