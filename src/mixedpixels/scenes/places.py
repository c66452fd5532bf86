"""Where the pixels of a scene lie in its image."""

import numpy as np

from mixedpixels.scenes.scene import Scene


def pixel_places(scene: Scene) -> np.ndarray:
    """Return the row and the column of each pixel of the table ``scene.pixels``.

    Parameters
    ----------
    scene
        An image, or a set of pixels with positions.

    Returns
    -------
    numpy.ndarray
        Whole numbers from 0, shape (n, 2).

    Raises
    ------
    BadInput
        For a set of pixels without positions.

    Examples
    --------
    >>> pixel_places(Scene("mine", np.ones((2, 2, 5)))).tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    if scene.positions is not None:
        return scene.positions
    rows, columns, _ = scene.neighbourhood().shape
    return np.indices((rows, columns)).reshape(2, -1).T
