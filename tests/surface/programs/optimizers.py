"""Optimizers written by hand as repositories have them, the built-in ones, their errors; averages of weights."""

import math, torch, numpy as np, copy
from torch import nn, Tensor
import torch.nn.functional as F
from torch.optim import Optimizer
from torch.optim.optimizer import required, _use_grad_for_differentiable
from typing import Any, Callable, Iterable, Optional, Tuple, Union
from collections import defaultdict
from filled import filled, noise, show


class Lookahead:
    def __init__(self, optimizer, k=5, alpha=0.5):
        self.optimizer, self.k, self.alpha = optimizer, k, alpha
        self.param_groups = self.optimizer.param_groups
        self.state = defaultdict(dict)
        self.fast_state = self.optimizer.state
        self.defaults = optimizer.defaults
        [g.setdefault("counter", 0) for g in self.param_groups]

    def zero_grad(self):
        self.optimizer.zero_grad()

    def update(self, group):
        for fast in group["params"]:
            ps = self.state[fast]
            if "slow_param" not in ps:
                ps["slow_param"] = torch.zeros_like(fast.data)
                ps["slow_param"].copy_(fast.data)
            slow = ps["slow_param"]
            slow += (fast.data - slow) * self.alpha
            fast.data.copy_(slow)

    def step(self, closure=None):
        loss = self.optimizer.step(closure)
        for group in self.param_groups:
            if group["counter"] == 0:
                self.update(group)
            group["counter"] += 1
            if group["counter"] >= self.k:
                group["counter"] = 0
        return loss


class RAdam_(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0):
        super().__init__(
            params,
            dict(
                lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, buffer=[[None, None, None] for _ in range(10)]
            ),
        )

    def __setstate__(self, state):
        super().__setstate__(state)

    def step(self, closure=None):
        loss = None
        if closure is not None:
            loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                grad = p.grad.data.float()
                if grad.is_sparse:
                    raise RuntimeError("RAdam does not support sparse gradients")
                pf = p.data.float()
                state = self.state[p]
                if len(state) == 0:
                    state["step"] = 0
                    state["exp_avg"] = torch.zeros_like(pf)
                    state["exp_avg_sq"] = torch.zeros_like(pf)
                else:
                    state["exp_avg"] = state["exp_avg"].type_as(pf)
                    state["exp_avg_sq"] = state["exp_avg_sq"].type_as(pf)
                a, s = state["exp_avg"], state["exp_avg_sq"]
                b1, b2 = group["betas"]
                s.mul_(b2).addcmul_(grad, grad, value=1 - b2)
                a.mul_(b1).add_(grad, alpha=1 - b1)
                state["step"] += 1
                n = 2 / (1 - b2) - 1
                sma = n - 2 * state["step"] * b2 ** state["step"] / (1 - b2 ** state["step"])
                if sma >= 5:
                    pf.addcdiv_(a, s.sqrt().add_(group["eps"]), value=-group["lr"] / (1 - b1 ** state["step"]))
                else:
                    pf.add_(a, alpha=-group["lr"] / (1 - b1 ** state["step"]))
                p.data.copy_(pf)
        return loss


class Lion(Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), wd=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, wd=wd))

    @torch.no_grad()
    def step(self, closure: Optional[Callable] = None):
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in filter(lambda p: p.grad is not None, group["params"]):
                if len(self.state[p]) == 0:
                    self.state[p]["exp_avg"] = torch.zeros_like(p)
                a = self.state[p]["exp_avg"]
                p.data.mul_(1.0 - group["lr"] * group["wd"])
                u = a.clone().mul_(group["betas"][0]).add(p.grad, alpha=1.0 - group["betas"][0]).sign_()
                p.add_(u, alpha=-group["lr"])
                a.mul_(group["betas"][1]).add_(p.grad, alpha=1.0 - group["betas"][1])
        return loss


