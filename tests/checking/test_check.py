"""`taeda.check` and the command `taeda check`: the table, the misfits, and no memory."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import taeda
from taeda import nn
from taeda.__main__ import main
from taeda.nn import functional as F

SOURCE = str(Path(taeda.__file__).resolve().parents[1])


def make_cnn(features=128):
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(features, 10),
    )  # fmt: skip


def test_table_of_a_cnn():
    model = make_cnn()
    before = [p.clone() for p in model.parameters()]
    report = taeda.check(model, (2, 3, 8, 8), show=False)
    assert report and report.misfit is None
    assert [(r.path, r.kind) for r in report.rows] == [
        ("", "Sequential"), ("0", "Conv2d"), ("1", "BatchNorm2d"), ("2", "ReLU"), ("3", "MaxPool2d"), ("4", "Flatten"),
        ("5", "Linear"),
    ]  # fmt: skip
    assert [r.outputs for r in report.rows[1:]] == [
        ["2×8×8×8 float32"], ["2×8×8×8 float32"], ["2×8×8×8 float32"], ["2×8×4×4 float32"], ["2×128 float32"],
        ["2×10 float32"],
    ]  # fmt: skip
    assert [r.parameters for r in report.rows] == [1530, 224, 16, 0, 0, 0, 1290]
    convolution, linear = 2 * (2 * 8 * 8 * 8) * 27, 2 * 2 * 128 * 10
    assert [report.rows[1].flops, report.rows[6].flops, report.flops] == [convolution, linear, convolution + linear]
    assert report.backward_flops == convolution + 2 * linear  # the gradient of the image is not asked for
    # The model is as it was, parameters, gradients and statistics.
    for p, q in zip(model.parameters(), before, strict=True):
        assert p.device.type == "cpu" and p.grad is None and taeda.equal(p, q)
    assert model[1].num_batches_tracked == 0 and not model._forward_hooks
    text = str(report)
    assert "Conv2d" in text and "1,290" in text and "at the peak of a training step" in text


def test_activations_are_counted_once():
    # Linear keeps its input, ReLU its result: the input of the model is no activation, nor are weights.
    model = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 4))
    report = taeda.check(model, (8, 16), show=False)
    assert report.activations == 8 * 32 * 4
    held = sum(p.numel() for p in model.parameters()) * 4
    assert report.peak == 4 * held + report.activations + 8 * 16 * 4
    assert taeda.check(model, (8, 16), show=False, optimizer_states=0).peak == report.peak - 2 * held


class Nested(nn.Module):
    """Takes its tensors in a dict and a list, as collated batches come."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, batch, more):
        mask, (extra,) = batch["mask"], more
        return self.linear(batch["x"] + extra) * mask


def test_tensors_in_containers_are_placed_on_meta():
    batch = {"x": taeda.ones(2, 4), "mask": taeda.ones(2, 1), "name": "a"}
    report = taeda.check(Nested(), batch, [taeda.ones(4)], show=False)
    assert report, report.misfit
    assert report.rows[-1].outputs == ["2×3 float32"]
    assert report.peak - report.activations == 15 * 4 * 4 + (8 + 2 + 4) * 4
    misfit = taeda.check(Nested(), batch | {"x": taeda.ones(2, 5)}, [taeda.ones(4)], show=False).misfit
    assert "must match the size" in str(misfit)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Conv2d(3, 6, 3), nn.ReLU())
        self.head = nn.Linear(16, 2)

    def forward(self, x):
        x = self.body(x)
        return self.head(x)  # the line of the misfit


def test_misfit_says_where_and_what_to_change():
    report = taeda.check(Block(), ("batch", 3, 8, 8), show=False)
    assert not report
    misfit = report.misfit
    assert (misfit.path, misfit.kind, misfit.stage) == ("head", "Linear", "forward")
    assert isinstance(misfit.error, RuntimeError) and "shapes cannot be multiplied" in str(misfit.error)
    assert misfit.line.startswith(__file__) and "self.head(x)" in misfit.line
    assert misfit.op.startswith("linear") and misfit.operands[0] == "8×6×6×6 float32"
    assert "head (Linear)" in str(report)


def test_misfit_of_the_features_behind_flatten():
    report = taeda.check(make_cnn(), ("batch", 3, 16, 16), show=False)
    assert report.misfit.path == "5"
    assert report.misfit.advice == (
        "5 takes 128 features and gets 512: give it in_features=512, or the layer before it 128 outputs."
    )
    assert len(report.misfits) == 1  # the same for every batch size


def test_names_find_what_one_size_hides():
    class Fixed(nn.Module):
        def forward(self, x):
            return x.reshape(8, 12)

    assert taeda.check(Fixed(), (8, 3, 4), show=False)
    report = taeda.check(Fixed(), ("batch", 3, 4), show=False)
    assert not report and report.misfit.sizes["batch"] != 8 and report.misfit.fits == [{"batch": 8}]


