r"""SSANU-Net: two streams to encode, two streams to decode.

An autoencoder whose code is the abundances. One stream of the encoder sees a pixel with its
neighbours, the other its spectrum alone; one stream of the decoder mixes the endmembers linearly, the
other not; learnt weights join each pair.

Chen, Zhang, Ren, Zhou, Feng and Cheng, IEEE J. Sel. Topics Appl. Earth Observ. Remote Sens. 16, 2023.
Equation and table numbers are the paper's.
"""

from dataclasses import dataclass, replace
from typing import Literal

import torch
from torch import nn

from mixedpixels.errors import BadInput
from mixedpixels.models.config import Start, TrainingConfig, check_choices, check_reading
from mixedpixels.models.layers import ByteDropout, Image, ImageConv2d
from mixedpixels.models.scaling import AbundanceScaling, scale_abundances
from mixedpixels.unmixing.normalise import Normalisation

CHANNELS = (128, 64)  # Table I: units of blocks 1 and 2; block 3 has one per endmember


@dataclass(frozen=True)
class Settings:
    """What the paper says, and what it leaves open.

    The paper says for each scene the epochs, the learning rate, where the weights of the streams start,
    λ and γ (Sections III-B to III-E). The rest it does not say, and the defaults are what PyTorch does
    when told nothing.

    Parameters
    ----------
    training
        Epochs and learning rate; their decay and the clipping of gradients are not in the paper.
    encoder_weights, decoder_weights
        Where :math:`w_{e1}, w_{e2}` (spatial, spectral) and :math:`w_{d1}, w_{d2}` (linear,
        nonlinear) start, each in [0, 1].
    sum_to_one, sparsity
        λ and γ of eq. 16.
    start
        The endmembers that initialise the decoder: ``vca``, ``archetypes`` (EDAA) or ``reference``.
    normalisation
        Of each pixel. With ``l2`` a pixel's mean square over its bands becomes one.
    reconstruction
        The squared error of eq. 13, as the ``mean`` over bands or their ``sum``.
    hold
        How the weights stay in [0, 1]: by a ``clamp`` after each step, or as a ``sigmoid``.
    initialisation
        Of the convolutions: PyTorch's ``default``, or ``kaiming``'s normal.
    dropout
        The rate in block 1 of both encoders, 0–1.
    nonnegative
        Keep the spectra in the decoder from falling below zero, by a clamp after each step.
    activation
        What keeps the abundances above zero: ``relu``, whose sum the loss draws to one; or
        ``softmax``, whose sum is one and needs no loss (Section IV-B).
    without
        The stream that is left out, for the ablation (Section III-F); the other of its pair then
        needs no weight. ``nothing``: none is.
    abundance_scaling
        How coefficients become abundances in the end; see
        :func:`~mixedpixels.models.scaling.scale_abundances`.

    Raises
    ------
    BadInput
        When a word is none of its choices.
    """

    training: TrainingConfig
    encoder_weights: tuple[float, float]
    decoder_weights: tuple[float, float]
    sum_to_one: float
    sparsity: float
    start: Start = "vca"
    normalisation: Normalisation = "none"
    reconstruction: Literal["mean", "sum"] = "mean"
    hold: Literal["clamp", "sigmoid"] = "clamp"
    initialisation: Literal["default", "kaiming"] = "default"
    dropout: float = 0.5
    nonnegative: bool = False
    activation: Literal["relu", "softmax"] = "relu"
    without: Literal["nothing", "spatial", "spectral", "linear", "nonlinear"] = "nothing"
    abundance_scaling: AbundanceScaling = "none"

    def __post_init__(self):
        check_choices(self)

    def network(self, spectra: torch.Tensor) -> "SSANUNet":
        """Return a new network whose decoder starts from spectra (endmembers, bands)."""
        return SSANUNet(spectra, self)


# Sections III-B to III-E: learning rate, encoder weights, decoder weights, λ, γ; 500 epochs each
_PRINTED = {
    "samson": (1e-2, (0.01, 0.99), (0.9, 0.1), 1e-5, 1e-5),
    "jasper-ridge": (1e-3, (0.6, 0.4), (0.9, 0.1), 1e-7, 1e-5),
    "urban": (1e-4, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5),
    "synthetic": (1e-3, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5),
}
_OTHER = "synthetic"  # for a scene the paper does not have: its middle learning rate


