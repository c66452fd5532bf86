r"""SUnCNN: sparse unmixing by a network that is fitted to one image and nothing else.

A library of spectra is given and stays as it is. A convolutional network with a bottleneck of half the
size turns the image into abundances; that it finds smooth maps before it finds noise is all the
regularisation there is.

Rasti and Koirala, *SUnCNN: Sparse unmixing using unsupervised convolutional neural network*, IEEE
Geosci. Remote Sens. Lett. 19, 2022. What the paper leaves open is as in the authors' public
demonstration and their later port; no code is taken from them. With one spectrum per material in place
of a library it is the same authors' UnDIP. The demonstration adds noise to a simulated image, keeps a
few directions of its singular value decomposition, and both shows that to the network and rebuilds it;
here the image is taken as it is, as in the port.
"""

from dataclasses import dataclass
from typing import Literal

import torch
from torch import nn
from torch.nn import functional as F

from mixedpixels.errors import BadInput
from mixedpixels.models.config import Start, TrainingConfig, check_choices, check_reading
from mixedpixels.models.layers import Image
from mixedpixels.models.scaling import AbundanceScaling, scale_abundances
from mixedpixels.unmixing.normalise import Normalisation

CHANNELS, SKIPPED = 256, 4


@dataclass(frozen=True)
class Settings:
    """What the authors' demonstration sets.

    Parameters
    ----------
    training
        Iterations (its updates) and learning rate.
    start
        Where the library comes from: ``vca``, ``archetypes``, or ``reference``, which is whatever
        spectra the scene holds.
    normalisation
        Of each pixel. With ``l2`` a pixel's mean square over its bands becomes one.
    seen
        What the network is shown: the ``image``, or ``noise`` of its size, uniform in 0–1.
    memory
        The abundances are an average over the iterations; the share of the old average in the new, 0
        up to but not 1.
    abundance_scaling
        How coefficients become abundances in the end; see
        :func:`~mixedpixels.models.scaling.scale_abundances`.

    Raises
    ------
    BadInput
        When a word is none of its choices, or ``memory`` out of its range.
    """

    training: TrainingConfig
    start: Start = "vca"
    normalisation: Normalisation = "none"
    seen: Literal["image", "noise"] = "image"
    memory: float = 0.99
    abundance_scaling: AbundanceScaling = "none"

    def __post_init__(self):
        check_choices(self)
        if not 0 <= self.memory < 1:
            raise BadInput(f"memory: expected 0 up to but not 1, got {self.memory}")

    def network(self, spectra: torch.Tensor) -> "SUnCNN":
        """Return a new network for a library of spectra (endmembers, bands)."""
        return SUnCNN(spectra, self)


def settings(scene: str, reading: str = "paper") -> Settings:
    """Return the settings under a reading; they are the same for every scene.

    Parameters
    ----------
    scene
        Its name.
    reading
        ``paper``: the demonstration's network and learning rate, 4000 iterations, the fewest it makes.
        It takes a library as given; here the library is the endmembers that VCA finds.
        ``best``: what SSANU-Net's reading of that name is given, pixels of equal length, archetypes for
        a library, abundances of spectra with unit peaks. ``oracle``: ``best`` with the reference
        endmembers.

    Raises
    ------
    UnknownName
        For another reading.
    """
    check_reading(reading)
    training = TrainingConfig(4000, 1e-3)
    if reading == "paper":
        return Settings(training)
    start = "archetypes" if reading == "best" else "reference"
    return Settings(training, start, "l2", abundance_scaling="unit peaks")


