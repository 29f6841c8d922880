"""The state of a model, whole, whatever the processes; here there is one, which has all of it."""

from dataclasses import dataclass
from typing import Any

__all__ = ["StateDictOptions", "get_model_state_dict", "set_model_state_dict"]


@dataclass
class StateDictOptions:
    """What a state holds. `full_state_dict`, `broadcast_from_rank0`, `flatten_optimizer_state_dict` and
    `dsd_fqn_modifiers` are about several processes and change nothing in one."""

    full_state_dict: bool = False
    cpu_offload: bool = False
    ignore_frozen_params: bool = False
    keep_submodule_prefixes: bool = True
    strict: bool = True
    broadcast_from_rank0: bool = False
    flatten_optimizer_state_dict: bool = False
    dsd_fqn_modifiers: str = "_fqn_modifiers"


def get_model_state_dict(
    model: Any, *, submodules: Any = None, options: StateDictOptions | None = None
) -> dict[str, Any]:
    """The state of a module; with `ignore_frozen_params` without parameters that need no gradient.

    >>> import taeda
    >>> sorted(get_model_state_dict(taeda.nn.Linear(2, 2)))
    ['bias', 'weight']
    """
    if submodules is not None:
        raise NotImplementedError("get_model_state_dict: submodules; take the state of the module itself")
    options = options or StateDictOptions()
    frozen = {name for name, p in model.named_parameters() if not p.requires_grad and options.ignore_frozen_params}
    return {name: value for name, value in model.state_dict().items() if name not in frozen}


def set_model_state_dict(model: Any, model_state_dict: Any, *, options: StateDictOptions | None = None) -> Any:
    """Load a state into a module, in place of tensors on the device "meta". What `load_state_dict` returns."""
    options = options or StateDictOptions()
    on_meta = any(t.is_meta for t in (*model.parameters(), *model.buffers()))
    return model.load_state_dict(model_state_dict, strict=options.strict, assign=on_meta)
