"""Layers that compute the same as PyTorch's with fewer operations."""

from functools import cache

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from mixedpixels.errors import BadInput

_OUT, _POINTS = 4, (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)  # 4×4 outputs per tile: 8×8 products


class Image:
    """An image that stays the same during a whole fit, in the memory layout that the networks use.

    Parameters
    ----------
    cube
        Float, shape (rows, columns, bands).

    Attributes
    ----------
    shape : torch.Size
        (rows, columns, bands).
    pixels : torch.Tensor
        Shape (pixels, bands), row by row.
    planes : torch.Tensor
        The same memory, viewed as (1, bands, rows, columns), channels last.
    """

    def __init__(self, cube: torch.Tensor):
        cube = cube.contiguous()
        self.shape = cube.shape
        self.pixels = cube.reshape(-1, cube.shape[2])
        self.planes = cube.permute(2, 0, 1)[None]
        self._tiles: dict[int, torch.Tensor] = {}

    def tiles(self, kernel: int) -> torch.Tensor:
        """Return the image's tiles in Winograd's domain, shape (products, tiles, bands)."""
        if kernel not in self._tiles:
            rows, columns, bands = self.shape
            down, across, edge = -(-rows // _OUT), -(-columns // _OUT), kernel // 2
            padded = F.pad(
                self.planes.double(),
                (
                    edge,
                    across * _OUT - columns + edge,
                    edge,
                    down * _OUT - rows + edge,
                ),
            )
            size = _OUT + kernel - 1
            tiles = padded[0].unfold(1, size, _OUT).unfold(2, size, _OUT)
            tiles = tiles.permute(3, 4, 1, 2, 0).reshape(size * size, -1)
            data = _winograd(kernel, tiles.device, torch.float64)[0]
            self._tiles[kernel] = (data @ tiles).to(self.pixels.dtype).reshape(size**2, -1, bands)
        return self._tiles[kernel]


class ImageConv2d(nn.Conv2d):
    r"""A convolution of the :class:`Image` itself, by Winograd's minimal filtering.

    It computes the same sums as :class:`torch.nn.Conv2d` with stride 1 and zero padding, in another
    order. For 5×5 kernels, an 8×8 tile of the image and the kernel are transformed to 64 values each,
    multiplied value by value, and transformed back to 4×4 outputs. That takes 4 products per output
    instead of 25. Because the image stays the same, its transform is computed once per fit, not once
    per step.

    Parameters
    ----------
    bands, channels
        The number of channels of the image and of the output.
    kernel
        The side of the kernel: 1, 3 or 5.

    Raises
    ------
    BadInput
        For another kernel.

    References
    ----------
    Winograd, *Arithmetic Complexity of Computations*, 1980; Lavin and Gray, CVPR 2016.
    """

    def __init__(self, bands: int, channels: int, kernel: int):
        if kernel not in (1, 3, 5):
            raise BadInput(f"kernel: expected 1, 3 or 5, got {kernel}")
        super().__init__(bands, channels, kernel, padding=kernel // 2)

    def forward(self, image: Image) -> torch.Tensor:
        """Return the convolved image, shape (1, channels, rows, columns), channels last."""
        kernel = self.kernel_size[0]
        if kernel == 1:
            return super().forward(image.planes)
        rows, columns, bands = image.shape
        tiles = image.tiles(kernel)
        _, weights, back = _winograd(kernel, tiles.device, tiles.dtype)
        filters = weights @ self.weight.permute(2, 3, 1, 0).reshape(kernel**2, -1)
        products = tiles @ filters.reshape(len(tiles), bands, -1)  # (64, tiles, channels)
        out = back @ products.reshape(len(tiles), -1)
        down, across = -(-rows // _OUT), -(-columns // _OUT)
        out = out.reshape(_OUT, _OUT, down, across, -1).permute(2, 0, 3, 1, 4)
        out = out.reshape(down * _OUT, across * _OUT, -1)[:rows, :columns]
        return (out + self.bias).permute(2, 0, 1)[None]


class ByteDropout(nn.Module):
    """Dropout whose random numbers are bytes, eight from each number that is drawn.

    :class:`torch.nn.Dropout` spends most of its time on drawing random numbers. The rate is rounded to
    a multiple of 1/256.

    Parameters
    ----------
    rate
        The fraction of values that are set to zero, from 0 up to but not including 1.

    Raises
    ------
    BadInput
        When the rate is out of that range.
    """

    def __init__(self, rate: float):
        super().__init__()
        self.dropped = round(256 * rate)
        if not 0 <= self.dropped < 256:
            raise BadInput(f"rate of dropout: expected 0 up to but not 1, got {rate}")

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Return the values; in training, some are set to zero and the others scaled up."""
        if not self.training or not self.dropped:
            return values
        count = values.numel()
        draws = torch.empty(-(-count // 8), dtype=torch.int64, device=values.device)
        bytes_ = draws.random_(-(2**63), None).view(torch.uint8)
        # the same memory layout as that of the values, so that the product below is contiguous
        kept = bytes_.as_strided(values.shape, values.stride()) >= self.dropped
        return values * kept * (256 / (256 - self.dropped))


@cache
def _winograd(kernel: int, device: torch.device, dtype: torch.dtype):
    """Return the three two-dimensional transforms: of the data, of the kernel, and of the products.

    By the transposition principle, a correlation is the transpose of the product of two polynomials.
    Each polynomial is given by its values at as many points as the product has coefficients; one of
    these points is infinity.
    """
    points = np.array(_POINTS[: _OUT + kernel - 2])

    def values(length: int) -> np.ndarray:
        at_infinity = np.eye(length)[-1:]
        return np.vstack([points[:, None] ** np.arange(length), at_infinity])

    data, weights, back = (
        np.linalg.inv(values(_OUT + kernel - 1)).T,
        values(kernel),
        values(_OUT).T,
    )
    balance = np.sqrt(np.linalg.norm(data, axis=1) / np.linalg.norm(weights, axis=1))
    data, weights = (
        data / balance[:, None],
        weights * balance[:, None],
    )  # factors of similar size reduce the rounding
    return tuple(
        torch.tensor(np.kron(m, m), device=device, dtype=dtype) for m in (data, weights, back)
    )
