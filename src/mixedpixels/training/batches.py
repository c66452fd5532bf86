"""Drawing rows of tables, on the device."""

import torch

from mixedpixels.errors import BadInput


class Batches:
    """Rows of tables, on the device, drawn with equal chances and with replacement.

    Parameters
    ----------
    tables
        Each of shape (networks, n, …); the same rows are drawn of all of them.
    rows
        How many at a time.

    Raises
    ------
    BadInput
        When the tables do not have as many rows.
    """

    def __init__(self, *tables: torch.Tensor, rows: int):
        if len({tuple(t.shape[:2]) for t in tables}) != 1:
            raise BadInput("tables: expected as many networks and rows in each")
        self.tables, self.rows = tables, rows

    def __call__(self) -> tuple[torch.Tensor, ...]:
        """Return the drawn rows of each table."""
        networks, count = self.tables[0].shape[:2]
        device = self.tables[0].device
        drawn = torch.randint(count, (networks, self.rows), device=device)
        network = torch.arange(networks, device=device)[:, None]
        return tuple(table[network, drawn] for table in self.tables)
