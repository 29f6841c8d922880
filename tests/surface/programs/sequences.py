"""A transformer by hand with beam search, attention over packed batches, a CRF, word vectors with sparse gradients."""

import math, heapq, copy, re, collections, random, itertools, operator, numpy as np
import torch, torch.nn as nn, torch.nn.functional as F
from torch.autograd import Variable
from torch.nn.utils.rnn import (
    pack_padded_sequence as pack,
    pad_packed_sequence as unpack,
    pad_sequence,
    pack_sequence,
    PackedSequence,
)
from torch.optim.lr_scheduler import LambdaLR
from torch.nn.functional import log_softmax, pad
from filled import filled, noise, show


# annotated transformer
def clones(module, N):
    return nn.ModuleList([copy.deepcopy(module) for _ in range(N)])


class LayerNorm(nn.Module):
    def __init__(self, features, eps=1e-6):
        super().__init__()
        self.a_2 = nn.Parameter(torch.ones(features))
        self.b_2 = nn.Parameter(torch.zeros(features))
        self.eps = eps

    def forward(self, x):
        mean = x.mean(-1, keepdim=True)
        std = x.std(-1, keepdim=True)
        return self.a_2 * (x - mean) / (std + self.eps) + self.b_2


def subsequent_mask(size):
    return torch.triu(torch.ones((1, size, size)), diagonal=1).type(torch.uint8) == 0


def attention(q, k, v, mask=None):
    s = torch.matmul(q, k.transpose(-2, -1)) / math.sqrt(q.size(-1))
    s = s.masked_fill(mask == 0, -1e9) if mask is not None else s
    p = s.softmax(dim=-1)
    return torch.matmul(p, v), p


class MHA(nn.Module):
    def __init__(self, h, d):
        super().__init__()
        self.d_k, self.h = d // h, h
        self.linears = clones(nn.Linear(d, d), 4)
        self.attn = None

    def forward(self, q, k, v, mask=None):
        if mask is not None:
            mask = mask.unsqueeze(1)
        n = q.size(0)
        q, k, v = [lin(x).view(n, -1, self.h, self.d_k).transpose(1, 2) for lin, x in zip(self.linears, (q, k, v))]
        x, self.attn = attention(q, k, v, mask)
        return self.linears[-1](x.transpose(1, 2).contiguous().view(n, -1, self.h * self.d_k))


