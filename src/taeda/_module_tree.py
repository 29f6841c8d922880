"""PyTorch's module names whose contents live elsewhere here: `taeda.optim.adamw` is `taeda.optim.adam`.

Programs import from deep inside PyTorch's tree (`from torch.nn.modules.batchnorm import _BatchNorm`). Each row of the
table is a second name of a module, not a copy; the module is imported when somebody asks. Where what PyTorch has in
one file stands in several here, the row names them all, and the module looks in one after the other.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, cast

_TABLE: dict[str, str | tuple[str, ...]] = {
    "distributions.normal": "taeda.distributions.location_scale",
    "distributions.laplace": "taeda.distributions.location_scale",
    "distributions.cauchy": "taeda.distributions.location_scale",
    "distributions.uniform": "taeda.distributions.location_scale",
    "distributions.studentT": "taeda.distributions.location_scale",
    "distributions.log_normal": "taeda.distributions.location_scale",
    "distributions.logistic_normal": "taeda.distributions.location_scale",
    "distributions.half_normal": "taeda.distributions.location_scale",
    "distributions.half_cauchy": "taeda.distributions.location_scale",
    "distributions.gumbel": "taeda.distributions.location_scale",
    "distributions.gamma": "taeda.distributions.gammas",
    "distributions.exponential": "taeda.distributions.gammas",
    "distributions.chi2": "taeda.distributions.gammas",
    "distributions.beta": "taeda.distributions.gammas",
    "distributions.dirichlet": "taeda.distributions.gammas",
    "distributions.fishersnedecor": "taeda.distributions.gammas",
    "distributions.inverse_gamma": "taeda.distributions.gammas",
    "distributions.bernoulli": "taeda.distributions.discrete",
    "distributions.binomial": "taeda.distributions.discrete",
    "distributions.categorical": "taeda.distributions.discrete",
    "distributions.geometric": "taeda.distributions.discrete",
    "distributions.multinomial": "taeda.distributions.discrete",
    "distributions.negative_binomial": "taeda.distributions.discrete",
    "distributions.one_hot_categorical": "taeda.distributions.discrete",
    "distributions.poisson": "taeda.distributions.discrete",
    "distributions.weibull": "taeda.distributions.power_laws",
    "distributions.pareto": "taeda.distributions.power_laws",
    "distributions.kumaraswamy": "taeda.distributions.power_laws",
    "distributions.generalized_pareto": "taeda.distributions.power_laws",
    "distributions.relaxed_bernoulli": "taeda.distributions.relaxed",
    "distributions.relaxed_categorical": "taeda.distributions.relaxed",
    "distributions.continuous_bernoulli": "taeda.distributions.relaxed",
    "distributions.multivariate_normal": "taeda.distributions.multivariate",
    "distributions.lowrank_multivariate_normal": "taeda.distributions.multivariate",
    "distributions.wishart": "taeda.distributions.multivariate",
    "distributions.lkj_cholesky": "taeda.distributions.multivariate",
    "distributions.mixture_same_family": "taeda.distributions.mixture",
    "distributions.transformed_distribution": "taeda.distributions.transformed",
    "distributions.independent": "taeda.distributions.transformed",
    "distributions.exp_family": "taeda.distributions.distribution",
    "distributed._tensor": ("taeda.distributed.tensor",),
    "distributed._tensor.experimental": "taeda.distributed.tensor",
    "distributed._composable.fsdp": "taeda.distributed.fsdp",
    "distributed.fsdp._common_utils": ("taeda.distributed.fsdp",),
    "distributed.fsdp._fully_shard": ("taeda.distributed.fsdp",),
    "distributed.fsdp.api": "taeda.distributed.fsdp.settings",
    "distributed.fsdp.fully_sharded_data_parallel": ("taeda.distributed.fsdp",),
    "distributed.fsdp.sharded_grad_scaler": ("taeda.distributed.fsdp",),
    "functional": ("taeda", "taeda.functions"),
    "fx._symbolic_trace": "taeda.fx.tracer",
    "nn.modules.adaptive": "taeda.nn.adaptive",
    "nn.modules.lazy": "taeda.nn.lazy",
    "nn.modules.activation": ("taeda.nn.activation", "taeda.nn"),
    "nn.modules.batchnorm": ("taeda.nn.batchnorm", "taeda.nn"),
    "nn.modules.channelshuffle": "taeda.nn.shaping",
    "nn.modules.container": "taeda.nn.containers",
    "nn.modules.conv": ("taeda.nn.convolution", "taeda.nn"),
    "nn.modules.distance": "taeda.nn.shaping",
    "nn.modules.dropout": "taeda.nn.dropout",
    "nn.modules.flatten": "taeda.nn.shaping",
    "nn.modules.fold": "taeda.nn.shaping",
    "nn.modules.instancenorm": ("taeda.nn.batchnorm", "taeda.nn"),
    "nn.modules.linear": ("taeda.nn.linear", "taeda.nn"),
    "nn.modules.loss": "taeda.nn.loss",
    "nn.modules.module": "taeda.nn.module",
    "nn.modules.normalization": "taeda.nn.normalization",
    "nn.modules.padding": "taeda.nn.padding",
    "nn.modules.pixelshuffle": "taeda.nn.shaping",
    "nn.modules.pooling": "taeda.nn.pooling",
    "nn.modules.rnn": "taeda.nn.rnn",
    "nn.modules.sparse": "taeda.nn.embedding",
    "nn.modules.transformer": "taeda.nn.transformer",
    "nn.modules.upsampling": "taeda.nn.shaping",
    "optim.adamw": "taeda.optim.adam",
    "optim.adamax": "taeda.optim.adam_variants",
    "optim.nadam": "taeda.optim.adam_variants",
    "optim.adadelta": "taeda.optim.adagrad",
    "optim.adafactor": "taeda.optim.factored",
    "optim.asgd": "taeda.optim.resilient",
    "optim.radam": "taeda.optim.resilient",
    "optim.rprop": "taeda.optim.resilient",
    "optim.sparse_adam": "taeda.optim.sparse",
    "optim._adafactor": "taeda.optim.factored",
    "optim._muon": "taeda.optim.factored",
    "optim._functional": tuple(
        f"taeda.optim.{name}" for name in ("adam", "sgd", "adagrad", "rmsprop", "adam_variants", "resilient")
    ),
    "utils.benchmark.utils": ("taeda.utils.benchmark",),
    "utils.benchmark.utils.common": "taeda.utils.benchmark.measurement",
    "utils.benchmark.utils.compare": "taeda.utils.benchmark.comparison",
    "utils.benchmark.utils.timer": "taeda.utils.benchmark.timer",
    "utils.data._utils": ("taeda.utils.data",),
    "utils.data._utils.collate": "taeda.utils.data.collate",
    "utils.data._utils.worker": "taeda.utils.data.worker",
    "utils.data._utils.fetch": "taeda.utils.data.fetch",
    "utils.data.dataloader": ("taeda.utils.data.loader", "taeda.utils.data"),
    "_functorch": ("taeda.func",),
    "_functorch.apis": "taeda.func",
    "_functorch.eager_transforms": "taeda.func",
    "_functorch.functional_call": ("taeda.func",),
    "_functorch.vmap": ("taeda.func",),
    "_vmap_internals": "taeda.func",
    "_tensor_str": "taeda.printing",
    "_higher_order_ops.associative_scan": ("taeda.scans",),
    "_higher_order_ops.cond": ("taeda.control_flow",),
    "_higher_order_ops.map": ("taeda.scans",),
    "_higher_order_ops.scan": ("taeda.scans",),
    "_higher_order_ops.while_loop": ("taeda.control_flow",),
    "_jit_internal": ("taeda.jit", "taeda.jit.annotations"),
    "autograd.profiler_util": "taeda.autograd.profiler",
    "cpu.amp.autocast_mode": ("taeda.cpu.amp", "taeda.amp.autocast_mode"),
    "cpu.amp.grad_scaler": ("taeda.cpu.amp", "taeda.amp.grad_scaler"),
    "cuda.amp.autocast_mode": ("taeda.cuda.amp", "taeda.amp.autocast_mode"),
    "cuda.amp.grad_scaler": ("taeda.cuda.amp", "taeda.amp.grad_scaler"),
    "cuda.graphs": "taeda.cuda",
    "cuda.memory": "taeda.cuda",
    "cuda.streams": "taeda.cuda",
    "export.dynamic_shapes": ("taeda.export", "taeda.export.shapes"),
    "export.exported_program": ("taeda.export", "taeda.export.program"),
    "export.graph_signature": "taeda.export",
    "jit._script": "taeda.jit",
    "jit._trace": "taeda.jit",
    "nn.utils.spectral_norm": ("taeda.nn.utils.spectral_norm_hook",),
    "nn.utils.weight_norm": ("taeda.nn.utils.weight_norm_hook",),
    "profiler.profiler": "taeda.profiler",
    "signal.windows.windows": "taeda.signal.windows",
    "testing._comparison": "taeda.testing.comparison",
    "torch_version": "taeda.version",
}

# Modules that a function of the same name hides.
_FUNCTIONS_TOO = {
    "taeda.nn.utils.spectral_norm", "taeda.nn.utils.weight_norm",
    *(name for name in (f"taeda.{name}" for name in _TABLE) if name.startswith("taeda._higher_order_ops.")),
}


class _AliasLoader:
    """Gives the module that lives under another name. Its methods are all that importlib asks for; importlib.abc, which
    has a class for them, brings tempfile, shutil and random along, and every import of Taeda would pay for that."""

    def __init__(self, home: str):
        self.home = home

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = importlib.import_module(self.home)
        # What importlib is about to overwrite: the module stays the one that it is.
        self.kept = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        module.__spec__ = self.kept


def alias_spec(name: str, home: str, origin: str | None, is_package: bool) -> importlib.machinery.ModuleSpec:
    """How importlib is told that the module `name` is the one that lives at `home`."""
    return importlib.machinery.ModuleSpec(name, cast(Any, _AliasLoader(home)), origin=origin, is_package=is_package)


class _JoinedModule(types.ModuleType):
    """A module that has what several others have. Called, it is the function whose name it has in PyTorch too:
    `torch.nn.utils.weight_norm` is a function, and a module to import from."""

    homes: list[types.ModuleType]
    function: Any = None

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return sorted({word for home in self.homes for word in dir(home) if not word.startswith("_")})
        # Not where a home's files lie: they would be imported a second time, as modules below this one.
        for home in self.homes if name != "__path__" else ():
            try:
                return getattr(home, name)
            except AttributeError:
                continue
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> list[str]:
        return [*self.__all__, *vars(self)]

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.function is None:
            raise TypeError("'module' object is not callable")
        return self.function(*args, **kwargs)


class _JoinedLoader:
    """Makes a module of several."""

    def __init__(self, homes: tuple[str, ...]):
        self.homes = homes

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        module = _JoinedModule(spec.name)
        module.homes = [importlib.import_module(home) for home in self.homes]
        if spec.name in _FUNCTIONS_TOO:
            package, _, name = spec.name.rpartition(".")
            module.function = getattr(importlib.import_module(package), name)
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        pass


class _TreeFinder:
    """Finds the names of the table; it stands last, so it is asked only for names that no file has."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        home = _TABLE.get(fullname.removeprefix("taeda.")) if fullname.startswith("taeda.") else None
        if home is None:
            return None
        if isinstance(home, str):
            return alias_spec(fullname, home, home, False)
        has_children = bool(submodules(fullname.removeprefix("taeda.")))
        return importlib.machinery.ModuleSpec(
            fullname, cast(Any, _JoinedLoader(home)), origin=home[0], is_package=has_children
        )


def install() -> None:
    """Let `import` find the table's names."""
    sys.meta_path.append(_TreeFinder())


def submodules(package: str) -> list[str]:
    """The names that the table adds directly below `package` (without "taeda.")."""
    prefix = package + "." if package else ""
    return [name[len(prefix):] for name in _TABLE if name.startswith(prefix) and "." not in name[len(prefix):]]


def open_package(namespace: dict[str, Any]) -> None:
    """Let the table's modules below a package be attributes of it without having been imported.

    Called at the end of the package with its `globals()`: PyTorch imports its whole tree at the start, so programs
    write `torch.utils.data.dataloader.default_collate` after `import torch`.
    """
    package = namespace["__name__"]
    known, own = frozenset(submodules(package.removeprefix("taeda."))), namespace.get("__getattr__")

    def __getattr__(name: str) -> Any:
        if name in known:
            return importlib.import_module(f"{package}.{name}")
        if own is not None:
            return own(name)
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    namespace["__getattr__"] = __getattr__
