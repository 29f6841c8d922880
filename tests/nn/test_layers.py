"""Every layer against PyTorch's: repr, state-dict keys, outputs, gradients and buffers on the same weights."""

import numpy
import pytest
from rows import backward, fill, gradients, make_input, names_of, text_of

import taeda
from expected import agree, outcome, reference

INT = "int"

LAYERS = [
    ("nn.Identity(3, unused=1)", [(2, 3)]),
    ("nn.Linear(3, 4)", [(2, 3)]),
    ("nn.Linear(3, 4, bias=False)", [(2, 5, 3)]),
    ("nn.Linear(3, 4)", [(3,)]),
    ("nn.Bilinear(3, 4, 5)", [(2, 3), (2, 4)]),
    ("nn.Bilinear(3, 4, 5, bias=False)", [(2, 6, 3), (2, 6, 4)]),
    ("nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2)", [(2, 4, 9)]),
    ("nn.Conv1d(4, 6, 3, padding='same', dilation=2)", [(4, 9)]),
    ("nn.Conv1d(4, 6, 3, padding=2, padding_mode='circular')", [(2, 4, 9)]),
    ("nn.Conv2d(3, 4, 3)", [(2, 3, 7, 8)]),
    ("nn.Conv2d(4, 6, (3, 2), stride=(2, 1), padding=(1, 0), dilation=(1, 2), groups=2, bias=False)", [(2, 4, 7, 8)]),
    ("nn.Conv2d(3, 4, 3, padding=1, padding_mode='reflect')", [(2, 3, 5, 5)]),
    ("nn.Conv2d(3, 4, 3, padding='valid', padding_mode='replicate')", [(2, 3, 5, 5)]),
    ("nn.Conv2d(3, 4, (2, 3), padding='same')", [(3, 5, 5)]),
    ("nn.Conv3d(4, 6, (2, 3, 3), stride=(1, 2, 1), padding=1, groups=2)", [(2, 4, 4, 5, 6)]),
    ("nn.Conv3d(2, 2, 3, padding='same', dilation=(2, 1, 1))", [(2, 4, 5, 6)]),
    ("nn.ConvTranspose1d(4, 6, 3, stride=2, padding=1, output_padding=1, groups=2)", [(2, 4, 5)]),
    ("nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2, bias=False)", [(2, 4, 4, 5)]),
    ("nn.ConvTranspose2d(3, 2, (2, 3), (3, 2), dilation=(1, 2))", [(3, 4, 5)]),
    ("nn.ConvTranspose3d(2, 4, 3, 2, 1, 1, groups=2)", [(2, 2, 3, 3, 4)]),
    ("nn.MaxPool1d(3, 2, padding=1, dilation=1)", [(2, 3, 9)]),
    ("nn.MaxPool1d(2, ceil_mode=True, return_indices=True)", [(3, 9)]),
    ("nn.MaxPool2d(2)", [(2, 3, 7, 8)]),
    ("nn.MaxPool2d((3, 2), stride=(2, 1), padding=(1, 0), dilation=(2, 1), ceil_mode=True)", [(2, 3, 9, 8)]),
    ("nn.MaxPool2d(2, return_indices=True)", [(3, 7, 8)]),
    ("nn.MaxPool3d((2, 3, 2), stride=2, padding=1, ceil_mode=True, return_indices=True)", [(2, 2, 5, 6, 7)]),
    ("nn.AvgPool1d(3, 2, padding=1, count_include_pad=False)", [(2, 3, 9)]),
    ("nn.AvgPool2d((3, 2), stride=2, padding=1, ceil_mode=True)", [(2, 3, 6, 7)]),
    ("nn.AvgPool2d(2, divisor_override=3)", [(3, 6, 7)]),
    ("nn.AvgPool3d((2, 3, 2), 2, (1, 1, 0), ceil_mode=True, count_include_pad=False)", [(2, 2, 5, 6, 7)]),
    ("nn.AdaptiveAvgPool1d(4)", [(2, 3, 9)]),
    ("nn.AdaptiveAvgPool2d((None, 3))", [(2, 3, 6, 7)]),
    ("nn.AdaptiveAvgPool2d(1)", [(2, 3, 6, 7)]),
    ("nn.AdaptiveAvgPool3d((2, 3, 4))", [(2, 3, 5, 6, 7)]),
    ("nn.AdaptiveMaxPool1d(4, return_indices=True)", [(2, 3, 9)]),
    ("nn.AdaptiveMaxPool2d((2, 3), return_indices=True)", [(2, 3, 6, 7)]),
    ("nn.AdaptiveMaxPool3d((2, 3, 4))", [(2, 3, 5, 6, 7)]),
    ("nn.MaxUnpool2d(2)", [(1, 1, 2, 2), ("tensor", [[[[0, 3], [9, 14]]]])]),
    ("nn.LPPool1d(2, 3)", [("01", (2, 3, 9))]),
    ("nn.LPPool2d(2, 2, stride=1)", [("01", (2, 3, 5, 6))]),
    ("nn.BatchNorm1d(4)", [(6, 4)]),
    ("nn.BatchNorm1d(4, momentum=None)", [(6, 4, 3)]),
    ("nn.BatchNorm2d(4, eps=1e-3, momentum=0.3)", [(3, 4, 5, 6)]),
    ("nn.BatchNorm2d(4, affine=False)", [(3, 4, 5, 6)]),
    ("nn.BatchNorm2d(4, track_running_stats=False)", [(3, 4, 5, 6)]),
    ("nn.BatchNorm3d(4, bias=False)", [(3, 4, 2, 5, 6)]),
    ("nn.InstanceNorm1d(4)", [(3, 4, 5)]),
    ("nn.InstanceNorm2d(4, affine=True, track_running_stats=True)", [(3, 4, 5, 6)]),
    ("nn.InstanceNorm2d(4, affine=True)", [(4, 5, 6)]),
    ("nn.InstanceNorm3d(4)", [(2, 4, 3, 5, 6)]),
    ("nn.LayerNorm(6)", [(2, 3, 6)]),
    ("nn.LayerNorm((3, 6), bias=False)", [(2, 3, 6)]),
    ("nn.LayerNorm(6, elementwise_affine=False)", [(2, 3, 6)]),
    ("nn.RMSNorm(6)", [(2, 3, 6)]),
    ("nn.RMSNorm((3, 6), eps=1e-3, elementwise_affine=False)", [(2, 3, 6)]),
    ("nn.GroupNorm(2, 6)", [(3, 6, 4)]),
    ("nn.GroupNorm(3, 6, affine=False)", [(3, 6, 4, 5)]),
    ("nn.LocalResponseNorm(3, alpha=0.1)", [(2, 5, 4, 3)]),
    ("nn.Dropout(0.0)", [(2, 3)]),
    ("nn.Dropout2d(0.0)", [(2, 3, 4, 5)]),
    ("nn.AlphaDropout(0.0)", [(2, 3)]),
    ("nn.Embedding(7, 3, padding_idx=2)", [(INT, 7, (4, 5))]),
    ("nn.Embedding(7, 3, padding_idx=-1)", [(INT, 7, (4, 5))]),
    ("nn.Embedding(7, 3, max_norm=1.0)", [(INT, 7, (4, 5))]),
    ("nn.EmbeddingBag(7, 3)", [(INT, 7, (4, 5))]),
    ("nn.EmbeddingBag(7, 3, mode='sum', padding_idx=1)", [(INT, 7, (9,)), ("tensor", [0, 2, 2, 7])]),
    ("nn.EmbeddingBag(7, 3, mode='max')", [(INT, 7, (9,)), ("tensor", [0, 2, 4, 7])]),
    ("nn.EmbeddingBag(7, 3, include_last_offset=True)", [(INT, 7, (9,)), ("tensor", [0, 2, 4, 9])]),
    ("nn.ReLU()", [(4, 5)]),
    ("nn.ReLU6()", [(4, 5)]),
    ("nn.ELU(alpha=0.7)", [(4, 5)]),
    ("nn.CELU(alpha=0.7)", [(4, 5)]),
    ("nn.SELU()", [(4, 5)]),
    ("nn.GELU()", [(4, 5)]),
    ("nn.GELU(approximate='tanh')", [(4, 5)]),
    ("nn.SiLU()", [(4, 5)]),
    ("nn.Mish()", [(4, 5)]),
    ("nn.LeakyReLU(0.2)", [(4, 5)]),
    ("nn.Hardtanh(-0.5, 0.7)", [(4, 5)]),
    ("nn.Hardsigmoid()", [(4, 5)]),
    ("nn.Hardswish()", [(4, 5)]),
    ("nn.Hardshrink(0.3)", [(4, 5)]),
    ("nn.Softshrink(0.3)", [(4, 5)]),
    ("nn.Softplus(beta=2.0, threshold=1.0)", [(4, 5)]),
    ("nn.Softsign()", [(4, 5)]),
    ("nn.Sigmoid()", [(4, 5)]),
    ("nn.Tanh()", [(4, 5)]),
    ("nn.Tanhshrink()", [(4, 5)]),
    ("nn.LogSigmoid()", [(4, 5)]),
    ("nn.Threshold(0.1, 20)", [(4, 5)]),
    ("nn.GLU(0)", [(4, 5)]),
    ("nn.PReLU()", [(4, 5)]),
    ("nn.PReLU(5, init=0.1)", [(4, 5, 3)]),
    ("nn.Softmax(dim=1)", [(4, 5)]),
    ("nn.Softmin(dim=-1)", [(4, 5)]),
    ("nn.LogSoftmax(dim=0)", [(4, 5)]),
    ("nn.Softmax2d()", [(2, 4, 3, 5)]),
    ("nn.Flatten()", [(2, 3, 4)]),
    ("nn.Flatten(0, 1)", [(2, 3, 4)]),
    ("nn.Unflatten(1, (2, 3))", [(2, 6, 4)]),
    ("nn.PixelShuffle(2)", [(2, 8, 3, 4)]),
    ("nn.PixelUnshuffle(2)", [(2, 3, 4, 6)]),
    ("nn.ChannelShuffle(2)", [(2, 6, 3, 4)]),
    ("nn.Upsample(scale_factor=2)", [(2, 3, 4, 5)]),
    ("nn.Upsample(size=(7, 3))", [(2, 3, 4, 5)]),
    ("nn.Upsample(scale_factor=1.7, mode='linear')", [(2, 3, 6)]),
    ("nn.Upsample(scale_factor=(2, 1.5), mode='bilinear')", [(2, 3, 4, 5)]),
    ("nn.Upsample(size=(7, 3), mode='bilinear', align_corners=True)", [(2, 3, 4, 5)]),
    ("nn.Upsample(scale_factor=2, mode='trilinear')", [(2, 3, 2, 3, 4)]),
    ("nn.Upsample(scale_factor=2, mode='bicubic')", [(2, 3, 4, 5)]),
    ("nn.Upsample(size=(3, 9), mode='bicubic', align_corners=True)", [(2, 3, 4, 5)]),
    ("nn.Upsample(scale_factor=2.5, mode='nearest-exact')", [(2, 3, 4, 5)]),
    ("nn.Upsample(size=(2, 3), mode='area')", [(2, 3, 4, 5)]),
    ("nn.UpsamplingNearest2d(scale_factor=2)", [(2, 3, 4, 5)]),
    ("nn.UpsamplingBilinear2d(scale_factor=2)", [(2, 3, 4, 5)]),
    ("nn.ZeroPad2d((1, 2, 0, -1))", [(2, 3, 4, 5)]),
    ("nn.ZeroPad1d(2)", [(2, 3, 4)]),
    ("nn.ConstantPad1d(2, 3.5)", [(2, 3, 4)]),
    ("nn.ConstantPad3d(1, -1.0)", [(2, 2, 3, 4)]),
    ("nn.ReflectionPad1d(2)", [(2, 3, 4)]),
    ("nn.ReflectionPad2d((1, 2, 3, 1))", [(2, 3, 4, 5)]),
    ("nn.ReplicationPad2d((1, 2, 3, 4))", [(3, 4, 5)]),
    ("nn.ReplicationPad3d(1)", [(2, 3, 4, 5, 2)]),
    ("nn.CircularPad1d(2)", [(2, 3, 4)]),
    ("nn.CircularPad2d((1, 2, 3, 4))", [(2, 3, 4, 5)]),
    ("nn.Fold((4, 5), 2, padding=1)", [(2, 12, 30)]),
    ("nn.Unfold((2, 3), dilation=(1, 2), padding=1, stride=2)", [(2, 3, 6, 7)]),
    ("nn.CosineSimilarity(dim=1)", [(3, 4, 5), (3, 4, 5)]),
    ("nn.PairwiseDistance(p=3, keepdim=True)", [(3, 4), (3, 4)]),
    ("nn.RNN(3, 4)", [(5, 2, 3)]),
    ("nn.RNN(3, 4, 2, nonlinearity='relu', batch_first=True, bidirectional=True)", [(2, 5, 3), (4, 2, 4)]),
    ("nn.LSTM(3, 4)", [(5, 2, 3)]),
    ("nn.LSTM(3, 4, 2, bias=False, batch_first=True, bidirectional=True)", [(2, 5, 3), [(4, 2, 4), (4, 2, 4)]]),
    ("nn.LSTM(3, 4, 2, proj_size=2, bidirectional=True)", [(5, 2, 3), [(4, 2, 2), (4, 2, 4)]]),
    ("nn.LSTM(3, 4)", [(5, 3)]),
    ("nn.GRU(3, 4, 2, bidirectional=True)", [(5, 2, 3)]),
    ("nn.GRU(3, 4)", [(5, 3), (1, 4)]),
    ("nn.RNNCell(3, 4)", [(2, 3), (2, 4)]),
    ("nn.RNNCell(3, 4, nonlinearity='relu')", [(2, 3)]),
    ("nn.LSTMCell(3, 4)", [(2, 3), [(2, 4), (2, 4)]]),
    ("nn.LSTMCell(3, 4, bias=False)", [(3,)]),
    ("nn.GRUCell(3, 4)", [(2, 3), (2, 4)]),
    ("nn.MultiheadAttention(8, 2)", [(5, 2, 8), (4, 2, 8), (4, 2, 8)]),
    ("nn.MultiheadAttention(8, 2, bias=False, batch_first=True, kdim=3, vdim=4)", [(2, 5, 8), (2, 4, 3), (2, 4, 4)]),
    ("nn.MultiheadAttention(8, 2, add_bias_kv=True, add_zero_attn=True)", [(5, 2, 8), (4, 2, 8), (4, 2, 8)]),
    ("nn.MultiheadAttention(8, 4)", [(5, 8), (4, 8), (4, 8)]),
    ("nn.TransformerEncoderLayer(8, 2, 16, dropout=0.0)", [(5, 2, 8)]),
    ("nn.TransformerEncoderLayer(8, 2, 16, 0.0, 'gelu', batch_first=True, norm_first=True, bias=False)", [(2, 5, 8)]),
    ("nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0)", [(5, 2, 8), (4, 2, 8)]),
    ("nn.TransformerDecoderLayer(8, 2, 16, dropout=0.0, norm_first=True, activation='gelu')", [(5, 2, 8), (4, 2, 8)]),
    ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, 16, 0.0), 2, nn.LayerNorm(8))", [(5, 2, 8)]),
    ("nn.Transformer(8, 2, 1, 2, 16, dropout=0.0)", [(5, 2, 8), (4, 2, 8)]),
    ("nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))", [(5, 3)]),
    ("nn.ModuleList([nn.Linear(1, 2), nn.Linear(1, 2), nn.ReLU(), nn.Sequential(nn.Linear(2, 3))])", None),
    ("nn.ModuleDict({'first': nn.Linear(1, 2), 'second': nn.ReLU()})", None),
    ("nn.ModuleList([])", None),
    ("nn.ParameterList([torch.ones(2), torch.ones(2, 3)])", None),
    ("nn.Dropout(0.3)", None),
    ("nn.ReLU(inplace=True)", None),
    ("nn.LeakyReLU(inplace=True)", None),
    ("nn.LSTM(3, 4, 2, dropout=0.1)", None),
    ("nn.CrossEntropyLoss(weight=torch.ones(3))", None),
    ("nn.BCEWithLogitsLoss(pos_weight=torch.ones(3))", None),
]

