"""SpectralFormer for single pixels: a transformer that reads a spectrum band by band.

Hong et al., *SpectralFormer: rethinking hyperspectral image classification with transformers*, 2022.
Widths, dropout and training are those of the authors' public demonstration. No code is taken from it.
"""

from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from mixedpixels.models.config import TrainingConfig


@dataclass(frozen=True)
class Settings:
    """The settings of the authors' demonstration for single pixels.

    Parameters
    ----------
    width
        The width of a token.
    depth
        The number of layers.
    heads
        The number of attention heads, each of width / heads numbers.
    hidden
        The width of the hidden layer in the dense part of each layer.
    dropout
        The rate of the dropout after the embedding and in each layer, 0–1.
    neighbours
        The number of bands in a token, odd: a band and as many neighbours on each side, wrapped around
        at the ends of the spectrum.
    batch
        The number of pixels per update.
    """

    width: int = 64
    depth: int = 5
    heads: int = 4
    hidden: int = 8
    dropout: float = 0.1
    neighbours: int = 3
    batch: int = 64

    def training(self, pixels: int, epochs: int = 290) -> TrainingConfig:
        """Return the training for a number of pixels; 290 epochs are the authors' on Indian Pines."""
        updates = epochs * -(-pixels // self.batch)
        return TrainingConfig(updates, 5e-4, decay=(max(1, updates // 10), 0.9))


class SpectralFormer(nn.Module):
    """The pixel-wise network with groups of bands (GSE) and fusion across layers (CAF).

    Parameters
    ----------
    bands, classes
        The number of bands of a pixel and the number of classes.
    settings
        See :class:`Settings`.
    """

    def __init__(self, bands: int, classes: int, settings: Settings):
        super().__init__()
        self.settings = s = settings
        self.embed = nn.Linear(s.neighbours, s.width)
        self.pos_embedding = nn.Parameter(torch.randn(bands + 1, s.width))
        self.cls_token = nn.Parameter(torch.randn(1, s.width))
        self.dropout = nn.Dropout(s.dropout)
        self.layers = nn.ModuleList(Layer(s) for _ in range(s.depth))
        # each fused token is a mixture of all tokens at the inputs of a layer and of the one but next
        self.fusions = nn.ModuleList(
            nn.Conv2d(bands + 1, bands + 1, (1, 2)) for _ in range(s.depth - 2)
        )
        self.head = nn.Sequential(nn.LayerNorm(s.width), nn.Linear(s.width, classes))

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """Return the class scores (logits) of pixels (n, bands), shape (n, classes)."""
        side = self.settings.neighbours // 2
        grouped = torch.stack([pixels.roll(-k, 1) for k in range(-side, side + 1)], dim=2)
        tokens = self.embed(grouped)
        tokens = torch.cat([self.cls_token.expand(len(tokens), 1, -1), tokens], dim=1)
        tokens = self.dropout(tokens + self.pos_embedding)
        before = []
        for number, layer in enumerate(self.layers):
            before.append(tokens)
            if number > 1:
                both = torch.stack([tokens, before[number - 2]], dim=3)
                tokens = self.fusions[number - 2](both).squeeze(3)
            tokens = layer(tokens)
        return self.head(tokens[:, 0])

    def losses(self, pixels: torch.Tensor, classes: torch.Tensor) -> dict[str, torch.Tensor]:
        """Return the cross-entropy of pixels (n, bands) with classes int64 from 0, shape (n,)."""
        return {"cross-entropy": F.cross_entropy(self(pixels), classes)}

    def constrain(self) -> None:
        """Do nothing: the parameters are unconstrained."""


class Layer(nn.Module):
    """Self-attention, then a dense part; each has a layer norm before it and a residual connection."""

    def __init__(self, settings: Settings):
        super().__init__()
        s = settings
        self.heads = s.heads
        self.attention_norm, self.dense_norm = nn.LayerNorm(s.width), nn.LayerNorm(s.width)
        self.qkv = nn.Linear(s.width, 3 * s.width, bias=False)
        self.projection = nn.Sequential(nn.Linear(s.width, s.width), nn.Dropout(s.dropout))
        self.dense = nn.Sequential(
            nn.Linear(s.width, s.hidden),
            nn.GELU(),
            nn.Dropout(s.dropout),
            nn.Linear(s.hidden, s.width),
            nn.Dropout(s.dropout),
        )

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """Return new tokens for tokens (n, tokens, width), of the same shape."""
        n, count, width = tokens.shape
        parts = self.qkv(self.attention_norm(tokens))
        parts = parts.reshape(n, count, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4)
        seen = F.scaled_dot_product_attention(*parts)
        tokens = tokens + self.projection(seen.transpose(1, 2).reshape(n, count, width))
        return tokens + self.dense(self.dense_norm(tokens))
