import torch, gpytorch, math
from filled import show
x = torch.linspace(0, 1, 30); y = torch.sin(x * 2 * math.pi) + 0.1 * torch.cos(x * 40)
class Model(gpytorch.models.ExactGP):
    def __init__(self, x, y, likelihood):
        super().__init__(x, y, likelihood)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.RBFKernel())
    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))
likelihood = gpytorch.likelihoods.GaussianLikelihood()
model = Model(x, y, likelihood)
model.train(); likelihood.train()
optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
mll = gpytorch.mlls.ExactMarginalLogLikelihood(likelihood, model)
for i in range(10):
    optimizer.zero_grad(); loss = -mll(model(x), y); loss.backward(); optimizer.step()
    if i % 3 == 0: print(f"{loss.item():.4f}")
model.eval(); likelihood.eval()
with torch.no_grad(), gpytorch.settings.fast_pred_var():
    p = likelihood(model(torch.linspace(0, 1, 7)))
show("predict", p.mean, p.variance)
class Variational(gpytorch.models.ApproximateGP):
    def __init__(self, points):
        strategy = gpytorch.variational.VariationalStrategy(self, points, gpytorch.variational.CholeskyVariationalDistribution(points.size(0)), learn_inducing_locations=True)
        super().__init__(strategy)
        self.mean_module = gpytorch.means.ConstantMean()
        self.covar_module = gpytorch.kernels.ScaleKernel(gpytorch.kernels.MaternKernel(nu=1.5))
    def forward(self, x):
        return gpytorch.distributions.MultivariateNormal(self.mean_module(x), self.covar_module(x))
model = Variational(x[::4].unsqueeze(-1).contiguous()); likelihood = gpytorch.likelihoods.GaussianLikelihood()
model.variational_strategy.variational_params_initialized.fill_(1)
mll = gpytorch.mlls.VariationalELBO(likelihood, model, num_data=30)
optimizer = torch.optim.Adam([*model.parameters(), *likelihood.parameters()], lr=0.05)
for i in range(5):
    optimizer.zero_grad(); loss = -mll(model(x.unsqueeze(-1)), y); loss.backward(); optimizer.step()
print(f"{loss.item():.4f}")
