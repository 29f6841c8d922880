"""`FlopCounterMode`: how many floating-point operations the products, convolutions and attentions of a block are.

Two for each multiplication with an addition, as PyTorch counts; element-wise work is not counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Self

import taeda
from taeda.library.overloads import backward_packet, packet
from taeda.utils._python_dispatch import TorchDispatchMode

__all__ = ["FlopCounterMode", "register_flop_formula"]

flop_registry: dict[Any, Callable[..., int]] = {}


def _shape(value: Any) -> Any:
    if isinstance(value, taeda.Tensor):
        return value.shape
    return type(value)(_shape(v) for v in value) if isinstance(value, (tuple, list)) else value


def _with_shapes(formula: Callable[..., int]) -> Callable[..., int]:
    def counted(*args: Any, out_val: Any = None, **kwargs: Any) -> int:
        named = {name: _shape(value) for name, value in kwargs.items()}
        return formula(*(_shape(a) for a in args), out_shape=_shape(out_val), **named)

    return counted


def register_flop_formula(targets: Any, get_raw: bool = False) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Decorator: the function that counts for a packet, or several, as `taeda.ops.aten.mm`. It is given the shapes of
    the arguments and `out_shape`, or with `get_raw` the arguments themselves and `out_val`."""

    def register(formula: Callable[..., int]) -> Callable[..., int]:
        for target in targets if isinstance(targets, (list, tuple)) else (targets,):
            if target in flop_registry:
                raise RuntimeError(f"duplicate registrations for {target}")
            flop_registry[target] = formula if get_raw else _with_shapes(formula)
        return formula

    return register


def _named(*names: str) -> list[Any]:
    return [packet("aten", name) for name in names]


@register_flop_formula(_named("mm", "bmm"))
def mm_flop(a_shape: Sequence[int], b_shape: Sequence[int], *args: Any, out_shape: Any = None, **kwargs: Any) -> int:
    """Of products of matrices, one or many."""
    return 2 * prod(a_shape) * b_shape[-1]


@register_flop_formula(_named("addmm", "baddbmm"))
def addmm_flop(
    self_shape: Any, a_shape: Sequence[int], b_shape: Sequence[int], out_shape: Any = None, **kwargs: Any
) -> int:
    """The same with something added."""
    return mm_flop(a_shape, b_shape)


def conv_flop_count(
    x_shape: Sequence[int], w_shape: Sequence[int], out_shape: Sequence[int], transposed: bool = False
) -> int:
    """Of a convolution: a product with the whole weight at each place of the output, or of the input if transposed."""
    return 2 * x_shape[0] * prod((x_shape if transposed else out_shape)[2:]) * prod(w_shape)


@register_flop_formula(_named("convolution"))
def conv_flop(
    x_shape: Any, w_shape: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any, transposed: bool, *args: Any,
    out_shape: Any = None, **kwargs: Any,
) -> int:
    """Of a convolution."""
    return conv_flop_count(x_shape, w_shape, out_shape, transposed=transposed)


def _swapped(shape: Sequence[int]) -> list[int]:
    return [shape[1], shape[0], *shape[2:]]


@register_flop_formula(backward_packet("convolution_backward"))
def conv_backward_flop(
    grad_out_shape: Any, x_shape: Any, w_shape: Any, _bias: Any, _stride: Any, _padding: Any, _dilation: Any,
    transposed: bool, _output_padding: Any, _groups: Any, output_mask: Any, out_shape: Any = None,
) -> int:
    """Of the gradients of a convolution: each is a convolution itself."""
    flops = 0
    if output_mask[0]:
        flops += conv_flop_count(grad_out_shape, w_shape, out_shape[0], not transposed)
    if output_mask[1]:
        a, b = (grad_out_shape, x_shape) if transposed else (x_shape, grad_out_shape)
        flops += conv_flop_count(_swapped(a), _swapped(b), _swapped(out_shape[1]))
    return flops


