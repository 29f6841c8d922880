"""Functions of `nn.functional` that have no layer, and the rest of the options, against PyTorch."""

import numpy
import pytest
from rows import backward, fill, gradients, make_input, names_of

import taeda
from expected import agree

CASES = [
    ("F.relu(x, inplace=True)", [(4, 5)]),
    ("F.elu((x * 1.0), 0.5, inplace=True)", [(4, 5)]),
    ("F.silu((x * 1.0), inplace=True)", [(4, 5)]),
    ("F.leaky_relu(x * 1.0, 0.3, True)", [(4, 5)]),
    ("F.hardtanh(x * 1.0, -0.5, 0.5, True)", [(4, 5)]),
    ("F.threshold(x * 1.0, 0.1, 3.0, True)", [(4, 5)]),
    ("F.softmax(x, 0, dtype=torch.float64)", [(4, 5)]),
    ("F.log_softmax(x, -1)", [(4, 5)]),
    ("F.normalize(x)", [(4, 5)]),
    ("F.normalize(x, p=3, dim=0, eps=0.1)", [(4, 5)]),
    ("F.one_hot(x)", [("int", 5, (3, 2))]),
    ("F.one_hot(x, 7)", [("int", 5, (3,))]),
    ("F.embedding(x, y, padding_idx=1, scale_grad_by_freq=True)", [("int", 5, (6,)), (5, 3)]),
    ("F.embedding_bag(x, y, per_sample_weights=z, mode='sum')", [("int", 5, (3, 4)), (5, 3), (3, 4)]),
    ("F.embedding_bag(x, y)", [("int", 5, (3, 4)), (5, 37)]),
    ("F.embedding_bag(x.t(), y.t(), mode='sum', padding_idx=-2)", [("int", 5, (3, 4)), (7, 5)]),
    ("F.embedding_bag(x, y, padding_idx=1)", [("tensor", [[1, 1], [1, 2], [0, 4]]), (5, 3)]),
    ("F.embedding_bag(x, y)", [("tensor", [[1, 7]]), (5, 3)]),
    ("F.embedding_bag(x, y, torch.tensor([0, 2, 2]))", [("int", 5, (6,)), (5, 3)]),
    ("F.embedding_bag(x, y, torch.tensor([0, 2, 6]), mode='max', include_last_offset=True)",
     [("int", 5, (6,)), (5, 3)]),
    ("F.embedding_bag(x, y, torch.tensor([1, 2]))", [("int", 5, (6,)), (5, 3)]),
    ("F.embedding_bag(x, y, torch.tensor([0, 7]))", [("int", 5, (6,)), (5, 3)]),
    ("F.pdist(x)", [(5, 3)]),
    ("F.cosine_similarity(x, y, dim=-1)", [(2, 1, 5), (3, 5)]),
    ("F.pairwise_distance(x, y, p=1)", [(3, 4), (3, 4)]),
    ("F.grid_sample(x, y, align_corners=False)", [(2, 3, 4, 5), (2, 3, 3, 2)]),
    ("F.grid_sample(x, y, 'bilinear', 'border', True)", [(2, 3, 4, 5), (2, 3, 3, 2)]),
    ("F.grid_sample(x, y, 'bilinear', 'reflection', False)", [(2, 3, 4, 5), (2, 3, 3, 2)]),
    ("F.grid_sample(x, y, 'nearest', 'reflection', True)", [(2, 3, 4, 5), (2, 3, 3, 2)]),
    ("F.grid_sample(x, y, 'bicubic', 'zeros', False)", [(2, 3, 4, 5), (2, 3, 3, 2)]),
    ("F.grid_sample(x, y, align_corners=True)", [(2, 2, 3, 4, 5), (2, 3, 2, 3, 3)]),
    ("F.affine_grid(x, (2, 1, 3, 4), align_corners=False)", [(2, 2, 3)]),
    ("F.affine_grid(x, (2, 1, 2, 3, 4), align_corners=True)", [(2, 3, 4)]),
    ("F.interpolate(x, scale_factor=0.5, mode='bilinear')", [(1, 2, 8, 6)]),
    ("F.interpolate(x, scale_factor=1.3, mode='bicubic', recompute_scale_factor=True)", [(1, 2, 8, 6)]),
    ("F.interpolate(x, size=3)", [(1, 2, 8)]),
    ("F.interpolate(x, (7, 5), mode='bilinear', antialias=True)", [(2, 3, 17, 23)]),
    ("F.interpolate(x, scale_factor=0.43, mode='bicubic', antialias=True)", [(1, 2, 17, 23)]),
    ("F.interpolate(x, (9, 40), mode='lanczos', antialias=True)", [(1, 1, 17, 23)]),
    ("F.interpolate(x, (9, 40), mode='bilinear', align_corners=True, antialias=True)", [(1, 1, 17, 23)]),
    ("F.interpolate((x * 40 + 128).clamp(0, 255).to(torch.uint8), (7, 50), mode='bicubic', antialias=True)",
     [(1, 2, 17, 23)]),
    ("F.pad(x, (1, 2), value=2.5)", [(3, 4)]),
    ("F.pad(x, (1, -1, 0, 2))", [(3, 4)]),
    ("F.pad(x, (2, 1), 'circular')", [(3, 4)]),
    ("F.pad(x.transpose(1, 3), (2, 0, 1, 3), 'reflect')", [(2, 5, 4, 3)]),
    ("F.pad(x, (0, 1, -1, 2, 2, -1), 'replicate')", [(1, 2, 3, 4, 5)]),
    ("F.pad(x, (-2, 3), 'reflect')", [(2, 3, 5)]),
    ("F.pad(x, (1, 1, 0, 0), 'circular')", [(0, 3, 4, 5)]),
    ("F.max_pool2d(x, 2, return_indices=True)", [(2, 3, 4, 6)]),
    ("F.max_unpool1d(x, y, 2, output_size=(1, 1, 7))", [(1, 1, 3), ("tensor", [[[1, 2, 5]]])]),
    ("F.layer_norm(x, (5,), y, z)", [(4, 5), (5,), (5,)]),
    ("F.rms_norm(x, (5,), y)", [(4, 5), (5,)]),
    ("F.group_norm(x, 2, y, z)", [(3, 4, 5), (4,), (4,)]),
    ("F.group_norm(x, 2, y, z)", [(3, 4, 3, 5, 2), (4,), (4,)]),
    ("F.group_norm(x, 2, y)", [(3, 4), (4,)]),
    ("F.group_norm(x, 2, y)", [(3, 4, 5), (3,)]),
    ("F.instance_norm(x)", [(3, 4, 5)]),
    ("F.batch_norm(x, None, None, training=True)", [(6, 4)]),
    ("F.local_response_norm(x, 4)", [(2, 5, 3)]),
    ("F.linear(x, y, z)", [(2, 3, 4), (5, 4), (5,)]),
    ("F.bilinear(x, y, z)", [(2, 3), (2, 4), (5, 3, 4)]),
    ("F.scaled_dot_product_attention(x, y, z)", [(2, 3, 5, 4), (2, 3, 6, 4), (2, 3, 6, 7)]),
    ("F.scaled_dot_product_attention(x, y, z, is_causal=True, scale=0.3)", [(2, 3, 5, 4), (2, 3, 5, 4), (2, 3, 5, 4)]),
    ("F.cross_entropy(x, y, ignore_index=1)", [(4, 5), ("int", 5, (4,))]),
    ("F.cross_entropy(x, y)", [(5,), ("tensor", 3)]),
    ("F.nll_loss(x, y, z.detach(), ignore_index=2)", [(2, 5, 3, 2), ("int", 5, (2, 3, 2)), ("01", (5,))]),
    ("F.nll_loss(x.t(), y, ignore_index=-7, reduction='none')", [(5, 3), ("tensor", [4, -7, 0])]),
    ("F.nll_loss(x, y)", [(0, 5), ("int", 5, (0,))]),
    ("F.nll_loss(x, y)", [(3, 5), ("tensor", [4, -7, 0])]),
    ("F.nll_loss(x, y, reduction='sum')", [(5,), ("tensor", 3)]),
    ("F.mse_loss(x, y, weight=z)", [(3, 4), (3, 4), ("01", (3, 4))]),
    ("F.l1_loss(x, y, weight=z, reduction='sum')", [(3, 4), (3, 4), ("01", (3, 4))]),
    ("F.kl_div(x, y, reduction='batchmean')", [(3, 4), ("01", (3, 4))]),
    ("F.gaussian_nll_loss(x, y, 0.5)", [(3, 4), (3, 4)]),
    ("F.smooth_l1_loss(x, y, beta=0.0)", [(3, 4), (3, 4)]),
    ("F.multi_margin_loss(x, y)", [(4,), ("tensor", [2])]),
    ("F.unfold(x, 2, stride=2)", [(3, 4, 6)]),
    ("F.fold(x, (4, 5), (2, 2))", [(8, 12)]),
    ("F.conv1d(x, y, z, padding='same')", [(2, 3, 7), (4, 3, 3), (4,)]),
    ("F.conv_transpose2d(x, y, None, (2, 1), 1, (1, 0))", [(2, 3, 4, 5), (3, 2, 3, 3)]),
    ("F.glu(x, 1)", [(3, 4)]),
    ("F.softmin(x, 1)", [(3, 4)]),
    ("F.lp_pool2d(x, 3.0, (2, 3))", [("01", (2, 3, 4, 6))]),
    ("nn.utils.rnn.pad_sequence([x, y], padding_value=9.0)", [(3, 2), (5, 2)]),
    ("nn.utils.rnn.pad_sequence([x, y], True, padding_side='left')", [(3, 2), (5, 2)]),
    ("nn.utils.rnn.pack_padded_sequence(x, [5, 3, 1]).data", [(5, 3, 2)]),
    ("(lambda r: r.pad_packed_sequence(r.pack_padded_sequence(x, [2, 4, 3], True, False)))(nn.utils.rnn)", [(3, 4, 2)]),
    ("nn.utils.rnn.unpad_sequence(x, torch.tensor([2, 4, 3]), True)", [(3, 4, 2)]),
    ("nn.utils.parameters_to_vector([x, y])", [(3, 2), (4,)]),
]  # fmt: skip


