"""Threads that compile the same things at the same time."""

import subprocess
import sys

SCRIPT = """
import sys, threading
import taeda

sys.setswitchinterval(1e-6)
barrier = threading.Barrier(6)
failures = []

def work(k):
    try:
        for n in range(1, 7):
            x = taeda.ones((2,) * n, requires_grad=True)
            barrier.wait()
            y = ((x.exp() + k) * x.sigmoid()).softmax(-1).sum()
            y.backward()
            assert tuple(x.grad.shape) == (2,) * n
    except BaseException as error:
        failures.append(error)
        barrier.abort()

threads = [threading.Thread(target=work, args=(k,)) for k in range(6)]
[t.start() for t in threads]
[t.join() for t in threads]
assert not failures, failures
"""


def test_the_same_key_from_several_threads() -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
