"""What the nodes of a graph are called, which users see in `print(loss)`: as PyTorch calls the last op that it makes of
a call. Most have the name of their op; here are the others.

`NAMES` has those that are the same for all calls of an op (by its unique name), `BY_KEY` functions of the key of a call
(runtime/programs.py says what that is): by dimensions or options, calls of some ops end in different ones there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Key = tuple[Any, ...]


def node_name(op: str, display: str, key: Key) -> str:
    """The name of the node of a call of the op with this unique name, which messages call `display`."""
    orders = 0
    while key and key[0] in ("transformed", "gradient"):
        orders += key[0] == "gradient"
        key = key[1]
    if op in BY_KEY and not orders:
        return BY_KEY[op](key)
    name = NAMES.get(op) or _usual_name(display.split(" ")[-1])  # "gradient of log1p"
    for _ in range(orders):  # TanhBackward0 → TanhBackwardBackward0
        name = name.removesuffix("0") + "Backward0"
    return name


def _usual_name(display: str) -> str:
    """log1p → Log1PBackward0."""
    words = "".join(word[:1].upper() + word[1:] for word in display.split("_"))
    return re.sub(r"\d[a-z]", lambda found: found.group().upper(), words) + "Backward0"


def _ndim(entry: Any) -> int:
    """Dimensions of a tensor; 0 where there is none."""
    return entry[2] if entry is not None and entry[0] == "tensor" else 0


def _is_number(entry: Any) -> bool:
    return entry is not None and entry[0] == "number"


def _static(entry: Any, default: Any = None) -> Any:
    """A value that Programs are made for."""
    return entry[1] if entry is not None and entry[0] == "static" else default


def _over_dims(name: str) -> Callable[[Key], str]:
    return lambda key: f"{name}Backward{int(key[1] is not None)}"


def _reduced(key: Key) -> str:
    """A loss of (input, target, reduction, ..) that is reduced by another op."""
    return {"sum": "SumBackward0", "batchmean": "DivBackward0", "none": "MulBackward0"}.get(
        _static(key[2], "mean"), "MeanBackward0")


def _cross_entropy(key: Key) -> str:
    target = key[1]
    if target[1].startswith(("float", "bfloat")):
        return "DivBackward1" if _static(key[4], "mean") == "mean" else "NegBackward0"
    if _is_number(key[5]):
        return "AddBackward0"
    return "NllLossBackward0" if _ndim(key[0]) <= 2 else "NllLoss2DBackward0"


def _linear(key: Key) -> str:
    biased = key[2] is not None
    if _ndim(key[0]) == 2:
        return "AddmmBackward0" if biased else "MmBackward0"
    if biased:
        return "ViewBackward0"
    return "SqueezeBackward4" if _ndim(key[0]) == 1 else "UnsafeViewBackward0"


def _matmul(key: Key) -> str:
    sides = _ndim(key[0]), _ndim(key[1])
    return {(1, 1): "DotBackward0", (2, 1): "MvBackward0", (1, 2): "SqueezeBackward4", (2, 2): "MmBackward0"}.get(
        sides, "UnsafeViewBackward0")


def _strided_view(key: Key) -> str:
    """Indexing with numbers, slices and None, by what the last of them usually is."""
    before, after = _ndim(key[0]), key[1][1]
    return "SelectBackward0" if after < before else "SliceBackward0" if after == before else "UnsqueezeBackward0"


def _pad(key: Key) -> str:
    mode, dims = _static(key[2], "constant"), key[1][1] // 2
    names = {"reflect": f"ReflectionPad{dims}DBackward0", "replicate": f"ReplicationPad{dims}DBackward0",
             "circular": "CopySlices"}
    return names.get(mode, "ConstantPadNdBackward0")


def _upsampled(way: str) -> Callable[[Key], str]:
    return lambda key: f"Upsample{way}{_ndim(key[0]) - 2}DBackward0"


def _upsampled_linear(key: Key) -> str:
    way = {3: "Linear", 5: "Trilinear"}.get(_ndim(key[0]), "Bilinear")
    return f"Upsample{way}{_ndim(key[0]) - 2}DBackward0"


def _attention(key: Key) -> str:
    return "ScaledDotProductFlashAttentionForCpuBackward0" if _ndim(key[0]) == 4 else "UnsafeViewBackward0"


BY_KEY: dict[str, Callable[[Key], str]] = {
    "sum": _over_dims("Sum"),
    "mean": _over_dims("Mean"),
    "sub": lambda key: "RsubBackward1" if _is_number(key[0]) else "SubBackward0",
    "div": lambda key: "MulBackward0" if _is_number(key[0]) else "DivBackward0",
    "pow.tensor": lambda key: "PowBackward2" if _is_number(key[0]) else "PowBackward1",
    "clamp": lambda key: f"ClampBackward{int(_is_number(key[1]) or _is_number(key[2]))}",
    "scatter": lambda key: f"ScatterBackward{int(_is_number(key[3]))}",
    "squeeze_dims": lambda key: f"SqueezeBackward{int(len(_static(key[1], ())) == 1)}",
    "cross_entropy": _cross_entropy,
    "l1_loss": _reduced,
    "kl_div": _reduced,
    "linear": _linear,
    "matmul": _matmul,
    "strided_view": _strided_view,
    "pad": _pad,
    "resample_nearest": _upsampled("Nearest"),
    "resample_cubic": _upsampled("Bicubic"),
    "resample_linear": _upsampled_linear,
    "scaled_dot_product_attention": _attention,
    "fft": lambda key: "FftC2CBackward0" if "complex" in key[0][1] else "FftR2CBackward0",
}

NAMES: dict[str, str] = {
    **dict.fromkeys(("reshape", "flatten", "view_as", "unflatten", "ravel", "einsum", "contracted"), "ViewBackward0"),
    **dict.fromkeys(("reversed_dims", "movedim"), "PermuteBackward0"),
    **dict.fromkeys(("hstack", "vstack", "dstack"), "CatBackward0"),
    **dict.fromkeys(("broadcast_to", "meshgrid"), "ExpandBackward0"),
    **dict.fromkeys(("conv1d", "conv2d", "conv3d", "conv1d.padding", "conv2d.padding", "conv3d.padding",
                     "conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), "ConvolutionBackward0"),
    **dict.fromkeys(("max_pool1d", "avg_pool1d", "adaptive_avg_pool1d"), "SqueezeBackward1"),
    **dict.fromkeys(("batch_norm_training", "batch_norm_inference"), "NativeBatchNormBackward0"),
    **dict.fromkeys(("norm", "norm.linalg", "matrix_norm", "vector_norm"), "LinalgVectorNormBackward0"),
    **dict.fromkeys(("gaussian_nll_loss", "poisson_nll_loss", "margin_ranking_loss", "hinge_embedding_loss",
                     "cosine_embedding_loss", "triplet_margin_loss"), "MeanBackward0"),
    **dict.fromkeys(("normalize", "softsign", "local_response_norm"), "DivBackward0"),
    **dict.fromkeys(("dropout", "outer", "rms_norm"), "MulBackward0"),
    **dict.fromkeys(("inverse", "inv"), "LinalgInvExBackward0"),
    **dict.fromkeys(("cross.linalg", "torch.cross"), "LinalgCrossBackward0"),
    **dict.fromkeys(("det", "det.torch"), "LinalgDetBackward0"),
    **dict.fromkeys(("qr", "qr.linalg"), "LinalgQrBackward0"),
    **dict.fromkeys(("slogdet", "slogdet.linalg"), "LinalgSlogdetBackward0"),
    **dict.fromkeys(("svd", "svd.linalg"), "LinalgSvdBackward0"),
    "adaptive_max_pool2d_with_indices": "AdaptiveMaxPool2DBackward0",
    "atleast_2d": "UnsqueezeBackward0",
    "cholesky.linalg": "LinalgCholeskyExBackward0",
    "contiguous": "CloneBackward0",
    "convert": "ToCopyBackward0",
    "cosine_similarity": "SumBackward1",
    "eigh": "LinalgEighBackward0",
    "fft2": "FftC2CBackward0",
    "fold": "Col2ImBackward0",
    "group_norm": "NativeGroupNormBackward0",
    "irfft": "FftC2RBackward0",
    "kron": "UnsafeViewBackward0",
    "layer_norm": "NativeLayerNormBackward0",
    "linalg.solve": "LinalgSolveExBackward0",
    "logsigmoid": "LogSigmoidBackward0",
    "matrix_transpose": "TransposeBackward0",
    "max": "MaxBackward1",
    "max_pool2d": "MaxPool2DWithIndicesBackward0",
    "max_pool3d": "MaxPool3DWithIndicesBackward0",
    "min": "MinBackward1",
    "narrow": "SliceBackward0",
    "pairwise_distance": "NormBackward1",
    "prelu": "PreluKernelBackward0",
    "relu6": "HardtanhBackward0",
    "rfft": "FftR2CBackward0",
    "selu": "EluBackward0",
    "square": "PowBackward0",
    "system_solution": "LinalgSolveExBackward0",
    "tanhshrink": "SubBackward0",
    "tile": "RepeatBackward0",
    "unfold.patches": "Im2ColBackward0",
}