def values(inputs, library):
    generator = numpy.random.default_rng(3)
    return [make_input(specification, generator, library) for specification in inputs]


@pytest.mark.parametrize(("source", "inputs"), CASES, ids=[row[0][:70] for row in CASES])
def test_function(source, inputs):
    def program(library):
        given = values(inputs, library)
        if source.startswith("F.relu("):
            given = [x.detach() for x in given]  # in place on a leaf
        result = eval(source, names_of(library) | dict(zip("xyz", given, strict=False)))
        backward(result, library)
        return result, gradients(given)

    agree(program, rtol=5e-5, atol=1e-5)


@pytest.mark.parametrize("source", ["nn.LSTM(2, 3, 2, bidirectional=True)", "nn.GRU(2, 3)", "nn.RNN(2, 3, 2)"])
def test_packed_sequences_through_recurrent_layers(source):
    def program(library):
        rnn = library.nn.utils.rnn
        module = fill(eval(source, names_of(library)), library)
        (x,) = values([(5, 4, 2)], library)
        output, state = module(rnn.pack_padded_sequence(x, [3, 5, 1, 2], enforce_sorted=False))
        padded, lengths = rnn.pad_packed_sequence(output)
        backward([padded, state], library)
        return padded, lengths, state, x.grad

    agree(program, rtol=1e-4, atol=1e-5)


