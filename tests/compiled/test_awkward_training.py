"""Training loops as people write them, compiled: what they compute, write and raise is that of the loop as it is, to
the bit. Each gets `compiled`, which is `taeda.compile` or nothing, and uses it where a user would."""

from __future__ import annotations

import contextlib
import copy
import gc
import io
from collections.abc import Callable, Iterator
from typing import Any

import numpy
import pytest
from side_by_side import in_threads

import taeda
import taeda.nn.functional as F
from taeda import nn

LOOPS: dict[str, Callable[[Any], Any]] = {}


def loop(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    LOOPS[function.__name__] = function
    return function


def perceptron(*sizes: int, activation: Callable[[], Any] = nn.Tanh) -> Any:
    layers: list[Any] = []
    for a, b in zip(sizes, sizes[1:], strict=False):
        layers += [nn.Linear(a, b), activation()]
    return nn.Sequential(*layers[:-1])


def batches(count: int, rows: int = 8, width: int = 6, classes: int = 3) -> Iterator[tuple[Any, Any]]:
    for _ in range(count):
        yield taeda.randn(rows, width), taeda.randint(0, classes, (rows,))


@loop
def lbfgs_with_a_closure(compiled: Any) -> Any:
    model = perceptron(6, 10, 3)
    x, y = next(batches(1))
    updates = taeda.optim.LBFGS(model.parameters(), lr=0.5, max_iter=5, history_size=4, line_search_fn="strong_wolfe")
    calls = 0

    def closure() -> Any:
        nonlocal calls
        calls += 1
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    step = compiled(lambda: updates.step(closure))
    return [step().item() for _ in range(3)], calls, model.state_dict()


@loop
def a_compiled_closure(compiled: Any) -> Any:
    model = perceptron(6, 10, 3)
    x, y = next(batches(1))
    updates = taeda.optim.LBFGS(model.parameters(), max_iter=4)

    @compiled
    def closure() -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    return [updates.step(closure).item() for _ in range(3)], model.state_dict()


@loop
def accumulated_gradients(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    updates = taeda.optim.AdamW(model.parameters(), lr=1e-2)
    losses = []

    @compiled
    def micro_step(k: int, x: Any, y: Any) -> Any:
        loss = F.cross_entropy(model(x), y) / 4
        loss.backward()
        if k % 4 == 3:
            nn.utils.clip_grad_norm_(model.parameters(), 0.5)
            updates.step()
            updates.zero_grad(set_to_none=k % 8 == 7)
        return loss.detach()

    for k, (x, y) in enumerate(batches(16)):
        losses.append(micro_step(k, x, y))
    return losses, model.state_dict(), [p.grad for p in model.parameters()]


@loop
def average_of_weights(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    average = copy.deepcopy(model).requires_grad_(False)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)

    @compiled
    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(model(x), y)
        updates.zero_grad()
        loss.backward()
        updates.step()
        with taeda.no_grad():
            for slow, fast in zip(average.parameters(), model.parameters(), strict=True):
                slow.mul_(0.9).add_(fast, alpha=0.1)
        return loss, F.cross_entropy(average(x), y)

    return [step(*b) for b in batches(6)], model.state_dict(), average.state_dict()


@loop
def average_of_weights_by_lerp_lists(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    average = taeda.optim.swa_utils.AveragedModel(model, multi_avg_fn=taeda.optim.swa_utils.get_ema_multi_avg_fn(0.9))
    updates = taeda.optim.Adam(model.parameters(), lr=1e-2)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        updates.step()
        average.update_parameters(model)
        return loss.item()

    return [step(*b) for b in batches(6)], average.state_dict()


@loop
def schedules(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    updates = taeda.optim.AdamW(model.parameters(), lr=1e-2)
    warm = taeda.optim.lr_scheduler.LinearLR(updates, 0.1, total_iters=3)
    after = taeda.optim.lr_scheduler.CosineAnnealingLR(updates, 8)
    schedule = taeda.optim.lr_scheduler.SequentialLR(updates, [warm, after], [3])
    rates = []

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        updates.step()
        schedule.step()
        rates.append(schedule.get_last_lr()[0])
        return loss

    return [step(*b) for b in batches(8)], rates, model.state_dict()


@loop
def a_plateau(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    updates = taeda.optim.SGD(model.parameters(), lr=2.0)
    schedule = taeda.optim.lr_scheduler.ReduceLROnPlateau(updates, patience=1, factor=0.5)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        updates.step()
        schedule.step(loss)
        return loss.detach(), updates.param_groups[0]["lr"]

    return [step(*b) for b in batches(10)]


@loop
def autocast_and_scaling(compiled: Any) -> Any:
    model = perceptron(6, 16, 3, activation=nn.GELU)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)
    scaler = taeda.amp.GradScaler("cpu", init_scale=256.0, growth_interval=2)

    @compiled
    def step(x: Any, y: Any, spoil: bool) -> Any:
        updates.zero_grad()
        with taeda.autocast("cpu", dtype=taeda.bfloat16):
            loss = F.cross_entropy(model(x), y)
        scaler.scale(loss * (float("inf") if spoil else 1.0)).backward()
        scaler.unscale_(updates)
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        scaler.step(updates)
        scaler.update()
        return loss.float(), scaler.get_scale()

    return [step(x, y, k == 3) for k, (x, y) in enumerate(batches(7))], model.state_dict()


@loop
def clipping_by_value_and_noise(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    updates = taeda.optim.RMSprop(model.parameters(), lr=1e-2, momentum=0.5, centered=True)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        nn.utils.clip_grad_value_(model.parameters(), 0.01)
        for p in model.parameters():
            p.grad += 0.001 * taeda.randn_like(p)
        updates.step()
        return loss

    return [step(*b) for b in batches(5)], model.state_dict(), taeda.rand(2)


@loop
def hooks_everywhere(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    seen: list[Any] = []
    model[0].register_forward_pre_hook(lambda m, args: (args[0] * 2,))
    model[0].register_forward_hook(lambda m, args, out: out + args[0].mean())
    model[2].register_full_backward_hook(lambda m, into, out: (into[0] * 0.5,))
    model[2].weight.register_hook(lambda g: g.clamp(-0.1, 0.1))
    model[0].bias.register_post_accumulate_grad_hook(lambda p: seen.append(p.grad.norm().item()))
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        out = model(x)
        out.register_hook(lambda g: seen.append(g.sum()))
        loss = F.cross_entropy(out, y)
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(5)], seen, model.state_dict()


@loop
def update_in_a_hook(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    optimizers = {p: taeda.optim.Adam([p], lr=1e-2) for p in model.parameters()}

    def update(p: Any) -> None:
        optimizers[p].step()
        optimizers[p].zero_grad()

    for p in model.parameters():
        p.register_post_accumulate_grad_hook(update)

    @compiled
    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss

    return [step(*b) for b in batches(5)], model.state_dict(), [p.grad for p in model.parameters()]


@loop
def an_exception_in_the_middle(compiled: Any) -> Any:
    model = nn.Sequential(nn.Linear(6, 12), nn.BatchNorm1d(12), nn.Linear(12, 3))
    updates = taeda.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    outcomes: list[Any] = []

    @compiled
    def step(k: int, x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        if k == 2:
            raise ValueError("a batch that nobody wants")
        updates.step()
        if k == 4:
            model[0].weight.add_(1)  # a leaf that needs a gradient
        return loss

    for k, (x, y) in enumerate(batches(6)):
        try:
            outcomes.append(step(k, x, y))
        except (ValueError, RuntimeError) as error:
            outcomes += [str(error), [p.grad for p in model.parameters()]]
    return outcomes, model.state_dict()


@loop
def nested_compilation(compiled: Any) -> Any:
    model = compiled(perceptron(6, 12, 3))
    loss_of = compiled(lambda out, y: F.cross_entropy(out, y) + 0.01 * out.square().mean())
    updates = taeda.optim.AdamW(model.parameters(), lr=1e-2)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = loss_of(model(x), y)
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(5)], [loss_of(model(x), y) for x, y in batches(2)], list(model.parameters())


@loop
def threads_with_a_model_each(compiled: Any) -> Any:
    models = [perceptron(6, 12, 3) for _ in range(3)]
    data = [list(batches(6)) for _ in models]

    def work(k: int) -> Any:
        updates = taeda.optim.Adam(models[k].parameters(), lr=1e-2)

        @compiled
        def step(x: Any, y: Any) -> Any:
            updates.zero_grad()
            loss = F.cross_entropy(models[k](x), y)
            loss.backward()
            updates.step()
            return loss.detach()

        return [step(*b) for b in data[k]], models[k].state_dict()

    return in_threads(3, work)


@loop
def one_model_for_threads(compiled: Any) -> Any:
    """Inference: each thread gets what it would alone."""
    model = compiled(perceptron(6, 12, 3).eval())
    data = [[x for x, _ in batches(8, rows=k + 1)] for k in range(4)]

    def work(k: int) -> Any:
        with taeda.no_grad():
            return [model(x) for x in data[k]]

    return in_threads(4, work)


@loop
def generator_of_batches_inside(compiled: Any) -> Any:
    model = perceptron(6, 12, 3)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)

    @compiled
    def epoch(count: int) -> Iterator[Any]:
        for x, y in batches(count):
            updates.zero_grad()
            loss = F.cross_entropy(model(x), y)
            loss.backward()
            updates.step()
            yield loss.detach()

    @compiled
    def total() -> Any:
        return sum(epoch(4))

    return list(epoch(3)), total(), model.state_dict()


@loop
def checkpointed(compiled: Any) -> Any:
    model = perceptron(6, 12, 12, 3)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        h = taeda.utils.checkpoint.checkpoint(lambda h: F.dropout(model[:2](h), 0.3), x, use_reentrant=False)
        loss = F.cross_entropy(model[2:](h), y)
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(4)], model.state_dict()


@loop
def gradient_penalty(compiled: Any) -> Any:
    model = perceptron(6, 12, 1)
    updates = taeda.optim.Adam(model.parameters(), lr=1e-2)

    @compiled
    def step(x: Any) -> Any:
        x = x.clone().requires_grad_()
        out = model(x)
        (slope,) = taeda.autograd.grad(out.sum(), x, create_graph=True)
        loss = out.mean() + 10 * ((slope.norm(2, 1) - 1) ** 2).mean()
        updates.zero_grad()
        loss.backward()
        updates.step()
        return loss

    return [step(x) for x, _ in batches(5)], model.state_dict()


@loop
def meta_learning(compiled: Any) -> Any:
    weights = [taeda.randn(6, 8).mul_(0.3).requires_grad_(), taeda.randn(8, 3).mul_(0.3).requires_grad_()]
    updates = taeda.optim.SGD(weights, lr=0.1)

    def forward(w: Any, x: Any) -> Any:
        return (x @ w[0]).tanh() @ w[1]

    @compiled
    def step(x: Any, y: Any) -> Any:
        fast = weights
        for _ in range(3):
            grads = taeda.autograd.grad(F.cross_entropy(forward(fast, x), y), fast, create_graph=True)
            fast = [w - 0.1 * g for w, g in zip(fast, grads, strict=True)]
        loss = F.cross_entropy(forward(fast, x.flip(0)), y.flip(0))
        updates.zero_grad()
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(3)], weights


@loop
def functional_gradients(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)
    parameters = dict(model.named_parameters())

    def loss(p: Any, x: Any, y: Any) -> Any:
        return F.cross_entropy(taeda.func.functional_call(model, p, (x[None],)), y[None])

    per_example = compiled(taeda.func.vmap(taeda.func.grad(loss), (None, 0, 0)))
    x, y = next(batches(1))
    return per_example(parameters, x, y), compiled(lambda: taeda.func.hessian(
        lambda v: (v.sin() * v).sum())(x[0]))()


@loop
def truncated_backpropagation(compiled: Any) -> Any:
    cell, head = nn.GRUCell(6, 8), nn.Linear(8, 3)
    updates = taeda.optim.SGD([*cell.parameters(), *head.parameters()], lr=0.1)

    @compiled
    def chunk(xs: Any, ys: Any, h: Any) -> Any:
        losses = []
        for x, y in zip(xs, ys, strict=True):
            h = cell(x, h)
            losses.append(F.cross_entropy(head(h), y))
        updates.zero_grad()
        taeda.stack(losses).mean().backward()
        updates.step()
        return losses[-1], h.detach()

    h, losses = taeda.zeros(8, 8), []
    for _ in range(3):
        xs, ys = zip(*batches(4), strict=True)
        last, h = chunk(xs, ys, h)
        losses.append(last)
    return losses, h, cell.state_dict()


@loop
def policy_gradient(compiled: Any) -> Any:
    policy = perceptron(4, 8, 2)
    updates = taeda.optim.Adam(policy.parameters(), lr=1e-2)

    @compiled
    def episode(state: Any) -> Any:
        logs, rewards = [], []
        for _ in range(12):
            d = taeda.distributions.Categorical(logits=policy(state))
            action = d.sample()
            logs.append(d.log_prob(action))
            state = state + (0.3 if action.item() else -0.3)
            rewards.append(float(-state.abs().sum()))
            if rewards[-1] < -6:
                break
        returns = numpy.cumsum(rewards[::-1])[::-1].copy()
        weight = taeda.from_numpy(returns).float()
        weight = (weight - weight.mean()) / (weight.std() + 1e-5)
        loss = -(taeda.stack(logs) * weight).sum()
        updates.zero_grad()
        loss.backward()
        updates.step()
        return loss, len(logs)

    return [episode(taeda.randn(4)) for _ in range(5)], policy.state_dict()


@loop
def adversarial(compiled: Any) -> Any:
    maker, judge = perceptron(3, 8, 6), perceptron(6, 8, 1)
    for_maker = taeda.optim.Adam(maker.parameters(), lr=1e-2, betas=(0.5, 0.9))
    for_judge = taeda.optim.Adam(judge.parameters(), lr=1e-2, betas=(0.5, 0.9))

    @compiled
    def step(x: Any) -> Any:
        made = maker(taeda.randn(8, 3))
        for_judge.zero_grad()
        wrong = F.binary_cross_entropy_with_logits(judge(made.detach()), taeda.zeros(8, 1))
        right = F.binary_cross_entropy_with_logits(judge(x), taeda.ones(8, 1))
        (wrong + right).backward()
        for_judge.step()
        for_maker.zero_grad()
        loss = F.binary_cross_entropy_with_logits(judge(made), taeda.ones(8, 1))
        loss.backward()
        for_maker.step()
        return wrong, right, loss

    return [step(x) for x, _ in batches(5)], maker.state_dict(), judge.state_dict()


@loop
def contrastive_with_a_queue(compiled: Any) -> Any:
    encoder, slow = perceptron(6, 8, 4), perceptron(6, 8, 4)
    slow.load_state_dict(encoder.state_dict())
    queue, place = F.normalize(taeda.randn(16, 4)), 0
    updates = taeda.optim.SGD(encoder.parameters(), lr=0.1)

    @compiled
    def step(x: Any) -> Any:
        nonlocal place
        with taeda.no_grad():
            for a, b in zip(slow.parameters(), encoder.parameters(), strict=True):
                a.lerp_(b, 0.1)
            keys = F.normalize(slow(x + 0.1), dim=1)
        q = F.normalize(encoder(x), dim=1)
        scores = taeda.cat([(q * keys).sum(1, keepdim=True), q @ queue.clone().detach().T], 1) / 0.2
        loss = F.cross_entropy(scores, taeda.zeros(len(x), dtype=taeda.long))
        updates.zero_grad()
        loss.backward()
        updates.step()
        queue[place:place + len(x)] = keys
        place = (place + len(x)) % len(queue)
        return loss

    return [step(x) for x, _ in batches(5)], queue, slow.state_dict()


@loop
def straight_through(compiled: Any) -> Any:
    class Rounded(taeda.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any, scale: float) -> Any:
            ctx.save_for_backward(x)
            ctx.scale = scale
            return (x * scale).round() / scale

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            (x,) = ctx.saved_tensors
            if (x.abs() > 2).any():
                grad = grad * (x.abs() <= 2)
            return grad * (ctx.scale / 4), None

    model = perceptron(6, 8, 3)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model[2](Rounded.apply(model[:2](x), 4.0)), y)
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(5)], model.state_dict()


@loop
def weight_and_spectral_norm(compiled: Any) -> Any:
    model = nn.Sequential(nn.utils.parametrizations.weight_norm(nn.Linear(6, 8)), nn.ReLU(),
                          nn.utils.parametrizations.spectral_norm(nn.Linear(8, 3)))
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        updates.step()
        return loss

    return [step(*b) for b in batches(4)], model.state_dict()


@loop
def tied_frozen_and_thawed(compiled: Any) -> Any:
    embedding, body = nn.Embedding(11, 6), perceptron(6, 6)
    head = nn.Linear(6, 11, bias=False)
    head.weight = embedding.weight
    updates = taeda.optim.AdamW([*embedding.parameters(), *body.parameters()], lr=1e-2)

    @compiled
    def step(k: int, x: Any) -> Any:
        body.requires_grad_(k > 1)
        updates.zero_grad()
        loss = F.cross_entropy(head(body(embedding(x[:, :-1]))).flatten(0, 1), x[:, 1:].flatten())
        loss.backward()
        updates.step()
        return loss

    return [step(k, taeda.randint(0, 11, (3, 7))) for k in range(5)], embedding.weight, body.state_dict()


@loop
def modes_of_a_module_changing(compiled: Any) -> Any:
    model = nn.Sequential(nn.Linear(6, 8), nn.BatchNorm1d(8), nn.Dropout(0.4), nn.Linear(8, 3))
    called = compiled(model)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)
    found: list[Any] = []
    for k, (x, y) in enumerate(batches(6, rows=5)):
        model.train(k % 3 != 2)
        with taeda.set_grad_enabled(model.training):
            loss = F.cross_entropy(called(x), y)
        if model.training:
            updates.zero_grad()
            loss.backward()
            updates.step()
        found.append(loss.detach())
    return found, model.state_dict()


