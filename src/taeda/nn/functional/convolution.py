"""Convolutions, and the patches they see (`unfold`, `fold`)."""

from taeda.nn.functional._legacy import op

conv1d, conv2d, conv3d = op("conv1d"), op("conv2d"), op("conv3d")
conv_transpose1d, conv_transpose2d, conv_transpose3d = (op(f"conv_transpose{dims}d") for dims in (1, 2, 3))
unfold, fold = op("unfold"), op("fold")
