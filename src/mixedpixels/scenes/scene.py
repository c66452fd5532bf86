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

Origin = Literal["complete", "labelled", "sample", "fragment", "synthetic", "twin"]


@dataclass(frozen=True, eq=False, repr=False)
class Scene:
    """One image with what is known about it.

    Parameters
    ----------
    name
        The name in the registry, or any name for your own image.
    cube
        float32, shape (rows, columns, bands), row-major. A set of pixels without positions in an image
        is a cube of shape (n, 1, bands) with ``spatial=False``.
    wavelengths
        float64, shape (bands,), band centres in nm; None when they are not known.
    labels
        int16, shape (rows, columns): 0 for an unlabelled pixel, k for ``class_names[k - 1]``.
    class_names
        The names of the classes.
    abundances
        float32, shape (rows, columns, endmembers), the reference abundances, as fractions.
    endmembers
        float32, shape (endmembers, bands), the reference spectra, in their own scale.
    endmember_names
        The names of the endmembers, in the order of ``endmembers`` and ``abundances``.
    title
        A name for readers; may be empty.
    units
        Of the cube, as ``reflectance``; may be empty.
    origin
        ``complete``; ``labelled`` (all labelled pixels of a scene, without the others); ``sample``
        (some of the labelled pixels of each class); ``fragment`` (another part of a scene);
        ``synthetic`` (simulated in the paper as well); or ``twin`` (simulated here because the data are
        not available).
    spatial
        Whether neighbours in the cube are neighbours on the ground.
    positions
        int32, shape (n, 2), the row and the column, from 0, of each pixel of a set of pixels in the
        image that they come from. None when they are not known.
    part_of
        The name in the registry of the scene that this one is a part of; may be empty.
    class_totals
        int64, shape (classes,), of a sample: the number of labelled pixels of each class in the whole
        scene.
    source, licence, citation
        Who made the data, what their owner states about rights, and a key of the bibliography.
    hashes
        The sha256 of each file that was read; for a twin, of the settings it was made from.
    scale
        The number that the cube is divided by before a network sees it, in the unit of the cube, above
        0. None when the registry states none. For your own image, choose a number near the largest
        value of the cube: ``Scene(..., scale=8000.0)``, or
        ``dataclasses.replace(scene, scale=8000.0)`` after reading a file.
    saturation
        The value from which a band counts as saturated, in the unit of the cube, above 0. A pixel with
        such a band is not used for training. None when no such value is known.
    readers
        Dotted names of the modules that the registry chose at run time to read the scene, which are
        its repairs. No import statement names them, so a record takes them from here.

    Raises
    ------
    BadInput
        When an array has the wrong number of axes, disagrees with the cube or holds NaN, when two
        pixels have one position, or when ``scale`` or ``saturation`` is not a finite number above 0.

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
    positions: np.ndarray | None = None
    part_of: str = ""
    class_totals: np.ndarray | None = None
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
        put("positions", 2, np.int32)
        put("class_totals", 1, np.int64)
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
            raise BadInput(
                f"{self.name}: expected a set of pixels of shape (n, 1, bands), got {self.shape}"
            )
        if self.positions is not None:
            self._check_positions()
        if self.class_totals is not None:
            require_same(
                f"{self.name}: class totals", len(self.class_names), len(self.class_totals)
            )

    def _check_positions(self) -> None:
        if self.spatial:
            raise BadInput(
                f"{self.name}: positions are for a set of pixels; those of an image are known"
            )
        wanted = (len(self.cube), 2)
        if self.positions.shape != wanted or self.positions.min() < 0:
            raise BadInput(
                f"{self.name}: positions: expected a row and a column from 0 for each of {wanted[0]} "
                f"pixels, got shape {self.positions.shape} and a smallest value of "
                f"{self.positions.min()}"
            )
        if (n := len(np.unique(self.positions, axis=0))) != len(self.positions):
            raise BadInput(
                f"{self.name}: positions: {len(self.positions)} pixels have {n} different positions"
            )

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
                '. <span style="border-left:4px solid #cc79a7;padding-left:.5em">This is a '
                "<strong>simulated twin</strong>, not the real data: nothing measured on it says "
                "anything about a paper.</span>"
            )
        return f"<p>{text}</p>"

    @property
    def shape(self) -> tuple[int, int, int]:
        """(rows, columns, bands)."""
        return self.cube.shape

    @property
    def pixels(self) -> np.ndarray:
        """The cube as a table of shape (rows · columns, bands), row after row."""
        return self.cube.reshape(-1, self.cube.shape[2])

    @property
    def pixel_abundances(self) -> np.ndarray:
        """The reference abundances as a table of shape (rows · columns, endmembers)."""
        if self.abundances is None:
            raise BadInput(f"{self.name} has no reference abundances")
        return self.abundances.reshape(-1, self.abundances.shape[2])

    def grid(self, table) -> np.ndarray:
        """Return a table of shape (pixels, k) as maps of shape (rows, columns, k)."""
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
        """Return the scene itself if its pixels have neighbours; methods that convolve call this first.

        Raises
        ------
        BadInput
            For a set of pixels without positions.
        """
        if not self.spatial:
            raise BadInput(
                f"{self.name} is a set of pixels without positions, but this method needs neighbours; "
                "use a method that takes single spectra, or a scene that is an image"
            )
        return self
