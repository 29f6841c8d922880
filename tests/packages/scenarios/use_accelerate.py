import torch
from torch import nn
from accelerate import Accelerator
from accelerate.utils import set_seed
from filled import filled, inputs
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
model = filled(nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 3)))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs(32, 8), torch.arange(32) % 3), batch_size=8)
scheduler = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 / (k + 1))
model, optimizer, loader, scheduler = accelerator.prepare(model, optimizer, loader, scheduler)
for epoch in range(2):
    for x, y in loader:
        with accelerator.accumulate(model):
            loss = nn.functional.cross_entropy(model(x), y)
            accelerator.backward(loss)
            accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step(); scheduler.step(); optimizer.zero_grad()
    print(epoch, f"{loss.item():.4f}", f"{scheduler.get_last_lr()[0]:.5f}", f"{accelerator.gather(loss).sum().item():.4f}")
