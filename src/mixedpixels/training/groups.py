"""Random datapoints, each of several pixels of one group, drawn on the device."""

import torch

from mixedpixels.errors import BadInput


class Groups:
    """Groups of pixels on the device, from which datapoints are drawn.

    Parameters
    ----------
    pixels
        float32, shape (networks, n, bands).
    groups
        The group of each pixel, whole numbers, shape (networks, n). All networks have the same number
        of groups.
    datapoints, n_tau
        The number of datapoints per draw, and the number of pixels per datapoint.

    Raises
    ------
    BadInput
        When the shapes do not fit, a value is not finite, or networks differ in their number of groups.
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
        """Return the pixels, sorted by group, and new datapoints.

        Groups are drawn with equal probabilities, and pixels of a group with replacement.

        Returns
        -------
        pixels : torch.Tensor
            float32, shape (networks, n, bands).
        datapoints : torch.Tensor
            int64, shape (networks, datapoints, n_tau): the numbers of the drawn pixels.
        """
        networks, groups = self.counts.shape
        device = self.pixels.device
        group = torch.randint(groups, (networks, self.datapoints), device=device)
        begin, count = (
            self.starts.gather(1, group)[..., None],
            self.counts.gather(1, group)[..., None],
        )
        any_one = torch.randint(2**62, (networks, self.datapoints, self.n_tau), device=device)
        return self.pixels, begin + any_one % count