class _Modules:
    """Which modules are running, by name: a module's own class, then the names of its children."""

    def __init__(self) -> None:
        self.parents: list[str] = ["Global"]
        self._names: dict[int, str] = {}
        self._handles: list[Any] = []

    def _name(self, module: Any) -> str:
        name = self._names.setdefault(id(module), type(module).__name__)
        for child, found in module.named_children():
            self._names[id(found)] = f"{name}.{child}"
        return name

    def __enter__(self) -> None:
        from taeda.nn import module_hooks as hooks

        self._handles = [
            hooks.register_module_forward_pre_hook(self._begin), hooks.register_module_forward_hook(self._end)
        ]

    def __exit__(self, *error: Any) -> None:
        for handle in self._handles:
            handle.remove()
        self.parents = ["Global"]

    def _begin(self, module: Any, inputs: Any) -> None:
        name = self._name(module)
        self.parents.append(name)
        self._at(inputs, lambda: self._left(name))

    def _end(self, module: Any, inputs: Any, output: Any) -> None:
        name = self._name(module)
        self._left(name)
        self._at(output, lambda: self.parents.append(name))

    def _left(self, name: str) -> None:
        if name in self.parents:
            self.parents.remove(name)

    def _at(self, tensors: Any, step: Callable[[], Any]) -> None:
        """Do something when the gradient of one of these comes in backward."""
        found = [t for t in (tensors if isinstance(tensors, (tuple, list)) else (tensors,))
                 if isinstance(t, taeda.Tensor) and t.grad_fn is not None]

        def hook(grad: Any) -> None:
            step()

        for tensor in found[:1]:
            tensor.register_hook(hook)


class FlopCounterMode(TorchDispatchMode):
    """Counts the operations in a block, by module and op; prints a table at its end unless `display=False`.

    Example::

        >>> import taeda
        >>> with FlopCounterMode(display=False) as counter:
        ...     _ = taeda.ones(2, 3) @ taeda.ones(3, 4)
        >>> counter.get_total_flops()
        48
    """

    def __init__(
        self, mods: Any = None, depth: int = 2, display: bool = True, custom_mapping: dict[Any, Any] | None = None
    ) -> None:
        super().__init__()
        self.depth, self.display = depth, display
        self.flop_counts: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
        custom = custom_mapping or {}
        self.flop_registry = flop_registry | {
            k: v if getattr(v, "_get_raw", False) else _with_shapes(v) for k, v in custom.items()
        }
        self._modules = _Modules()

    def get_total_flops(self) -> int:
        """All operations."""
        return sum(self.flop_counts["Global"].values())

    def get_flop_counts(self) -> dict[str, dict[Any, int]]:
        """Operations by the name of the module ("Global": all), then by op."""
        return {name: dict(counts) for name, counts in self.flop_counts.items()}

    def get_table(self, depth: int | None = None) -> str:
        """The operations by module as text, down to `depth` levels."""
        levels = self.depth if depth is None else depth
        total = self.get_total_flops()
        rows = [("Module", "FLOP", "% Total")]
        for name in sorted(self.flop_counts, key=lambda n: (n != "Global", n)):
            level = 0 if name == "Global" else name.count(".") + 1
            if level > (999999 if levels is None else levels):
                continue
            counts = self.flop_counts[name]
            lines = [(name, sum(counts.values())), *((f" - {op}", count) for op, count in counts.items())]
            rows += [(" " * level + text, f"{count:,}", f"{count / max(total, 1):.2%}") for text, count in lines]
        widths = [max(len(row[k]) for row in rows) for k in range(3)]
        return "\n".join(f"{a:<{widths[0]}}  {b:>{widths[1]}}  {c:>{widths[2]}}" for a, b, c in rows)

    def __enter__(self) -> Self:
        self.flop_counts.clear()
        self._modules.__enter__()
        super().__enter__()
        return self

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)
        self._modules.__exit__(*error)
        if self.display:
            print(self.get_table(self.depth))

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None) -> Any:
        named = kwargs or {}
        result = func(*args, **named)
        formula = self.flop_registry.get(func.overloadpacket)
        if formula is not None:
            flops = formula(*args, **named, out_val=result)
            for parent in set(self._modules.parents):
                self.flop_counts[parent][func.overloadpacket] += flops
        return result
