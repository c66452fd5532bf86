"""Scene: one image with what is known about it."""

import importlib
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Literal

import numpy as np

from mixedpixels.errors import BadInput
from mixedpixels.scenes.arrays import positive, read_only, require_same

if TYPE_CHECKING:
    import xarray

Origin = Literal["complete", "fragment", "synthetic", "twin"]


@dataclass(frozen=True, eq=False, repr=False)
class Scene:
    """One image with what is known about it.

    Parameters
    ----------
    name
        The registry's name, or any name for an image of one's own.
    cube
        float32, shape (rows, columns, bands), row-major. A set of pixels without places is a cube
        (n, 1, bands) with ``spatial=False``.
    wavelengths
        float64, shape (bands,), band centres in nm; None where they are not known.
    labels
        int16, shape (rows, columns), 0 = unlabelled, k = ``class_names[k - 1]``.
    abundances
        float32, shape (rows, columns, endmembers), fractions of the reference.
    endmembers
        float32, shape (endmembers, bands), the reference spectra, in their own scale.
    origin
        ``complete``, ``fragment`` (of a larger scene), ``synthetic`` (in the paper too) or ``twin``
        (simulated here, because the data could not be had).
    hashes
        sha256 of each file read; for a twin, of the settings it was made from.
    scale
        What the cube is divided by before a network sees it, in the unit of the cube, above 0. None
        where the registry states none, and for an image of one's own: give one near the largest value
        of the cube, as ``Scene(..., scale=8000.0)`` or ``dataclasses.replace(scene, scale=8000.0)``.
    saturation
        The value, in the unit of the cube and above 0, from which a band counts as saturated; nothing
        is learnt from a pixel with such a band. None where no such value is known.
    readers
        Dotted names of the modules that the registry chose at run time to read the scene: its repairs.
        No import statement names them, so a record asks the scene for them.

    Raises
    ------
    BadInput
        When an array has the wrong number of axes, disagrees with the cube or holds NaN, or when
        ``scale`` or ``saturation`` is not a finite number above 0.

    Examples
    --------
    >>> scene = Scene("mine", np.ones((2, 3, 4)))
    >>> scene.shape, scene.pixels.shape
    ((2, 3, 4), (6, 4))
    """

    name: str
    cube: np.ndarray
    wavelengths: np.ndarray | None = None
    labels: np.ndarray | None = None
    class_names: tuple[str, ...] = ()
    abundances: np.ndarray | None = None
    endmembers: np.ndarray | None = None
    endmember_names: tuple[str, ...] = ()
    title: str = ""
    units: str = ""
    origin: Origin = "complete"
    spatial: bool = True
    source: str = ""
    licence: str = ""
    citation: str = ""
    hashes: dict[str, str] = field(default_factory=dict)
    scale: float | None = None
    saturation: float | None = None
    readers: tuple[str, ...] = field(default=(), repr=False, compare=False)

    def __post_init__(self):
        def put(name, ndim, dtype):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(
                    self, name, read_only(f"{self.name}: {name}", value, ndim, dtype)
                )

        put("cube", 3, np.float32)
        put("wavelengths", 1, np.float64)
        put("labels", 2, np.int16)
        put("abundances", 3, np.float32)
        put("endmembers", 2, np.float32)
        object.__setattr__(self, "class_names", tuple(self.class_names))
        object.__setattr__(self, "endmember_names", tuple(self.endmember_names))

        rows, columns, bands = self.shape
        if self.wavelengths is not None:
            require_same(f"{self.name}: wavelengths", bands, len(self.wavelengths))
        for name in ("labels", "abundances"):
            value = getattr(self, name)
            if value is not None and value.shape[:2] != (rows, columns):
                raise BadInput(
                    f"{self.name}: {name}: expected {rows}×{columns} pixels, "
                    f"got {value.shape[0]}×{value.shape[1]}"
                )
        if self.labels is not None and self.labels.min() < 0:
            raise BadInput(f"{self.name}: labels: expected 0 or more, got {self.labels.min()}")
        if self.labels is not None and self.labels.max() > len(self.class_names):
            raise BadInput(
                f"{self.name}: labels go to {self.labels.max()}, "
                f"but {len(self.class_names)} class names are given"
            )
        if self.endmembers is not None:
            require_same(f"{self.name}: bands of the endmembers", bands, self.endmembers.shape[1])
            require_same(
                f"{self.name}: endmember names", len(self.endmembers), len(self.endmember_names)
            )
        if self.abundances is not None:
            require_same(
                f"{self.name}: abundance maps", len(self.endmember_names), self.abundances.shape[2]
            )
        for name in ("scale", "saturation"):
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, positive(f"{self.name}: {name}", value))
        if not self.spatial and columns != 1:
            raise BadInput(f"{self.name}: a set of pixels is (n, 1, bands), got {self.shape}")

    def __repr__(self) -> str:
        rows, columns, bands = self.shape
        return f"<Scene {self.name}: {rows}×{columns} pixels, {bands} bands, {self.origin}>"

    def _repr_html_(self) -> str:
        rows, columns, bands = self.shape
        text = f"<strong>{escape(self.title or self.name)}</strong>: {rows} × {columns} pixels, "
        text += f"{bands} bands"
        if self.wavelengths is not None:
            text += f" from {self.wavelengths[0]:.0f} to {self.wavelengths[-1]:.0f} nm"
        text += f", {self.origin}"
        if self.origin == "twin":
            text += (
                '. <span style="border-left:4px solid #cc79a7;padding-left:.5em">The real data could '
                "not be had: this is a <strong>simulated twin</strong>, and nothing measured on it "
                "says anything about a paper.</span>"
            )
        return f"<p>{text}</p>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, columns, bands)."""
        return self.cube.shape

    @property
    def pixels(self) -> np.ndarray:
        """The cube as a table, shape (rows · columns, bands), row after row."""
        return self.cube.reshape(-1, self.cube.shape[2])

    @property
    def pixel_abundances(self) -> np.ndarray:
        """The reference abundances as a table, shape (rows · columns, endmembers)."""
        if self.abundances is None:
            raise BadInput(f"{self.name} has no reference abundances")
        return self.abundances.reshape(-1, self.abundances.shape[2])

    def grid(self, table) -> np.ndarray:
        """Return a table (pixels, k) as maps (rows, columns, k)."""
        table = np.asarray(table)
        require_same(f"{self.name}: pixels of the table", self.shape[0] * self.shape[1], len(table))
        return table.reshape(*self.shape[:2], -1)

    def to_xarray(self) -> "xarray.Dataset":
        """Return the scene as an :class:`xarray.Dataset`, without a copy of the arrays.

        Returns
        -------
        xarray.Dataset
            Dimensions ``y`` (rows), ``x`` (columns), ``band`` (from 1), and ``endmember`` and
            ``class`` where the scene has them. Coordinates ``wavelength`` (nm) of the bands, the names
            of the endmembers, and ``class_name`` of the classes. Variables ``cube``, ``labels``,
            ``abundances`` and ``endmembers``, the last three where the scene has them. Attributes
            ``name``, ``title``, ``source``, ``licence``, ``citation``, ``origin``, ``spatial``,
            ``hashes`` (JSON), and ``scale`` and ``saturation`` where they are known. The arrays are
            read-only, as the scene's are; ``.copy(deep=True)`` gives writable ones.

        Raises
        ------
        BadInput
            When the optional package xarray is not installed.
        """
        # Imported by name: an export makes no recorded number, so a change to it must not mark records
        # as changed, as an import statement would.
        return importlib.import_module("mixedpixels.scenes.dataset").to_xarray(self)

    def neighbourhood(self) -> "Scene":
        """Return self when pixels have neighbours; methods that convolve call this first.

        Raises
        ------
        BadInput
            For a set of pixels without places.
        """
        if not self.spatial:
            raise BadInput(
                f"{self.name} is a set of pixels without places; this method needs neighbours. "
                "Use a spectral method or a scene with an image grid"
            )
        return self
