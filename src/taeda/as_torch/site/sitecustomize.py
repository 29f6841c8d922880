"""Python imports this at its start, in processes begun by a program that runs Taeda as torch (as_torch/__init__.py)."""

import importlib.util
import os
import sys

if os.environ.get("TAEDA_AS_TORCH") == "1":
    _here = os.path.dirname(os.path.abspath(__file__))
    # The package is importable wherever this file lies beside it, installed or not.
    _package = os.path.dirname(os.path.dirname(os.path.dirname(_here)))
    if importlib.util.find_spec("taeda") is None:
        sys.path.append(_package)
    import taeda.as_torch  # noqa: F401

    # A sitecustomize of the user's that this one hides still runs.
    for _folder in sys.path:
        _other = os.path.join(_folder, "sitecustomize.py")
        if os.path.abspath(_folder or ".") != _here and os.path.isfile(_other):
            with open(_other) as _file:
                exec(compile(_file.read(), _other, "exec"), {"__name__": "sitecustomize", "__file__": _other})
            break
