"""Event files, read back field by field as TensorBoard does."""

import struct
import zlib

import numpy
import pytest

import taeda as torch
from taeda.utils.tensorboard import SummaryWriter
from taeda.utils.tensorboard.records import checksum


def fields(content):
    """The fields of a message: number -> contents, whole numbers or bytes."""
    found, place = {}, 0

    def varint():
        nonlocal place
        value = shift = 0
        while True:
            byte = content[place]
            place, value, shift = place + 1, value | (byte & 127) << shift, shift + 7
            if byte < 128:
                return value

    while place < len(content):
        key = varint()
        if key & 7 == 0:
            value = varint()
        else:
            length = {1: 8, 5: 4}.get(key & 7) or varint()
            value = content[place:place + length]
            place += length
        found.setdefault(key >> 3, []).append(value)
    return found


def events(folder):
    (path,) = folder.glob("events.out.tfevents.*")
    data, place, found = path.read_bytes(), 0, []
    while place < len(data):
        head, (length,) = data[place:place + 8], struct.unpack("<Q", data[place:place + 8])
        content = data[place + 12:place + 12 + length]
        assert data[place + 8:place + 12] == checksum(head)
        assert data[place + 12 + length:place + 16 + length] == checksum(content)
        found.append(fields(content))
        place += 16 + length
    return found


def value(event):
    return fields(fields(event[5][0])[1][0])


def test_checksum():
    rotated = ((0xE3069283 >> 15 | 0xE3069283 << 17) + 0xA282EAD8) & 0xFFFFFFFF  # CRC-32C of these digits
    assert checksum(b"123456789") == struct.pack("<I", rotated)


def test_curves(tmp_path):
    with SummaryWriter(tmp_path, max_queue=1) as writer:
        writer.add_scalar("loss/train", torch.tensor(0.5, requires_grad=True), 3, walltime=12.0)
        writer.add_scalars("both", {"a": 1, "b": numpy.float64(1e60)}, global_step=-1)
        assert len(events(tmp_path)) == 2  # each value is in the file at once
        with pytest.raises(AssertionError, match="scalar should be 0D"):
            writer.add_scalar("x", torch.ones(2))
    start, point = events(tmp_path)
    assert start[3] == [b"brain.Event:2"]
    assert point[2] == [3] and struct.unpack("<d", point[1][0]) == (12.0,)
    assert value(point)[1] == [b"loss/train"] and struct.unpack("<f", value(point)[2][0]) == (0.5,)
    assert events(tmp_path / "both_a")[1][2] == [2**64 - 1]
    assert struct.unpack("<f", value(events(tmp_path / "both_b")[1])[2][0]) == (float("inf"),)


def test_histogram(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_histogram("h", torch.tensor([-1.0, 0.0, 2.0, 2.0]), 0)
        writer.add_histogram("few", torch.arange(100.0), bins="auto", max_bins=3)
        with pytest.raises(ValueError, match="no element"):
            writer.add_histogram("none", torch.zeros(0))
    h, few = (fields(value(event)[5][0]) for event in events(tmp_path)[1:])
    assert [struct.unpack("<d", h[k][0])[0] for k in (1, 2, 3, 4, 5)] == [-1, 2, 4, 3, 9]
    limits, counts = numpy.frombuffer(h[6][0]), numpy.frombuffer(h[7][0])
    assert counts[0] == 0 and counts.sum() == 4 and counts[-1] == 2 and len(limits) == len(counts)
    assert (numpy.diff(limits) > 0).all() and limits[-2] <= 2 < limits[-1] and limits[0] <= -1 < limits[1]
    assert len(few[7][0]) == 4 * 8 and numpy.frombuffer(few[7][0]).sum() == 100


def test_images(tmp_path):
    pixels = torch.tensor([[[0.0, 1.0]], [[0.5, 2.0]], [[1.0, -1.0]]])
    with SummaryWriter(tmp_path) as writer:
        writer.add_image("one", pixels)
        writer.add_images("several", torch.zeros(9, 4, 5, 1, dtype=torch.uint8), dataformats="NHWC")
        writer.add_image("gray", numpy.eye(2), dataformats="HW")
        with pytest.raises(AssertionError, match="tensor shape"):
            writer.add_image("x", torch.zeros(2, 2))
        with pytest.raises(TypeError, match="1, 3 or 4 channels, but this one has 2"):
            writer.add_image("x", torch.zeros(2, 2, 2))
    one, several, gray = (fields(value(event)[4][0]) for event in events(tmp_path)[1:])
    assert (one[1], one[2], one[3]) == ([1], [2], [3])
    assert (several[1], several[2], several[3]) == ([8], [40], [1]) and gray[3] == [1]
    png = one[4][0]
    start = png.index(b"IDAT") + 4
    (length,) = struct.unpack(">I", png[start - 8:start - 4])
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    assert zlib.decompress(png[start:start + length]) == bytes([0, 0, 127, 255, 255, 255, 0])


def test_texts_sounds_settings_and_graphs(tmp_path):
    with SummaryWriter(tmp_path) as writer:
        writer.add_text("note", "a | b")
        writer.add_audio("sound", torch.zeros(10), sample_rate=100)
        writer.add_graph(torch.nn.Sequential(torch.nn.Linear(2, 2), torch.nn.ReLU()), torch.ones(1, 2))
        writer.add_hparams({"lr": 0.1, "name": "x", "deep": True}, {"accuracy": 0.5}, run_name="run")
        with pytest.raises(ValueError, match="value should be one of int, float, str, bool, or torch.Tensor"):
            writer.add_hparams({"lr": []}, {})
        with pytest.raises(NotImplementedError, match="embeddings"):
            writer.add_embedding(torch.ones(2, 2))
    note, sound, graph = events(tmp_path)[1:]
    assert value(note)[1] == [b"note/text_summary"] and fields(value(note)[8][0])[8] == [b"a | b"]
    assert fields(value(sound)[6][0])[3] == [10]
    assert [fields(node)[1][0] for node in fields(graph[4][0])[1]] == [b"input_1", b"_0", b"_1", b"output"]
    tags = [value(event)[1][0].decode().rpartition("/")[2] for event in events(tmp_path / "run")[1:]]
    assert tags == ["experiment", "session_start_info", "session_end_info", "accuracy"]


def test_a_writer_opens_a_new_file_after_close(tmp_path):
    writer = SummaryWriter(tmp_path, filename_suffix=".mine", purge_step=2)
    writer.close()
    writer.add_scalar("x", 1)
    writer.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert len(names) == 2 and all(name.endswith(".mine") for name in names) and writer.get_logdir() == str(tmp_path)
