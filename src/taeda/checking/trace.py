"""One run of a model on the device "meta": what each module gives, costs and keeps, or where it does not fit."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import taeda
from taeda import _core
from taeda.checking.advice import advice
from taeda.checking.flops import backward_flops, forward_flops

_HERE = str(Path(__file__).resolve().parent.parent)


@dataclass
class Visit:
    """One call of one module."""

    path: str
    kind: str
    outputs: list[tuple[tuple[int, ...], str]] = field(default_factory=list)
    flops: int = 0
    activations: int = 0


@dataclass
class Misfit:
    """Where a model does not fit: the module, the user's line, the op with its operands, and what to change."""

    error: BaseException
    path: str
    kind: str
    line: str
    op: str
    operands: list[str]
    advice: str
    sizes: dict[str, int] = field(default_factory=dict)
    fits: list[dict[str, int]] = field(default_factory=list)
    stage: str = "forward"

    def __str__(self) -> str:
        where = f"{self.path or 'the model itself'} ({self.kind})"
        lines = [f"{type(self.error).__name__} in the {self.stage} of {where}: {self.error}"]
        if self.line:
            lines.append(f"  at {self.line}")
        if self.op:
            lines.append(f"  {self.op}({', '.join(self.operands)})")
        if self.sizes:
            lines.append("  for " + _said(self.sizes))
            if self.fits:
                lines.append("  it fits for " + "; ".join(map(_said, self.fits)))
        if self.advice:
            lines.append(f"  {self.advice}")
        return "\n".join(lines)


def _said(sizes: dict[str, int]) -> str:
    return ", ".join(f"{name} = {size}" for name, size in sizes.items())


@dataclass
class Trace:
    visits: list[Visit] = field(default_factory=list)
    flops: int = 0
    backward_flops: int = 0
    activations: int = 0
    inputs: int = 0
    misfit: Misfit | None = None


def run(model: Any, inputs: list[Any], loss: Callable[[Any], Any] | None) -> Trace:
    """The model on `inputs`, forward and backward."""
    trace = Trace(inputs=sum(_bytes(x) for x in _tensors(inputs)))
    watch = _Watch(trace, model, inputs)
    with _on_meta(model), taeda.device("meta"), watch.hooks():
        stage = "forward"
        try:
            with watch:
                output = model(*inputs)
            stage = "backward"
            total = loss(output) if loss is not None else _sum(output)
            if total is not None and total.requires_grad:
                total.backward()
        except Exception as error:
            trace.misfit = watch.misfit(error, stage)
    return trace