def test_named_sizes_in_the_table():
    report = taeda.check(nn.Sequential(nn.Conv1d(3, 4, 3), nn.Flatten()), ("batch", 3, "length"), show=False)
    assert report.rows[1].outputs == ["batch×4×length-2 float32"]
    assert report.inputs == ["batch×3×length float32"]


def test_sizes_that_depend_on_data_are_refused():
    class Chooses(nn.Module):
        def forward(self, x):
            return x[x > 0]

    report = taeda.check(Chooses(), (4, 4), show=False)
    assert not report and report.misfit.path == "" and report.misfit.kind == "Chooses"


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x):
        batch, length, width = x.shape
        q, k, v = (t.view(batch, length, self.heads, -1).transpose(1, 2) for t in self.qkv(x).split(width, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        return self.out(y.transpose(1, 2).reshape(batch, length, width))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm, self.attention, self.norm2 = nn.LayerNorm(width), Attention(width, heads), nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(approximate="tanh"), nn.Linear(4 * width, width))

    def forward(self, x):
        x = x + self.attention(self.norm(x))
        return x + self.mlp(self.norm2(x))


class GPT(nn.Module):
    def __init__(self, vocabulary, context, width, heads, layers):
        super().__init__()
        self.tokens, self.places = nn.Embedding(vocabulary, width), nn.Embedding(context, width)
        self.layers = nn.ModuleList(Layer(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.tokens.weight

    def forward(self, tokens):
        x = self.tokens(tokens) + self.places(taeda.arange(tokens.shape[1]))
        for layer in self.layers:
            x = layer(x)
        return self.head(self.norm(x))


def test_language_model():
    report = taeda.check(GPT(100, 32, 16, 4, 2), (("batch", 32), taeda.int64), show=False, depth=1)
    assert report, report.misfit
    assert report.rows[0].outputs == ["batch×32×100 float32"]
    layer = 12 * 16 * 16 + 9 * 16 + 4 * 16
    assert report.parameters == (100 + 32) * 16 + 2 * layer + 2 * 16  # the tied weight is counted once
    assert all(row.depth <= 1 for row in report.rows)


def test_floating_point_indices_are_explained():
    report = taeda.check(GPT(100, 32, 16, 4, 1), ("batch", 32), show=False)
    assert report.misfit.path == "tokens" and "taeda.int64" in report.misfit.advice


def test_a_language_model_takes_no_memory_and_little_time():
    before = taeda._core.memory_statistics()["allocations"]
    for _ in range(2):  # the first time the ops are compiled
        begun = time.process_time()
        report = taeda.check(lambda: GPT(50257, 1024, 768, 12, 12), ((4, 1024), taeda.int64), show=False)
        took = time.process_time() - begun
    assert report, report.misfit
    assert taeda._core.memory_statistics()["allocations"] == before
    assert took < 0.3


def test_no_memory():
    import resource

    # 400 GB of parameters and 40 GB of activations: whoever makes one of them notices.
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report = taeda.check(lambda: nn.Sequential(nn.Linear(100_000, 1_000_000), nn.ReLU()), (10_000, 100_000), show=False)
    assert report and report.parameters == 100_001_000_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100_000  # kB


def shell(*arguments):
    environment = {**os.environ, "PYTHONPATH": SOURCE, "COLUMNS": "160", "PYTHONIOENCODING": "utf-8"}
    return subprocess.run([sys.executable, "-m", "taeda", *map(str, arguments)], env=environment, text=True,
                          capture_output=True, encoding="utf-8")  # fmt: skip


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "networks.py"
    path.write_text(
        "import sys\nfrom taeda import nn\n\n\ndef make_model():\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(144, 5))\n\n\n"
        "if __name__ == '__main__':\n    print('ran', *sys.argv[1:])\n"
    )
    return path


def test_command(program):
    done = shell("check", f"{program}:make_model", "--input", "2x3x8x8")
    assert done.returncode == 0, done.stderr
    assert "2×4×6×6 float32" in done.stdout and "parameters 837" in done.stdout


def test_command_says_what_does_not_fit(program, capsys):
    assert main(["check", f"{program}:make_model", "--input", "batchx3x9x9"]) == 1
    assert "2 takes 144 features and gets 196" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("{}:nothing", "--input", "2x3x8x8"), "has no 'nothing'"),
        (("{}", "--input", "2x3x8x8"), "does not name a model"),
        (("{}:make_model", "--input", "2x-3"), "is no input"),
        (("{}:make_model",), "say the size of each input"),
    ],
)
def test_command_refuses(program, capsys, arguments, said):
    assert main(["check", *(a.format(program) for a in arguments)]) == 2
    assert said in capsys.readouterr().err


def test_command_runs_programs(program):
    done = shell("run", program, "--epochs", "3")
    assert (done.returncode, done.stdout) == (0, "ran --epochs 3\n"), done.stderr
