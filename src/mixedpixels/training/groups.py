"""Drawing datapoints: pixels of one group, on the device."""

import torch

from mixedpixels.errors import BadInput


class Groups:
    """Pixels of groups, on the device, from which datapoints are drawn.

    Parameters
    ----------
    pixels
        float32, shape (networks, n, bands).
    groups
        Of each pixel, whole numbers, shape (networks, n). All networks have as many groups.
    datapoints, n_tau
        How many are drawn at a time, and the pixels of each.

    Raises
    ------
    BadInput
        When the shapes do not fit, a pixel is not finite, or networks differ in their groups.
    """

    def __init__(self, pixels: torch.Tensor, groups: torch.Tensor, datapoints: int, n_tau: int):
        if pixels.ndim != 3 or groups.shape != pixels.shape[:2]:
            raise BadInput(
                "pixels: expected (networks, n, bands) and a group for each, got "
                f"{tuple(pixels.shape)} and {tuple(groups.shape)}"
            )
        if not bool(pixels.isfinite().all()):
            bands = (~pixels.isfinite()).any(0).any(0).nonzero().ravel().add(1).tolist()
            raise BadInput(
                f"pixels: NaN or infinite values in bands {', '.join(map(str, bands[:5]))}; mask or "
                "fill them first"
            )
        counted = [torch.unique(g, return_counts=True) for g in groups]
        if len({len(names) for names, _ in counted}) != 1:
            raise BadInput("groups: expected as many groups in each network")
        order = torch.argsort(groups, dim=1, stable=True)
        network = torch.arange(len(pixels), device=pixels.device)[:, None]
        self.pixels = pixels[network, order]
        self.counts = torch.stack([counts for _, counts in counted])
        self.starts = self.counts.cumsum(1) - self.counts
        self.datapoints, self.n_tau = datapoints, n_tau

    def __call__(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the pixels and new datapoints: groups with equal chances, pixels with replacement."""
        networks, groups = self.counts.shape
        device = self.pixels.device
        group = torch.randint(groups, (networks, self.datapoints), device=device)
        begin, count = (
            self.starts.gather(1, group)[..., None],
            self.counts.gather(1, group)[..., None],
        )
        any_one = torch.randint(2**62, (networks, self.datapoints, self.n_tau), device=device)
        return self.pixels, begin + any_one % count
