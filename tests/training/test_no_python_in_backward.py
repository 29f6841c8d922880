"""During a training step neither NumPy nor PyTorch is imported, and no Python of Taeda's runs inside backward()."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
import taeda as torch
sys.path.insert(0, {folder!r})
import models

model = {model}
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
x, y = {data}

def step(hook=None):
    out = model(x)
    loss = torch.nn.functional.cross_entropy(out.reshape(-1, out.shape[-1]), y.reshape(-1))
    optimizer.zero_grad()
    sys.setprofile(hook)
    loss.backward()
    sys.setprofile(None)
    optimizer.step()

calls = []
def hook(frame, event, argument):
    if event == "call":
        calls.append(frame.f_code.co_filename + ":" + frame.f_code.co_name)

step(), step()
step(hook)
# The one Python function is the method Tensor.backward itself, if it is one; nothing may run below it.
inside = [c for c in calls if not c.endswith(":backward")]
assert not inside, inside[:5]
for name in ("numpy", "torch"):
    assert name not in sys.modules, name
"""


def run(model: str, data: str) -> None:
    script = SCRIPT.format(folder=str(Path(__file__).parent), model=model, data=data)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]


def test_gpt() -> None:
    run("models.gpt(torch)", "torch.randint(65, (2, 16)), torch.randint(65, (2, 16))")


def test_cnn() -> None:
    run("models.cnn(torch)", "torch.randn(4, 1, 28, 28), torch.randint(10, (4,))")


def test_lstm() -> None:
    run("models.lstm(torch)", "torch.randint(40, (2, 8)), torch.randint(40, (2, 8))")
