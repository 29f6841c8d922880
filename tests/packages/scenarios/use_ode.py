import torch, torchdiffeq, torchsde
from torch import nn
from filled import filled, show, inputs
field = filled(nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2)), 0.7)
y0 = inputs(4, 2).requires_grad_()
for method in ("rk4", "dopri5", "midpoint", "euler"):
    for solve in (torchdiffeq.odeint, torchdiffeq.odeint_adjoint):
        model = nn.Module(); model.net = field; model.forward = lambda t, y: field(y)
        class F(nn.Module):
            def __init__(self): super().__init__(); self.net = field
            def forward(self, t, y): return self.net(y)
        y0.grad = None
        y = solve(F(), y0, torch.linspace(0, 1, 5), method=method)
        y.square().sum().backward()
        show(method, y, y0.grad)
class SDE(nn.Module):
    noise_type, sde_type = "diagonal", "ito"
    def __init__(self): super().__init__(); self.net = field
    def f(self, t, y): return self.net(y)
    def g(self, t, y): return 0.0 * y
show("sde", torchsde.sdeint(SDE(), y0.detach(), torch.linspace(0, 1, 5), dt=0.05, method="euler"))
