"""Rounding weights by what their layer reads: what counts is its output on the inputs of some calibration text, not the
weight itself.

 - GPTQ (Frantar et al. 2022): the error of rounding a column is made up for by the columns that are still to be
   rounded, as far as their inputs are correlated.
 - AWQ (Lin et al. 2023): columns that read large inputs are made larger before they are rounded, so that their errors
   are smaller, and these inputs smaller before they are multiplied.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import taeda
from taeda import nn
from taeda.assertions import check_type
from taeda.quantization.codes import Codes, Scheme, _factors, _nearest, _short, decode, encode, in_panels, pack
from taeda.quantization.linear import QuantizedLinear

METHODS = ("gptq", "awq")
BLOCK = 128  # columns after which the columns beyond them are brought up to date
_DAMPING = 0.01  # of the mean of the diagonal, added to it
_SHRINKS = 20  # ranges that are tried for each group, from the whole down to half of it
_POWERS = 20  # of the sizes of inputs that are tried, from 0 on and below 1
_MOMENT_BYTES = 1 << 30  # of the products of inputs that are gathered at a time


def _checked(weight: taeda.Tensor, moments: taeda.Tensor) -> taeda.Tensor:
    """The matrix (rows, K) in float32. Raises `ValueError` where it is not finite, or the moments are not (K, K)."""
    k = weight.size(1)
    if moments.shape != (k, k):
        raise ValueError(f"the moments of {k} inputs are a matrix ({k}, {k}), got {tuple(moments.shape)}")
    weight = weight.detach().to(taeda.float32)
    if not bool(weight.isfinite().all()):
        raise ValueError("the matrix has elements that are infinite or no numbers")
    return weight


def encode_by_inputs(weight: taeda.Tensor, moments: taeda.Tensor, scheme: Scheme) -> Codes:
    """A matrix (rows, K) as codes that keep its products with inputs like those of `moments`, the sum of their outer
    products (K, K).

    Raises `ValueError` for a matrix that is not finite, or moments of another size.
    """
    rows, k = weight.shape
    with taeda.no_grad():
        left = _checked(weight, moments).clone()
        group = min(k if scheme.group is None else scheme.group, k)
        spread = _spread(moments)
        codes, scales, offsets = [], [], []
        for first in range(0, k, BLOCK):
            errors = []
            end = min(first + BLOCK, k)
            for column in range(first, end):
                if column % group == 0:
                    # A group that reaches beyond the block is scaled by what is known of it now.
                    scale, offset = _best_factors(left[:, column:column + group], scheme)
                    scales.append(scale)
                    offsets.append(offset)
                code, number = _round(left[:, column], scales[-1], offsets[-1], scheme)
                codes.append(code)
                error = (left[:, column] - number) / spread[column, column]
                left[:, column + 1:end] -= error.unsqueeze(1) * spread[column, column + 1:end]
                errors.append(error)
            if end < k:
                left[:, end:] -= taeda.stack(errors, 1) @ spread[first:end, end:]
        factors = _short(taeda.stack(scales, 1))
        moved = None if scheme.symmetric else in_panels(taeda.stack(offsets, 1).to(factors.dtype))
        return pack(in_panels(taeda.stack(codes, 1)), in_panels(factors), moved, rows, group)


def encode_scaled(weight: taeda.Tensor, moments: taeda.Tensor, scheme: Scheme) -> tuple[Codes, taeda.Tensor]:
    """A matrix (rows, K) as codes of it with its columns scaled, and the factors (K) by which inputs have to be
    multiplied therefore: powers of the size of the inputs, of which `moments` is the sum of outer products (K, K).

    Raises as `encode_by_inputs`.
    """
    with taeda.no_grad():
        weight = _checked(weight, moments)
        size = moments.diagonal().clamp(min=0).sqrt()
        size = taeda.where(size > 0, size, size.mean().clamp(min=1e-30))
        best, least = taeda.ones(weight.size(1)), float("inf")
        for step in range(_POWERS):
            scale = (size / size.mean()) ** (step / _POWERS)
            scale = (scale / (scale.max() * scale.min()).sqrt()).clamp(1e-4, 1e4)
            left = decode(encode(weight * scale, scheme)) / scale - weight
            error = float(((left @ moments) * left).sum().item())
            if error < least:
                best, least = scale, error
        return _encode_by_ranges(weight * best, moments.diagonal() / best.square(), scheme), 1 / best


def _encode_by_ranges(weight: taeda.Tensor, importance: taeda.Tensor, scheme: Scheme) -> Codes:
    """Rounded to the nearest, in the ranges with the least error where column k counts `importance[k]` times."""
    rows, k = weight.shape
    group = min(k if scheme.group is None else scheme.group, k)
    parts = list(in_panels(weight).split(group, 1))
    factors = [_best_factors(part, scheme, some) for part, some in zip(parts, importance.split(group), strict=True)]
    scales = _short(taeda.stack([scale for scale, _ in factors], 1))
    offsets = None if scheme.symmetric else taeda.stack([offset for _, offset in factors if offset is not None],
                                                        1).to(scales.dtype)
    codes = [_nearest(part.unsqueeze(1), scales[:, n:n + 1], None if offsets is None else offsets[:, n:n + 1], scheme)
             for n, part in enumerate(parts)]
    return pack(taeda.cat([x[:, 0] for x in codes], 1), scales, offsets, rows, group)


def _spread(moments: taeda.Tensor) -> taeda.Tensor:
    """The upper factor of the inverse of the moments: row k says how an error of column k spreads to those after it."""
    moments = moments.to(taeda.float64)
    diagonal = moments.diagonal()
    unseen = diagonal <= 0  # inputs that are always zero: their columns are rounded to the nearest
    typical = diagonal.mean() if bool((~unseen).any()) else taeda.ones((), dtype=taeda.float64)
    damped = moments + taeda.diag(taeda.where(unseen, typical, typical * _DAMPING))
    inverse = taeda.linalg.inv(damped)
    upper = taeda.linalg.cholesky((inverse + inverse.t()) / 2).t()
    return upper.to(taeda.float32).contiguous()


def _best_factors(part: taeda.Tensor, scheme: Scheme, importance: taeda.Tensor | float = 1.0) -> tuple[
        taeda.Tensor, taeda.Tensor | None]:
    """Scale and offset of each row of a group (rows, group), by the range that rounds it with the least error, in which
    each column counts `importance` times."""
    scale, offset = _factors(part.unsqueeze(1), scheme)
    best: tuple[taeda.Tensor, ...] | None = None
    for step in range(_SHRINKS if scheme.bits == 4 else 1):
        share = 1 - 0.5 * step / _SHRINKS
        # In the precision in which they are kept.
        size = _short(scale * share)
        base = None if offset is None else (offset + (1 - share) * 7.5 * scale).to(size.dtype)
        codes = _nearest(part.unsqueeze(1), size, base, scheme)
        error = ((_numbers(codes, size, base, scheme)[:, 0] - part).square() * importance).sum(1)
        found = (error, size[:, 0].float(), *(() if base is None else (base[:, 0].float(),)))
        if best is None:
            best = found
        else:
            better = error < best[0]
            best = tuple(taeda.where(better, new, old) for new, old in zip(found, best, strict=True))
    assert best is not None
    return best[1], best[2] if len(best) > 2 else None


def _numbers(codes: taeda.Tensor, scales: taeda.Tensor, offsets: taeda.Tensor | None, scheme: Scheme) -> taeda.Tensor:
    """The numbers that codes (rows, groups, group) mean."""
    numbers = codes.to(taeda.float32)
    if scheme.bits == 4 and offsets is None:
        numbers = numbers - 8
    numbers = numbers * scales.float().unsqueeze(-1)
    return numbers if offsets is None else numbers + offsets.float().unsqueeze(-1)


def _round(column: taeda.Tensor, scale: taeda.Tensor, offset: taeda.Tensor | None, scheme: Scheme) -> tuple[
        taeda.Tensor, taeda.Tensor]:
    """The codes of a column, and the numbers that they mean."""
    scales, offsets = scale.unsqueeze(1), None if offset is None else offset.unsqueeze(1)
    codes = _nearest(column.view(-1, 1, 1), scales, offsets, scheme)
    return codes[:, 0, 0], _numbers(codes, scales, offsets, scheme)[:, 0, 0]


def calibrate_(model: nn.Module, scheme: Scheme, inputs: Iterable[Any],
               which: Callable[[str, nn.Linear], bool] = lambda name, layer: True,
               report: Callable[[int, int], None] = lambda done, all: None, method: str = "gptq") -> list[str]:
    """Replace the linear layers of a model as `quantize_` does, their weights rounded by what the layers read when the
    model is called on each of `inputs`; gives the layers' names. `method` is "gptq" or "awq" (see `calibration.py`);
    layers of the second multiply their inputs by a factor each.

    Layers are taken in the order in which the model calls them, as many at a time as have their moments fit in 1 GB;
    later ones read what earlier ones give with rounded weights. Layers that are not called are rounded to the nearest.
    `report(done, all)` is told how far it has come. GPTQ needs SciPy (`pip install 'taeda[linalg]'`).
    """
    check_type("calibrate_", "model", model, nn.Module)
    if method not in METHODS:
        raise ValueError(f"the method is one of {', '.join(METHODS)}, not {method!r}")
    batches = list(inputs)
    if not batches:
        raise ValueError("there are no inputs to calibrate by")
    layers = {name: layer for name, layer in model.named_modules()
              if type(layer) is nn.Linear and layer.weight.numel() and which(name, layer)}
    order = _order_of_calls(model, layers, batches[0])
    done = 0
    for some in _portions(order, layers):
        moments = _moments(model, {name: layers[name] for name in some}, batches)
        for name in some:
            layer, found = layers[name], moments.pop(name)
            replaced = QuantizedLinear.from_linear(layer, scheme)
            if found is not None:
                if method == "gptq":
                    replaced.take(encode_by_inputs(layer.weight, found, scheme))
                else:
                    codes, replaced.factors = encode_scaled(layer.weight, found, scheme)
                    replaced.take(codes)
            model.set_submodule(name, replaced)
            done += 1
            report(done, len(order))
    return list(layers)


def _order_of_calls(model: nn.Module, layers: dict[str, nn.Linear], batch: Any) -> list[str]:
    """The names of the layers, those first that are called first."""
    order: dict[str, None] = {}
    _run(model, layers, [batch], lambda name, x: order.setdefault(name))
    return [*order, *(name for name in layers if name not in order)]


def _portions(order: Sequence[str], layers: dict[str, nn.Linear]) -> list[list[str]]:
    portions: list[list[str]] = []
    size = 0
    for name in order:
        nbytes = 4 * layers[name].in_features ** 2
        if not portions or size + nbytes > _MOMENT_BYTES:
            portions.append([])
            size = 0
        portions[-1].append(name)
        size += nbytes
    return portions


def _moments(model: nn.Module, layers: dict[str, nn.Linear], batches: Sequence[Any]) -> dict[str, taeda.Tensor | None]:
    """For each layer the sum of x xᵀ over the rows x that it reads; None where it reads none."""
    found: dict[str, taeda.Tensor | None] = dict.fromkeys(layers)

    def gather(name: str, x: taeda.Tensor) -> None:
        rows = x.reshape(-1, x.size(-1)).to(taeda.float32)
        if rows.size(0):
            product, before = rows.t() @ rows, found[name]
            found[name] = product if before is None else before + product

    _run(model, layers, batches, gather)
    return found


def _run(model: nn.Module, layers: dict[str, nn.Linear], batches: Sequence[Any],
         note: Callable[[str, taeda.Tensor], object]) -> None:
    """Call the model on each batch, without gradients; `note(name, x)` is told what each of the layers reads."""
    def noted(name: str) -> Callable[..., None]:
        def hook(layer: nn.Module, given: tuple[Any, ...]) -> None:
            note(name, given[0])
        return hook

    hooks = [layer.register_forward_pre_hook(noted(name)) for name, layer in layers.items()]
    try:
        with taeda.no_grad():
            for batch in batches:
                model(batch)
    finally:
        for hook in hooks:
            hook.remove()
