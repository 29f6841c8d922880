import torch, kornia
from filled import show, inputs
x = inputs(2, 3, 24, 24).sigmoid().requires_grad_()
import kornia.geometry as G, kornia.filters as F, kornia.color as C, kornia.losses as L, kornia.morphology as M, kornia.feature as K
for name, f in (("blur", lambda x: F.gaussian_blur2d(x, (5, 5), (1.5, 1.5))), ("sobel", F.sobel), ("canny", lambda x: F.canny(x)[0]), ("hsv", C.rgb_to_hsv), ("lab", C.rgb_to_lab),
    ("rotate", lambda x: G.rotate(x, torch.tensor([10.0, 20.0]))), ("warp", lambda x: G.warp_perspective(x, torch.eye(3).expand(2, 3, 3) * 1.0 + 0.001, (20, 20))),
    ("ssim", lambda x: L.ssim_loss(x, x * 0.9, 5)), ("dilate", lambda x: M.dilation(x, torch.ones(3, 3))), ("harris", K.harris_response), ("median", lambda x: F.median_blur(x, (3, 3))),
    ("dt", lambda x: kornia.contrib.distance_transform((x > 0.5).float() + 0 * x)), ("affine", lambda x: G.affine(x, torch.tensor([[[1., 0.1, 0], [0, 1, 2.]]]).expand(2, 2, 3)))):
    y = f(x)
    x.grad = None
    (y * y.detach().cos()).sum().backward()
    show(name, y, x.grad)
print(G.quaternion_to_rotation_matrix(torch.tensor([1.0, 0.1, 0.2, 0.3])).tolist().__len__())
import kornia.augmentation as A
show("aug", A.RandomHorizontalFlip(p=1.0)(x), A.CenterCrop(16)(x), A.Normalize(0.5, 0.25)(x))
