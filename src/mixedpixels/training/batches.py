"""Random batches of table rows, drawn on the device."""

import torch

from mixedpixels.errors import BadInput


class Batches:
    """Batches of table rows, drawn on the device uniformly and with replacement.

    Parameters
    ----------
    tables
        Each of shape (networks, n, …). The same rows are drawn from all tables; each network has rows
        of its own.
    rows
        The number of rows per batch.

    Raises
    ------
    BadInput
        When the tables differ in their number of networks or rows.
    """

    def __init__(self, *tables: torch.Tensor, rows: int):
        if len({tuple(t.shape[:2]) for t in tables}) != 1:
            raise BadInput("tables: expected as many networks and rows in each")
        self.tables, self.rows = tables, rows

    def __call__(self) -> tuple[torch.Tensor, ...]:
        """Return a new batch: for each table, an array of shape (networks, rows, …)."""
        networks, count = self.tables[0].shape[:2]
        device = self.tables[0].device
        drawn = torch.randint(count, (networks, self.rows), device=device)
        network = torch.arange(networks, device=device)[:, None]
        return tuple(table[network, drawn] for table in self.tables)
