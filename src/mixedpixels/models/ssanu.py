r"""SSANU-Net: an unmixing autoencoder with two streams in the encoder and two in the decoder.

The code of the autoencoder is the abundances. One stream of the encoder sees a pixel with its
neighbours; the other sees its spectrum alone. One stream of the decoder mixes the endmembers linearly;
the other mixes them nonlinearly. Learnt weights combine each pair of streams.

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
    """Settings of SSANU-Net: those that the paper states, and those that it leaves open.

    For each scene the paper states the epochs, the learning rate, the initial weights of the streams,
    λ and γ (Sections III-B to III-E). It does not state the rest; the defaults are those of PyTorch.

    Parameters
    ----------
    training
        The epochs and the learning rate. The paper states no decay and no clipping of gradients.
    encoder_weights, decoder_weights
        The initial :math:`w_{e1}, w_{e2}` (spatial, spectral) and :math:`w_{d1}, w_{d2}` (linear,
        nonlinear), each in [0, 1].
    sum_to_one, sparsity
        λ and γ of eq. 16.
    start
        The endmembers that initialise the decoder: ``vca``, ``archetypes`` (EDAA) or ``reference``.
    normalisation
        The normalisation of each pixel: ``none``, ``l2`` or ``max``. With ``l2``, the mean square of a
        pixel over its bands is one.
    reconstruction
        The squared error of eq. 13, as the ``mean`` over the bands or as their ``sum``.
    hold
        How the weights stay in [0, 1]: by a ``clamp`` after each step, or as a ``sigmoid``.
    initialisation
        The initialisation of convolutions and dense layers: PyTorch's ``default``, or Kaiming's normal
        distribution (``kaiming``).
    dropout
        The rate of the dropout in block 1 of both encoder streams, 0–1.
    nonnegative
        Whether a clamp after each step keeps the spectra of the decoder from falling below zero.
    activation
        What keeps the abundances above zero: ``relu``, whose sum a term of the loss pulls towards one,
        or ``softmax``, whose sum is one without such a term (Section IV-B).
    without
        The stream that is left out for the ablation (Section III-F); the other stream of its pair then
        needs no weight. ``nothing``: all four streams are used.
    abundance_scaling
        How coefficients become abundances in the end; see
        :func:`~mixedpixels.models.scaling.scale_abundances`.

    Raises
    ------
    BadInput
        When a word is not one of its choices.
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
        """Return a new network whose decoder is initialised with spectra (endmembers, bands)."""
        return SSANUNet(spectra, self)


# Sections III-B to III-E: learning rate, encoder weights, decoder weights, λ and γ; always 500 epochs
_PRINTED = {
    "samson": (1e-2, (0.01, 0.99), (0.9, 0.1), 1e-5, 1e-5),
    "jasper-ridge": (1e-3, (0.6, 0.4), (0.9, 0.1), 1e-7, 1e-5),
    "urban": (1e-4, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5),
    "synthetic": (1e-3, (0.7, 0.3), (0.8, 0.2), 1e-7, 1e-5),
}
_OTHER = "synthetic"  # the settings for other scenes: the middle of the paper's learning rates


def settings(scene: str, reading: str = "paper") -> Settings:
    """Return the settings for a scene under a reading.

    Parameters
    ----------
    scene
        ``samson``, ``jasper-ridge``, ``urban`` (or one of its fragments) or ``synthetic``. Any other
        name gets the settings of the synthetic scene.
    reading
        ``paper``: the printed settings, and PyTorch's defaults where nothing is printed. ``best``: the
        result of the chapter's search. A run with it is blind, but the search used the references of
        Samson and Jasper Ridge. ``oracle``: ``best``, started from the reference endmembers.

    Raises
    ------
    UnknownName
        For an unknown reading.
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
    """One stream of the encoder (Table I); ``kernels`` are the kernel sizes in blocks 1 and 2."""

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
        The endmembers that initialise the decoder, float, shape (endmembers, bands), in the unit of
        the image.
    settings
        See :class:`Settings`.

    Raises
    ------
    BadInput
        When an initial weight of a stream is not in [0, 1].
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
        if out != "linear":  # Table II; no bias, because a pixel without light has no spectrum
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
        """Return the coefficients H, shape (pixels, endmembers), 0 or more: eqs. 9 to 11."""
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

        The nonlinear stream has three layers and one ReLU, which follows the last layer. The three
        layers are therefore one small matrix of shape (bands, endmembers), which is multiplied out
        first.
        """
        if self.settings.without == "nonlinear":
            return abundances @ self.linear.weight.T
        first, second, third = (layer.weight for layer in self.nonlinear)
        nonlinear = torch.relu(abundances @ (third @ (second @ first)).T)
        if self.settings.without == "linear":
            return nonlinear
        w_linear, w_nonlinear = self._held(self.decoder_weights)
        # The weight of the nonlinear stream is outside the ReLU: a clamp may set it to 0, where the
        # ReLU passes no gradient.
        return abundances @ (w_linear * self.linear.weight).T + w_nonlinear * nonlinear

    def losses(self, image: Image) -> dict[str, torch.Tensor]:
        """Return the weighted terms of eq. 16; the loss is their sum.

        The term ``sum to one`` is left out with the activation ``softmax``.
        """
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
        """Clamp the weights to [0, 1] and the spectra to 0 or more, as the settings say."""
        if self.settings.hold == "clamp":
            self.encoder_weights.clamp_(0, 1)
            self.decoder_weights.clamp_(0, 1)
        if self.settings.nonnegative:
            for weight in self._first_layers():
                weight.clamp_(min=0)

    @torch.no_grad()
    def abundances(self, image: Image) -> torch.Tensor:
        """Return the abundances of an image, shape (pixels, endmembers), scaled as the settings say."""
        return scale_abundances(
            self.eval().encode(image), self.spectra(), self.settings.abundance_scaling
        )

    def spectra(self) -> torch.Tensor:
        """Return the endmembers, shape (endmembers, bands).

        They are the weights of the linear decoder. Where that is left out, they are the spectra to
        which pure pixels are decoded.
        """
        if self.settings.without == "linear":
            pure = torch.eye(self.nonlinear[0].in_features, device=self.nonlinear[0].weight.device)
            return self.decode(pure).detach()
        return self.linear.weight.detach().T

    def balance(self) -> dict[str, float]:
        """Return each stream's name → weight, in [0, 1]; a stream without its pair has none."""
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