class LARS(Optimizer):
    def __init__(self, params, lr=required, momentum=0.9, eta=1e-3):
        super().__init__(params, dict(lr=lr, momentum=momentum, eta=eta))

    @torch.no_grad()
    def step(self):
        for g in self.param_groups:
            for p in g["params"]:
                dp = p.grad
                if dp is None:
                    continue
                if p.ndim > 1:
                    pn, un = torch.norm(p), torch.norm(dp)
                    one = torch.ones_like(pn)
                    q = torch.where(pn > 0.0, torch.where(un > 0, (g["eta"] * pn / un), one), one)
                    dp = dp.mul(q)
                st = self.state[p]
                if "mu" not in st:
                    st["mu"] = torch.zeros_like(p)
                st["mu"].mul_(g["momentum"]).add_(dp)
                p.add_(st["mu"], alpha=-g["lr"])


class AdaBelief(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-16, differentiable=False):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, differentiable=differentiable))

    @_use_grad_for_differentiable
    def step(self):
        for g in self.param_groups:
            ps = [p for p in g["params"] if p.grad is not None]
            gs = [p.grad for p in ps]
            for p in ps:
                if not self.state[p]:
                    self.state[p].update(
                        step=torch.tensor(0.0),
                        m=torch.zeros_like(p, memory_format=torch.preserve_format),
                        s=torch.zeros_like(p),
                    )
            ms, ss, st = (
                [self.state[p]["m"] for p in ps],
                [self.state[p]["s"] for p in ps],
                [self.state[p]["step"] for p in ps],
            )
            torch._foreach_add_(st, 1)
            torch._foreach_lerp_(ms, gs, 1 - g["betas"][0])
            d = torch._foreach_sub(gs, ms)
            torch._foreach_mul_(ss, g["betas"][1])
            torch._foreach_addcmul_(ss, d, d, 1 - g["betas"][1])
            bc2 = [1 - g["betas"][1] ** x.item() for x in st]
            den = torch._foreach_div(ss, bc2)
            torch._foreach_sqrt_(den)
            torch._foreach_add_(den, g["eps"])
            torch._foreach_addcdiv_(ps, ms, den, [-g["lr"] / (1 - g["betas"][0] ** x.item()) for x in st])


class GSNR(Optimizer):
    def __init__(self, params, **d):
        super().__init__(params, d)


x, y = noise(64, 6), (noise(64, 1, seed=4) > 0).float()
base = filled(nn.Sequential(nn.Linear(6, 12), nn.ReLU(), nn.Linear(12, 1)))


def run(make, n=5, close=False):
    m = copy.deepcopy(base)
    o = make(m)
    out = []

    def closure():
        o.zero_grad()
        l = F.binary_cross_entropy_with_logits(m(x), y)
        l.backward()
        return l

    for _ in range(n):
        if close:
            l = o.step(closure)
        else:
            l = closure()
            o.step()
        out.append(round(float(l), 4))
    return out[-1], m, o


P = lambda m: m.parameters()
for name, make in dict(
    lookahead=lambda m: Lookahead(torch.optim.Adam(P(m), 1e-2), k=2),
    radam_=lambda m: RAdam_(P(m), 1e-2),
    lion=lambda m: Lion(P(m), 1e-3, wd=0.1),
    lars=lambda m: LARS(P(m), lr=1.0),
    belief=lambda m: AdaBelief(P(m), 1e-2),
    sgd=lambda m: torch.optim.SGD(P(m), 0.1, 0.9, weight_decay=1e-4, nesterov=True),
    adamax=lambda m: torch.optim.Adamax(P(m), 1e-2),
    nadam=lambda m: torch.optim.NAdam(P(m), 1e-2, decoupled_weight_decay=True),
    radam=lambda m: torch.optim.RAdam(P(m), 1e-2),
    adagrad=lambda m: torch.optim.Adagrad(P(m), 0.1, lr_decay=0.01),
    rprop=lambda m: torch.optim.Rprop(P(m)),
    asgd=lambda m: torch.optim.ASGD(P(m), 0.1),
    rms=lambda m: torch.optim.RMSprop(P(m), 1e-2, centered=True, momentum=0.5),
    adafactor=lambda m: torch.optim.Adafactor(P(m), 1e-2),
    adam=lambda m: torch.optim.Adam(P(m), torch.tensor(1e-2), amsgrad=True),
    adamw=lambda m: torch.optim.AdamW(P(m), 1e-2, maximize=False, fused=True),
    muon=lambda m: torch.optim.Muon([p for p in P(m) if p.ndim == 2]),
).items():
    print(name, run(make)[0])