class SUnCNN(nn.Module):
    """The network, one image and its library.

    Parameters
    ----------
    spectra
        The library, float, shape (endmembers, bands), in the unit of the image.
    settings
        See :class:`Settings`.
    """

    def __init__(self, spectra: torch.Tensor, settings: Settings):
        super().__init__()
        self.settings = settings
        endmembers, bands = spectra.shape
        self.register_buffer("library", spectra)
        self.down = nn.Sequential(
            *_block(bands, CHANNELS, 3, stride=2), *_block(CHANNELS, CHANNELS, 3)
        )
        self.skip = nn.Sequential(*_block(bands, SKIPPED, 1))
        self.up = nn.Sequential(
            nn.BatchNorm2d(CHANNELS + SKIPPED),
            *_block(CHANNELS + SKIPPED, CHANNELS, 3),
            *_block(CHANNELS, CHANNELS, 1),
            nn.Conv2d(CHANNELS, endmembers, 1),
        )
        self.average: torch.Tensor | None = None
        self._noise: torch.Tensor | None = None
        self.to(memory_format=torch.channels_last)

    def encode(self, image: Image) -> torch.Tensor:
        """Return the abundances of an image, shape (pixels, endmembers); each sums to one.

        Raises
        ------
        BadInput
            When the image has fewer than 3 rows or columns.
        """
        seen = self._seen(image)
        rows, columns = seen.shape[2:]
        if min(rows, columns) < 3:  # the half of it is mirrored at its edges
            raise BadInput(
                f"SUnCNN needs an image of at least 3 × 3 pixels, got {rows} × {columns}"
            )
        coarse = F.interpolate(self.down(seen), scale_factor=2, mode="bilinear")
        joined = torch.cat([coarse[..., :rows, :columns], self.skip(seen)], 1)
        return self.up(joined).softmax(1)[0].flatten(1).T

    def losses(self, image: Image) -> dict[str, torch.Tensor]:
        """Return the one term of the loss, the mean squared error; the average moves on."""
        abundances = self.encode(image)
        found, memory = abundances.detach(), self.settings.memory
        self.average = found.clone() if self.average is None else found.lerp(self.average, memory)
        return {"reconstruction": (abundances @ self.library - image.pixels).square().mean()}

    def constrain(self) -> None:
        """Do nothing: the softmax holds the abundances, and the library is not learnt."""

    def abundances(self, image: Image) -> torch.Tensor:
        """Return the average abundances of the fitted image, shape (pixels, endmembers).

        Raises
        ------
        BadInput
            Before a fit, and for an image of another size than the fitted one's.
        """
        self.eval()
        if self.average is None or len(self.average) != len(image.pixels):
            fitted = "none" if self.average is None else f"one of {len(self.average)} pixels"
            raise BadInput(
                f"SUnCNN answers for the image it was fitted to, {fitted}; got one of "
                f"{len(image.pixels)} pixels: fit it first"
            )
        return scale_abundances(self.average, self.library, self.settings.abundance_scaling)

    def spectra(self) -> torch.Tensor:
        """Return the library, shape (endmembers, bands)."""
        return self.library

    def balance(self) -> dict[str, float]:
        """Return no weights: this network learns none between streams."""
        return {}

    def get_extra_state(self) -> dict[str, torch.Tensor]:
        """Return what a killed fit needs besides the parameters."""
        kept = {"average": self.average, "noise": self._noise}
        return {name: value for name, value in kept.items() if value is not None}

    def set_extra_state(self, state: dict[str, torch.Tensor]) -> None:
        """Take up what :meth:`get_extra_state` returned."""
        device = self.library.device
        self.average, self._noise = (
            state[name].to(device) if name in state else None for name in ("average", "noise")
        )

    def _seen(self, image: Image) -> torch.Tensor:
        if self.settings.seen == "image":
            return image.planes
        if self._noise is None:
            self._noise = torch.rand_like(image.planes)
        return self._noise


def _block(inputs: int, channels: int, kernel: int, stride: int = 1) -> list[nn.Module]:
    edge = {"padding": kernel // 2, "padding_mode": "reflect"} if kernel > 1 else {}
    return [
        nn.Conv2d(inputs, channels, kernel, stride, **edge),
        nn.BatchNorm2d(channels),
        nn.LeakyReLU(0.1),
    ]
