"""Programs that compilers of Python trip over: each runs unchanged, with the same results, effects and errors."""

from __future__ import annotations

import asyncio
import copy
import gc
import io
import pickle
import random
import weakref
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from typing import Any

import numpy
import pytest
from side_by_side import in_threads

import taeda

PROGRAMS: dict[str, Callable[[Any], Any]] = {}


def program(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    PROGRAMS[function.__name__] = function
    return function


@program
def branch_on_a_value(x: Any) -> Any:
    y = x.sin()
    if y.sum() > 0:
        return y * 2
    return y - 1


@program
def loop_until_a_value(x: Any) -> Any:
    count = 0
    while x.abs().max() > 0.1 and count < 20:
        x = x * 0.5
        count += 1
    return x, count


@program
def lists_and_dicts(x: Any) -> Any:
    parts = {"rows": [r * k for k, r in enumerate(x)], "whole": x.exp()}
    parts["rows"].reverse()
    return {"sum": sum(parts["rows"]), **parts}


@program
def closure(x: Any) -> Any:
    total = x * 0

    def add(y: Any) -> None:
        nonlocal total
        total = total + y

    for k in range(3):
        add(x * k)
    return total


@program
def mutation_of_inputs(x: Any) -> Any:
    y = x + 1
    x.mul_(2)
    z = x + y
    x[0] = 7
    x[:, 1:].add_(z[:, 1:])
    return y, z, x


@program
def write_after_read(x: Any) -> Any:
    y = x.t() @ x
    x.zero_()
    return y, x


@program
def write_to_a_view(x: Any) -> Any:
    y = x * 3
    row = y[1]
    twice = row * 2
    row.fill_(5)
    y.t()[0].add_(1)
    return y, row, twice


@program
def results_in_given_places(x: Any) -> Any:
    out = taeda.empty(0)
    y = taeda.add(x, 1, out=out)
    z = out * 2
    taeda.mul(z, z, out=z)
    return y, z, out


@program
def printing(x: Any) -> Any:
    y = x * 2
    print(y.sum().item() > 0, y[0, 0])
    return y + 1


@program
def exception_caught(x: Any) -> Any:
    y = x.cos()
    try:
        y = y @ taeda.ones(99, 2)
    except RuntimeError as error:
        return y, str(error)
    return y


@program
def index_out_of_range_caught(x: Any) -> Any:
    y = x.cos()
    try:
        y = y[taeda.tensor([99])]
    except IndexError as error:
        return y, str(error)
    return y


@program
def division_by_zero_caught(x: Any) -> Any:
    whole = (x * 0).long()
    try:
        return whole // whole
    except RuntimeError as error:
        return str(error)


@program
def division_towards_zero_caught(x: Any) -> Any:
    whole = (x * 0).long()
    try:
        return taeda.div(whole, whole, rounding_mode="trunc")
    except RuntimeError as error:
        return str(error)


@program
def exception_not_caught(x: Any) -> Any:
    y = x.cos()
    x.add_(y)
    raise ValueError("in the middle")


@program
def generator(x: Any) -> Any:
    def steps(y: Any) -> Iterator[Any]:
        for _ in range(3):
            y = y.sin() + y
            yield y

    return [y.sum() for y in steps(x)]


@program
def numpy_in_the_middle(x: Any) -> Any:
    y = (x * 2).sin()
    array = y.numpy()
    before = y + 1
    array += 1
    after = y + 1
    return taeda.from_numpy(numpy.sort(array, axis=0)) + 1, before, after, y


@program
def shared_with_numpy(x: Any) -> Any:
    array = numpy.ones(4, numpy.float32)
    t = taeda.from_numpy(array)
    y = t * 2
    array[:] = 9
    return y, t * 2


@program
def recursion(x: Any, depth: int = 4) -> Any:
    return x if depth == 0 else recursion(x * 0.5, depth - 1) + x


@program
def early_return(x: Any) -> Any:
    for k in range(5):
        x = x - 0.3
        if x.mean() < 0:
            return x, k
    return None


@program
def threads(x: Any) -> Any:
    shared = x.exp()
    return in_threads(4, lambda k: (shared * k).sum() + k)


@program
def nested(x: Any) -> Any:
    inner = taeda.compile(lambda y: y.sin() * 2)
    return inner(x) + inner(x + 1)


@program
def disabled(x: Any) -> Any:
    return taeda.compiler.disable(lambda y: y.exp() + 1)(x * 2) * 3


@program
def random_numbers(x: Any) -> Any:
    y = taeda.randn(3) + taeda.nn.functional.dropout(x, 0.5)
    if taeda.rand(()) > 0.5:
        y = y * taeda.randn(1)
    return y, taeda.randperm(5), taeda.bernoulli(x.sigmoid())


@program
def sizes_from_values(x: Any) -> Any:
    y = x[x > 0]
    return y * 2, y.shape, taeda.nonzero(x > 0), x.unique()


@program
def views_out_of_order(x: Any) -> Any:
    y = x * 2
    part, other = y[1:], y.t()[1:3]
    z = taeda.as_strided(y, (2, 2), (1, 2), 1)
    return part + 1, other * other, z - 1, y.reshape(-1)[::2] * 1, y.is_contiguous(), other.stride()


@program
def backward_with_hooks(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    seen = []
    y = x.sin()
    y.register_hook(lambda g: seen.append(g.sum()) or g * 2)
    y.retain_grad()
    (y * y).sum().backward()
    (x * 2).sum().backward()
    return x.grad, y.grad, seen


@program
def second_derivative(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    (g,) = taeda.autograd.grad((x ** 3).sum(), x, create_graph=True)
    (h,) = taeda.autograd.grad((g * x).sum(), x)
    return g, h


@program
def own_function(x: Any) -> Any:
    class Clip(taeda.autograd.Function):
        @staticmethod
        def forward(ctx: Any, y: Any) -> Any:
            ctx.save_for_backward(y)
            return y.clamp(-0.5, 0.5)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (y,) = ctx.saved_tensors
            return g * (y.abs() < 0.5)

    x = x.detach().clone().requires_grad_()
    y = Clip.apply(x * 2)
    y.sum().backward()
    return y, x.grad


@program
def changed_after_saving(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    y = x.exp()
    y.add_(1)
    y.sum().backward()


@program
def aliases_of_an_input(x: Any) -> Any:
    return x, x.view(-1), x.detach(), x.contiguous(), x.t().t()


@program
def several_dtypes(x: Any) -> Any:
    y = x.to(taeda.bfloat16) * 3
    return y, y.float() + x, (x > 0) & (y > 0), x.double().sum(), x.half() @ x.half().t(), (x * 10).int() % 7


@program
def empty_and_scalar(x: Any) -> Any:
    return x[:0] * 2, x[:0].sum(), taeda.tensor(2.0) * x, x.sum() * taeda.ones(()), taeda.zeros(0, 3).t() + 1


@program
def long_sums(x: Any) -> Any:
    y = x.reshape(-1)[:1].expand(40000) * taeda.arange(40000)
    return y.sum(), (y * y).mean(), y.softmax(0).sum(), (y.view(4, 10000) + 1).sum(1)


@program
def saved_to_a_file(x: Any) -> Any:
    y, file = x.tan(), io.BytesIO()
    taeda.save({"y": y}, file)
    file.seek(0)
    return taeda.load(file)["y"] + y


@program
def on_meta(x: Any) -> Any:
    y = (x * 2).to("meta")
    return (y + 1).shape, x + 1


@program
def attributes_of_objects(x: Any) -> Any:
    class Holder:
        pass

    h = Holder()
    h.value = x * 2
    for _ in range(3):
        h.value = h.value + x
    return h.value


@program
def copies_and_fills(x: Any) -> Any:
    y = taeda.empty_like(x)
    y.copy_(x * 2)
    z = y.clone()
    y.zero_()
    z[0].copy_(y[1])
    w = taeda.full_like(x, 3)
    w[w > 2] = 1
    return y, z, w


@program
def writes_to_what_was_computed(x: Any) -> Any:
    y = x * 2
    before = y[0]
    z = y + 1
    y.mul_(3)
    w = y - z
    y.add_(w).relu_()
    y += 1
    return y, z, w, before, y.t()


@program
def writes_that_convert(x: Any) -> Any:
    whole = (x * 10).int()
    whole.add_(whole)
    half = x.half()
    half.mul_(x)
    try:
        whole.mul_(0.5)
    except RuntimeError as error:
        return whole, half, str(error)
    return whole, half


@program
def writes_under_gradients(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    y = x * 2
    y.sin_().mul_(x)
    row = y[0]
    row.mul_(2)
    y.sum().backward()
    return y, x.grad


@program
def gradients_added_up(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    for k in range(3):
        (x * k).sin().sum().backward()
    x.grad.mul_(0.5)
    return x.grad


@program
def gradients_zeroed_in_place(x: Any) -> Any:
    w = taeda.ones(2, 3, requires_grad=True)
    for _ in range(3):
        if w.grad is not None:
            w.grad.zero_()
        (taeda.nn.functional.linear(x, w) * x[:, :2]).sum().backward()
    return w.grad


@program
def array_of_its_own(x: Any) -> Any:
    y = taeda.from_numpy(numpy.arange(12, dtype=numpy.float32).reshape(4, 3)) * 2 + x
    kept = numpy.arange(12, dtype=numpy.float32)
    z = taeda.from_numpy(kept.reshape(4, 3)) * 2
    kept[:] = 0
    w = x * 3
    array = w.numpy()
    v = w + 1
    array[:] = 5
    del array
    return y, z, v, w + 1

@program
def pieces_and_writes(x: Any) -> Any:
    y = x * 2
    a, b = y.split(2)
    c, d, e = y.unbind(1)
    a.mul_(3)
    f = b + a
    y[1:3, ::2] += 1
    return y, a * 1, b * 1, c + d, e.sum(), f, [p.exp() for p in y.chunk(3, 1)]


@program
def basic_indices(x: Any) -> Any:
    y = x.sin()
    return (y[..., None, 1] * 2, y[1:, :2].t() @ y[1:, 1:], y[None, ::2, 1:].sum(-1), y[-1] + y[0], y[:, 0][2] * 3,
            y[2:2].sum(), y.diagonal() * 2, y.unfold(0, 2, 1).mean(-1))


@program
def gradients_of_pieces(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    a, b = (x * 2).split((1, 3))
    first, *_ = x.exp().unbind()
    (a.sum() * 3 + (b[1:] ** 2).sum() + first[1]).backward()
    return x.grad


@program
def numbers_of_tensors(x: Any) -> Any:
    n = int(x.abs().sum()) % 3 + 1
    total = sum(float(r.sum()) for r in x[:n])
    return f"{x[0, 0]:.3f} {n}", round(total, 4), x.tolist(), [x * k for k in range(n)], bool((x > 9).any())


@program
def sorted_by_values(x: Any) -> Any:
    rows = sorted(x.cos().unbind(), key=lambda r: r.sum().item())
    named = {f"{k}:{r.argmax().item()}": r * k for k, r in enumerate(rows)}
    return named, max(rows, key=lambda r: float(r[0])), min(x.view(-1)), rows[0] in (rows[0],)


@program
def and_or_in(x: Any) -> Any:
    a, b = x.sum(), x.mean()
    return (a and b), (a > 0 or b), not (a < b), a if a > b else b, x.any() and x.all()


@program
def loop_with_else(x: Any) -> Any:
    seen = []
    for k, row in enumerate(x):
        if row[0] > 1.5:
            break
        if row[1] < 0:
            continue
        seen.append(row * k)
    else:
        seen.append(x.sum())
    return seen


@program
def finally_writes(x: Any) -> Any:
    y = x.exp()
    try:
        try:
            y.add_(1)
            return y.view(5, 5)
        finally:
            y.mul_(2)
    except RuntimeError as error:
        return y, type(error).__name__


@program
def generator_that_is_sent_to(x: Any) -> Any:
    def running() -> Iterator[Any]:
        total = x * 0
        while True:
            given = yield total
            if given is None:
                return
            total = total + given

    sums = running()
    next(sums)
    found = [sums.send(r * 2) for r in x]
    sums.close()
    return found


@program
def context_managers(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    with taeda.no_grad():
        a = x * 2
        with taeda.enable_grad():
            b = a * x
    with taeda.set_grad_enabled(False):
        x.add_(1)
    with taeda.inference_mode():
        c = (x * 3).sum()
    b.sum().backward()
    return a, b, c + 0, x.grad, x


@program
def sorting_by_recursion(x: Any) -> Any:
    def quick(v: Any) -> Any:
        if len(v) < 2:
            return v
        pivot, rest = v[0], v[1:]
        return taeda.cat([quick(rest[rest < pivot]), pivot[None], quick(rest[rest >= pivot])])

    return quick(x.tanh().reshape(-1))


@program
def greedy_decoding(x: Any) -> Any:
    table, token, found = x @ x.t(), taeda.tensor(0), []
    for _ in range(6):
        scores = table[token] + taeda.nn.functional.embedding(token, table)
        table[token] = -9
        token = scores.argmax()
        found.append(token)
    return taeda.stack(found), table


@program
def descent_until_it_is_flat(x: Any) -> Any:
    w, steps = taeda.zeros(3, requires_grad=True), 0
    target = x.sum(1)
    while steps < 30:
        loss = ((x @ w - target) ** 2).mean()
        (g,) = taeda.autograd.grad(loss, w)
        if g.norm() < 0.05:
            break
        with taeda.no_grad():
            w -= 0.1 * g
        steps += 1
    return w, steps


@program
def error_in_a_hook(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    y = x * 2

    def hook(g: Any) -> None:
        raise KeyError("in the hook")

    handle = y.register_hook(hook)
    try:
        y.sum().backward()
    except KeyError as error:
        handle.remove()
        (y * 3).sum().backward()
        return x.grad, str(error)
    return None


@program
def copies_of_what_is_put_off(x: Any) -> Any:
    y = x.sin()
    a, b = copy.copy(y), copy.deepcopy({"y": [y, y]})
    y.add_(1)
    return a, b, pickle.loads(pickle.dumps(y * 2)), b["y"][0] is b["y"][1]


@program
def modules_and_schedules(x: Any) -> Any:
    model = taeda.nn.Sequential(taeda.nn.Linear(3, 4), taeda.nn.BatchNorm1d(4), taeda.nn.Dropout(0.5),
                                taeda.nn.Linear(4, 2))
    optimizer = taeda.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    schedule = taeda.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
    losses = []
    for k in range(5):
        model.train(k % 2 == 0)
        optimizer.zero_grad(set_to_none=k % 3 == 0)
        loss = taeda.nn.functional.cross_entropy(model(x), taeda.tensor([0, 1, 1, 0]))
        loss.backward()
        taeda.nn.utils.clip_grad_norm_(model.parameters(), 0.5)
        optimizer.step()
        schedule.step()
        losses.append(loss)
    return losses, dict(model.state_dict()), optimizer.param_groups[0]["lr"]


@program
def closure_of_an_optimizer(x: Any) -> Any:
    w = taeda.zeros(3, requires_grad=True)
    optimizer = taeda.optim.LBFGS([w], max_iter=4)
    calls = []

    def loss() -> Any:
        optimizer.zero_grad()
        value = ((x @ w - 1) ** 2).sum()
        value.backward()
        calls.append(value.item())
        return value

    optimizer.step(loss)
    return w, calls


@program
def subclass(x: Any) -> Any:
    class Named(taeda.Tensor):
        log: list[str] = []

        @classmethod
        def __torch_function__(cls, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            cls.log.append(getattr(function, "__name__", "?"))
            return super().__torch_function__(function, types, args, kwargs or {})

    y = x.as_subclass(Named)
    z = (y + 1).sin()
    return type(z).__name__, z.as_subclass(taeda.Tensor) * 2, Named.log[:2]


@program
def detached_and_written(x: Any) -> Any:
    x = x.detach().clone().requires_grad_()
    y = x * 2
    z = y.detach()
    z[0] = 0
    w = y.data
    w.add_(1)
    y.sum().backward()
    return y, z, w, x.grad


@program
def broadcast_and_written(x: Any) -> Any:
    base = x[:, :1] * 1
    wide = base.expand(4, 5)
    total = wide.sum(0)
    base.fill_(2)
    return total, wide.sum(0), wide.is_contiguous(), base


@program
def coroutine(x: Any) -> Any:
    async def half(y: Any) -> Any:
        await asyncio.sleep(0)
        return y / 2

    async def everything() -> Any:
        return await asyncio.gather(*(half(r) for r in x))

    return asyncio.run(everything())


@program
def python_random_control_flow(x: Any) -> Any:
    choices = random.Random(3)
    for _ in range(12):
        match choices.randrange(4), x.shape:
            case 0, _:
                x = x.sin()
            case 1, (rows, columns) if rows > columns:
                x = x.t()
            case 2, (rows, _):
                x = x + x[choices.randrange(rows)]
            case _:
                x = x * choices.random() if x.mean() > 0 else x - 1
    return x


@program
def garbage_in_the_middle(x: Any) -> Any:
    y = x.exp()
    seen = weakref.ref(y)
    z = y * 2
    del y
    gc.collect()
    return z, seen() is None, z._version


@program
def selection_by_masks(x: Any) -> Any:
    mask = x > 0
    y = x.masked_fill(mask, 0)
    y[~mask] = y[~mask] * 2
    x[mask] += 1
    return y, x, taeda.where(mask, y, -x), x[mask.any(1)], mask.sum()


def plain(value: Any) -> Any:
    if isinstance(value, taeda.Tensor):
        if value.device.type == "meta":
            return tuple(value.shape)
        t = value.detach()
        kept = t.view(taeda.int16) if t.dtype == taeda.bfloat16 and t.ndim else t.float() if t.dtype in (
            taeda.bfloat16,) else t
        return str(value.dtype), tuple(value.shape), value.stride(), value.requires_grad, kept.numpy().tobytes()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_results(name: str) -> None:
    outcomes = []
    for how in (PROGRAMS[name], *[taeda.compile(PROGRAMS[name])] * 3):
        taeda.manual_seed(5)
        x = taeda.randn(4, 3)
        written = io.StringIO()
        with redirect_stdout(written):
            try:
                result = plain(how(x))
            except Exception as error:
                result = [type(error), str(error).partition("\n")[0]]
        outcomes.append((result, plain(x), written.getvalue()))
    assert all(o == outcomes[0] for o in outcomes[1:])
