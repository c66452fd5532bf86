r"""SUnCNN: sparse unmixing by a convolutional network that is fitted to a single image.

A library of spectra is given and is not learnt. A convolutional network with a bottleneck of half the
image size turns the image into abundances. Its only regularisation is that it fits smooth maps before
it fits noise.

Rasti and Koirala, *SUnCNN: Sparse unmixing using unsupervised convolutional neural network*, IEEE
Geosci. Remote Sens. Lett. 19, 2022. Where the paper leaves something open, the authors' public
demonstration and their later port are followed; no code is taken from them. With one spectrum per
material in place of a library, the method is the same authors' UnDIP. The demonstration adds noise to a
simulated image and projects it onto a few directions of its singular value decomposition. That image is
both the input of the network and the target of its reconstruction. Here the image is used without such
a projection, as in the port.
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
    """The settings of the authors' demonstration.

    Parameters
    ----------
    training
        The iterations, which are its updates, and the learning rate.
    start
        Where the library comes from: ``vca``, ``archetypes``, or ``reference``, which takes the spectra
        that the scene holds as its reference.
    normalisation
        The normalisation of each pixel: ``none``, ``l2`` or ``max``. With ``l2``, the mean square of a
        pixel over its bands is one.
    seen
        The input of the network: the ``image``, or ``noise`` of the same size, uniform in 0–1.
    memory
        The weight of the old average when the abundances are averaged over the iterations, from 0 up to
        but not including 1.
    abundance_scaling
        How coefficients become abundances in the end; see
        :func:`~mixedpixels.models.scaling.scale_abundances`.

    Raises
    ------
    BadInput
        When a word is not one of its choices, or ``memory`` is out of its range.
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
        The name of the scene, which is not used.
    reading
        ``paper``: the network and learning rate of the demonstration, with 4000 iterations, the fewest
        that it makes. The demonstration is given a library; here the library is the endmembers that VCA
        finds. ``best``: the same with three changes, which SSANU-Net's reading of that name has too:
        pixels of equal length, archetypes as the library, and abundances of spectra with unit peaks.
        ``oracle``: ``best`` with the reference endmembers as the library.

    Raises
    ------
    UnknownName
        For an unknown reading.
    """
    check_reading(reading)
    training = TrainingConfig(4000, 1e-3)
    if reading == "paper":
        return Settings(training)
    start = "archetypes" if reading == "best" else "reference"
    return Settings(training, start, "l2", abundance_scaling="unit peaks")


class SUnCNN(nn.Module):
    """The network of one image and its library.

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
        if min(rows, columns) < 3:  # reflection pads the image at half size, too
            raise BadInput(
                f"SUnCNN needs an image of at least 3 × 3 pixels, got {rows} × {columns}"
            )
        coarse = F.interpolate(self.down(seen), scale_factor=2, mode="bilinear")
        joined = torch.cat([coarse[..., :rows, :columns], self.skip(seen)], 1)
        return self.up(joined).softmax(1)[0].flatten(1).T

    def losses(self, image: Image) -> dict[str, torch.Tensor]:
        """Return the loss, the mean squared error, and update the average of the abundances."""
        abundances = self.encode(image)
        found, memory = abundances.detach(), self.settings.memory
        self.average = found.clone() if self.average is None else found.lerp(self.average, memory)
        return {"reconstruction": (abundances @ self.library - image.pixels).square().mean()}

    def constrain(self) -> None:
        """Do nothing: the softmax constrains the abundances, and the library is not learnt."""

    def abundances(self, image: Image) -> torch.Tensor:
        """Return the average abundances of the fitted image, shape (pixels, endmembers).

        Raises
        ------
        BadInput
            Before a fit, and for an image with another number of pixels than that of the fit.
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
        """Return an empty dict: this network has no streams, so it has no weights between them."""
        return {}

    def get_extra_state(self) -> dict[str, torch.Tensor]:
        """Return what an interrupted fit needs besides the parameters to be resumed."""
        kept = {"average": self.average, "noise": self._noise}
        return {name: value for name, value in kept.items() if value is not None}

    def set_extra_state(self, state: dict[str, torch.Tensor]) -> None:
        """Restore what :meth:`get_extra_state` returned."""
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
