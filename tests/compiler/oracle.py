"""Runs ops without the core: Program descriptions through the interpreter, against PyTorch."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from taeda.compiler import pipeline
from taeda.compiler.differentiate import gradients
from taeda.compiler.expand import expand
from taeda.compiler.fuse import fuse
from taeda.compiler.lower import lower
from taeda.ir import program_interpreter
from taeda.ops.op import Op
from taeda.runtime import programs
from taeda.runtime.devices import target_of

torch = pytest.importorskip("torch")


def make(*shape: int, dtype: str = "float32", low: float | None = None, high: float | None = None) -> torch.Tensor:
    """A random tensor for samples; floats require gradients. Bounds are [low, high); floats are normal by default."""
    shape = shape[0] if len(shape) == 1 and isinstance(shape[0], tuple) else shape  # type: ignore[assignment]
    kind = getattr(torch, dtype)
    if dtype == "bool":
        return torch.rand(shape) < 0.5
    if not kind.is_floating_point:
        least = -9 if kind.is_signed else 0
        return torch.randint(int(least if low is None else low), int(10 if high is None else high), shape, dtype=kind)
    if low is None and high is None:
        x = torch.randn(shape, dtype=torch.float64)
    else:
        bottom = 0.0 if low is None else low
        top = bottom + 2.0 if high is None else high
        x = torch.rand(shape, dtype=torch.float64) * (top - bottom) + bottom
    return x.to(kind).requires_grad_()


def name_of(t: torch.Tensor) -> str:
    return str(t.dtype).removeprefix("torch.")


def to_interpreter(t: torch.Tensor) -> program_interpreter.Tensor:
    t = t.detach()
    if t.dtype == torch.bfloat16:
        return program_interpreter.Tensor(t.contiguous().view(torch.int16).numpy().view(np.uint16).copy(), "bfloat16")
    return program_interpreter.Tensor(t.numpy().copy(), name_of(t))


def from_interpreter(x: program_interpreter.Tensor) -> torch.Tensor:
    array = np.ascontiguousarray(x.array).reshape(x.array.shape)
    if x.dtype == "bfloat16":
        return torch.from_numpy(array.view(np.int16).copy()).view(torch.bfloat16)
    return torch.from_numpy(array.copy())


def arguments(op: Op, args: Sequence[Any], kwargs: dict[str, Any]) -> tuple[tuple[Any, ...], list[Any], list[Any]]:
    """The key of a call, its tensor inputs and its run-time attributes (runtime/programs.py)."""
    rest = list(args)
    key: list[Any] = []
    tensors: list[Any] = []
    attributes: list[Any] = []
    for p in op.parameters:
        if p.kind == "Tensors" and rest and isinstance(rest[0], torch.Tensor):  # f(a, b) for f((a, b))
            count = next((k for k, x in enumerate(rest) if not isinstance(x, torch.Tensor)), len(rest))
            value, rest = rest[:count], rest[count:]
        else:
            value = rest.pop(0) if rest and not p.keyword_only else kwargs.get(p.name, p.default)
        if p.kind == "Generator":
            key.append(("generator",))
            attributes += [0x1234567, 0]
            continue
        if p.kind == "float" and p.has_default and isinstance(value, float) and value == p.default:
            key.append(("default",))
            continue
        if p.kind in ("Tensor", "TensorOrNumber") and isinstance(value, torch.Tensor):
            key.append(("tensor", name_of(value), value.ndim))
            tensors.append(value)
        elif value is None:
            key.append(None)
            if p.kind in ("Tensor", "TensorOrNumber"):
                tensors.append(None)
        elif p.kind == "Tensors":
            if isinstance(value, torch.Tensor):  # each tensor an argument of its own
                value, rest = [value, *rest], []
            key.append(("tensors", tuple((name_of(t), t.ndim) for t in value)))
            tensors += value
        elif p.kind in ("TensorOrNumber", "Number", "float"):
            if p.kind == "TensorOrNumber":
                tensors.append(None)
            key.append(("number", type(value).__name__))
            attributes.append(value)
        elif p.kind == "SymInt":
            key.append(("int",))
            attributes.append(value)
        elif p.kind == "Sizes":
            value = (value,) if isinstance(value, int) else tuple(value)
            key.append(("sizes", len(value)))
            attributes.append(value)
        else:
            key.append(("static", tuple(value) if isinstance(value, list) else value))
    return tuple(key), tensors, attributes


def run(op: Op, args: Sequence[Any], kwargs: dict[str, Any],
        grads: Callable[[list[torch.Tensor]], Sequence[torch.Tensor | None]] | None = None
        ) -> tuple[list[torch.Tensor], dict[int, torch.Tensor]]:
    """Outputs, and the gradients of the tensor inputs that require one (by number)."""
    key, tensors, attributes = arguments(op, args, kwargs)
    inputs = [None if t is None else to_interpreter(t) for t in tensors]
    outputs = program_interpreter.run(programs.compile_forward(op.name, key), inputs, attributes, programs.kernels)
    found = [from_interpreter(o) for o in outputs]
    needs = sum(1 << k for k, t in enumerate(tensors) if t is not None and t.requires_grad)
    if not needs or grads is None:
        return found, {}
    given = grads(found)
    backward = programs.compile_backward(op.name, key, needs, tuple(g is not None for g in given))
    passed = [to_interpreter(g) for g in given if g is not None]
    passed += [outputs[k] if kind == "output" else inputs[k] for kind, k in backward["saved"]]
    results = program_interpreter.run(backward["program"], passed, attributes, programs.kernels)
    return found, {k: from_interpreter(g) for k, g in zip(backward["grads"], results, strict=True)}


def reference(op: Op) -> Callable[..., Any] | None:
    """PyTorch's function of the same name."""
    places = {"torch": torch, "nn.functional": torch.nn.functional, "linalg": torch.linalg, "special": torch.special}
    for space in (*(places[m] for m in op.modules if m in places), torch.Tensor):
        if op.public and hasattr(space, op.public):
            return getattr(space, op.public)
    return None


