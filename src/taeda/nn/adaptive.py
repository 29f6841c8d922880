"""A softmax over very many classes, of which most are rare (Grave et al. 2017)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import taeda
from taeda.nn import functional as F
from taeda.nn.containers import ModuleList, Sequential
from taeda.nn.linear import Linear
from taeda.nn.module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss"]


class _ASMoutput(NamedTuple):
    """What the module gives: the log-probability of each target, and the mean loss."""

    output: Any
    loss: Any


class AdaptiveLogSoftmaxWithLoss(Module):
    """Classes in the order of their frequency are cut at `cutoffs`: the frequent ones have a score each, and each
    further cluster one score and a smaller projection (by `div_value`) behind it.

    Input (N, in_features) or (in_features,), target (N) or (). The output has the target's shape.
    """

    def __init__(
        self, in_features: int, n_classes: int, cutoffs: Sequence[int], div_value: float = 4.0,
        head_bias: bool = False, device: Any = None, dtype: Any = None,
    ) -> None:
        options = {"device": device, "dtype": dtype}
        super().__init__()
        cutoffs = list(cutoffs)
        if len(cutoffs) == 0:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if (
            cutoffs != sorted(cutoffs) or min(cutoffs) <= 0 or max(cutoffs) > n_classes - 1
            or len(set(cutoffs)) != len(cutoffs) or any(int(c) != c for c in cutoffs)
        ):  # fmt: skip
            raise ValueError("cutoffs should be a sequence of unique, positive integers sorted in an increasing order, "
                             "where each value is between 1 and n_classes-1")
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for i in range(self.n_clusters):
            hidden = int(in_features // (div_value ** (i + 1)))
            size = self.cutoffs[i + 1] - self.cutoffs[i]
            self.tail.append(Sequential(
                Linear(in_features, hidden, bias=False, **options), Linear(hidden, size, bias=False, **options)
            ))  # fmt: skip

    def reset_parameters(self) -> None:
        """Draw the parameters anew."""
        self.head.reset_parameters()
        for first, second in self.tail:
            first.reset_parameters()
            second.reset_parameters()

    def forward(self, input: Any, target: Any) -> _ASMoutput:
        if target.dim() == 1:
            if input.size(0) != target.size(0):
                raise RuntimeError("Input and target should have the same size in the batch dimension.")
            if input.dim() != 2:
                raise RuntimeError(
                    f"1D target tensor expects 2D input tensors, but found inputs with size {input.size()}"
                )
        elif target.dim() == 0:
            if input.dim() != 1:
                raise RuntimeError(
                    f"0D target tensor expects 1D input tensors, but found inputs with size {input.size()}"
                )
        else:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        single = target.dim() == 0
        x, t = (input.unsqueeze(0), target.unsqueeze(0)) if single else (input, target)
        head_place = t.clone()
        output = x.new_zeros(t.shape)
        used = 0
        for i, (low, high) in enumerate(zip([0, *self.cutoffs[:-1]], self.cutoffs, strict=True)):
            rows = ((t >= low) & (t < high)).nonzero().squeeze(-1)
            if rows.numel() == 0:
                continue
            used += rows.numel()
            if i == 0:
                continue
            scores = F.log_softmax(self.tail[i - 1](x.index_select(0, rows)), dim=1)
            found = scores.gather(1, (t[rows] - low).unsqueeze(1)).squeeze(1)
            output = output.index_copy(0, rows, found)
            head_place = head_place.index_fill(0, rows, self.shortlist_size + i - 1)
        if used != t.numel():
            raise RuntimeError(f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                               f"[{t.min().item()}, {t.max().item()}] were found. ")
        head = F.log_softmax(self.head(x), dim=1)
        output = output + head.gather(1, head_place.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return _ASMoutput(output.squeeze(0) if single else output, loss)

    def _all(self, input: Any, head: Any) -> Any:
        parts = [F.log_softmax(head, dim=1)]
        shortlist, clusters = parts[0][:, : self.shortlist_size], parts[0][:, self.shortlist_size :]
        tails = [F.log_softmax(t(input), dim=1) + clusters[:, i : i + 1] for i, t in enumerate(self.tail)]
        return taeda.cat([shortlist, *tails], 1)

    def log_prob(self, input: Any) -> Any:
        """The log-probabilities of all classes (N, n_classes)."""
        return self._all(input, self.head(input))

    def predict(self, input: Any) -> Any:
        """The most probable class of each row; the rare ones are computed only where one may win."""
        head = self.head(input)
        output = head.argmax(1)
        sure = output < self.shortlist_size
        if sure.all():
            return output
        rows = (~sure).nonzero().squeeze(-1)
        best = self._all(input[rows], head[rows]).argmax(1)
        return output.index_copy(0, rows, best)