@loop
def state_saved_and_loaded(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)
    updates = taeda.optim.Adam(model.parameters(), lr=1e-2)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        updates.step()
        return loss

    data, losses = list(batches(3)), []
    losses += [step(*b) for b in data]
    file = io.BytesIO()
    taeda.save({"model": model.state_dict(), "updates": updates.state_dict()}, file)
    losses += [step(*b) for b in data]
    file.seek(0)
    kept = taeda.load(file)
    model.load_state_dict(kept["model"])
    updates.load_state_dict(kept["updates"])
    losses += [step(*b) for b in data]
    return losses, model.state_dict()


@loop
def gradients_of_two_losses(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)
    parameters = list(model.parameters())
    updates = taeda.optim.SGD(parameters, lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        out = model(x)
        one = taeda.autograd.grad(F.cross_entropy(out, y), parameters, retain_graph=True)
        two = taeda.autograd.grad(out.square().mean(), parameters)
        dot = sum((a * b).sum() for a, b in zip(one, two, strict=True))
        for p, a, b in zip(parameters, one, two, strict=True):
            p.grad = a + b if dot >= 0 else a - dot / b.square().sum() * b
        updates.step()
        return dot

    return [step(*b) for b in batches(5)], model.state_dict()


@loop
def memory_kept_by_a_closure(compiled: Any) -> Any:
    history: list[Any] = []

    @compiled
    def step(x: Any) -> Any:
        history.append(x * 2)
        if len(history) > 3:
            history.pop(0).add_(100)
        return taeda.stack(history).mean(0)

    return [step(x) for x, _ in batches(6)], history


@loop
def lists_of_tensors_at_once(compiled: Any) -> Any:
    values = [taeda.randn(3, k + 1) for k in range(5)]
    grads = [taeda.randn_like(v) for v in values]

    @compiled
    def step(rate: float) -> Any:
        taeda._foreach_mul_(values, 0.99)
        taeda._foreach_add_(values, grads, alpha=-rate)
        norms = taeda._foreach_norm(values)
        taeda._foreach_div_(values, [max(1.0, n.item()) for n in norms])
        return taeda.stack(norms)

    return [step(0.1 * k) for k in range(4)], values


@loop
def masks_and_pruning(compiled: Any) -> Any:
    layer = nn.Linear(6, 5)
    nn.utils.prune.l1_unstructured(layer, "weight", amount=0.4)
    updates = taeda.optim.SGD(layer.parameters(), lr=0.1)

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(layer(x), y)
        loss.backward()
        updates.step()
        return loss, (layer.weight == 0).sum().item()

    return [step(*b) for b in batches(4)], layer.state_dict()


@loop
def random_state_restored(compiled: Any) -> Any:
    @compiled
    def twice(x: Any) -> Any:
        state = taeda.get_rng_state()
        a = F.dropout(x, 0.5) + taeda.rand_like(x)
        with taeda.random.fork_rng():
            taeda.manual_seed(7)
            b = taeda.randperm(9)
        taeda.set_rng_state(state)
        c = F.dropout(x, 0.5) + taeda.rand_like(x)
        return a, b, c

    return [twice(x) for x, _ in batches(3)], taeda.rand(3)


@loop
def numpy_statistics_of_gradients(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)
    updates = taeda.optim.SGD(model.parameters(), lr=0.1)
    norms: list[float] = []

    @compiled
    def step(x: Any, y: Any) -> Any:
        updates.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        flat = numpy.concatenate([p.grad.numpy().ravel() for p in model.parameters()])
        norms.append(float(numpy.sqrt((flat ** 2).sum())))
        for p in model.parameters():
            array = p.grad.numpy()
            array /= max(norms[-1], 1)
        updates.step()
        return loss

    return [step(*b) for b in batches(4)], norms, model.state_dict()


@loop
def early_stopping_in_the_step(compiled: Any) -> Any:
    model = perceptron(6, 16, 3)
    updates = taeda.optim.Adam(model.parameters(), lr=0.05)
    x, y = next(batches(1))

    @compiled
    def fit() -> Any:
        best, kept, worse = float("inf"), None, 0
        for _ in range(30):
            updates.zero_grad()
            loss = F.cross_entropy(model(x), y)
            if loss < best:
                best, kept, worse = loss.item(), {k: v.clone() for k, v in model.state_dict().items()}, 0
            else:
                worse += 1
            if worse > 2 or best < 0.3:
                break
            loss.backward()
            updates.step()
        return best, kept

    return fit()


@loop
def collected_in_the_middle(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)

    @compiled
    def step(x: Any, y: Any) -> Any:
        graph = F.cross_entropy(model(x), y)
        graph.self = graph  # type: ignore[attr-defined]
        loss = graph * 1
        loss.backward()
        del graph, loss
        gc.collect()
        found = [p.grad.clone() for p in model.parameters()]
        model.zero_grad()
        return found

    return [step(*b) for b in batches(3)]


@loop
def profiled_and_anomalies(compiled: Any) -> Any:
    model = perceptron(6, 8, 3)

    @compiled
    def step(x: Any, y: Any) -> Any:
        with taeda.autograd.profiler.record_function("step"), taeda.autograd.detect_anomaly(check_nan=True):
            loss = F.cross_entropy(model(x), y)
            loss.backward()
        return loss

    with taeda.profiler.profile():
        return [step(*b) for b in batches(3)], [p.grad for p in model.parameters()]


@loop
def ragged_batches(compiled: Any) -> Any:
    layer = nn.LSTM(6, 5)

    @compiled
    def forward(sequences: Any) -> Any:
        packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
        out, (h, _) = layer(packed)
        padded, lengths = nn.utils.rnn.pad_packed_sequence(out)
        (padded.sum() + h.square().sum()).backward()
        return padded, lengths

    return [forward([taeda.randn(n, 6) for n in lengths]) for lengths in ((3, 5, 2), (1, 4), (2, 2, 2, 7))], [
        p.grad for p in layer.parameters()]


@loop
def context_managers_of_gradients(compiled: Any) -> Any:
    weight = taeda.randn(6, 3).requires_grad_()

    @compiled
    def step(x: Any) -> Any:
        with contextlib.ExitStack() as stack:
            stack.enter_context(taeda.no_grad())
            fixed = (x @ weight).softmax(1)
            stack.enter_context(taeda.enable_grad())
            moving = (x @ weight).log_softmax(1)
        with taeda.inference_mode():
            score = (fixed * moving).sum()
        loss = F.kl_div(moving, fixed.clone(), reduction="batchmean")
        loss.backward()
        return loss, score.item(), fixed.requires_grad

    return [step(x) for x, _ in batches(3)], weight.grad


def plain(value: Any) -> Any:
    if isinstance(value, taeda.Tensor):
        t = value.detach()
        bits = t.view(taeda.int16) if t.dtype == taeda.bfloat16 else t
        return str(value.dtype), tuple(value.shape), value.stride(), value.requires_grad, bits.numpy().tobytes()
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return [plain(v) for v in value] if isinstance(value, (list, tuple)) else value


@pytest.mark.filterwarnings("ignore:Anomaly Detection")
@pytest.mark.parametrize("name", LOOPS)
def test_same_bits(name: str) -> None:
    outcomes = []
    for compiled in (lambda f: f, taeda.compile, taeda.compile):
        taeda.manual_seed(11)
        outcomes.append(plain(LOOPS[name](compiled)))
    assert outcomes[1] == outcomes[0]
    assert outcomes[2] == outcomes[0]
