"""The registry imports definitions when they are asked for, and shows them to other threads when they are whole."""

from __future__ import annotations

import subprocess
import sys

WAITING = """
import importlib.abc, importlib.machinery, sys, threading, time
from taeda.ops.registry import registry

home = "taeda.ops.elementary"
half, seen = threading.Event(), []

class Slow(importlib.abc.Loader):
    def __init__(self, loader): self.loader = loader
    def create_module(self, spec): return self.loader.create_module(spec)
    def exec_module(self, module):
        lines = self.loader.get_source(home).split("@sinc.gradient", 1)
        assert len(lines) == 2
        text = lines[0] + "\\n_half()\\n@sinc.gradient" + lines[1]
        module._half = lambda: (half.set(), time.sleep(0.3))
        exec(compile(text, module.__file__, "exec"), module.__dict__)

class Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name != home:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        spec.loader = Slow(spec.loader)
        return spec

assert home not in sys.modules
sys.meta_path.insert(0, Finder())
threading.Thread(target=lambda: registry.ops["sinc"]).start()
assert half.wait(30)
print(registry.ops["sinc"].gradient_function is not None)
"""


def test_other_threads_see_an_op_with_its_gradient() -> None:
    """A thread asks for an op while another is in the middle of the file that defines it."""
    done = subprocess.run([sys.executable, "-c", WAITING], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True\n"
