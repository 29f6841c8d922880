"""Compare gradients with finite differences.

`gradcheck` looks at first derivatives, `gradgradcheck` at second ones, by checking the gradient of the gradient. Both
ask for float64: the default tolerances are those of central differences in it. Complex outputs are looked at as two
functions, their real and their imaginary part. The source of the method is PyTorch's own, whose messages are kept.
"""

import functools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import taeda
from taeda import _core
from taeda.autograd.jacobians import (
    analytical_jacobian,
    as_tuple,
    difference_along,
    forward_jacobian,
    numerical_jacobian,
    tangents,
)
from taeda.autograd.reverse import grad

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Tensors = tuple[Any, ...]


class GradcheckError(RuntimeError):
    """A gradient is not what finite differences say."""


def _is_differentiable(value: Any) -> bool:
    return isinstance(value, taeda.Tensor) and value.requires_grad


def _differentiable_outputs(result: Any) -> Tensors:
    return tuple(output for output in as_tuple(result) if output.requires_grad)


def _check_inputs(inputs: Tensors) -> None:
    """float64, no overlaps, and at least one input that requires grad."""
    some = False
    for index, tensor in enumerate(inputs):
        if not _is_differentiable(tensor):
            continue
        some = True
        if tensor.dtype not in (taeda.float64, taeda.complex128):
            warnings.warn(
                f"Input #{index} requires gradient and is not a double precision floating point or complex. This "
                "check will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=4,
            )
        if not all(stride > 0 or size <= 1 for stride, size in zip(tensor.stride(), tensor.size(), strict=True)):
            raise RuntimeError(
                f"The {index}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                ".contiguous on the input before passing it to gradcheck."
            )
    if not some:
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )


_NONDETERMINISM = (
    "\n\nNOTE: If your op relies on non-deterministic operations i.e., it is listed "
    "here:\nhttps://pytorch.org/docs/stable/generated/torch.use_deterministic_algorithms.html\nthis failure might be "
    "expected.\n\nIf you are adding a new operator, please file an issue and then use one of the workarounds. The "
    "workaround depends on how your test invokes gradcheck/gradgradcheck.\nIf the test\n- manually invokes "
    "gradcheck/gradgradcheck, then call gradcheck/gradgradcheck\n  with `nondet_tol=<tol>` as a keyword argument.\n"
)


def _check_attributes(
    sizes_right: bool, dtypes_right: bool, differences: Sequence[float], nondet_tol: float, check_dtypes: bool
) -> None:
    if not dtypes_right and check_dtypes:
        raise GradcheckError("Gradient has dtype mismatch")
    if not sizes_right:
        raise GradcheckError("Analytical gradient has incorrect size")
    if any(difference > nondet_tol for difference in differences):
        raise GradcheckError(
            "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
            "different values, although analytical gradient matches numerical gradient.The tolerance for "
            f"nondeterminism was {nondet_tol}." + _NONDETERMINISM
        )


def _largest_difference(a: Any, b: Any) -> float:
    return (a - b).abs().max().item() if a.numel() else 0.0


def _close(a: Any, b: Any, rtol: float, atol: float) -> bool:
    dtype = taeda.promote_types(a.dtype, b.dtype)
    return taeda.allclose(a.to(dtype), b.to(dtype), rtol, atol)


def _mismatch(analytical: Any, numerical: Any, output: int, tensor: int, forward: bool = False) -> str:
    mode = "computed with forward mode " if forward else ""
    return (
        f"Jacobian {mode}mismatch for output {output:d} with respect to input {tensor:d},\n"
        f"numerical:{numerical}\nanalytical:{analytical}\n"
    )


def _gradients(output: Any, wanted: Tensors, start: Any) -> Tensors:
    """The gradients of `wanted`, zeros where there are none; the graph stays."""
    found = grad(output, wanted, start, retain_graph=True, allow_unused=True)
    return tuple(taeda.zeros_like(t) if g is None else g for g, t in zip(found, wanted, strict=True))


def _inner(a: Any, b: Any) -> Any:
    """How much a function with gradient `a` changes along `b`."""
    return (a * b.conj()).real.sum() if a.is_complex() else (a * b).sum()


