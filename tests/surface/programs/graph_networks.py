"""Message passing by scatter and index_add, sparse products, sampling helpers of graph libraries."""

import torch, math
from torch import nn, Tensor
import torch.nn.functional as F
from typing import Optional, Tuple, List, Union
from filled import filled, noise, show


def broadcast(src: Tensor, other: Tensor, dim: int) -> Tensor:
    if dim < 0:
        dim = other.dim() + dim
    if src.dim() == 1:
        for _ in range(0, dim):
            src = src.unsqueeze(0)
    for _ in range(src.dim(), other.dim()):
        src = src.unsqueeze(-1)
    return src.expand(other.size())


def scatter(src, index, dim=0, dim_size=None, reduce="sum"):
    index_ = broadcast(index, src, dim)
    size = list(src.size())
    size[dim] = dim_size
    if reduce == "sum":
        return src.new_zeros(size).scatter_add_(dim, index_, src)
    if reduce == "mean":
        s = src.new_zeros(size).scatter_add_(dim, index_, src)
        c = src.new_zeros(dim_size).scatter_add_(0, index, src.new_ones(index.size(0))).clamp_(min=1)
        return s / broadcast(c, s, dim)
    return src.new_zeros(size).scatter_reduce_(dim, index_, src, reduce="a" + reduce, include_self=False)


def softmax(src, index, n):
    m = scatter(src.detach(), index, 0, n, "max")
    out = (src - m.index_select(0, index)).exp()
    return out / (scatter(out, index, 0, n).index_select(0, index) + 1e-16)


def degree(index, n, dtype=None):
    out = torch.zeros((n,), dtype=dtype)
    one = torch.ones((index.size(0),), dtype=out.dtype)
    return out.scatter_add_(0, index, one)


def add_self_loops(ei, n):
    loop = torch.arange(0, n, dtype=torch.long).unsqueeze(0).repeat(2, 1)
    return torch.cat([ei, loop], dim=1)


def coalesce(ei, n):
    idx = ei[0] * n + ei[1]
    idx, perm = torch.sort(idx, stable=True)
    mask = torch.ones_like(idx, dtype=torch.bool)
    mask[1:] = idx[1:] > idx[:-1]
    return ei[:, perm][:, mask]


N = 30
ei = torch.randint(0, N, (2, 90), generator=torch.Generator().manual_seed(0))
r = torch.arange(90)
ei = torch.stack([(r * 7 + 3) % N, (r * 11 + r // 3) % N])
ei = coalesce(torch.cat([ei, ei.flip(0)], 1), N)
print(ei.shape)


class GCNConv(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.lin = nn.Linear(i, o, bias=False)
        self.bias = nn.Parameter(torch.zeros(o))

    def forward(self, x, ei):
        ei = add_self_loops(ei, x.size(0))
        row, col = ei
        deg = degree(col, x.size(0), x.dtype)
        dis = deg.pow(-0.5)
        dis[dis == float("inf")] = 0
        norm = dis[row] * dis[col]
        x = self.lin(x)
        return scatter(norm.view(-1, 1) * x[row], col, 0, x.size(0)) + self.bias


class GATConv(nn.Module):
    def __init__(self, i, o, h=2):
        super().__init__()
        self.lin = nn.Linear(i, h * o, bias=False)
        self.att = nn.Parameter(torch.empty(1, h, 2 * o))
        nn.init.xavier_uniform_(self.att)
        self.h, self.o = h, o

    def forward(self, x, ei):
        x = self.lin(x).view(-1, self.h, self.o)
        row, col = ei
        a = (torch.cat([x[row], x[col]], -1) * self.att).sum(-1)
        a = softmax(F.leaky_relu(a, 0.2), col, x.size(0))
        return scatter(x[row] * a.unsqueeze(-1), col, 0, x.size(0)).mean(1)


class GIN(nn.Module):
    def __init__(self, i, o):
        super().__init__()
        self.eps = torch.nn.Parameter(torch.Tensor([0.0]))
        self.nn = nn.Sequential(nn.Linear(i, o), nn.BatchNorm1d(o), nn.ReLU(), nn.Linear(o, o))

    def forward(self, x, ei):
        return self.nn((1 + self.eps) * x + torch.zeros_like(x).index_add_(0, ei[1], x[ei[0]]))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = GCNConv(8, 16), GATConv(16, 16), GIN(16, 16)
        self.out = nn.Linear(48, 3)

    def forward(self, x, ei, batch):
        x = F.elu(self.a(x, ei))
        x = F.elu(self.b(x, ei))
        x = self.c(x, ei)
        pooled = torch.cat(
            [scatter(x, batch, 0, 3, "mean"), scatter(x, batch, 0, 3, "max"), scatter(x, batch, 0, 3)], -1
        )
        return self.out(pooled), x


m = filled(Net())
m.c.eps.data.fill_(0.1)
o = torch.optim.Adam(m.parameters(), lr=0.01)
batch = torch.arange(3).repeat_interleave(10)
x = noise(N, 8)
for i in range(5):
    out, h = m(x, ei, batch)
    l = F.cross_entropy(out, torch.tensor([0, 1, 2])) + 1e-3 * (h @ h.t()).sigmoid().log().neg().mean()
    o.zero_grad()
    l.backward()
    o.step()
    print(f"{l.item():.4f}")
A = torch.zeros(N, N).index_put_((ei[0], ei[1]), torch.ones(ei.size(1)), accumulate=True)
L = torch.diag(A.sum(1)) - A
ev, U = torch.linalg.eigh(L)
show("spectrum", ev)
print(
    (A > 0).float().logical_not().sum().item(),
    torch.unique(ei[0], return_counts=True)[1].max().item(),
    torch.bincount(ei[1], minlength=N).max().item(),
)
sp = torch.sparse_coo_tensor(ei, torch.ones(ei.size(1)), (N, N))
y = torch.sparse.mm(sp, x)
show("spmm", y, torch.sparse.softmax(sp, 1).to_dense())
csr = sp.to_sparse_csr()
print(csr.crow_indices()[:4].tolist(), torch.allclose(csr @ x, y, atol=1e-5))
rowptr = torch.cat([torch.zeros(1, dtype=torch.long), degree(ei[0], N, torch.long).cumsum(0)])
print(torch.searchsorted(rowptr, torch.tensor([0, 5, 10]), right=True))
t = torch.tensor([0, 2, 5])
print(
    torch.tensor_split(torch.arange(9), t.tolist()[1:]),
    torch.combinations(torch.arange(4)).shape,
    torch.triu_indices(3, 3, 1),
)
