"""Weights of fewer bits: `quantize_(model, int4(group=64))` makes the linear layers of a model read int8 or int4.

    >>> import taeda
    >>> from taeda.quantization import int8, quantize_
    >>> model = taeda.nn.Sequential(taeda.nn.Linear(64, 32), taeda.nn.ReLU(), taeda.nn.Linear(32, 8))
    >>> x = taeda.ones(1, 64)
    >>> before = model(x)
    >>> quantize_(model, int8())
    ['0', '2']
    >>> bool((model(x) - before).abs().max() < 0.02)
    True

`calibrate_` does so by what the layers read on some inputs (GPTQ or AWQ), which loses less in 4 bits.

`int8(32, inputs=8)` and `int4(inputs=8)` round inputs to 8 bits as well, in steps of at most 64 neighbours, and
multiply whole numbers: about three times as quick as float32 where the processor has VNNI, and with 4 bits quicker on
others too, at an error of the size of that of 8-bit weights. Small layers (some 100 outputs) gain nothing by it.

Weights become numbers inside the kernel of the product, which therefore is as fast as memory brings a quarter or an
eighth of the bytes. Gradients flow to the inputs, so that what is trained beside the weights (LoRA) trains on.
"""

from taeda.quantization.calibration import calibrate_
from taeda.quantization.codes import Scheme, decode, encode, int4, int8
from taeda.quantization.linear import QuantizedLinear, quantize_

__all__ = ["QuantizedLinear", "Scheme", "calibrate_", "decode", "encode", "int4", "int8", "quantize_"]