class _Watch:
    """Follows the modules and ops of a run."""

    def __init__(self, trace: Trace, model: Any, inputs: list[Any]):
        self.trace, self.model, self.inputs = trace, model, inputs
        self.stack: list[Visit] = []
        self.modules: list[Any] = []
        self.last: tuple[str, tuple[Any, ...]] = ("", ())
        self.kept: set[int] = set()  # storages that are counted, or that are parameters, buffers or inputs
        self.alive: list[Any] = []  # what was counted stays alive for the run: a freed storage's number is used again

    @contextmanager
    def hooks(self) -> Iterator[None]:
        handles = []
        for path, module in self.model.named_modules():
            handles.append(module.register_forward_pre_hook(self._enter(path)))
            handles.append(module.register_forward_hook(self._leave))
        for tensor in (*self.model.parameters(), *self.model.buffers(), *_tensors(self.inputs)):
            storage = tensor.untyped_storage()
            self.kept.add(storage._cdata)
            self.alive.append(storage)
        try:
            yield
        finally:
            for handle in handles:
                handle.remove()

    def __enter__(self) -> None:
        self.saved = taeda.autograd.graph.saved_tensors_hooks(self._save, lambda t: t)
        self.saved.__enter__()
        self.before = _core.set_observer(self._op)

    def __exit__(self, *_: Any) -> None:
        _core.set_observer(self.before)
        self.saved.__exit__(None, None, None)

    def _enter(self, path: str) -> Callable[..., None]:
        def enter(module: Any, inputs: Any) -> None:
            visit = Visit(path, type(module).__name__)
            self.trace.visits.append(visit)
            self.stack.append(visit)
            self.modules.append(module)

        return enter

    def _leave(self, module: Any, inputs: Any, output: Any) -> None:
        visit = self.stack.pop()
        self.modules.pop()
        visit.outputs = [(tuple(t.shape), str(t.dtype).removeprefix("torch.")) for t in _tensors(output)]
        if self.stack:
            self.stack[-1].flops += visit.flops
            self.stack[-1].activations += visit.activations

    def _op(self, name: str, arguments: tuple[Any, ...], result: Any) -> None:
        if result is None:
            self.last = (name, arguments)
            return
        flops = forward_flops(name, arguments, result)
        if flops:
            self.trace.flops += flops
            self.trace.backward_flops += backward_flops(name, arguments, flops)
            if self.stack:
                self.stack[-1].flops += flops

    def _save(self, tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.kept:
            self.kept.add(storage._cdata)
            self.alive.append(storage)
            self.trace.activations += storage.nbytes()
            if self.stack:
                self.stack[-1].activations += storage.nbytes()
        return tensor

    def misfit(self, error: BaseException, stage: str) -> Misfit:
        visit = self.stack[-1] if self.stack else Visit("", type(self.model).__name__)
        module = self.modules[-1] if self.modules else self.model
        name, arguments = self.last
        operands = [_operand(a) for a in arguments if a is not None]
        return Misfit(
            error, visit.path, visit.kind, _user_line(error), name, operands,
            advice(module, visit.path, name, arguments, error), stage=stage,
        )  # fmt: skip


def _operand(value: Any) -> str:
    if isinstance(value, taeda.Tensor):
        return f"{'×'.join(map(str, value.shape)) or 'scalar'} {str(value.dtype).removeprefix('torch.')}"
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], taeda.Tensor):
        return "[" + ", ".join(map(_operand, value)) + "]"
    return repr(value)


def _user_line(error: BaseException) -> str:
    """The innermost line that is not Taeda's own."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if not str(Path(frame.filename).resolve()).startswith(_HERE):
            return f"{frame.filename}:{frame.lineno}: {frame.line}"
    return ""


def _bytes(tensor: Any) -> int:
    return tensor.nbytes


def _tensors(value: Any) -> Iterator[Any]:
    if isinstance(value, taeda.Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif hasattr(value, "__dict__") and not isinstance(value, type):
        for item in vars(value).values():
            if isinstance(item, (taeda.Tensor, dict, tuple, list)):
                yield from _tensors(item)


def _sum(output: Any) -> Any:
    """All elements of all outputs that have a gradient, added up."""
    parts = [t.sum() for t in _tensors(output) if t.requires_grad]
    total = parts[0] if parts else None
    for part in parts[1:]:
        total = total + part
    return total


@contextmanager
def _on_meta(model: Any) -> Iterator[None]:
    """The tensors of a model without memory for a while; one that is used twice stays one."""
    made: dict[int, Any] = {}
    places: list[tuple[dict[str, Any], str, Any]] = []

    def on_meta(tensor: Any) -> Any:
        if id(tensor) not in made:
            empty = taeda.empty_like(tensor, device="meta")
            if isinstance(tensor, taeda.nn.Parameter):
                empty = taeda.nn.Parameter(empty, tensor.requires_grad)
            made[id(tensor)] = empty
        return made[id(tensor)]

    for module in model.modules():
        for table in (module._parameters, module._buffers, vars(module)):
            places += [(table, name, tensor) for name, tensor in table.items() if isinstance(tensor, taeda.Tensor)]
    try:
        for table, name, tensor in places:
            table[name] = on_meta(tensor)
        yield
    finally:
        for table, name, tensor in places:
            table[name] = tensor