MASKS = [
    "{}",
    "{'need_weights': False}",
    "{'attn_mask': torch.triu(torch.ones(5, 5), 1).bool()}",
    "{'attn_mask': torch.triu(torch.full((5, 5), float('-inf')), 1), 'need_weights': False, 'is_causal': True}",
    "{'key_padding_mask': torch.tensor([[False, False, True, True, False]] * 2)}",
    "{'key_padding_mask': torch.tensor([[False, False, True, True, False]] * 2), 'need_weights': False,"
    " 'attn_mask': torch.triu(torch.ones(5, 5), 1).bool()}",
    "{'average_attn_weights': False}",
]


@pytest.mark.parametrize("options", MASKS)
@pytest.mark.parametrize("batch_first", [False, True])
def test_multi_head_attention_masks(options, batch_first):
    def program(library):
        module = fill(library.nn.MultiheadAttention(8, 2, batch_first=batch_first), library)
        (x,) = values([(2, 5, 8) if batch_first else (5, 2, 8)], library)
        output, weights = module(x, x, x, **eval(options, names_of(library)))
        backward([output], library)
        return output, weights, x.grad

    agree(program, rtol=1e-4, atol=1e-5)


def test_dropout_statistics():
    F, lib = taeda.nn.functional, taeda
    x = lib.ones(200, 300)
    for function, per_element in ((F.dropout, True), (F.alpha_dropout, True), (F.dropout2d, False)):
        value = x if per_element else lib.ones(100, 50, 3, 4)
        y = function(value, 0.3, True)
        dropped = y != y.max()
        assert abs(float(dropped.float().mean()) - 0.3) < 0.02
        if function is not F.alpha_dropout:
            assert abs(float(y.mean()) - 1.0) < 0.03
        assert bool((function(value, 0.3, False) == value).all())
        assert bool((function(value, 0.0, True) == value).all())
    y = F.dropout2d(lib.ones(10, 20, 3, 4), 0.5, True)
    assert bool((y.amax((2, 3)) == y.amin((2, 3))).all())
    z = F.alpha_dropout(lib.randn(300, 300), 0.4, True)
    assert abs(float(z.mean())) < 0.03 and abs(float(z.std()) - 1.0) < 0.03


