"""SpectralFormer on the splits of a scene, trained once and cached."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.fits import cached, digest
from mixedpixels.models.rivals.spectralformer import Settings, SpectralFormer
from mixedpixels.provenance import definitions_of
from mixedpixels.scenes import Scene
from mixedpixels.scenes.splits import Split
from mixedpixels.training import Step, seeded, train

_AT_ONCE = 256  # pixels classified in one pass


@dataclass(frozen=True)
class Named:
    """The labels that one network predicts, and the history of its training.

    Parameters
    ----------
    labels
        The predicted class of each pixel, whole numbers from 1, shape (pixels,).
    losses
        The cross-entropy of each update, float64, shape (updates,).
    seconds
        The time of the training.
    """

    labels: np.ndarray
    losses: np.ndarray
    seconds: float


def spectralformer_or_load(
    scene: Scene,
    split: Split,
    asked: np.ndarray,
    *,
    epochs: int = 290,
    weight_decay: float = 0.0,
    seed: int = 0,
    device: str = "auto",
) -> Named:
    """Return the labels that SpectralFormer predicts, trained now or loaded from the cache.

    As in the authors' demonstration, each band is scaled to 0–1 by its least and its largest value in
    the whole image, test pixels included. This scaling uses no label.

    Parameters
    ----------
    scene
        A scene with labels.
    split
        The split whose training pixels the network learns from.
    asked
        The numbers of the pixels whose labels are predicted, integers, shape (pixels,).
    epochs
        The authors use 290 on Indian Pines and 500 on Pavia University. For any number of epochs, the
        learning rate is multiplied by 0.9 after each tenth of the training.
    weight_decay
        Adam's weight decay; the authors use 0 on Indian Pines and 5e-3 on Pavia University.
    seed
        Seed of the network's first weights, its batches and its dropout.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.
    """
    chosen = choose_device(device)
    low, high = scene.pixels.min(0), scene.pixels.max(0)
    pixels = (scene.pixels - low) / np.where(high > low, high - low, 1)
    known = pixels[split.train].astype(np.float32)
    classes = scene.labels.ravel()[split.train].astype(np.int64) - 1
    unknown = pixels[asked].astype(np.float32)
    settings = Settings()
    config = settings.training(len(known), epochs)
    config = dataclasses.replace(config, weight_decay=weight_decay)
    names = len(scene.class_names)

    def make(checkpoint) -> dict[str, np.ndarray]:
        with seeded(seed, chosen):
            network = SpectralFormer(known.shape[1], names, settings).to(chosen)
            table, truth = (torch.from_numpy(a).to(chosen) for a in (known, classes))

            def draw() -> tuple[torch.Tensor, torch.Tensor]:
                rows = torch.randint(len(table), (settings.batch,), device=chosen)
                return table[rows], truth[rows]

            title = f"{scene.name}, SpectralFormer"
            history = train(Step(network, draw, config), checkpoint=checkpoint, title=title)
        return {
            "labels": _name(network, torch.from_numpy(unknown).to(chosen)),
            "losses": history.losses["cross-entropy"],
            "seconds": np.array(history.seconds),
        }

    found = cached(
        f"{scene.name}-spectralformer",
        make,
        made_from={
            "settings": dataclasses.asdict(settings),
            "training": dataclasses.asdict(config),
            "classes": names,
            "seed": seed,
            "pixels": [digest(a) for a in (known, classes, unknown)],
        },
        code=definitions_of(
            "mixedpixels.training.train",
            "mixedpixels.training.Step",
            "mixedpixels.models.rivals.spectralformer",
            f"{__name__}.spectralformer_or_load",
        ),
        device=device,
    )
    return Named(found["labels"], found["losses"], float(found["seconds"]))


@torch.no_grad()
def _name(network: SpectralFormer, pixels: torch.Tensor) -> np.ndarray:
    network.eval()
    named = [network(part).argmax(1) for part in pixels.split(_AT_ONCE)]
    return torch.cat(named).cpu().numpy() + 1
