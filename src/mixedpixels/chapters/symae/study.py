"""SymAE on a labelled scene: its splits, the networks trained on them, and their scores."""

from dataclasses import replace

import numpy as np
import torch

from mixedpixels.classification import classify, smooth_pixels
from mixedpixels.errors import BadInput
from mixedpixels.fits import digest, symae_or_load, train_or_load
from mixedpixels.metrics import class_variances
from mixedpixels.models.code_classifier import CodeClassifier
from mixedpixels.models.config import TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.pipeline.settings import Run
from mixedpixels.scenes import Scene
from mixedpixels.scenes.places import pixel_places
from mixedpixels.scenes.splits import Split, load_splits, split_fraction, stored_splits
from mixedpixels.training import Batches, Disentangler, Grouping

FRACTION = 0.1  # of each class, for training
DATAPOINTS = 8  # per update: on a processor, many small updates achieve more than few large ones
RATE = 2e-4  # the learning rate of the first update
_ROWS = 64  # pixels per update of the dense network
_AT_ONCE = 16384  # pixels that the dense network classifies in one pass
_SNAPSHOTS = (1, 3, 10, 30, 60)  # hundredths of a training after which the weights are stored


class Disentangling:
    """A labelled scene, its splits, and a stack of SymAEs with one network per split.

    Parameters
    ----------
    scene
        A scene with labels.
    run
        The notebook's resolved settings, of which ``splits``, ``updates``, ``precision`` and ``device``
        are used.
    splits
        The splits of the scene. None takes those in the data registry where there are some. Otherwise a
        tenth of each class, rounded up, is drawn with the seeds 0, 1, …

    Attributes
    ----------
    splits : list of Split
        One per network.
    saturated : numpy.ndarray
        The numbers of the labelled pixels that are saturated. No split contains them, unless the splits
        were given.
    scale : float
        The number by which pixels are divided.

    Raises
    ------
    BadInput
        For a scene whose scale is not known.
    """

    def __init__(self, scene: Scene, run: Run, splits: list[Split] | None = None):
        if scene.scale is None:
            raise BadInput(
                f"{scene.name} has no scale; state what its pixels are divided by, as scale = 500.0 in "
                f"data_registry/{scene.name}.toml, or in dataclasses.replace(scene, scale=500.0)"
            )
        self.scene, self._run = scene, run
        self.scale = scene.scale
        self.labels = scene.labels.ravel()
        self.saturated = saturated_pixels(scene)
        self.splits = tenths(scene, run.splits) if splits is None else splits

    @property
    def pixels(self) -> np.ndarray:
        """The pixels of the scene, divided by the scale, float32, shape (n, bands)."""
        return self.scene.pixels / np.float32(self.scale)

    def stacked(self, values) -> np.ndarray:
        """Return the values at the training pixels of each split, shape (splits, n, …)."""
        return np.stack([values[split.train] for split in self.splits])

    def symae(
        self,
        *,
        updates: int = 0,
        datapoints: int = DATAPOINTS,
        n_tau: int = 8,
        precision="",
        **changes,
    ) -> Disentangler:
        """Return one SymAE per split, trained now or loaded from the cache.

        Parameters
        ----------
        updates
            The number of updates; 0 takes that of the run.
        datapoints, n_tau
            The number of datapoints per update, and of pixels per datapoint.
        precision
            The precision of products; an empty text takes that of the run.
        changes
            Changes of the authors' settings, such as ``code_dropout=0.0``.
        """
        return symae_or_load(
            self.scene.name,
            self.stacked(self.scene.pixels),
            self.stacked(self.labels),
            scale=self.scale,
            settings=Settings(**changes),
            grouping=Grouping(datapoints, n_tau),
            config=training_config(updates or self._run.updates, precision or self._run.precision),
            device=self._run.device,
        )

    def quality(
        self, networks: Disentangler, number: int, methods: tuple[str, ...] = ("KNN",)
    ) -> np.ndarray:
        """Return the scores of a network on the test pixels of its split, all in %.

        Parameters
        ----------
        networks
            Networks from :meth:`symae`.
        number
            The number of the network and of its split.
        methods
            Names from :data:`mixedpixels.classification.CONTROLS`. The classifiers are trained on the
            codes of the training pixels.

        Returns
        -------
        numpy.ndarray
            float64, shape (methods + 1,). First comes the overall accuracy of each method on the
            reflectance codes. The last value is the residual variance of the virtual spectra relative
            to the pixels, the median over the classes, with the first training pixel as reference.
        """
        split, pixels, labels = self.splits[number], self.scene.pixels, self.labels
        known, unknown = (
            networks.reflectance_code(pixels[part], number) for part in (split.train, split.test)
        )
        truth = labels[split.test]
        named = [classify(m, known, labels[split.train], unknown) == truth for m in methods]
        before, reference = pixels[split.test], pixels[split.train[0]]
        after = networks.redatum(before, reference, network=number)
        left = class_variances(after, truth) / class_variances(before, truth)
        return 100 * np.array([*(right.mean() for right in named), np.median(left)])

    def smoothed(self, labels: np.ndarray) -> np.ndarray:
        """Return predicted labels smoothed three times over their neighbours.

        Parameters
        ----------
        labels
            Of all pixels of the scene, whole numbers from 0, shape (n,). Where the scene is a set of
            pixels with positions, only neighbours that are in the set have a vote.

        Raises
        ------
        BadInput
            For a set of pixels without positions.
        """
        return smooth_pixels(labels, pixel_places(self.scene))

    def code_labels(self, codes: list[np.ndarray], updates: int = 3000) -> list[np.ndarray]:
        """Return the labels of all pixels that the classifier of codes predicts, for each split.

        The mean of the training codes is subtracted, and all values are divided by one number, the
        standard deviation of the training codes. The paper says nothing about this scaling.

        Parameters
        ----------
        codes
            The codes of all pixels, one table (n, code) per split.
        updates
            The number of updates, of 64 pixels each, at the authors' learning rate of 1e-4.

        Returns
        -------
        list of numpy.ndarray
            int64 from 1, shape (n,), one per split.
        """
        tables = []
        for split, code in zip(self.splits, codes, strict=True):
            known = code[split.train]
            centred = code - known.mean(0)
            tables.append((centred / centred[split.train].std()).astype(np.float32))
        learnt = np.stack([t[s.train] for t, s in zip(tables, self.splits, strict=True)])
        classes = self.stacked(self.labels).astype(np.int64) - 1
        names = len(self.scene.class_names)

        def build(device: torch.device):
            network = CodeClassifier(learnt.shape[2], names, len(learnt)).to(device)
            known = (torch.from_numpy(a).to(device) for a in (learnt, classes))
            return network, Batches(*known, rows=_ROWS)

        network, _ = train_or_load(
            f"{self.scene.name}-classifier",
            build,
            TrainingConfig(updates, 1e-4, eval_every=_hundredth(updates)),
            made_from={"codes": digest(learnt), "classes": digest(classes), "rows": _ROWS},
            device=self._run.device,
        )
        device = next(network.parameters()).device
        every = torch.from_numpy(np.stack(tables))
        with torch.no_grad():  # a large image is classified in parts, to limit memory
            named = [network(part.to(device)).argmax(2).cpu() for part in every.split(_AT_ONCE, 1)]
        return list(torch.cat(named, dim=1).numpy() + 1)