def _check_slowly(
    func: Callable[..., Any],
    inputs: Tensors,
    outputs: Tensors,
    numbers: list[int],
    eps: float,
    rtol: float,
    atol: float,
    nondet_tol: float,
    check_dtypes: bool,
) -> None:
    """Whole Jacobians."""
    wanted = tuple(tensor for tensor in inputs if _is_differentiable(tensor))
    numerical = [numerical_jacobian(func, inputs, tensor, eps) for tensor in wanted]
    for output, number in zip(outputs, numbers, strict=True):
        first, sizes_right, dtypes_right = analytical_jacobian(output, wanted)
        second, _, _ = analytical_jacobian(output, wanted)
        differences = [_largest_difference(a, b) for a, b in zip(first, second, strict=True)]
        _check_attributes(sizes_right, dtypes_right, differences, nondet_tol, check_dtypes)
        for k, analytical in enumerate(first):
            if not _close(analytical, numerical[k][number], rtol, atol):
                raise GradcheckError(_mismatch(analytical, numerical[k][number], number, k))


def _check_fast(
    func: Callable[..., Any],
    inputs: Tensors,
    outputs: Tensors,
    numbers: list[int],
    eps: float,
    rtol: float,
    atol: float,
    nondet_tol: float,
    check_dtypes: bool,
) -> None:
    """One number per pair of input and output: v'Ju for random u and v, from one difference and one backward."""
    generator = taeda.Generator()
    generator.manual_seed(0)

    def random_like(tensor: Any) -> Any:
        found = taeda.rand(tensor.shape, generator=generator, dtype=tensor.dtype)
        norm = found.norm()
        return found / norm if tensor.numel() else found

    wanted = tuple(tensor for tensor in inputs if _is_differentiable(tensor))
    directions = [random_like(tensor) for tensor in wanted]
    numerical = [difference_along(func, inputs, tensor, direction, eps)
                 for tensor, direction in zip(wanted, directions, strict=True)]
    for output, number in zip(outputs, numbers, strict=True):
        v = random_like(output)
        first, second = (_gradients(output, wanted, v) for _ in range(2))
        sizes_right = all(g.size() == t.size() for g, t in zip(first, wanted, strict=True))
        dtypes_right = all(g.dtype == t.dtype for g, t in zip(first, wanted, strict=True))
        differences = [_largest_difference(a, b) for a, b in zip(first, second, strict=True)]
        _check_attributes(sizes_right, dtypes_right, differences, nondet_tol, check_dtypes)
        for k, gradient in enumerate(first):
            analytical = _inner(gradient, directions[k])
            expected = (numerical[k][number] * v).sum()
            if _close(analytical, expected, rtol, atol):
                continue
            # The whole Jacobians say where.
            message = _mismatch(analytical, expected, number, k)
            slow = numerical_jacobian(func, inputs, wanted[k], eps)[number]
            whole = analytical_jacobian(output, wanted)[0][k]
            agrees = _close(whole, slow, rtol, atol)
            raise GradcheckError(
                message
                + "\nThe above quantities relating the numerical and analytical jacobians are computed in fast mode. "
                "See: https://github.com/pytorch/pytorch/issues/53876 for more background about fast mode. Below, we "
                "recompute numerical and analytical jacobians in slow mode:\n\nNumerical:\n "
                f"{slow}\nAnalytical:\n{whole}\n\nThe max per-element difference (slow mode) is: "
                f"{_largest_difference(whole, slow)}.\n"
                + (
                    "Fast gradcheck failed but element-wise differences are small. This means that the test might've "
                    "passed in slow_mode!\n"
                    if agrees
                    else ""
                )
            )


def _check_forward(func: Callable[..., Any], inputs: Tensors, eps: float, rtol: float, atol: float, fast: bool) -> None:
    """Jacobians by forward mode; if `fast`, how outputs change along one random direction of each input."""
    for k, tensor in enumerate(tensor for tensor in inputs if _is_differentiable(tensor)):
        if fast:
            direction = taeda.rand_like(tensor.detach())
            found = tangents(func, inputs, tensor, direction)
            numerical = difference_along(func, inputs, tensor, direction, eps)
        else:
            found, numerical = forward_jacobian(func, inputs, tensor), numerical_jacobian(func, inputs, tensor, eps)
        for number, (analytical, expected) in enumerate(zip(found, numerical, strict=True)):
            if not _close(analytical, expected, rtol, atol):
                raise GradcheckError(_mismatch(analytical, expected, number, k, forward=True))