def test_gumbel_softmax():
    F, lib = taeda.nn.functional, taeda
    logits = lib.zeros(2000, 3).requires_grad_()
    hard = F.gumbel_softmax(logits, hard=True)
    assert bool((hard.sum(1).sub(1).abs() < 1e-5).all())
    assert abs(float(hard[:, 0].mean()) - 1 / 3) < 0.05
    (hard * lib.arange(3.0)).sum().backward()
    assert logits.grad is not None


@pytest.mark.parametrize("norm_type", [1.0, 2.0, 3.0, float("inf")])
def test_gradient_clipping(norm_type):
    def program(lib):
        parameters = [lib.ones(3).requires_grad_(), lib.ones(2, 2).requires_grad_(), lib.ones(1).requires_grad_()]
        (parameters[0] * lib.tensor([1.0, 2.0, 3.0])).sum().backward()
        (parameters[1] * 2).sum().backward()
        total = lib.nn.utils.clip_grad_norm_(parameters, 1.5, norm_type)
        found = [total, parameters[0].grad.clone(), parameters[1].grad.clone(), parameters[2].grad]
        lib.nn.utils.clip_grad_value_(parameters, 0.2)
        return found, parameters[0].grad, parameters[1].grad

    agree(program, 1e-5, 1e-6)


def test_folded_patches_are_contiguous():
    """What is read beside the padding is no view of the padded image: users call view on it."""
    folded = taeda.nn.functional.fold(taeda.ones(1, 18, 9), (5, 5), 3, padding=1, stride=2)
    assert folded.is_contiguous()
    assert folded.view(2, 25).sum() == 2 * 7 * 7  # three patches have 2, 3 and 2 of 5 rows