def settings(scene: str, reading: str = "paper") -> Settings:
    """Return the settings for a scene under a reading.

    Parameters
    ----------
    scene
        ``samson``, ``jasper-ridge``, ``urban`` (or its fragments) or ``synthetic``; any other name
        gets the synthetic scene's.
    reading
        ``paper``: what is printed, and PyTorch's defaults where nothing is. ``best``: what the search
        of the chapter settled on; blind when it runs, but chosen with the references of Samson and
        Jasper Ridge in sight. ``oracle``: ``best``, started from the reference endmembers.

    Raises
    ------
    UnknownName
        For another reading.
    """
    check_reading(reading)
    known = scene if scene in _PRINTED else "urban" if scene.startswith("urban-") else _OTHER
    rate, encoder, decoder, sum_to_one, sparsity = _PRINTED[known]
    literal = Settings(TrainingConfig(500, rate), encoder, decoder, sum_to_one, sparsity)
    if reading == "paper":
        return literal
    best = replace(
        literal,
        training=TrainingConfig(500, rate, decay=(15, 0.8), clip=10.0),
        start="archetypes",
        normalisation="l2",
        reconstruction="sum",
        hold="sigmoid",
        initialisation="kaiming",
        nonnegative=True,
        abundance_scaling="unit peaks",
    )
    return best if reading == "best" else replace(best, start="reference")