print(
    run(lambda m: torch.optim.LBFGS(P(m), max_iter=4, line_search_fn="strong_wolfe"), 2, True)[0],
    run(lambda m: torch.optim.Adam(P(m), 1e-2), 3, True)[0],
)
_, m, o = run(
    lambda m: torch.optim.Adam([{"params": m[0].parameters(), "lr": 1e-3}, {"params": m[2].parameters()}], lr=1e-2)
)
print(o)
print({k: type(v).__name__ for k, v in o.state_dict()["state"][0].items()}, o.state_dict()["param_groups"][0]["params"])
o.add_param_group({"params": [nn.Parameter(torch.zeros(1))], "lr": 0.5})
print(len(o.param_groups))
h = o.register_step_post_hook(lambda o, a, k: print("stepped"))
o.step()
h.remove()
for bad in (
    lambda: torch.optim.SGD(P(base), lr=-1),
    lambda: torch.optim.Adam([], 1),
    lambda: torch.optim.Adam(P(base), betas=(1.5, 0)),
    lambda: torch.optim.SGD([torch.ones(2) * torch.ones(2, requires_grad=True)], 0.1),
    lambda: LARS(P(base)),
    lambda: torch.optim.Adam(P(base), torch.tensor(0.1), foreach=True),
    lambda: torch.optim.Adam(torch.ones(1)),
    lambda: o.load_state_dict({"state": {}, "param_groups": []}),
    lambda: torch.optim.SGD(P(base), 0.1, nesterov=True),
):
    try:
        bad()
        print("no error")
    except Exception as e:
        print(type(e).__name__, str(e).split("\n")[0])
sw = torch.optim.swa_utils.AveragedModel(base)
ss = torch.optim.swa_utils.SWALR(torch.optim.SGD(P(base), 0.1), swa_lr=0.05, anneal_epochs=2)
sw.update_parameters(base)
torch.optim.swa_utils.update_bn([(x, y)], sw)
print(sw.n_averaged, ss.get_last_lr())


class EMA:
    def __init__(self, model, decay):
        self.decay, self.shadow, self.backup = (
            decay,
            {n: p.data.clone() for n, p in model.named_parameters() if p.requires_grad},
            {},
        )

    def update(self, model):
        for n, p in model.named_parameters():
            self.shadow[n] = (1.0 - self.decay) * p.data + self.decay * self.shadow[n].clone()

    def apply(self, model):
        for n, p in model.named_parameters():
            self.backup[n] = p.data
            p.data = self.shadow[n]


e = EMA(base, 0.9)
base[0].weight.data.mul_(2)
e.update(base)
e.apply(base)
show("ema", base(x))
temp = nn.Parameter(torch.ones(1) * 1.5)
lb = torch.optim.LBFGS([temp], lr=0.01, max_iter=50)
logits, lab = noise(32, 4) * 3, torch.arange(32) % 4


def ev():
    lb.zero_grad()
    l = nn.CrossEntropyLoss()(logits / temp.unsqueeze(1).expand(logits.size(0), logits.size(1)), lab)
    l.backward()
    return l


lb.step(ev)
print(f"{temp.item():.3f}")
gn = torch.nn.utils.get_total_norm([p.grad for p in m.parameters()])
print(f"{gn:.4f}")
pg = [p for p in m.parameters()]
torch.nn.utils.clip_grads_with_norm_(pg, 0.1, gn)
print(f"{torch.nn.utils.get_total_norm([p.grad for p in pg]):.4f}")
