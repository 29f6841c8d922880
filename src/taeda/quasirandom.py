"""Low-discrepancy sequences: `torch.quasirandom.SobolEngine`."""

from __future__ import annotations

import warnings
from typing import Any

import taeda

__all__ = ["SobolEngine"]


class SobolEngine:
    """Points of a Sobol sequence in [0, 1)^dimension: they fill the cube more evenly than random ones.

    `scramble`: points are moved at random such that they stay as even (Owen 1998; Matousek 1998), by `seed` or by the
    default generator. The first point is 0 without. Points are made by SciPy, from the direction numbers of Joe and Kuo
    (2008), and are PyTorch's where they are not scrambled. Raises ValueError for a dimension outside of 1 to 21201.

    Example::

        >>> import taeda as torch
        >>> torch.quasirandom.SobolEngine(2).draw(3)
        tensor([[0.0000, 0.0000],
                [0.5000, 0.5000],
                [0.7500, 0.2500]])
    """

    MAXBIT = 30
    MAXDIM = 21201

    def __init__(self, dimension: int, scramble: bool = False, seed: int | None = None) -> None:
        if not 1 <= dimension <= self.MAXDIM:
            raise ValueError(f"Supported range of dimensionality for SobolEngine is [1, {self.MAXDIM}]")
        self.dimension, self.scramble, self.seed = dimension, scramble, seed
        self.num_generated = 0
        chosen = seed
        if scramble and seed is None:
            chosen = int(taeda.randint(2**31 - 1, ()))
        self._numbers = chosen
        self._points = self._new_points()

    def _new_points(self) -> Any:
        from scipy.stats import qmc

        return qmc.Sobol(self.dimension, scramble=self.scramble, bits=self.MAXBIT, rng=self._numbers)

    def draw(self, n: int = 1, out: Any = None, dtype: Any = None) -> Any:
        """The next `n` points: a tensor (n, dimension) of `dtype` (default: the default dtype), written to `out` if
        given."""
        with warnings.catch_warnings():
            # That a number of points is not a power of two is the caller's choice here, as in PyTorch.
            warnings.simplefilter("ignore", UserWarning)
            points = self._points.random(n) if n else None
        self.num_generated += n
        dtype = dtype or taeda.get_default_dtype()
        made = taeda.empty(0, self.dimension, dtype=dtype) if points is None else taeda.from_numpy(points).to(dtype)
        return made if out is None else out.resize_(made.shape).copy_(made)

    def draw_base2(self, m: int, out: Any = None, dtype: Any = None) -> Any:
        """The next 2**m points. Raises ValueError unless the number of all points drawn is then a power of two, without
        which their balance is lost."""
        n = 2**m
        total = self.num_generated + n
        if total & (total - 1):
            raise ValueError("The balance properties of Sobol' points require "
                             f"n to be a power of 2. {self.num_generated} points have been "
                             f"previously generated, then: n={self.num_generated}+2**{m}={total}. "
                             "If you still want to do this, please use 'SobolEngine.draw()' instead.")
        return self.draw(n, out, dtype)

    def reset(self) -> SobolEngine:
        """Begin the sequence again; a scrambled one is the same again."""
        self._points = self._new_points()
        self.num_generated = 0
        return self

    def fast_forward(self, n: int) -> SobolEngine:
        """Leave out the next `n` points."""
        if n:
            self._points.fast_forward(n)
        self.num_generated += n
        return self

    def __repr__(self) -> str:
        parts = [f"dimension={self.dimension}"]
        if self.scramble:
            parts.append("scramble=True")
        if self.seed is not None:
            parts.append(f"seed={self.seed}")
        return f"SobolEngine({', '.join(parts)})"
