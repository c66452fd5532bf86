"""SymAE as an estimator: from pixels and their groups to codes and virtual spectra."""

from pathlib import Path

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import column_or_1d

from mixedpixels.errors import BadInput
from mixedpixels.estimators import symae_file
from mixedpixels.models.config import Precision, TrainingConfig
from mixedpixels.models.symae import Settings
from mixedpixels.training.disentangler import Grouping, fit_symae
from mixedpixels.unmixing.face import check_at_least_one, check_fitted, check_input, draw_seed


class SymAE(TransformerMixin, BaseEstimator):
    """A symmetric autoencoder that parts what the pixels of a group share from what each has alone.

    One network is trained. Its reflectance code holds what the pixels of a group share, its nuisance
    code what differs between them, such as light and shadow.

    Parameters
    ----------
    updates
        Of the training; the default takes some minutes on a processor. Each update sees
        ``datapoints`` × ``n_tau`` pixels.
    scale
        What all values are divided by, one number above 0, for the bands' heights carry meaning. None
        takes the largest absolute value of the pixels; give a number where dead detectors or
        saturated pixels make that meaningless.
    datapoints, n_tau
        How many datapoints an update sees, and of how many pixels of one group each consists.
    learning_rate
        At the beginning; it falls to zero as half a cosine.
    settings
        Widths and dropout, a :class:`mixedpixels.models.symae.Settings`. None takes the authors'.
    precision
        ``fp32``, ``bf16``, or on a GPU ``tf32``.
    random_state
        Of the weights, the drawn pixels and the dropout; see
        :func:`~mixedpixels.unmixing.face.draw_seed`.
    device
        ``auto`` (a GPU when there is one), ``cpu`` or ``cuda``.

    Attributes
    ----------
    classes_ : numpy.ndarray
        The groups' labels, sorted.
    scale_ : float
        What values are divided by.
    n_features_in_ : int
        The number of bands.
    disentangler_ : mixedpixels.training.disentangler.Disentangler
        The network, and what its training went through.

    References
    ----------
    Bhattacharjee, Bharadwaj and Demanet, *Virtual hyperspectral images using symmetric autoencoders*,
    2023.

    Examples
    --------
    >>> pixels = np.random.default_rng(0).random((40, 6))
    >>> model = SymAE(updates=5, device="cpu").fit(pixels, np.arange(40) % 2)
    >>> model.transform(pixels).shape, model.redatum(pixels, pixels[0]).shape
    ((40, 64), (40, 6))
    """

    def __init__(
        self,
        updates: int = 20_000,
        *,
        scale: float | None = None,
        datapoints: int = 8,
        n_tau: int = 8,
        learning_rate: float = 2e-4,
        settings: Settings | None = None,
        precision: Precision = "fp32",
        random_state=0,
        device: str = "auto",
    ):
        self.updates = updates
        self.scale = scale
        self.datapoints = datapoints
        self.n_tau = n_tau
        self.learning_rate = learning_rate
        self.settings = settings
        self.precision = precision
        self.random_state = random_state
        self.device = device

    def fit(self, X, y):
        """Train a network on pixels and their groups.

        Parameters
        ----------
        X
            A table (n, bands), a Scene or a cube (rows, columns, bands). Every pixel is learnt from, so
            leave out those without a group.
        y
            The group of each pixel, numbers or text, shape (n,) or (rows, columns).

        Returns
        -------
        self

        Raises
        ------
        BadInput
            When a value is not finite, there are not as many groups as pixels, or a parameter is out
            of its range.
        NotFinite
            When a loss became NaN or infinite.
        """
        pixels = check_input(self, X, reset=True)
        if y is None:
            raise BadInput(
                "SymAE requires y to be passed, but the target y is None; pass the group of each "
                "pixel"
            )
        y = np.asarray(y)
        y = column_or_1d(y if y.ndim < 2 else y.reshape(-1))
        if len(y) != len(pixels):
            raise BadInput(f"groups: expected one for each of {len(pixels)} pixels, got {len(y)}")
        if y.dtype.kind == "f" and not np.isfinite(y).all():
            raise BadInput("groups: got NaN or infinity; leave pixels without a group out")
        check_at_least_one(self, "updates", "datapoints", "n_tau")
        classes, groups = np.unique(y, return_inverse=True)
        scale = float(np.abs(pixels).max()) if self.scale is None else self.scale
        self.disentangler_ = fit_symae(
            pixels[None],
            groups[None],
            scale=scale or 1.0,
            settings=self.settings or Settings(),
            grouping=Grouping(int(self.datapoints), int(self.n_tau)),
            config=TrainingConfig(
                int(self.updates),
                self.learning_rate,
                "cosine",
                precision=self.precision,
                eval_every=-(-int(self.updates) // 100),
            ),
            seed=draw_seed(self.random_state),
            device=self.device,
        )
        self.classes_, self.scale_ = classes, self.disentangler_.scale
        return self

    def transform(self, X) -> np.ndarray:
        """Return the reflectance code of pixels: what they share with their group.

        Parameters
        ----------
        X
            A table (n, bands), a Scene or a cube, in the unit of the fit.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, code).
        """
        return self._trained().reflectance_code(check_input(self, X, reset=False))

    def nuisance(self, X) -> np.ndarray:
        """Return the nuisance code of pixels, float32, shape (n, code): what each has alone."""
        return self._trained().nuisance_code(check_input(self, X, reset=False))

    def redatum(self, X, reference) -> np.ndarray:
        """Return the virtual spectra of pixels under the conditions of another pixel.

        Parameters
        ----------
        X
            As in :meth:`transform`.
        reference
            The spectrum whose nuisance they get, shape (bands,), in the same unit.

        Returns
        -------
        numpy.ndarray
            float32, shape (n, bands), in the unit of the pixels.
        """
        network, pixels = self._trained(), check_input(self, X, reset=False)
        reference = np.asarray(reference)
        if reference.shape != (pixels.shape[1],):
            raise BadInput(
                f"reference: expected one spectrum of {pixels.shape[1]} bands, got shape "
                f"{reference.shape}"
            )
        return network.redatum(pixels, reference)

    def save(self, path) -> None:
        """Write the trained network to a safetensors file, with its parameters as JSON.

        Parameters
        ----------
        path
            Of the file, as ``model.safetensors``; one that is there is replaced.
        """
        self._trained()
        symae_file.write(Path(path), self)

    @classmethod
    def load(cls, path, device: str = "auto") -> "SymAE":
        """Read a network that :meth:`save` wrote; nothing in the file is executed.

        Parameters
        ----------
        path
            Of the file.
        device
            Where it shall run: ``auto``, ``cpu`` or ``cuda``.

        Raises
        ------
        BadInput
            When the file is missing, damaged, or no SymAE.
        """
        return symae_file.read(Path(path), cls, device)

    def _trained(self):
        check_fitted(self, "disentangler_")
        return self.disentangler_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.required = True
        tags.transformer_tags.preserves_dtype = []  # a network answers in float32
        return tags
