"""The network: features of notes (or of moments) in, answers to the questions about them out.

Residual blocks look at each note and at two others, so many places before and after it (dilated
convolutions, written as one matrix product of the three: van den Oord et al., *WaveNet*, 2016).
Now and then every note is told the mean of the whole window: how fast, how dense, in which key the
music is (Hu, Shen and Sun, *Squeeze-and-excitation networks*, 2018).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional


@dataclass(frozen=True, slots=True)
class Shape:
    """`dilations` of the blocks in order; after every `context_every` of them comes the mean.

    `dropout` is the share of channels that are silent in a window, in training. So many neighbours
    as `fold` says are read, and answered for, as one.
    """

    channels: int
    dilations: tuple[int, ...]
    context_every: int
    dropout: float
    fold: int = 1


class _Convolution(nn.Module):
    def __init__(self, channels: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.dropout = dropout
        self.dilation = dilation
        self.norm = nn.LayerNorm(channels)
        self.mix = nn.Linear(3 * channels, channels)
        self.out = nn.Linear(channels, channels)
        nn.init.normal_(self.out.weight, std=0.02)

    def forward(self, x: Tensor) -> Tensor:
        y, d = self.norm(x), self.dilation
        before = functional.pad(y, (0, 0, d, 0))[:, :-d]
        after = functional.pad(y, (0, 0, 0, d))[:, d:]
        z = functional.relu(self.mix(torch.cat([before, y, after], -1)))
        if self.training and self.dropout:  # of whole channels: few random numbers
            kept = torch.full((len(z), 1, z.shape[-1]), 1 - self.dropout, device=z.device)
            z = z * (torch.bernoulli(kept) / (1 - self.dropout)).to(z.dtype)
        changed: Tensor = x + self.out(z)
        return changed


class _Context(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.mix = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        z = functional.relu(self.mix(self.norm(x))).mean(dim=1, keepdim=True)
        changed: Tensor = x + self.out(z)
        return changed


class Network(nn.Module):
    """(batch, notes, `inputs`) to (batch, notes, `outputs`); notes a multiple of `Shape.fold`."""

    def __init__(self, shape: Shape, inputs: int, outputs: int) -> None:
        super().__init__()
        self.told, self.asked, self.fold = inputs, outputs, shape.fold
        self.enter = nn.Linear(inputs * shape.fold, shape.channels)
        blocks: list[nn.Module] = []
        for k, dilation in enumerate(shape.dilations, start=1):
            blocks.append(_Convolution(shape.channels, dilation, shape.dropout))
            if k % shape.context_every == 0:
                blocks.append(_Context(shape.channels))
        self.blocks = nn.Sequential(*blocks)
        self.norm = nn.LayerNorm(shape.channels)
        self.answer = nn.Linear(shape.channels, outputs * shape.fold)

    def forward(self, notes: Tensor) -> Tensor:
        """The answers for notes; (batch, notes, told) becomes (batch, notes, asked)."""
        folded = notes.reshape(len(notes), -1, self.told * self.fold)
        answers: Tensor = self.answer(self.norm(self.blocks(self.enter(folded))))
        return answers.reshape(len(notes), -1, self.asked)