LOSSES = [
    ("nn.MSELoss", "", [(3, 4), (3, 4)]),
    ("nn.L1Loss", "", [(3, 4), (3, 4)]),
    ("nn.SmoothL1Loss", "beta=0.5", [(3, 4), (3, 4)]),
    ("nn.HuberLoss", "delta=0.5", [(3, 4), (3, 4)]),
    ("nn.NLLLoss", "", [(3, 4), (INT, 4, (3,))]),
    ("nn.NLLLoss", "weight=torch.tensor([0.1, 0.2, 0.3, 0.4]), ignore_index=1", [(3, 4, 5), (INT, 4, (3, 5))]),
    ("nn.CrossEntropyLoss", "", [(3, 4), (INT, 4, (3,))]),
    ("nn.CrossEntropyLoss", "label_smoothing=0.1, ignore_index=2", [(3, 4, 2, 3), (INT, 4, (3, 2, 3))]),
    ("nn.CrossEntropyLoss", "weight=torch.tensor([0.1, 0.2, 0.3, 0.4]), label_smoothing=0.1", [(3, 4), (INT, 4, (3,))]),
    ("nn.CrossEntropyLoss", "label_smoothing=0.2", [(3, 4), ("01", (3, 4))]),
    ("nn.BCELoss", "weight=torch.tensor([0.1, 0.2, 0.3, 0.4])", [("01", (3, 4)), ("01", (3, 4))]),
    ("nn.BCEWithLogitsLoss", "pos_weight=torch.tensor([0.1, 0.2, 0.3, 0.4])", [(3, 4), ("01", (3, 4))]),
    ("nn.KLDivLoss", "", [(3, 4), ("01", (3, 4))]),
    ("nn.KLDivLoss", "log_target=True", [(3, 4), (3, 4)]),
    ("nn.PoissonNLLLoss", "full=True", [(3, 4), (INT, 5, (3, 4))]),
    ("nn.PoissonNLLLoss", "log_input=False", [("01", (3, 4)), ("01", (3, 4))]),
    ("nn.GaussianNLLLoss", "full=True", [(3, 4), (3, 4), ("01", (3, 1))]),
    ("nn.HingeEmbeddingLoss", "margin=0.5", [(3, 4), ("sign", (3, 4))]),
    ("nn.CosineEmbeddingLoss", "margin=0.1", [(3, 4), (3, 4), ("sign", (3,))]),
    ("nn.MarginRankingLoss", "margin=0.1", [(3,), (3,), ("sign", (3,))]),
    ("nn.SoftMarginLoss", "", [(3, 4), ("sign", (3, 4))]),
    ("nn.MultiLabelSoftMarginLoss", "weight=torch.tensor([0.1, 0.2, 0.3, 0.4])", [(3, 4), ("01", (3, 4))]),
    ("nn.MultiMarginLoss", "p=2, weight=torch.tensor([0.1, 0.2, 0.3, 0.4])", [(3, 4), (INT, 4, (3,))]),
    ("nn.MultiLabelMarginLoss", "", [(2, 4), ("tensor", [[3, 0, -1, 1], [1, -1, 2, 2]])]),
    ("nn.TripletMarginLoss", "swap=True, p=3", [(3, 4), (3, 4), (3, 4)]),
    ("nn.TripletMarginWithDistanceLoss", "margin=0.5", [(3, 4), (3, 4), (3, 4)]),
]


