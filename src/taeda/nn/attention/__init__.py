"""Multi-head attention as a module, and the names of PyTorch's kernels of attention."""

import contextlib
from collections.abc import Iterator
from enum import Enum
from typing import Any, NamedTuple

import taeda
from taeda.assertions import check_type
from taeda.nn import functional as F
from taeda.nn import init
from taeda.nn.linear import NonDynamicallyQuantizableLinear
from taeda.nn.module import Module
from taeda.nn.parameter import Parameter

__all__ = [
    "WARN_FOR_UNFUSED_KERNELS", "MultiheadAttention", "SDPAParams", "SDPBackend", "activate_flash_attention_impl",
    "can_use_efficient_attention", "can_use_flash_attention", "current_flash_attention_impl",
    "list_flash_attention_impls", "register_flash_attention_impl", "restore_flash_attention_impl", "sdpa_kernel",
]  # fmt: skip

WARN_FOR_UNFUSED_KERNELS = False


class MultiheadAttention(Module):
    """Attention in several heads with projections of queries, keys, values and outputs (Vaswani et al. 2017).

    Query (L, N, E), key (S, N, kdim) and value (S, N, vdim), or with N first (`batch_first`), or without N. Returns the
    output, of the query's shape, and the attention weights (N, L, S) averaged over heads, each head's (N, heads, L, S),
    or None if `need_weights` is false, which is faster.

    `key_padding_mask` (N, S): keys to leave out. `attn_mask` (L, S) or (N * heads, L, S): pairs to leave out. Boolean
    masks leave out where true; others are added to the scores. `is_causal` says that `attn_mask` is the causal one.
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        add_bias_kv: bool = False,
        add_zero_attn: bool = False,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if embed_dim <= 0 or num_heads <= 0:
            raise ValueError(
                f"embed_dim and num_heads must be greater than 0, got embed_dim={embed_dim} and "
                f"num_heads={num_heads} instead"
            )
        super().__init__()
        self.embed_dim = embed_dim
        self.kdim = embed_dim if kdim is None else kdim
        self.vdim = embed_dim if vdim is None else vdim
        self._qkv_same_embed_dim = self.kdim == embed_dim and self.vdim == embed_dim
        self.num_heads = num_heads
        self.dropout = dropout
        self.batch_first = batch_first
        self.head_dim = embed_dim // num_heads
        if self.head_dim * num_heads != embed_dim:
            raise AssertionError("embed_dim must be divisible by num_heads")

        def parameter(*shape: int) -> Any:
            return Parameter(taeda.empty(shape, device=device, dtype=dtype))

        if self._qkv_same_embed_dim:
            self.in_proj_weight = parameter(3 * embed_dim, embed_dim)
            for name in ("q_proj_weight", "k_proj_weight", "v_proj_weight"):
                self.register_parameter(name, None)
        else:
            self.q_proj_weight = parameter(embed_dim, embed_dim)
            self.k_proj_weight = parameter(embed_dim, self.kdim)
            self.v_proj_weight = parameter(embed_dim, self.vdim)
            self.register_parameter("in_proj_weight", None)
        if bias:
            self.in_proj_bias = parameter(3 * embed_dim)
        else:
            self.register_parameter("in_proj_bias", None)
        self.out_proj = NonDynamicallyQuantizableLinear(embed_dim, embed_dim, bias=bias, device=device, dtype=dtype)
        if add_bias_kv:
            self.bias_k = parameter(1, 1, embed_dim)
            self.bias_v = parameter(1, 1, embed_dim)
        else:
            self.bias_k = self.bias_v = None
        self.add_zero_attn = add_zero_attn
        self._reset_parameters()

    def _reset_parameters(self) -> None:
        if self._qkv_same_embed_dim:
            init.xavier_uniform_(self.in_proj_weight)
        else:
            init.xavier_uniform_(self.q_proj_weight)
            init.xavier_uniform_(self.k_proj_weight)
            init.xavier_uniform_(self.v_proj_weight)
        if self.in_proj_bias is not None:
            init.constant_(self.in_proj_bias, 0.0)
            init.constant_(self.out_proj.bias, 0.0)
        if self.bias_k is not None:
            init.xavier_normal_(self.bias_k)
        if self.bias_v is not None:
            init.xavier_normal_(self.bias_v)

    def forward(
        self,
        query: Any,
        key: Any,
        value: Any,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        swap = self.batch_first and query.dim() == 3
        if swap:
            # One tensor given twice must stay one tensor, so that its projections are one product.
            same_query, same_value = query is key, key is value
            query = query.transpose(1, 0)
            key = query if same_query else key.transpose(1, 0)
            value = key if same_value else value.transpose(1, 0)
        output, weights = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            key_padding_mask=key_padding_mask,
            need_weights=need_weights,
            attn_mask=attn_mask,
            use_separate_proj_weight=not self._qkv_same_embed_dim,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            average_attn_weights=average_attn_weights,
            is_causal=is_causal,
        )
        return (output.transpose(1, 0) if swap else output), weights


class SDPBackend(Enum):
    """PyTorch's kernels of attention. Taeda has one, which needs no choice: all names mean it."""

    ERROR = -1
    MATH = 0
    FLASH_ATTENTION = 1
    EFFICIENT_ATTENTION = 2
    CUDNN_ATTENTION = 3
    OVERRIDEABLE = 4


@contextlib.contextmanager
def sdpa_kernel(backends: list[SDPBackend] | SDPBackend, set_priority: bool = False) -> Iterator[None]:
    """The kernels that attention may use in a block: accepted and checked, without effect."""
    for backend in [backends] if isinstance(backends, SDPBackend) else backends:
        if not isinstance(backend, SDPBackend):
            raise AssertionError("Backend must be an instance of SDPBackend or a list of SDPBackend instances")
    yield


class SDPAParams(NamedTuple):
    """The arguments of a call of attention, of which a kernel says whether it can be used."""

    query: Any
    key: Any
    value: Any
    attn_mask: Any = None
    dropout: float = 0.0
    is_causal: bool = False
    enable_gqa: bool = False


def can_use_flash_attention(params: SDPAParams, debug: bool = False) -> bool:
    """Whether attention runs in pieces that never hold all scores: here it always does, without dropout."""
    check_type("can_use_flash_attention", "params", params, SDPAParams)
    return params.query.dim() == 4 and params.dropout == 0.0


def can_use_efficient_attention(params: SDPAParams, debug: bool = False) -> bool:
    """As can_use_flash_attention: there is one kernel."""
    return can_use_flash_attention(params, debug)


_implementations: dict[str, Any] = {}
_active: str | None = None


def register_flash_attention_impl(impl: str, *, register_fn: Any) -> None:
    """Keep a function by name, which `activate_flash_attention_impl` calls: it puts kernels of its own in place and
    returns an object whose `remove()` takes them out again."""
    _implementations[impl] = register_fn


def list_flash_attention_impls() -> list[str]:
    """The names that were registered."""
    return sorted(_implementations)


def activate_flash_attention_impl(impl: str) -> None:
    """Call the function registered by this name. ValueError for other names."""
    global _active, _handle
    if impl not in _implementations:
        raise ValueError(f"Unknown flash attention impl '{impl}'. Available implementations: "
                         f"{list_flash_attention_impls()}")
    restore_flash_attention_impl()
    _handle, _active = _implementations[impl](), impl


_handle: Any = None


def restore_flash_attention_impl() -> None:
    """Take out what was activated."""
    global _active, _handle
    if _handle is not None:
        _handle.remove()
    _active = _handle = None


def current_flash_attention_impl() -> str | None:
    """The name of what was activated."""
    return _active
