"""What an event can show, as the fields of TensorFlow's message `Summary`."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from typing import Any

import taeda
from taeda.utils.tensorboard.records import double, doubles, message, single, text, whole

_STRING = 7  # TensorFlow's DT_STRING


def array(values: Any) -> Any:
    """What programs give, as an array of NumPy."""
    import numpy

    if isinstance(values, taeda.Tensor):
        values = values.detach()
        return (values.float() if values.dtype == taeda.bfloat16 else values).numpy()
    if isinstance(values, (list, tuple)) and any(isinstance(value, taeda.Tensor) for value in values):
        return numpy.array([array(value) for value in values])
    return numpy.asarray(values)


def number(value: Any) -> float:
    """One number."""
    values = array(value)
    if values.size != 1:
        raise AssertionError(f"scalar should be 0D, but it has {values.size} elements")
    return float(values.reshape(-1)[0])


def _value(tag: str, content: bytes) -> bytes:
    return message(1, text(1, tag) + content)


def scalar(tag: str, value: Any) -> bytes:
    """A number."""
    return _value(tag, single(2, number(value)))


def _default_limits() -> list[float]:
    positive, limit = [], 1e-12
    while limit < 1e20:
        positive.append(limit)
        limit *= 1.1
    return [-limit for limit in reversed(positive)] + [0.0] + positive


def histogram(tag: str, values: Any, bins: Any = "tensorflow", max_bins: int | None = None) -> bytes:
    """How many values lie where."""
    import numpy

    values = array(values).reshape(-1).astype("float64")
    if values.size == 0:
        raise ValueError("The input has no element.")
    counts, limits = numpy.histogram(values, bins=_default_limits() if bins == "tensorflow" else bins)
    if max_bins is not None and len(counts) > max_bins:
        step = -(-len(counts) // max_bins)
        counts = numpy.add.reduceat(counts, range(0, len(counts), step))
        limits = numpy.append(limits[:-1][::step], limits[-1])
    filled = numpy.flatnonzero(counts)
    first, last = (filled[0], filled[-1] + 1) if len(filled) else (0, 1)
    # An empty bucket before the first, so that it has a lower end.
    uppers = limits[first + 1:last + 1]
    return _value(tag, message(5, b"".join((
        double(1, float(values.min())), double(2, float(values.max())), double(3, float(values.size)),
        double(4, float(values.sum())), double(5, float(values @ values)),
        doubles(6, [limits[first], *uppers]), doubles(7, [0, *counts[first:last]])))))


def _png(pixels: Any) -> bytes:
    """(height, width, channels) of bytes as a PNG."""
    height, width, channels = pixels.shape
    color = {1: 0, 3: 2, 4: 6}[channels]

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _grid(images: Any) -> Any:
    """(count, height, width, channels) side by side, eight in a row."""
    import numpy

    count, height, width, channels = images.shape
    columns = min(count, 8)
    rows = -(-count // columns)
    out = numpy.zeros((rows * height, columns * width, channels), images.dtype)
    for place, one in enumerate(images):
        row, column = divmod(place, columns)
        out[row * height:(row + 1) * height, column * width:(column + 1) * width] = one
    return out


def image(tag: str, values: Any, dataformats: str = "NCHW") -> bytes:
    """An image: floats from 0 to 1, or bytes; several (N) are put side by side."""
    import numpy

    pixels, form = array(values), dataformats.upper()
    if len(form) != pixels.ndim or len(set(form)) != len(form) or not set(form) <= set("NCHW"):
        raise AssertionError(
            f"size of input tensor and input format are different. tensor shape: {pixels.shape}, input_format: {form}")
    order = [form.index(letter) for letter in "NHWC" if letter in form]
    pixels = numpy.transpose(pixels, order)
    if "C" not in form:
        pixels = pixels[..., None]
    if "N" in form:
        pixels = _grid(pixels)
    if pixels.dtype != numpy.uint8:
        pixels = (pixels.astype("float32") * 255.0).clip(0, 255).astype("uint8")
    if pixels.shape[2] not in (1, 3, 4):
        raise TypeError(f"an image has 1, 3 or 4 channels, but this one has {pixels.shape[2]}")
    height, width, channels = pixels.shape
    return _value(tag, message(4, whole(1, height) + whole(2, width) + whole(3, channels) + text(4, _png(pixels))))


def figure_pixels(figure: Any, close: bool = True) -> Any:
    """The pixels of a figure of Matplotlib, (height, width, 4)."""
    import numpy
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = numpy.asarray(canvas.buffer_rgba()).copy()
    if close:
        import matplotlib.pyplot

        matplotlib.pyplot.close(figure)
    return pixels


def audio(tag: str, values: Any, sample_rate: int = 44100) -> bytes:
    """A sound: numbers from -1 to 1."""
    samples = array(values).reshape(-1).clip(-1, 1)
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(sample_rate)
        out.writeframes((samples * 32767).astype("<i2").tobytes())
    content = file.getvalue()
    return _value(tag, message(6, single(1, sample_rate) + whole(2, 1) + whole(3, len(samples)) + text(4, content)
                               + text(5, "audio/wav")))


def words(tag: str, value: str) -> bytes:
    """A text, read as Markdown."""
    shape = message(2, message(2, whole(1, 1)))
    tensor = whole(1, _STRING) + shape + text(8, value)
    return _value(f"{tag}/text_summary", message(9, message(1, text(1, "text"))) + message(8, tensor))


def _plugin(tag: str, content: bytes) -> bytes:
    """A value for the plugin that shows hyperparameters."""
    data = text(1, "hparams") + text(2, whole(1, 0) + content)
    return _value(tag, message(9, message(1, data)))


def _json_value(value: Any) -> bytes:
    if isinstance(value, bool):
        return whole(4, value)
    if isinstance(value, str):
        return text(3, value)
    return double(2, number(value))


def hyperparameters(settings: dict[str, Any], metrics: dict[str, Any]) -> list[bytes]:
    """The start of a run with its settings, what is measured, and the run's end."""
    for name, value in settings.items():
        if not isinstance(value, (bool, str, int, float, taeda.Tensor)):
            raise ValueError("value should be one of int, float, str, bool, or torch.Tensor, but "
                             f"{name} is {type(value).__name__}")
    kinds = {str: 1, bool: 2}
    infos = b"".join(message(4, text(1, name) + whole(4, kinds.get(type(value), 3)))
                     for name, value in settings.items())
    experiment = infos + b"".join(message(5, message(1, text(2, name))) for name in metrics)
    start = b"".join(message(1, text(1, name) + message(2, _json_value(value))) for name, value in settings.items())
    return [_plugin("_hparams_/experiment", message(2, experiment)),
            _plugin("_hparams_/session_start_info", message(3, start)),
            _plugin("_hparams_/session_end_info", message(4, whole(1, 1)))]


def graph(model: Any) -> bytes:
    """What a module calls, in the order that `taeda.fx` records, as TensorFlow's message `GraphDef`."""
    from taeda.fx import symbolic_trace

    nodes = []
    for node in symbolic_trace(model).graph.nodes:
        target = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
        inputs = b"".join(text(3, str(source)) for source in node.all_input_nodes)
        nodes.append(message(1, text(1, node.name) + text(2, f"{node.op}.{target}") + inputs))
    return text(4, b"".join(nodes))
