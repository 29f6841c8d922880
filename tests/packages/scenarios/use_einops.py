import torch, einops, opt_einsum
from einops.layers.torch import Rearrange, Reduce, EinMix
from filled import filled, show, inputs
x = inputs(2, 3, 8, 8).requires_grad_()
y = einops.rearrange(x, "b c (h p) (w q) -> b (h w) (p q c)", p=4, q=4)
y = einops.reduce(y, "b n d -> b d", "mean") + einops.repeat(torch.arange(2.0), "b -> b d", d=48)
net = torch.nn.Sequential(Rearrange("b (c k) -> b c k", k=4), filled(EinMix("b c k -> b c o", weight_shape="k o", bias_shape="o", k=4, o=5)), Reduce("b c o -> b o", "max"))
z = net(y); z.square().sum().backward()
show("einops", y, z, x.grad)
a, b, c = inputs(3, 4), inputs(4, 5, seed=2).requires_grad_(), inputs(5, 6, seed=3)
r = opt_einsum.contract("ij,jk,kl->il", a, b, c); r.sum().backward(); show("contract", r, b.grad)
packed, shapes = einops.pack([inputs(2, 3), inputs(2, 4, 5)], "b *"); show("pack", packed, *einops.unpack(packed, shapes, "b *"))
print(opt_einsum.contract_path("ij,jk,kl->il", a, b, c)[0])