class Enc(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.sa = MHA(2, d)
        self.ff = nn.Sequential(nn.Linear(d, 2 * d), nn.ReLU(), nn.Linear(2 * d, d))
        self.n = clones(LayerNorm(d), 2)

    def forward(self, x, m):
        y = self.n[0](x)
        x = x + self.sa(y, y, y, m)
        return x + self.ff(self.n[1](x))


class Dec(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.sa, self.ca = MHA(2, d), MHA(2, d)
        self.ff = nn.Sequential(nn.Linear(d, 2 * d), nn.ReLU(), nn.Linear(2 * d, d))
        self.n = clones(LayerNorm(d), 3)

    def forward(self, x, mem, sm, tm):
        y = self.n[0](x)
        x = x + self.sa(y, y, y, tm)
        x = x + self.ca(self.n[1](x), mem, mem, sm)
        return x + self.ff(self.n[2](x))


class S2S(nn.Module):
    def __init__(self, V, d=16):
        super().__init__()
        self.e = nn.Embedding(V, d)
        self.enc, self.dec = clones(Enc(d), 2), clones(Dec(d), 2)
        self.proj = nn.Linear(d, V)
        pe = torch.zeros(50, d)
        p = torch.arange(0, 50).unsqueeze(1)
        dv = torch.exp(torch.arange(0, d, 2) * -(math.log(10000.0) / d))
        pe[:, 0::2] = torch.sin(p * dv)
        pe[:, 1::2] = torch.cos(p * dv)
        self.register_buffer("pe", pe.unsqueeze(0))

    def emb(self, x):
        x = self.e(x) * math.sqrt(16)
        return x + self.pe[:, : x.size(1)].requires_grad_(False)

    def encode(self, s, m):
        x = self.emb(s)
        for l in self.enc:
            x = l(x, m)
        return x

    def decode(self, mem, sm, t, tm):
        x = self.emb(t)
        for l in self.dec:
            x = l(x, mem, sm, tm)
        return log_softmax(self.proj(x), dim=-1)


class LabelSmoothing(nn.Module):
    def __init__(self, size, pad, s=0.1):
        super().__init__()
        self.criterion = nn.KLDivLoss(reduction="sum")
        self.pad, self.s, self.size = pad, s, size

    def forward(self, x, target):
        td = x.data.clone()
        td.fill_(self.s / (self.size - 2))
        td.scatter_(1, target.data.unsqueeze(1), 1 - self.s)
        td[:, self.pad] = 0
        mask = torch.nonzero(target.data == self.pad)
        if mask.dim() > 0:
            td.index_fill_(0, mask.squeeze(), 0.0)
        return self.criterion(x, td.clone().detach())


V = 11
m = filled(S2S(V))
o = torch.optim.Adam(m.parameters(), lr=0.5, betas=(0.9, 0.98), eps=1e-9)
sch = LambdaLR(optimizer=o, lr_lambda=lambda s: 16**-0.5 * min((s or 1) ** -0.5, (s or 1) * 40**-1.5))
crit = LabelSmoothing(V, 0)
for i in range(5):
    src = (torch.arange(24).view(4, 6) * (i + 3)) % 10 + 1
    src[:, 0] = 1
    src[-1, -2:] = 0
    sm = (src != 0).unsqueeze(-2)
    t, ty = src[:, :-1], src[:, 1:]
    tm = (t != 0).unsqueeze(-2)
    tm = tm & subsequent_mask(t.size(-1)).type_as(tm.data)
    out = m.decode(m.encode(src, sm), sm, t, tm)
    nt = (ty != 0).data.sum()
    l = crit(out.contiguous().view(-1, V), ty.contiguous().view(-1)) / nt
    l.backward()
    o.step()
    o.zero_grad(set_to_none=True)
    sch.step()
    print(f"{l.item():.4f} {o.param_groups[0]['lr']:.5f}")
m.eval()
mem = m.encode(src[:1], sm[:1])
ys = torch.zeros(1, 1).fill_(1).type_as(src.data)
for i in range(4):
    prob = m.decode(mem, sm[:1], ys, subsequent_mask(ys.size(1)).type_as(src.data))[:, -1]
    _, nw = torch.max(prob, dim=1)
    ys = torch.cat([ys, torch.zeros(1, 1).type_as(src.data).fill_(nw.data[0])], dim=1)
print(ys.shape)
beam, scores = ys[:, :1].repeat(3, 1), torch.tensor([0.0, -1e9, -1e9])
for _ in range(3):
    lp = m.decode(mem.expand(3, -1, -1), sm[:1], beam, subsequent_mask(beam.size(1)).type_as(src.data))[
        :, -1
    ] + scores.unsqueeze(1)
    scores, idx = lp.view(-1).topk(3)
    beam = torch.cat([beam[torch.div(idx, V, rounding_mode="floor")], (idx % V).unsqueeze(1)], 1)
show("beam", scores)


def top_p(logits, p=0.9):
    s, i = torch.sort(logits, descending=True)
    c = torch.cumsum(F.softmax(s, dim=-1), dim=-1)
    rm = c > p
    rm[..., 1:] = rm[..., :-1].clone()
    rm[..., 0] = 0
    return logits.masked_fill(rm.scatter(-1, i, rm), -float("Inf"))


print((top_p(noise(2, 20)) > -1e9).sum().item())


# seq2seq with Bahdanau, teacher forcing; CRF; EmbeddingBag; word2vec with sparse grads; HAN; TextCNN; SNLI
class Attn(nn.Module):
    def __init__(self, h):
        super().__init__()
        self.attn = nn.Linear(2 * h, h)
        self.v = nn.Parameter(torch.rand(h))
        self.v.data.normal_(mean=0, std=1.0 / math.sqrt(h))

    def forward(self, hid, enc):
        h = hid.repeat(enc.size(0), 1, 1).transpose(0, 1)
        e = F.relu(self.attn(torch.cat([h, enc.transpose(0, 1)], 2))).transpose(1, 2)
        v = self.v.repeat(enc.size(1), 1).unsqueeze(1)
        return F.softmax(torch.bmm(v, e).squeeze(1), dim=1).unsqueeze(1)


a = filled(Attn(8))
gru = filled(nn.GRU(6, 8, bidirectional=True))
outs, hid = gru(pack(noise(5, 3, 6), [5, 4, 2]))
outs, _ = unpack(outs)
outs = outs[:, :, :8] + outs[:, :, 8:]
w = a(hid[-1], outs)
show("bahdanau", w, w.bmm(outs.transpose(0, 1)))


class CRF(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.T = nn.Parameter(noise(n, n))
        self.n = n

    def forward(self, feats, tags):
        a = feats[0]
        for f in feats[1:]:
            a = torch.logsumexp(a.unsqueeze(1) + self.T + f.unsqueeze(0), 0)
        gold = feats.gather(1, tags.unsqueeze(1)).sum() + self.T[tags[:-1], tags[1:]].sum()
        return torch.logsumexp(a, 0) - gold

    def viterbi(self, feats):
        v, bp = feats[0], []
        for f in feats[1:]:
            s, b = (v.unsqueeze(1) + self.T).max(0)
            v = s + f
            bp.append(b)
        best = [v.argmax().item()]
        for b in reversed(bp):
            best.append(b[best[-1]].item())
        return best[::-1]


crf = CRF(4)
l = crf(noise(6, 4), torch.tensor([0, 1, 2, 3, 0, 1]))
l.backward()
show("crf", l, crf.T.grad)
print(crf.viterbi(noise(6, 4)))
eb = nn.EmbeddingBag(20, 8, mode="mean", sparse=False)
filled(eb)
show(
    "bag",
    eb(torch.tensor([1, 2, 4, 5, 4, 3]), torch.tensor([0, 2])),
    F.embedding_bag(torch.tensor([[1, 2], [3, 4]]), eb.weight, mode="max"),
)
u, v = nn.Embedding(20, 8, sparse=True), nn.Embedding(20, 8, sparse=True)
filled(u)
filled(v)
so = torch.optim.SparseAdam(list(u.parameters()) + list(v.parameters()), lr=1e-2)
for i in range(3):
    pu, pv, nv = torch.tensor([1, 2, 3]), torch.tensor([4, 5, 6]), torch.tensor([[7, 8], [9, 1], [2, 3]])
    s = torch.clamp(torch.sum(torch.mul(u(pu), v(pv)), dim=1), max=10, min=-10)
    ns = torch.bmm(v(nv), u(pu).unsqueeze(2)).squeeze()
    l = torch.mean(-F.logsigmoid(s) - torch.sum(F.logsigmoid(-ns), dim=1))
    so.zero_grad()
    l.backward()
    so.step()
    print(f"{l.item():.4f} {u.weight.grad.is_sparse} {u.weight.grad.coalesce().indices().shape[1]}")


class TextCNN(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding.from_pretrained(noise(20, 8), freeze=False, padding_idx=0)
        self.convs = nn.ModuleList([nn.Conv2d(1, 4, (k, 8)) for k in (2, 3)])
        self.dropout = nn.Dropout(0.5)
        self.fc = nn.Linear(8, 3)

    def forward(self, x):
        x = self.embed(x).unsqueeze(1)
        x = [F.relu(c(x)).squeeze(3) for c in self.convs]
        return self.fc(torch.cat([F.max_pool1d(i, i.size(2)).squeeze(2) for i in x], 1))


t = TextCNN()
filled(t.convs)
filled(t.fc)
l = F.cross_entropy(t(torch.arange(24).view(3, 8) % 20), torch.tensor([0, 1, 2]))
l.backward()
show("textcnn", l, t.embed.weight.grad)
print(t.embed.padding_idx, F.one_hot(torch.tensor([0, 2])).tolist())
sb = pack_sequence([noise(3, 4), noise(2, 4), noise(1, 4)])
lstm = filled(nn.LSTM(4, 5, num_layers=2, dropout=0.0, proj_size=3))
out, (h, c) = lstm(sb)
show("packed", out.data, h, c)
print(out.batch_sizes.tolist(), isinstance(out, PackedSequence))
for rnn in (nn.RNNCell(4, 5), nn.GRUCell(4, 5)):
    show("cell", filled(rnn)(noise(2, 4), noise(2, 5)))
ln = filled(nn.LSTM(4, 4, batch_first=True))
ln.flatten_parameters()
print([n for n, _ in ln.named_parameters()])
for n, p in ln.named_parameters():
    if "weight_hh" in n:
        nn.init.orthogonal_(p)
    elif "bias" in n:
        p.data.fill_(0)
        p.data[4:8].fill_(1)
print(ln.bias_ih_l0.data.tolist()[3:9], torch.nn.utils.rnn.invert_permutation(torch.tensor([2, 0, 1])).tolist())
tok = re.compile(r"\w+|[^\w\s]").findall("Hello, world! it's")
vocab = collections.OrderedDict((w, i) for i, w in enumerate(sorted(set(tok))))
print(
    [vocab[w] for w in tok],
    pad_sequence([torch.tensor([1, 2]), torch.tensor([3])], True, 9, padding_side="left").tolist() if True else 0,
)
