import torch
from vit_pytorch import ViT, SimpleViT
from vit_pytorch.cait import CaiT
from vit_pytorch.deepvit import DeepViT
from vit_pytorch.mae import MAE
from filled import filled, show, inputs
options = dict(image_size=32, patch_size=8, num_classes=5, dim=32, depth=2, heads=4, mlp_dim=64)
for model in (ViT(**options), SimpleViT(**options), DeepViT(**options), CaiT(**(options | dict(cls_depth=1)))):
    model = filled(model)
    x = inputs(2, 3, 32, 32)
    loss = torch.nn.functional.cross_entropy(model(x), torch.tensor([0, 3]))
    loss.backward()
    torch.optim.AdamW(model.parameters(), lr=0.001).step()
    show(type(model).__name__, loss, model(x), [p.grad for p in model.parameters() if p.grad is not None])
