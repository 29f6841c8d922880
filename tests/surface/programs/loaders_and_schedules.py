"""Samplers, loaders with workers, schedules, checkpointing, hooks, autocast, checkpoints, first lines of errors."""

import os, sys, time, json, logging, warnings, random, itertools, collections, tempfile
import numpy as np, torch
from torch import nn, Tensor
from torch.utils.data import (
    Dataset,
    IterableDataset,
    DataLoader,
    TensorDataset,
    Subset,
    ConcatDataset,
    ChainDataset,
    random_split,
    Sampler,
    BatchSampler,
    SequentialSampler,
    RandomSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    default_collate,
    get_worker_info,
)
from torch.utils.data.distributed import DistributedSampler
from torch.optim.lr_scheduler import (
    LambdaLR,
    CosineAnnealingWarmRestarts,
    SequentialLR,
    LinearLR,
    MultiStepLR,
    ExponentialLR,
    CyclicLR,
    PolynomialLR,
    ReduceLROnPlateau,
    _LRScheduler,
    LRScheduler,
    ChainedScheduler,
    MultiplicativeLR,
    ConstantLR,
)
from torch.nn.utils.rnn import pad_sequence
from torch.utils.checkpoint import checkpoint, checkpoint_sequential
from filled import filled, noise, show

warnings.filterwarnings("ignore")


