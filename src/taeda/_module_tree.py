"""PyTorch's module names whose contents live elsewhere here: `taeda.nn.modules.conv` is `taeda.nn.convolution`.

Programs import from deep inside PyTorch's tree (`from torch.nn.modules.batchnorm import _BatchNorm`). Each row of the
table is a second name of a module, not a copy; the module is imported when somebody asks.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import sys
import types
from collections.abc import Sequence
from typing import Any, cast

_TABLE = {
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
    "distributed._tensor": "taeda.distributed.tensor",
    "functional": "taeda.functions",
    "fx._symbolic_trace": "taeda.fx.tracer",
    "nn.modules.adaptive": "taeda.nn.adaptive",
    "nn.modules.lazy": "taeda.nn.lazy",
    "nn.modules.activation": "taeda.nn.activation",
    "nn.modules.batchnorm": "taeda.nn.batchnorm",
    "nn.modules.channelshuffle": "taeda.nn.shaping",
    "nn.modules.container": "taeda.nn.containers",
    "nn.modules.conv": "taeda.nn.convolution",
    "nn.modules.distance": "taeda.nn.shaping",
    "nn.modules.dropout": "taeda.nn.dropout",
    "nn.modules.flatten": "taeda.nn.shaping",
    "nn.modules.fold": "taeda.nn.shaping",
    "nn.modules.instancenorm": "taeda.nn.batchnorm",
    "nn.modules.linear": "taeda.nn.linear",
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
    "utils.data._utils.collate": "taeda.utils.data.collate",
    "utils.data._utils.worker": "taeda.utils.data.worker",
    "utils.data._utils.fetch": "taeda.utils.data.fetch",
    "utils.data.dataloader": "taeda.utils.data.loader",
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


class _TreeFinder:
    """Finds the names of the table; it stands last, so it is asked only for names that no file has."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        home = _TABLE.get(fullname.removeprefix("taeda.")) if fullname.startswith("taeda.") else None
        return None if home is None else alias_spec(fullname, home, home, False)


def install() -> None:
    """Let `import` find the table's names."""
    sys.meta_path.append(_TreeFinder())


def submodules(package: str) -> list[str]:
    """The names that the table adds directly below `package` (without "taeda.")."""
    prefix = package + "." if package else ""
    return [name[len(prefix):] for name in _TABLE if name.startswith(prefix) and "." not in name[len(prefix):]]
