import logging, warnings, tempfile
warnings.simplefilter("ignore")
import torch, lightning as L
from torch import nn
from filled import filled, inputs
logging.getLogger("lightning.pytorch").setLevel(logging.ERROR)
class Model(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = filled(nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 3)))
        self.losses = []
    def training_step(self, batch, index):
        x, y = batch
        loss = nn.functional.cross_entropy(self.net(x), y)
        self.log("train_loss", loss)
        self.losses.append(loss.item())
        return loss
    def validation_step(self, batch, index):
        x, y = batch
        self.log("val_loss", nn.functional.cross_entropy(self.net(x), y), prog_bar=True)
    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=0.01)
        return {"optimizer": optimizer, "lr_scheduler": torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)}
x, y = inputs(32, 8), torch.arange(32) % 3
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=8)
model = Model()
with tempfile.TemporaryDirectory() as folder:
    trainer = L.Trainer(max_epochs=3, accelerator="cpu", devices=1, logger=False, enable_progress_bar=False, enable_model_summary=False, default_root_dir=folder, gradient_clip_val=1.0, num_sanity_val_steps=1)
    trainer.fit(model, loader, loader)
    print("losses", *(f"{v:.4f}" for v in model.losses))
    print("validated", *(f"{v:.4f}" for v in trainer.validate(model, loader, verbose=False)[0].values()))
    trainer.save_checkpoint(folder + "/a.ckpt")
    again = Model.load_from_checkpoint(folder + "/a.ckpt")
    print("same", all(torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters())))
fabric = L.Fabric(accelerator="cpu", devices=1)
fabric.launch()
net = filled(nn.Linear(8, 3))
net, optimizer = fabric.setup(net, torch.optim.SGD(net.parameters(), lr=0.1))
for a, b in fabric.setup_dataloaders(loader):
    loss = nn.functional.cross_entropy(net(a), b)
    optimizer.zero_grad(); fabric.backward(loss); optimizer.step()
print("fabric", f"{loss.item():.4f}")