class Stream(nn.Sequential):
    """One stream of the encoder (Table I), with kernels of these sides in blocks 1 and 2."""

    def __init__(self, bands: int, endmembers: int, kernels: tuple[int, int], settings: Settings):
        first, second = CHANNELS
        super().__init__(
            ImageConv2d(bands, first, kernels[0]),
            nn.BatchNorm2d(first),
            ByteDropout(settings.dropout),
            nn.ReLU(),
            nn.Conv2d(first, second, kernels[1], padding=kernels[1] // 2),
            nn.BatchNorm2d(second),
            nn.ReLU(),
            nn.Conv2d(second, endmembers, 1),
            nn.BatchNorm2d(endmembers),
        )


class SSANUNet(nn.Module):
    """The network of Fig. 1.

    Parameters
    ----------
    spectra
        The endmembers that the decoder starts from, float, shape (endmembers, bands), in the unit
        of the image.
    settings
        See :class:`Settings`.
    """

    def __init__(self, spectra: torch.Tensor, settings: Settings):
        super().__init__()
        self.settings = settings
        endmembers, bands = spectra.shape
        out = settings.without
        if out != "spatial":
            self.spatial = Stream(bands, endmembers, (5, 3), settings)
        if out != "spectral":
            self.spectral = Stream(bands, endmembers, (1, 1), settings)
        if out != "linear":  # Table II; without a bias, for no light gives no spectrum
            self.linear = nn.Linear(endmembers, bands, bias=False)
        if out != "nonlinear":
            self.nonlinear = nn.ModuleList(
                nn.Linear(inputs, bands, bias=False) for inputs in (endmembers, bands, bands)
            )
        self.encoder_weights = nn.Parameter(self._free(settings.encoder_weights))
        self.decoder_weights = nn.Parameter(self._free(settings.decoder_weights))
        if settings.initialisation == "kaiming":
            for layer in self.modules():
                if isinstance(layer, nn.Conv2d | nn.Linear):
                    nn.init.kaiming_normal_(layer.weight)
        with torch.no_grad():  # II-D: the spectra initialise the first layer of both decoders
            for weight in self._first_layers():
                weight.copy_(spectra.T)
        self.to(memory_format=torch.channels_last)

    def encode(self, image: Image) -> torch.Tensor:
        """Return the abundances H, shape (pixels, endmembers): eqs. 9 to 11."""
        if self.settings.without == "spatial":
            features = self.spectral(image)
        elif self.settings.without == "spectral":
            features = self.spatial(image)
        else:
            w_spatial, w_spectral = self._held(self.encoder_weights)
            features = w_spatial * self.spatial(image) + w_spectral * self.spectral(image)
        features = features[0].flatten(1).T
        if self.settings.activation == "softmax":
            return features.softmax(1)
        return torch.relu(features)

    def decode(self, abundances: torch.Tensor) -> torch.Tensor:
        """Return the reconstructed pixels, shape (pixels, bands): eqs. 4 and 12.

        The nonlinear stream has three layers and one ReLU, after the last: the three are one matrix
        of shape (bands, endmembers), which is multiplied out first and is small.
        """
        if self.settings.without == "nonlinear":
            return abundances @ self.linear.weight.T
        first, second, third = (layer.weight for layer in self.nonlinear)
        nonlinear = torch.relu(abundances @ (third @ (second @ first)).T)
        if self.settings.without == "linear":
            return nonlinear
        w_linear, w_nonlinear = self._held(self.decoder_weights)
        # its weight stays outside the ReLU, which passes no gradient at 0, where a clamp may put it
        return abundances @ (w_linear * self.linear.weight).T + w_nonlinear * nonlinear

    def losses(self, image: Image) -> dict[str, torch.Tensor]:
        """Return the three terms of eq. 16, weighted; their sum is the loss."""
        abundances = self.encode(image)
        error = (self.decode(abundances) - image.pixels).square().mean()  # eq. 13
        if self.settings.reconstruction == "sum":
            error = error * image.pixels.shape[1]
        terms = {"reconstruction": error}
        if self.settings.activation == "relu":
            sums = (1 - abundances.sum(1)).abs().sum()  # eq. 14
            terms["sum to one"] = self.settings.sum_to_one * sums
        nuclear = torch.linalg.matrix_norm(abundances.T, "nuc")  # eq. 15
        return terms | {"sparsity": self.settings.sparsity * nuclear}

    @torch.no_grad()
    def constrain(self) -> None:
        """Bring the weights back into [0, 1] and, where asked, the spectra above zero."""
        if self.settings.hold == "clamp":
            self.encoder_weights.clamp_(0, 1)
            self.decoder_weights.clamp_(0, 1)
        if self.settings.nonnegative:
            for weight in self._first_layers():
                weight.clamp_(min=0)

    @torch.no_grad()
    def abundances(self, image: Image) -> torch.Tensor:
        """Return the abundances of an image, shape (pixels, endmembers), as the settings say."""
        return scale_abundances(
            self.eval().encode(image), self.spectra(), self.settings.abundance_scaling
        )

    def spectra(self) -> torch.Tensor:
        """Return the endmembers, shape (endmembers, bands).

        They are those of the linear decoder; where it is left out, what a pure pixel is decoded to.
        """
        if self.settings.without == "linear":
            pure = torch.eye(self.nonlinear[0].in_features, device=self.nonlinear[0].weight.device)
            return self.decode(pure).detach()
        return self.linear.weight.detach().T

    def balance(self) -> dict[str, float]:
        """Return the fusion weights by name, each in [0, 1]; a stream alone has none."""
        pairs = {
            ("spatial", "spectral"): self.encoder_weights,
            ("linear", "nonlinear"): self.decoder_weights,
        }
        return {
            name: weight
            for names, weights in pairs.items()
            if self.settings.without not in names
            for name, weight in zip(names, self._held(weights).tolist(), strict=True)
        }

    def _first_layers(self) -> list[nn.Parameter]:
        """Return the weights that the spectra initialise."""
        kept = []
        if self.settings.without != "linear":
            kept.append(self.linear.weight)
        if self.settings.without != "nonlinear":
            kept.append(self.nonlinear[0].weight)
        return kept

    def _held(self, weights: torch.Tensor) -> torch.Tensor:
        return weights.sigmoid() if self.settings.hold == "sigmoid" else weights

    def _free(self, weights: tuple[float, float]) -> torch.Tensor:
        if any(not 0 <= w <= 1 for w in weights):
            raise BadInput(f"weights of the streams: expected numbers in [0, 1], got {weights}")
        held = torch.tensor(weights)
        return held.logit() if self.settings.hold == "sigmoid" else held
