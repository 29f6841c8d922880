"""Recurrent and transformer language models; the whole module is saved and loaded."""

import math, os, tempfile, time
from io import open
import torch, torch.nn as nn, torch.nn.functional as F, torch.onnx
from filled import filled


class Dictionary(object):
    def __init__(self):
        self.word2idx = {}
        self.idx2word = []

    def add_word(self, word):
        if word not in self.word2idx:
            self.idx2word.append(word)
            self.word2idx[word] = len(self.idx2word) - 1
        return self.word2idx[word]


text = ("the quick brown fox jumps over the lazy dog . a stitch in time saves nine . " * 40).split("\n")
d = Dictionary()
idss = []
for line in text:
    words = line.split() + ["<eos>"]
    ids = [d.add_word(w) for w in words]
    idss.append(torch.tensor(ids).type(torch.int64))
ids = torch.cat(idss)


def batchify(data, bsz):
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    return data.view(bsz, -1).t().contiguous()


class RNNModel(nn.Module):
    def __init__(self, rnn_type, ntoken, ninp, nhid, nlayers, dropout=0.0, tie_weights=False):
        super().__init__()
        self.ntoken = ntoken
        self.drop = nn.Dropout(dropout)
        self.encoder = nn.Embedding(ntoken, ninp)
        if rnn_type in ["LSTM", "GRU"]:
            self.rnn = getattr(nn, rnn_type)(ninp, nhid, nlayers, dropout=dropout)
        else:
            self.rnn = nn.RNN(
                ninp, nhid, nlayers, nonlinearity={"RNN_TANH": "tanh", "RNN_RELU": "relu"}[rnn_type], dropout=dropout
            )
        self.decoder = nn.Linear(nhid, ntoken)
        if tie_weights:
            self.decoder.weight = self.encoder.weight
        nn.init.uniform_(self.encoder.weight, -0.1, 0.1)
        nn.init.zeros_(self.decoder.bias)
        self.rnn_type, self.nhid, self.nlayers = rnn_type, nhid, nlayers

    def forward(self, input, hidden):
        emb = self.drop(self.encoder(input))
        output, hidden = self.rnn(emb, hidden)
        decoded = self.decoder(self.drop(output)).view(-1, self.ntoken)
        return F.log_softmax(decoded, dim=1), hidden

    def init_hidden(self, bsz):
        weight = next(self.parameters())
        if self.rnn_type == "LSTM":
            return (weight.new_zeros(self.nlayers, bsz, self.nhid), weight.new_zeros(self.nlayers, bsz, self.nhid))
        return weight.new_zeros(self.nlayers, bsz, self.nhid)


def repackage_hidden(h):
    if isinstance(h, torch.Tensor):
        return h.detach()
    return tuple(repackage_hidden(v) for v in h)


train_data = batchify(ids, 8)
for kind in ("LSTM", "GRU", "RNN_TANH", "RNN_RELU"):
    model = filled(RNNModel(kind, len(d.idx2word), 32, 32, 2, tie_weights=True), 0.5)
    criterion = nn.NLLLoss()
    lr = 2
    hidden = model.init_hidden(8)
    total = 0
    for batch, i in enumerate(range(0, train_data.size(0) - 1, 16)):
        seq_len = min(16, len(train_data) - 1 - i)
        data = train_data[i : i + seq_len]
        target = train_data[i + 1 : i + 1 + seq_len].view(-1)
        model.zero_grad()
        hidden = repackage_hidden(hidden)
        output, hidden = model(data, hidden)
        loss = criterion(output, target)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        for p in model.parameters():
            p.data.add_(p.grad, alpha=-lr)
        total += loss.item()
    print(f"| {kind} | loss {total / (batch + 1):5.3f} | ppl {math.exp(total / (batch + 1)):8.2f}")
path = os.path.join(tempfile.mkdtemp(), "model.pt")
with open(path, "wb") as f:
    torch.save(model, f)
with open(path, "rb") as f:
    m = torch.load(f, weights_only=False)
    m.rnn.flatten_parameters()
    m.eval()
h = m.init_hidden(1)
inp = torch.tensor([[0]])
words = []
with torch.no_grad():
    for i in range(10):
        o, h = m(inp, h)
        w = o.squeeze().div(1.0).exp().cpu()
        idx = torch.topk(w, 1)[1][0]
        inp.fill_(idx)
        words.append(d.idx2word[idx])
print(len(words), isinstance(torch.multinomial(w, 1)[0].item(), int))


class PositionalEncoding(nn.Module):
    def __init__(self, d_model, dropout=0.1, max_len=5000):
        super().__init__()
        self.dropout = nn.Dropout(p=dropout)
        pe = torch.zeros(max_len, d_model)
        position = torch.arange(0, max_len, dtype=torch.float).unsqueeze(1)
        div_term = torch.exp(torch.arange(0, d_model, 2).float() * (-math.log(10000.0) / d_model))
        pe[:, 0::2] = torch.sin(position * div_term)
        pe[:, 1::2] = torch.cos(position * div_term)
        self.register_buffer("pe", pe.unsqueeze(0).transpose(0, 1))

    def forward(self, x):
        return self.dropout(x + self.pe[: x.size(0), :])


class TransformerModel(nn.Transformer):
    def __init__(self, ntoken, ninp, nhead, nhid, nlayers, dropout=0.0):
        super().__init__(d_model=ninp, nhead=nhead, dim_feedforward=nhid, num_encoder_layers=nlayers, dropout=dropout)
        self.src_mask = None
        self.pos_encoder = PositionalEncoding(ninp, dropout)
        self.input_emb = nn.Embedding(ntoken, ninp)
        self.ninp = ninp
        self.decoder = nn.Linear(ninp, ntoken)

    def _generate_square_subsequent_mask(self, sz):
        return torch.log(torch.tril(torch.ones(sz, sz)))

    def forward(self, src, has_mask=True):
        if self.src_mask is None or self.src_mask.size(0) != len(src):
            self.src_mask = self._generate_square_subsequent_mask(len(src)).to(src.device)
        src = self.pos_encoder(self.input_emb(src) * math.sqrt(self.ninp))
        return F.log_softmax(self.decoder(self.encoder(src, mask=self.src_mask)), dim=-1)


m = filled(TransformerModel(len(d.idx2word), 32, 4, 64, 2))
opt = torch.optim.SGD(m.parameters(), 0.1)
for i in range(5):
    out = m(train_data[:16]).view(-1, len(d.idx2word))
    loss = F.nll_loss(out, train_data[1:17].reshape(-1))
    opt.zero_grad()
    loss.backward()
    opt.step()
    print(f"{loss:.4f}")
m.eval()
with torch.no_grad():
    print(f"{m(train_data[:16]).sum():.3f}")
