import torch
from torch import nn
from ignite.engine import create_supervised_trainer, create_supervised_evaluator, Events
from ignite.metrics import Accuracy, Loss, Precision, ConfusionMatrix
from ignite.handlers import EarlyStopping, ModelCheckpoint, LinearCyclicalScheduler
from filled import filled, inputs
model = filled(nn.Sequential(nn.Linear(8, 16), nn.Tanh(), nn.Linear(16, 3)))
x, y = inputs(40, 8), torch.arange(40) % 3
loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=8)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
evaluator = create_supervised_evaluator(model, {"accuracy": Accuracy(), "loss": Loss(nn.CrossEntropyLoss()), "precision": Precision(average=True), "confusion": ConfusionMatrix(3)})
trainer.add_event_handler(Events.ITERATION_STARTED, LinearCyclicalScheduler(optimizer, "lr", 0.1, 0.01, 10))
@trainer.on(Events.EPOCH_COMPLETED)
def evaluate(engine):
    m = evaluator.run(loader).metrics
    print(engine.state.epoch, f"{engine.state.output:.4f} {m['accuracy']:.4f} {m['loss']:.4f} {m['precision']:.4f}", m["confusion"].tolist())
trainer.run(loader, max_epochs=3)