def _check_together(function: Callable[[Any], Sequence[Any]], like: Any, output: int | None = None,
                    tensor: int | None = None) -> None:
    """What the function gives for several tensors at once, by vmap, is what it gives for one after the other. It is
    about the output or the input of that number; the other's is that of its result."""
    given = taeda.randn((2, *like.shape), dtype=like.dtype)
    expected = [taeda.stack(shares) for shares in zip(*map(function, given), strict=True)]
    try:
        together = taeda.vmap(function)(given)
    except RuntimeError as error:
        raise GradcheckError(f"While computing batched gradients, got: {error}") from error
    for k, (found, alone) in enumerate(zip(together, expected, strict=True)):
        if not taeda.allclose(found, alone):
            raise GradcheckError(
                f"For output {k if output is None else output} and input {k if tensor is None else tensor}:\n\n"
                "gradcheck or gradgradcheck failed while testing batched gradient computation."
                f"\n\nGot:\n{found}\n\nExpected:\n{alone}"
            )


def _check_batched(outputs: Tensors, wanted: Tensors) -> None:
    """Gradients of several starts."""
    for number, output in enumerate(outputs):
        _check_together(functools.partial(_gradients, output, wanted), output, output=number)


def _check_batched_forward(func: Callable[..., Any], inputs: Tensors) -> None:
    """Changes along several directions."""
    for number, tensor in enumerate(inputs):
        if _is_differentiable(tensor):
            _check_together(functools.partial(tangents, func, inputs, tensor), tensor, tensor=number)


# -- further checks -------------------------------------------------------------------------------------------------


def _check_nothing_differentiable(func: Callable[..., Any], inputs: Tensors, eps: float) -> None:
    for tensor in inputs:
        if _is_differentiable(tensor):
            for matrix in numerical_jacobian(func, inputs, tensor, eps):
                if matrix.numel() and matrix.abs().max().item() != 0:
                    raise GradcheckError("Numerical gradient for function expected to be zero")


def _check_multiplied_by_gradient(outputs: Tensors, wanted: Tensors) -> None:
    """Zero in, zero out."""
    found = grad(outputs, wanted, [taeda.zeros_like(o) for o in outputs], allow_unused=True, retain_graph=True)
    for gradient, tensor in zip(found, wanted, strict=True):
        if gradient is None:
            continue
        if not gradient.eq(0).all():
            raise GradcheckError("backward not multiplied by grad_output")
        if gradient.dtype != tensor.dtype:
            raise GradcheckError("grad is incorrect type")
        if gradient.device != tensor.device:
            raise GradcheckError("grad is incorrect device")
        if gradient.size() != tensor.size():
            raise GradcheckError("grad is incorrect size")