def training_config(updates: int, precision: str) -> TrainingConfig:
    """Return a training that a processor can make, with a learning rate that falls to zero.

    The paper's training has 6 to 8 million updates of 256 datapoints at a constant rate of 1e-4.
    """
    every = _hundredth(updates)
    snapshots = tuple(k * every for k in _SNAPSHOTS if k * every <= updates)
    return TrainingConfig(
        updates, RATE, "cosine", precision=precision, eval_every=every, snapshots=snapshots
    )


def _hundredth(updates: int) -> int:
    return -(-updates // 100)


def saturated_pixels(scene: Scene) -> np.ndarray:
    """Return the numbers of the labelled pixels that are saturated in a band, integers, shape (n,)."""
    limit = np.inf if scene.saturation is None else scene.saturation
    return np.flatnonzero((scene.pixels >= limit).any(axis=1) & (scene.labels.ravel() > 0))


def tenths(scene: Scene, count: int) -> list[Split]:
    """Return splits with a tenth of each class for training, without saturated pixels.

    Parameters
    ----------
    scene
        A scene with labels. Its splits in the data registry are taken where there are some. Otherwise
        they are drawn with the seeds 0, 1, ….
    count
        The number of splits.
    """
    labels = scene.labels.copy()
    labels.reshape(-1)[saturated_pixels(scene)] = 0
    good = replace(scene, labels=labels)
    if scene.origin != "twin" and "tenth" in stored_splits(scene):
        return load_splits("tenth", good)[:count]
    return [split_fraction(good, FRACTION, seed) for seed in range(count)]