class Texts(Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return {"ids": torch.arange(1 + i % 5), "label": i % 3, "name": f"x{i}", "w": np.float32(i)}


def collate(batch):
    return {
        "ids": pad_sequence([b["ids"] for b in batch], batch_first=True, padding_value=-1),
        "label": torch.as_tensor([b["label"] for b in batch]),
        "w": torch.from_numpy(np.stack([b["w"] for b in batch])),
    }


class LengthSampler(Sampler[int]):
    def __init__(self, data):
        self.data = data

    def __iter__(self):
        return iter(sorted(range(len(self.data)), key=lambda i: (i % 5, i)))

    def __len__(self):
        return len(self.data)


class Stream(IterableDataset):
    def __iter__(self):
        w = get_worker_info()
        lo, hi = (0, 8) if w is None else (w.id * 4, w.id * 4 + 4)
        for i in range(lo, hi):
            yield torch.tensor([i]), i


def worker_init(i):
    np.random.seed(torch.initial_seed() % 2**32 + i)


if __name__ == "__main__":
    for b in DataLoader(
        Texts(7), batch_sampler=BatchSampler(LengthSampler(Texts(7)), 3, drop_last=False), collate_fn=collate
    ):
        print(b["ids"].shape, b["label"].tolist(), b["w"].dtype)
    print(
        next(iter(DataLoader(Texts(4), 2, collate_fn=lambda b: [x["name"] for x in b]))),
        [sorted(t.tolist() for t, _ in DataLoader(Stream(), batch_size=None, num_workers=2))][0][:3],
    )
    for x, y in DataLoader(
        TensorDataset(torch.arange(10).view(5, 2), torch.arange(5)),
        batch_size=2,
        num_workers=2,
        worker_init_fn=worker_init,
        persistent_workers=True,
        prefetch_factor=2,
        pin_memory=False,
        drop_last=True,
        generator=torch.Generator().manual_seed(0),
    ):
        print(x.tolist(), y.tolist())
    a, b = random_split(range(10), [7, 3], generator=torch.Generator().manual_seed(42))
    print(
        len(a),
        len(b),
        len(random_split(range(10), [0.5, 0.3, 0.2])[2]),
        len(ConcatDataset([a, b])),
        sorted(list(a) + list(b)) == list(range(10)),
    )
    print(
        len(list(WeightedRandomSampler([0.1, 0.9], 5))),
        sorted(SubsetRandomSampler([3, 1, 2])),
        list(DistributedSampler(range(6), num_replicas=2, rank=1, shuffle=False)),
        default_collate([{"a": 1, "b": (2.0, "s")}, {"a": 3, "b": (4.0, "t")}]),
    )
    P = collections.namedtuple("P", "x y")
    print(default_collate([P(1, np.array([1.0])), P(2, np.array([2.0]))]))
    p = [nn.Parameter(torch.ones(2))]

    def lrs(make, n=6):
        o = torch.optim.SGD(p, lr=1.0, momentum=0.9)
        s = make(o)
        out = []
        for _ in range(n):
            out.append(round(o.param_groups[0]["lr"], 5))
            o.step()
            s.step()
        return out

    for m in (
        lambda o: LambdaLR(o, lambda e: 0.9**e),
        lambda o: CosineAnnealingWarmRestarts(o, 3),
        lambda o: SequentialLR(o, [LinearLR(o, 0.1, 1.0, 3), ExponentialLR(o, 0.5)], milestones=[3]),
        lambda o: MultiStepLR(o, [2, 4], 0.1),
        lambda o: CyclicLR(o, 0.1, 1.0, step_size_up=2, mode="triangular2"),
        lambda o: PolynomialLR(o, 5, 2.0),
        lambda o: ChainedScheduler([ConstantLR(o, 0.5, 2), ExponentialLR(o, 0.9)]),
        lambda o: MultiplicativeLR(o, lambda e: 0.8),
    ):
        print(lrs(m))

    class Noam(_LRScheduler):
        def __init__(self, o, w, last_epoch=-1):
            self.w = w
            super().__init__(o, last_epoch)

        def get_lr(self):
            s = max(1, self.last_epoch)
            return [b * min(s**-0.5, s * self.w**-1.5) for b in self.base_lrs]

    print(lrs(lambda o: Noam(o, 3)))
    # checkpointing, hooks, AMP, accumulation, no_sync, early stop
    blocks = filled(nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(4)]))
    x = noise(4, 8).requires_grad_()
    y1 = checkpoint_sequential(blocks, 2, x, use_reentrant=False)
    y2 = blocks(x)
    y1.sum().backward()
    g = x.grad.clone()
    print(torch.allclose(y1, y2))
    y3 = checkpoint(blocks, noise(4, 8), use_reentrant=True)
    show("ck", y3, g)
    feats = {}

    def hook(name):
        def fn(m, i, o):
            feats[name] = o.detach()

        return fn

    hs = [m.register_forward_hook(hook(n)) for n, m in blocks.named_modules() if isinstance(m, nn.Tanh)]
    hb = blocks[0].register_full_backward_hook(lambda m, gi, go: feats.__setitem__("gb", go[0]))
    ph = x.register_hook(lambda g: g * 2)
    blocks(x).sum().backward()
    [h.remove() for h in hs]
    print(sorted(feats))
    show("hook", x.grad, feats["gb"])
    scaler = torch.cuda.amp.GradScaler(enabled=torch.cuda.is_available())
    o = torch.optim.AdamW(blocks.parameters(), 1e-2)
    for step in range(4):
        with torch.autocast("cpu", dtype=torch.bfloat16):
            out = blocks(noise(4, 8, seed=step))
            assert out.dtype == torch.bfloat16
            loss = out.float().pow(2).mean() / 2
        scaler.scale(loss).backward()
        if (step + 1) % 2 == 0:
            scaler.unscale_(o)
            n = torch.nn.utils.clip_grad_norm_(blocks.parameters(), 0.1, error_if_nonfinite=False)
            scaler.step(o)
            scaler.update()
            o.zero_grad(set_to_none=True)
            print(f"{loss.item():.3f} {n.item():.2f}")
    with tempfile.TemporaryDirectory() as d:
        state = {
            "epoch": 3,
            "model": blocks.state_dict(),
            "opt": o.state_dict(),
            "rng": torch.get_rng_state(),
            "np": np.random.get_state(),
            "py": random.getstate(),
            "best": float("inf"),
            "args": {"lr": 0.1},
        }
        torch.save(state, os.path.join(d, "c.pt"))
        c = torch.load(os.path.join(d, "c.pt"), map_location=lambda s, l: s, weights_only=False)
        m2 = nn.Sequential(*[nn.Sequential(nn.Linear(8, 8), nn.Tanh()) for _ in range(4)])
        print(m2.load_state_dict({k.replace("module.", ""): v for k, v in c["model"].items()}, strict=False))
        o2 = torch.optim.AdamW(m2.parameters())
        o2.load_state_dict(c["opt"])
        torch.set_rng_state(c["rng"])
        np.random.set_state(c["np"])
        random.setstate(c["py"])
        print(o2.param_groups[0]["lr"], c["epoch"], int(o2.state_dict()["state"][0]["step"]))
    try:
        nn.Linear(2, 3).load_state_dict({"weight": torch.zeros(3, 3), "x": 1})
    except RuntimeError as e:
        print(str(e).replace("\t", ""))
    try:
        nn.Linear(2, 3)(torch.ones(2, 5))
    except RuntimeError as e:
        print(str(e).split("\n")[0])
    try:
        torch.ones(2, 3) @ torch.ones(2, 3)
    except RuntimeError as e:
        print(str(e).split("\n")[0])
    try:
        torch.cat([torch.ones(2, 3), torch.ones(2, 4)])
    except RuntimeError as e:
        print(str(e).split("\n")[0])
    try:
        torch.ones(3).view(2, 2)
    except RuntimeError as e:
        print(str(e).split("\n")[0])
    try:
        torch.ones(2, requires_grad=True).backward()
    except RuntimeError as e:
        print(str(e).split("\n")[0])
    try:
        torch.ones(2).cuda()
    except (AssertionError, RuntimeError) as e:
        print(type(e).__name__, str(e).split("\n")[0])
    try:
        nn.functional.cross_entropy(torch.ones(2, 3), torch.tensor([0, 5]))
    except IndexError as e:
        print(str(e).split("\n")[0])
    print(
        torch.__version__.split("+")[0],
        torch.version.cuda,
        torch.backends.cudnn.enabled in (True, False),
        torch.cuda.device_count(),
        torch.get_num_threads() > 0,
        torch.is_grad_enabled(),
    )
