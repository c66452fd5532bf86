"""SpectralFormer on a scene's splits, trained once and kept in the user's cache."""

import dataclasses
from dataclasses import dataclass

import numpy as np
import torch

from mixedpixels.device import choose_device
from mixedpixels.models.rivals.spectralformer import Settings, SpectralFormer
from mixedpixels.pipeline import kept
from mixedpixels.scenes import Scene
from mixedpixels.scenes.splits import Split
from mixedpixels.training import Checkpoint, fit, seeded

_AT_ONCE = 256  # pixels named in one pass
_EVERY = 100  # updates between two states that a killed training goes on from


@dataclass(frozen=True)
class Named:
    """What one network calls some pixels, the loss of each update, and the seconds of training."""

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
    """Return the labels SpectralFormer gives to pixels, trained now or found in the cache.

    As in the authors' demonstration, each band is scaled from its least to its largest value in the
    whole image, test pixels too; no label is looked at for that.

    Parameters
    ----------
    scene
        With labels.
    split
        What to learn from.
    asked
        Numbers of the pixels to be named.
    epochs
        The authors' 290 on Indian Pines, 500 on Pavia University; the rate falls by a tenth ten times,
        however many.
    weight_decay
        Of Adam; the authors' 0 on Indian Pines, 5e-3 on Pavia University.
    seed
        Of first weights, batches and dropout.
    device
        ``auto``, ``cpu`` or ``cuda``.
    """
    chosen = choose_device(device)
    low, high = scene.pixels.min(0), scene.pixels.max(0)
    pixels = (scene.pixels - low) / np.where(high > low, high - low, 1)
    known = pixels[split.train].astype(np.float32)
    classes = scene.labels.ravel()[split.train].astype(np.int64) - 1
    unknown = pixels[asked].astype(np.float32)
    settings = Settings()
    plan = settings.plan(len(known), epochs)
    plan = dataclasses.replace(plan, weight_decay=weight_decay)
    what = {
        "settings": dataclasses.asdict(settings),
        "plan": dataclasses.asdict(plan),
        "classes": len(scene.class_names),
        "seed": seed,
        "pixels": [kept.digest(a) for a in (known, classes, unknown)],
    }
    code = kept.code("import mixedpixels.training, mixedpixels.models.rivals.spectralformer")
    path, key = kept.place(f"{scene.name}-spectralformer", what, code, device)
    with kept.alone(path), seeded(seed, chosen):
        if not path.is_file():
            network = SpectralFormer(known.shape[1], len(scene.class_names), settings).to(chosen)
            data = tuple(torch.from_numpy(a).to(chosen) for a in (known, classes))
            checkpoint = Checkpoint(path.with_suffix(".state"), key, _EVERY)
            course = fit(network, data, plan, checkpoint=checkpoint, title=path.stem)
            found = {"labels": _name(network, torch.from_numpy(unknown).to(chosen))}
            losses = course.losses["cross-entropy"]
            kept.keep(path, found | {"losses": losses, "seconds": np.array(course.seconds)})
            checkpoint.path.unlink(missing_ok=True)
    with np.load(path, allow_pickle=False) as arrays:
        return Named(arrays["labels"], arrays["losses"], float(arrays["seconds"]))


@torch.no_grad()
def _name(network: SpectralFormer, pixels: torch.Tensor) -> np.ndarray:
    network.eval()
    named = [network(part).argmax(1) for part in pixels.split(_AT_ONCE)]
    return torch.cat(named).cpu().numpy() + 1