def compare(source, inputs, training=True):
    def program(library):
        module = fill(eval(source, names_of(library)), library)
        found = {"text": text_of(module), "names": list(module.state_dict()), "versions": module.state_dict()._metadata}
        if inputs is None:
            return found
        module.train(training)
        generator = numpy.random.default_rng(1)
        given = [make_input(specification, generator, library) for specification in inputs]
        result = module(*given)
        backward(result, library)
        found |= {"result": result, "gradients": gradients(given)}
        for name, parameter in module.named_parameters():
            found[f"gradient of {name}"] = parameter.grad
        return found | dict(module.named_buffers())

    agree(program, rtol=5e-5, atol=1e-5, refusals=False)


@pytest.mark.parametrize(("source", "inputs"), LAYERS, ids=[f"{i}-{row[0][:60]}" for i, row in enumerate(LAYERS)])
def test_layer(source, inputs):
    compare(source, inputs)


@pytest.mark.parametrize(
    ("source", "inputs"), [row for row in LAYERS if row[1] and ("Norm" in row[0] or "Drop" in row[0])]
)
def test_layer_in_evaluation_mode(source, inputs):
    compare(source, inputs, training=False)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize(("name", "options", "inputs"), LOSSES)
def test_loss(name, options, inputs, reduction):
    compare(f"{name}({options}{', ' if options else ''}reduction='{reduction}')", inputs)


