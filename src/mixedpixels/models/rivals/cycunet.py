r"""CyCU-Net: two autoencoders in sequence with a common encoder and a cycle-consistency loss.

The first autoencoder unmixes the image and reconstructs it from the abundances. The second unmixes the
reconstruction. Information that the reconstruction lost shows as a difference between the two sets of
abundances.

Gao, Han, Hong, Zhang and Chanussot, *CyCU-Net: Cycle-consistency unmixing network by learning cascaded
autoencoders*, IEEE Trans. Geosci. Remote Sens. 60, 2022. Where the paper leaves something open, the
authors' public demonstration is followed; no code is taken from it.
"""

from dataclasses import dataclass, replace

import torch
from torch import nn

from mixedpixels.models.config import Start, TrainingConfig, check_choices, check_reading
from mixedpixels.models.layers import ByteDropout, Image
from mixedpixels.models.scaling import AbundanceScaling, scale_abundances
from mixedpixels.unmixing.normalise import Normalisation

CHANNELS = (128, 64)


@dataclass(frozen=True)
class Settings:
    """The settings of the authors' demonstration.

    Parameters
    ----------
    training
        The epochs, the learning rate and its decay, the clipping of gradients, and the weight decay.
    cycle
        δ, the weight of the difference between the two sets of abundances.
    sum_to_one, sparsity
        The weights of the sum-to-one loss and of the nuclear norm.
    balance
        β, the weight of the first reconstruction's error; that of the second is 1 − β.
    dropout
        The rate of the dropout after the first layer, 0–1.
    largest
        The largest value that a spectrum may have: 1 for reflectances; None sets no limit. The smallest
        is 1e-6.
    start
        The endmembers that initialise both decoders: ``vca``, ``archetypes`` or ``reference``.
    normalisation
        The normalisation of each pixel: ``none``, ``l2`` or ``max``. With ``l2``, the mean square of a
        pixel over its bands is one.
    abundance_scaling
        How coefficients become abundances in the end; see
        :func:`~mixedpixels.models.scaling.scale_abundances`.

    Raises
    ------
    BadInput
        When a word is not one of its choices.
    """

    training: TrainingConfig
    cycle: float
    sum_to_one: float
    sparsity: float
    balance: float = 0.5
    dropout: float = 0.5
    largest: float | None = 1.0
    start: Start = "vca"
    normalisation: Normalisation = "none"
    abundance_scaling: AbundanceScaling = "sum to one"

    def __post_init__(self):
        check_choices(self)

    def network(self, spectra: torch.Tensor) -> "CyCUNet":
        """Return a new network whose decoders are initialised with spectra (endmembers, bands)."""
        return CyCUNet(spectra, self)


# Samson's and Jasper Ridge's are the authors'; Urban's are those of a public re-implementation.
_SET = {
    "samson": Settings(
        TrainingConfig(480, 2e-3, (15, 0.8), 10.0, weight_decay=1e-4), 1e-3, 1e-7, 5e-6
    ),
    "jasper-ridge": Settings(TrainingConfig(70, 8e-3, (15, 0.8), 10.0), 1e-2, 1e-7, 0.0),
    "urban": Settings(
        TrainingConfig(300, 4e-3, (15, 0.8), 10.0, weight_decay=1e-4), 1e-3, 1e-7, 0.0
    ),
}


def settings(scene: str, reading: str = "paper") -> Settings:
    """Return the settings for a scene under a reading.

    Parameters
    ----------
    scene
        ``samson``, ``jasper-ridge``, ``urban`` or one of its fragments. Any other name gets the
        settings of Samson.
    reading
        ``paper``: the demonstration. ``best``: the demonstration with three changes, which SSANU-Net's
        reading of that name has too: pixels of equal length, a start from archetypes, and abundances
        of spectra with unit peaks. The spectra then have no upper limit. ``oracle``: ``best``, started
        from the reference endmembers.

    Raises
    ------
    UnknownName
        For an unknown reading.
    """
    check_reading(reading)
    known = "urban" if scene.startswith("urban") else scene if scene in _SET else "samson"
    if reading == "paper":
        return _SET[known]
    start = "archetypes" if reading == "best" else "reference"
    return replace(
        _SET[known], normalisation="l2", start=start, largest=None, abundance_scaling="unit peaks"
    )


class CyCUNet(nn.Module):
    """The two autoencoders; each pixel is processed alone.

    Parameters
    ----------
    spectra
        The endmembers that initialise both decoders, float, shape (endmembers, bands), in the unit of
        the image. They are clamped as in :meth:`constrain` before the first step; the demonstration
        clamps them after its first step.
    settings
        See :class:`Settings`.
    """

    def __init__(self, spectra: torch.Tensor, settings: Settings):
        super().__init__()
        self.settings = settings
        endmembers, bands = spectra.shape
        first, second = CHANNELS
        self.encoder = nn.Sequential(
            nn.Linear(bands, first),
            nn.BatchNorm1d(first, momentum=0.9),
            ByteDropout(settings.dropout),
            nn.ReLU(),
            nn.Linear(first, second),
            nn.BatchNorm1d(second, momentum=0.9),
            nn.ReLU(),
            nn.Linear(second, endmembers),
            nn.BatchNorm1d(endmembers, momentum=0.9),
        )
        for layer in self.encoder:
            if isinstance(layer, nn.Linear):
                nn.init.kaiming_normal_(layer.weight)
        self.decoders = nn.ParameterList(spectra.clone() for _ in range(2))
        self.constrain()  # VCA's spectra may fall below zero

    def encode(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the abundances of pixels (pixels, bands), shape (pixels, endmembers), in [0, 1]."""
        return self.encoder(pixels).clamp(0, 1)

    def losses(self, image: Image) -> dict[str, torch.Tensor]:
        """Return the weighted terms of the loss; the loss is their sum."""
        s, pixels = self.settings, image.pixels
        once = self.encode(pixels)
        rebuilt = once @ self.decoders[0]  # no ReLU is needed: neither factor is negative
        twice = self.encode(rebuilt)
        rebuilt_again = twice @ self.decoders[1]
        both = (once, twice)
        return {
            "reconstruction": s.balance * (rebuilt - pixels).square().mean()
            + (1 - s.balance) * (rebuilt_again - pixels).square().mean(),
            "cycle": s.cycle * (once - twice).square().mean(),
            "sum to one": s.sum_to_one * sum((1 - a.sum(1)).abs().sum() for a in both),
            "sparsity": s.sparsity * sum(torch.linalg.matrix_norm(a, "nuc") for a in both),
        }

    @torch.no_grad()
    def constrain(self) -> None:
        """Clamp the spectra of both decoders to 1e-6 or more, and to at most ``settings.largest``."""
        for spectra in self.decoders:
            spectra.clamp_(1e-6, self.settings.largest)

    @torch.no_grad()
    def abundances(self, image: Image) -> torch.Tensor:
        """Return the abundances of an image, shape (pixels, endmembers), scaled as the settings say."""
        found = self.eval().encode(image.pixels)
        return scale_abundances(found, self.spectra(), self.settings.abundance_scaling)

    def spectra(self) -> torch.Tensor:
        """Return the endmembers of the first decoder, shape (endmembers, bands)."""
        return self.decoders[0].detach()

    def balance(self) -> dict[str, float]:
        """Return an empty dict: this network has no streams, so it has no weights between them."""
        return {}
