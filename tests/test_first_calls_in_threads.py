"""Several threads that call the same op for the first time at once."""

import os
import subprocess
import sys

CODE = """
import sys
import threading
import taeda

sys.setswitchinterval(1e-6)
start, errors = threading.Barrier(4), []


def work():
    start.wait()
    try:
        for rank in range(4):
            x = taeda.ones(*[2] * rank, 5, 5)
            y = (x @ x).softmax(-1).sin()
            assert y.shape == x.shape and taeda.cat([y, x]).sum(0).numel() > 0
            z = taeda.ones(5, 5, requires_grad=True)
            (z @ z * rank).sum().backward()
            assert z.grad is not None
    except BaseException as error:
        errors.append(repr(error))


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert not errors, errors
"""


def test_first_calls_at_the_same_time():
    for _ in range(2):
        subprocess.run([sys.executable, "-c", CODE], check=True, env={**os.environ, "TAEDA_CACHE": ""})