CONSTANT = [
    "nn.BatchNorm1d(5)", "nn.LayerNorm(5)", "nn.RMSNorm(5)", "nn.GroupNorm(1, 5)", "nn.PReLU(3, init=0.1)",
    "nn.InstanceNorm1d(3, affine=True, track_running_stats=True)", "nn.MultiheadAttention(4, 2).in_proj_bias",
    "nn.MultiheadAttention(4, 2).out_proj.bias", "nn.Embedding(4, 2, padding_idx=1).weight[1]",
    "nn.init.constant_(torch.empty(2, 3), 3.0)", "nn.init.ones_(torch.empty(2, 3))", "nn.init.zeros_(torch.empty(2))",
    "nn.init.eye_(torch.empty(3, 4))", "nn.init.dirac_(torch.empty(4, 2, 3, 3), 2)",
    "nn.init.dirac_(torch.empty(3, 2, 5))",
]  # fmt: skip


@pytest.mark.parametrize("source", CONSTANT)
def test_initial_constants(source):
    def program(library):
        made = eval(source, names_of(library))
        return dict(made.state_dict()) if isinstance(made, library.nn.Module) else made

    agree(program, 0.0, 0.0)


RANDOM = [
    "nn.Linear(64, 256)", "nn.Linear(300, 50)", "nn.Linear(4, 4096)", "nn.Conv2d(4, 2048, 1)",
    "nn.Bilinear(20, 30, 20)", "nn.Conv1d(16, 64, 7)",
    "nn.Conv2d(16, 64, 3)",
    "nn.Conv2d(32, 64, 3, groups=4)", "nn.ConvTranspose2d(16, 64, 3)", "nn.Embedding(200, 64)",
    "nn.EmbeddingBag(200, 64)", "nn.RNN(32, 64)", "nn.LSTM(32, 64)", "nn.GRU(32, 64)", "nn.LSTMCell(32, 64)",
    "nn.MultiheadAttention(64, 2)", "nn.MultiheadAttention(64, 2, kdim=32, vdim=48)",
    "nn.TransformerEncoderLayer(64, 2, 128)", "nn.Transformer(32, 2, 1, 1, 64)",
]  # fmt: skip
FILLED = [
    "nn.init.uniform_(x, 1.0, 2.0)", "nn.init.normal_(x, 1.0, 2.0)", "nn.init.xavier_uniform_(x)",
    "nn.init.xavier_normal_(x, 2.0)", "nn.init.kaiming_uniform_(x, mode='fan_out', nonlinearity='relu')",
    "nn.init.kaiming_normal_(x)", "nn.init.kaiming_uniform_(x, 0.3, nonlinearity='leaky_relu')",
    "nn.init.trunc_normal_(x)", "nn.init.trunc_normal_(x, 0.0, 1.0, 1.5, 4.0)",
    "nn.init.sparse_(x, 0.3, 2.0)",
]  # fmt: skip


