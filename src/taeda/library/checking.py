"""`opcheck`: does a user's op do what its schema, its fake function and its gradient say?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda.library.definition import CustomOpDef, find
from taeda.testing.samples import map_tensors, tensors_of

_TESTS = ("test_schema", "test_autograd_registration", "test_faketensor", "test_aot_dispatch_dynamic")


class OpCheckError(Exception):
    """What `opcheck` found."""


def opcheck(
    op: str | CustomOpDef,
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None = None,
    *,
    test_utils: str | Sequence[str] = _TESTS,
    raise_exception: bool = True,
    atol: float | None = None,
    rtol: float | None = None,
) -> dict[str, Any]:
    """Run the named tests on a call of an op. Returns "SUCCESS" or the exception for each of them.

    test_schema: only what `mutates_args` names is written to, and nothing is handed through.
    test_autograd_registration: there is a gradient.
    test_faketensor: on "meta" the results have the sizes, strides and dtypes of the real ones.
    test_aot_dispatch_dynamic: the gradient is the same for the inputs in other memory.
    """
    definition = find(op)
    names = (test_utils,) if isinstance(test_utils, str) else tuple(test_utils)
    results: dict[str, Any] = {}
    for name in names:
        if name not in _TESTS:
            raise ValueError(f"opcheck: {name!r} is no test; expected some of {', '.join(_TESTS)}")
        try:
            _CHECKS[name](definition, list(args), dict(kwargs or {}), rtol, atol)
            results[name] = "SUCCESS"
        except Exception as error:
            if raise_exception:
                text = f"opcheck(op, ...): {name} failed with {error} (scroll up for stack trace)"
                raise OpCheckError(text) from error
            results[name] = error
    return results


def _copies(structure: Any) -> Any:
    return map_tensors(lambda t: t.detach().clone().requires_grad_(t.requires_grad), structure)


def _schema(op: CustomOpDef, args: list[Any], kwargs: dict[str, Any], rtol: Any, atol: Any) -> None:
    args, kwargs = map_tensors(lambda t: t.detach().clone(), (args, kwargs))
    before = map_tensors(lambda t: t.clone(), op._bind(tuple(args), kwargs))
    op(*args, **kwargs)
    after = op._bind(tuple(args), kwargs)
    for argument, old, new in zip(op._schema.arguments, before, after, strict=True):
        changed = any(not taeda.equal(a, b) for a, b in zip(tensors_of(old), tensors_of(new), strict=True))
        if changed and not argument.mutated:
            raise RuntimeError(f"Argument {argument.name} is not defined as mutable but was mutated")


def _registration(op: CustomOpDef, args: list[Any], kwargs: dict[str, Any], rtol: Any, atol: Any) -> None:
    wants = any(t.requires_grad for t in tensors_of((args, kwargs)))
    if wants and op._backward is None and op._composite is None and not op._schema.mutates:
        raise RuntimeError(f"{op._qualname} has no autograd formula, but its inputs require gradients: use "
                           "register_autograd")


def _fake(op: CustomOpDef, args: list[Any], kwargs: dict[str, Any], rtol: Any, atol: Any) -> None:
    real = tensors_of(op(*_copies(args), **_copies(kwargs)))
    meta = map_tensors(lambda t: t.detach().to("meta").requires_grad_(t.requires_grad), (args, kwargs))
    fake = tensors_of(op(*meta[0], **meta[1]))
    if len(real) != len(fake):
        raise AssertionError(f"there are {len(real)} results, but {len(fake)} from the fake impl")
    for k, (a, b) in enumerate(zip(real, fake, strict=True)):
        for what in ("shape", "dtype", "stride"):
            x, y = (getattr(t, what) for t in (a, b))
            x, y = (x(), y()) if callable(x) else (x, y)
            if x != y:
                raise AssertionError(f"result {k} has the {what} {x}, but {y} from the fake impl")


def _gradient(op: CustomOpDef, args: list[Any], kwargs: dict[str, Any], rtol: Any, atol: Any) -> None:
    if op._schema.mutates or not any(t.requires_grad for t in tensors_of((args, kwargs))):
        return
    from taeda.testing import assert_close

    def gradients(layout: Callable[[Any], Any]) -> list[Any]:
        given = map_tensors(lambda t: layout(t.detach()).requires_grad_(t.requires_grad), (args, kwargs))
        live = [y for y in tensors_of(op(*given[0], **given[1])) if y.requires_grad]
        inputs = [t for t in tensors_of(given) if t.requires_grad]
        if not live:
            return []
        found = taeda.autograd.grad(live, inputs, [taeda.ones_like(y) for y in live], allow_unused=True)
        return [taeda.zeros_like(x) if g is None else g for g, x in zip(found, inputs, strict=True)]

    plain = gradients(lambda t: t.clone())
    strided = gradients(lambda t: taeda.stack([t, t], -1).select(-1, 0))
    for a, b in zip(strided, plain, strict=True):
        assert_close(a, b, rtol=rtol, atol=atol)


_CHECKS = {"test_schema": _schema, "test_autograd_registration": _registration, "test_faketensor": _fake,
           "test_aot_dispatch_dynamic": _gradient}  # fmt: skip