def uses_templates(program: dict[str, Any]) -> bool:
    return any(i[0] == "launch" for i in program["instructions"])


def second_order(op: Op, args: Sequence[Any], kwargs: dict[str, Any], grads: Sequence[torch.Tensor | None],
                 vectors: dict[int, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Gradients of sum(vectors[k] * gradient of input k) by the inputs ("0", "1", ...) and by `grads` ("g0", ...)."""
    key, tensors, attributes = arguments(op, args, kwargs)
    needs = sum(1 << k for k, t in enumerate(tensors) if t is not None and t.requires_grad)
    first = pipeline.differentiate(op, key, needs, [g is not None for g in grads])
    graph = first.traced.graph
    wanted = [(k, v) for k, v in first.wanted if k in vectors]
    seeds = [graph.input(v.dtype, v.dims, f"vector{k}") for k, v in wanted]
    sources = {str(k): v for k, v in enumerate(first.traced.tensors) if v is not None and needs >> k & 1}
    sources |= {f"g{k}": v for k, v in enumerate(first.grads) if v is not None}
    found = gradients(graph, [v for _, v in wanted], seeds, list(sources.values()))
    names = [n for n, g in zip(sources, found, strict=True) if g is not None]
    leaves = [v for v in [*first.traced.tensors, *first.grads, *seeds] if v is not None]
    expanded = expand(graph, [g for g in found if g is not None], [(v, v.label) for v in leaves], effects=False)
    target = target_of("cpu")
    program = lower(expanded, expanded.inputs, fuse(expanded), target,
                    functools.partial(programs.register_kernel, target))
    given = [t for t in [*tensors, *grads] if t is not None] + [vectors[k] for k, _ in wanted]
    results = program_interpreter.run(program, [to_interpreter(t) for t in given], attributes, programs.kernels)
    return {n: from_interpreter(r) for n, r in zip(names, results, strict=True)}
