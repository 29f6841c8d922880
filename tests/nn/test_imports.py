"""What importing and training load."""

import subprocess
import sys


def run(code):
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_training_step_imports_neither_numpy_nor_torch():
    run("""
import sys
import taeda as torch
model = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.ReLU(), torch.nn.Linear(8, 3))
optimizer = torch.optim.AdamW(model.parameters())
loss = torch.nn.functional.cross_entropy(model(torch.randn(5, 4)), torch.randint(0, 3, (5,)))
loss.backward()
torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
optimizer.step()
for (batch,) in torch.utils.data.DataLoader(torch.utils.data.TensorDataset(torch.zeros(4)), 2):
    repr(batch)
assert "numpy" not in sys.modules and "torch" not in sys.modules
""")


def test_importing_taeda_alone_loads_no_part_of_the_library():
    run("""
import sys
import taeda
loaded = [name for name in sys.modules if name.startswith(("taeda.nn", "taeda.optim", "taeda.utils"))]
assert not loaded, loaded
""")