def _check_undefined(func: Callable[..., Any], inputs: Tensors, wanted: Tensors) -> None:
    """No gradient for all outputs, or for one of several, counts as zero."""

    def check(outputs: list[Any]) -> None:
        try:
            found = grad(outputs, wanted, [taeda.zeros_like(o) for o in outputs], allow_unused=True)
        except RuntimeError as error:
            raise GradcheckError(
                'Expected backward function to handle undefined output grads. Please look at "Notes about undefined '
                'output gradients" in "tools/autograd/derivatives.yaml"'
            ) from error
        if any(gradient is not None and not gradient.eq(0).all() for gradient in found):
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                "Please look at "
                '"Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
            )

    outputs = _differentiable_outputs(func(*inputs))
    check([_core.undefined_gradient(output) for output in outputs])
    for k in range(len(outputs) if len(outputs) > 1 else 0):
        fresh = _differentiable_outputs(func(*inputs))
        check([_core.undefined_gradient(output) if index == k else output for index, output in enumerate(fresh)])


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """Check the gradients of `func` (tensors to a tensor or a tuple) at `inputs` against central differences of width
    `eps`.

    True, or a GradcheckError that shows both Jacobians; with `raise_exception=False` False instead. Also checked: two
    backwards give the same (up to `nondet_tol`), zero gradients give zeros, and missing ones count as zeros
    (`check_undefined_grad`). `fast_mode` compares one random projection of the Jacobian in place of all its elements.

    >>> import taeda
    >>> x = taeda.tensor([0.5, 1.5], dtype=taeda.float64, requires_grad=True)
    >>> taeda.autograd.gradcheck(taeda.sin, (x,))
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_batched_forward_grad and not check_forward_ad:
        raise AssertionError("Setting check_batched_forward_grad=True requires check_forward_ad to be True")
    tensors = as_tuple(inputs)
    try:
        _check_inputs(tensors)
        for part, of_part in _parts(func, tensors):
            try:
                if check_forward_ad:
                    _check_forward(of_part, tensors, eps, rtol, atol, fast_mode)
                    if check_batched_forward_grad:
                        _check_batched_forward(of_part, tensors)
                if check_backward_ad:
                    _check_backward(
                        of_part, tensors, eps, atol, rtol, nondet_tol, check_grad_dtypes, check_batched_grad, fast_mode
                    )
            except GradcheckError as error:
                if part:
                    where = f"While considering the {part} part of complex outputs only, "
                    raise GradcheckError(where + str(error)) from None
                raise
        if check_backward_ad:
            _check_zeros(func, tensors, check_undefined_grad)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def _parts(func: Callable[..., Any], inputs: Tensors) -> list[tuple[str, Callable[..., Any]]]:
    """Functions with real outputs that are together `func`, and of which part of it each is ("": of its real ones).
    Other outputs of theirs are zeros, so that all have the same numbers."""
    result = as_tuple(func(*inputs))

    def of(part: str) -> Callable[..., Any]:
        def chosen(output: Any) -> Any:
            if output.is_complex() == bool(part):
                return getattr(output, part) if part else output
            return taeda.zeros(output.shape, dtype=taeda.float64)

        return lambda *given: tuple(map(chosen, as_tuple(func(*given))))

    if not any(output.is_complex() for output in result):
        return [("", func)]
    parts = [("imaginary", of("imag")), ("real", of("real"))]
    if any(output.is_floating_point() for output in result):
        parts.append(("", of("")))
    return parts


def _check_backward(
    func: Callable[..., Any],
    inputs: Tensors,
    eps: float,
    atol: float,
    rtol: float,
    nondet_tol: float,
    check_dtypes: bool,
    check_batched: bool,
    fast: bool,
) -> None:
    result = as_tuple(func(*inputs))
    outputs = _differentiable_outputs(result)
    if not outputs:
        _check_nothing_differentiable(func, inputs, eps)
        return
    # The place of each differentiable output among the floating point ones, which are those that differences are taken
    # of.
    floating = [output for output in result if output.is_floating_point()]
    numbers = [k for k, output in enumerate(floating) if output.requires_grad]
    check = _check_fast if fast else _check_slowly
    check(func, inputs, outputs, numbers, eps, rtol, atol, nondet_tol, check_dtypes)
    if check_batched:
        _check_batched(outputs, tuple(tensor for tensor in inputs if _is_differentiable(tensor)))


def _check_zeros(func: Callable[..., Any], inputs: Tensors, check_undefined: bool) -> None:
    outputs = _differentiable_outputs(func(*inputs))
    if not outputs:
        return
    wanted = tuple(tensor for tensor in inputs if _is_differentiable(tensor))
    _check_multiplied_by_gradient(outputs, wanted)
    if check_undefined:
        _check_undefined(func, inputs, wanted)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Any = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """`gradcheck` of the gradient of `func`, with respect to `inputs` and to the gradients `grad_outputs` it starts
    from (random if None).
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_undefined_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_undefined_grad=True requires check_rev_over_rev to be True")
    if check_batched_grad and not check_rev_over_rev:
        raise AssertionError("Setting check_batched_grad=True requires check_rev_over_rev to be True")
    if check_fwd_over_rev:
        raise NotImplementedError("gradgradcheck(check_fwd_over_rev=True): forward mode through a backward is not "
                                  "there yet; torch.func.jvp of torch.func.grad is")
    tensors = as_tuple(inputs)
    if grad_outputs is None:
        outputs = _differentiable_outputs(func(*tensors))
        starts = tuple(_random_start(output, gen_non_contig_grad_outputs) for output in outputs)
    else:
        starts = as_tuple(grad_outputs)
    with_grad = [_is_differentiable(tensor) for tensor in tensors + starts]

    def gradient(*arguments: Any) -> Tensors:
        arguments = tuple(a.requires_grad_() if needs else a for a, needs in zip(arguments, with_grad, strict=True))
        given, first = arguments[: len(tensors)], arguments[len(tensors) :]
        wanted = tuple(tensor for tensor, needs in zip(given, with_grad, strict=False) if needs)
        with taeda.enable_grad():
            found = grad(_differentiable_outputs(func(*given)), wanted, first, create_graph=True, allow_unused=True)
        return tuple(g for g in found if g is not None)

    return gradcheck(
        gradient,
        tensors + starts,
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )


def _random_start(output: Any, non_contiguous: bool) -> Any:
    """Uniform in (-1, 1), shaped like `output`; every second element of a larger tensor if it is to have strides."""
    shape = tuple(output.shape)
    with taeda.no_grad():
        if non_contiguous and output.numel() > 1:
            found = (taeda.rand((*shape, 2), dtype=output.dtype) * 2 - 1)[..., 0]
        else:
            found = taeda.rand(shape, dtype=output.dtype) * 2 - 1
        return found.detach().requires_grad_()
