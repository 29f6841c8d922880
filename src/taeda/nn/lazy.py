"""Layers whose input sizes are found from the first input: `LazyLinear(10)`, `LazyConv2d(8, 3)`, ...

Their parameters are `UninitializedParameter`s until the first call, which gives them their shapes and turns the layer
into the ordinary one. Make the optimizer after that call.
"""

from __future__ import annotations

import itertools
from typing import Any

import taeda
from taeda.nn.batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d, InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
from taeda.nn.convolution import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d
from taeda.nn.linear import Linear
from taeda.nn.parameter import Parameter

__all__ = [
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyConv1d", "LazyConv2d", "LazyConv3d",
    "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d", "LazyInstanceNorm1d", "LazyInstanceNorm2d",
    "LazyInstanceNorm3d", "LazyLinear", "LazyModuleMixin", "UninitializedBuffer", "UninitializedParameter", "is_lazy",
]  # fmt: skip


class UninitializedTensorMixin:
    """A tensor without a shape yet; `materialize` gives it one."""

    cls_to_become: Any
    data: Any

    def materialize(self, shape: Any, device: Any = None, dtype: Any = None) -> None:
        """Become an ordinary parameter (or buffer) of uninitialised elements of this shape, in place."""
        device = self.data.device if device is None else device
        dtype = self.data.dtype if dtype is None else dtype
        self.data = taeda.empty(shape, device=device, dtype=dtype)
        self.__class__ = self.cls_to_become

    @property
    def shape(self) -> Any:
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` "
            "to initialize the parameters before accessing their attributes."
        )

    def __repr__(self, **options: Any) -> str:
        return f"<{type(self).__name__}>"


class UninitializedParameter(UninitializedTensorMixin, Parameter):
    """A parameter without a shape yet."""

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> Any:
        return taeda.Tensor._make_subclass(cls, taeda.empty(0, device=device, dtype=dtype), requires_grad)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]


class UninitializedBuffer(UninitializedTensorMixin, taeda.Tensor):
    """A buffer without a shape yet."""

    cls_to_become = taeda.Tensor

    def __new__(
        cls, requires_grad: bool = False, device: Any = None, dtype: Any = None, persistent: bool = True
    ) -> Any:
        made = taeda.Tensor._make_subclass(cls, taeda.empty(0, device=device, dtype=dtype), requires_grad)
        made.persistent = persistent
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, self.data.device, self.data.dtype)
        return memo[id(self)]


def is_lazy(param: Any) -> bool:
    """Whether a parameter or buffer has no shape yet."""
    return isinstance(param, UninitializedTensorMixin)


class LazyModuleMixin:
    """What makes a layer lazy. The class beside it gives `initialize_parameters(*inputs)`, and in `cls_to_become` the
    ordinary layer."""

    cls_to_become: type[Any] | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        this: Any = self
        self._load_hook = this._register_load_state_dict_pre_hook(self._lazy_load_hook)
        self._initialize_hook = this.register_forward_pre_hook(self._infer_parameters, with_kwargs=True)

    def has_uninitialized_params(self) -> bool:
        """Whether a parameter or buffer of this layer has no shape yet."""
        this: Any = self
        return any(is_lazy(p) for p in itertools.chain(this._parameters.values(), this._buffers.values()))

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Give the parameters their shapes, from the inputs of the first call."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def _lazy_load_hook(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        """Parameters that are loaded have the shapes of what is loaded."""
        this: Any = self
        for name, p in itertools.chain(this._parameters.items(), this._buffers.items()):
            loaded = state_dict.get(prefix + name)
            if is_lazy(p) and loaded is not None and not is_lazy(loaded):
                with taeda.no_grad():
                    p.materialize(loaded.shape)

    def _infer_parameters(self, module: Any, args: Any, kwargs: Any = None) -> None:
        module.initialize_parameters(*args, **(kwargs or {}))
        if module.has_uninitialized_params():
            raise RuntimeError(f"module {type(self).__name__} has not been fully initialized")
        module._initialize_hook.remove()
        module._load_hook.remove()
        del module._initialize_hook, module._load_hook
        if module.cls_to_become is not None:
            module.__class__ = module.cls_to_become


class LazyLinear(LazyModuleMixin, Linear):
    """A Linear whose `in_features` are the last size of the first input."""

    cls_to_become = Linear
    weight: Any
    bias: Any

    def __init__(self, out_features: int, bias: bool = True, device: Any = None, dtype: Any = None) -> None:
        super().__init__(0, 0, False, device, dtype)
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        self.out_features = out_features
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self) -> None:
        if not self.has_uninitialized_params() and self.in_features != 0:
            super().reset_parameters()

    def initialize_parameters(self, input: Any) -> None:
        if self.has_uninitialized_params():
            with taeda.no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        if self.in_features == 0:
            self.in_features = self.weight.shape[-1]


class _LazyConv(LazyModuleMixin):
    """A convolution whose `in_channels` are those of the first input."""

    _spatial = 0

    def __init__(self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, dilation: Any = 1,
                 groups: int = 1, bias: bool = True, padding_mode: str = "zeros", device: Any = None,
                 dtype: Any = None) -> None:
        super().__init__(0, 0, kernel_size, stride, padding, dilation, groups, False, padding_mode, device, dtype)
        self._without_shape(out_channels, bias)

    def _without_shape(self, out_channels: int, bias: bool) -> None:
        this: Any = self
        options = {"device": this.weight.device, "dtype": this.weight.dtype}
        this.out_channels = out_channels
        this.weight = UninitializedParameter(**options)
        if bias:
            this.bias = UninitializedParameter(**options)

    def reset_parameters(self) -> None:
        this: Any = self
        if not self.has_uninitialized_params() and this.in_channels != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any, *args: Any, **kwargs: Any) -> None:
        this: Any = self
        if self.has_uninitialized_params():
            this.in_channels = self._channels_of(input)
            if this.in_channels % this.groups != 0:
                raise ValueError("in_channels must be divisible by groups")
            first, second = this.in_channels, this.out_channels
            if not this.transposed:
                first, second = second, first
            with taeda.no_grad():
                this.weight.materialize((first, second // this.groups, *this.kernel_size))
                if this.bias is not None:
                    this.bias.materialize((this.out_channels,))
                this.reset_parameters()

    def _channels_of(self, input: Any) -> int:
        dims = self._spatial + 2
        if input.dim() not in (dims, dims - 1):
            raise RuntimeError(
                f"Expected {dims - 1}D (unbatched) or {dims}D (batched) input to {type(self).__name__}, but got input "
                f"of size: {input.shape}"
            )
        return input.shape[1] if input.dim() == dims else input.shape[0]


class LazyConv1d(_LazyConv, Conv1d):
    """A Conv1d whose `in_channels` are those of the first input."""

    cls_to_become = Conv1d
    _spatial = 1


class LazyConv2d(_LazyConv, Conv2d):
    """A Conv2d whose `in_channels` are those of the first input."""

    cls_to_become = Conv2d
    _spatial = 2


class LazyConv3d(_LazyConv, Conv3d):
    """A Conv3d whose `in_channels` are those of the first input."""

    cls_to_become = Conv3d
    _spatial = 3


class _LazyConvTranspose(_LazyConv):
    """A transposed convolution whose `in_channels` are those of the first input."""

    def __init__(self, out_channels: int, kernel_size: Any, stride: Any = 1, padding: Any = 0, output_padding: Any = 0,
                 groups: int = 1, bias: bool = True, dilation: Any = 1, padding_mode: str = "zeros",
                 device: Any = None, dtype: Any = None) -> None:
        LazyModuleMixin.__init__(self, 0, 0, kernel_size, stride, padding, output_padding, groups, False, dilation,
                                 padding_mode, device, dtype)
        self._without_shape(out_channels, bias)


class LazyConvTranspose1d(_LazyConvTranspose, ConvTranspose1d):
    """A ConvTranspose1d whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose1d
    _spatial = 1


class LazyConvTranspose2d(_LazyConvTranspose, ConvTranspose2d):
    """A ConvTranspose2d whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose2d
    _spatial = 2


class LazyConvTranspose3d(_LazyConvTranspose, ConvTranspose3d):
    """A ConvTranspose3d whose `in_channels` are those of the first input."""

    cls_to_become = ConvTranspose3d
    _spatial = 3


class _LazyNorm(LazyModuleMixin):
    """A normalisation whose `num_features` are the channels of the first input."""

    def __init__(
        self, eps: float = 1e-5, momentum: float | None = 0.1, affine: bool = True, track_running_stats: bool = True,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:
        super().__init__(0, eps, momentum, False, False, device, dtype)
        this: Any = self
        this.affine, this.track_running_stats = affine, track_running_stats
        options = {"device": device, "dtype": dtype}
        if affine:
            this.weight = UninitializedParameter(**options)
            if bias:
                this.bias = UninitializedParameter(**options)
        if track_running_stats:
            for name in ("running_mean", "running_var"):
                this.register_buffer(name, UninitializedBuffer(**options))
            this.register_buffer("num_batches_tracked", taeda.tensor(0, dtype=taeda.long, device=device))

    def reset_parameters(self) -> None:
        this: Any = self
        if not self.has_uninitialized_params() and this.num_features != 0:
            super().reset_parameters()  # type: ignore[misc]

    def initialize_parameters(self, input: Any) -> None:
        this: Any = self
        if self.has_uninitialized_params():
            this.num_features = self._features_of(input)
            for p in (this.weight, this.bias, this.running_mean, this.running_var):
                if is_lazy(p):
                    p.materialize((this.num_features,))
            this.reset_parameters()

    def _features_of(self, input: Any) -> int:
        return input.shape[1]


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """A BatchNorm1d whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """A BatchNorm2d whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """A BatchNorm3d whose `num_features` are the channels of the first input."""

    cls_to_become = BatchNorm3d


class _LazyInstanceNorm(_LazyNorm):
    _spatial = 0

    def __init__(
        self, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True, track_running_stats: bool = True,
        device: Any = None, dtype: Any = None, *, bias: bool = True,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def _features_of(self, input: Any) -> int:
        return input.shape[-self._spatial - 1]


class LazyInstanceNorm1d(_LazyInstanceNorm, InstanceNorm1d):
    """An InstanceNorm1d whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm1d
    _spatial = 1


class LazyInstanceNorm2d(_LazyInstanceNorm, InstanceNorm2d):
    """An InstanceNorm2d whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm2d
    _spatial = 2


class LazyInstanceNorm3d(_LazyInstanceNorm, InstanceNorm3d):
    """An InstanceNorm3d whose `num_features` are the channels of the first input."""

    cls_to_become = InstanceNorm3d
    _spatial = 3