def moments(x):
    x = x.detach().double()
    return [float(v) for v in (x.mean(), x.std(), x.min(), x.max())]


@pytest.mark.parametrize("source", RANDOM + FILLED)
def test_initial_distributions(source):
    """Mean, deviation and range of what is random; few numbers say little, and are left out."""

    def program(library):
        library.manual_seed(0)
        made = eval(source, names_of(library) | {"x": library.empty(200, 300)})
        named = made.state_dict() if isinstance(made, library.nn.Module) else {"x": made}
        return {name: moments(value) for name, value in named.items() if value.numel() >= 2000}

    wanted = [(source, value) for source, value in reference(program)]
    found = outcome(program, taeda)
    for where, value in wanted:
        assert list(found) == list(value)
        for name, (mean, deviation, low, high) in value.items():
            mine = found[name]
            assert abs(mean - mine[0]) < 0.12 * deviation + 1e-9, (name, where)
            assert abs(deviation - mine[1]) <= 0.04 * deviation, (name, where)
            # the ends of a normal distribution are wide, those of a uniform one are not
            slack = 0.02 if max(abs(low), abs(high)) < 1.8 * deviation else 0.25
            assert abs(low - mine[2]) <= slack * abs(low) and abs(high - mine[3]) <= slack * abs(high), (name, where)


def test_gains():
    def program(library):
        gain = library.nn.init.calculate_gain
        rows = [("linear", None), ("conv2d", None), ("sigmoid", None), ("tanh", None), ("relu", None), ("selu", None)]
        return [gain(*row) for row in [*rows, ("leaky_relu", None), ("leaky_relu", 0.2)]] + [
            outcome(lambda _: gain("what"), library)
        ]

    agree(program, 0.0, 0.0)
