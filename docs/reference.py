"""Pages of the reference that mkdocs asks for: functions from the schemas of ops, classes by mkdocstrings."""

from __future__ import annotations

import html
import inspect
from typing import Any

FUNCTIONS = {"torch": "torch", "functional": "nn.functional", "linalg": "linalg", "fft": "fft", "special": "special"}
# Pages of classes and functions with docstrings, as mkdocstrings finds them in the sources.
MODULES = {
    "nn": ["taeda.nn.module.Module", "taeda.nn.containers", "taeda.nn.linear", "taeda.nn.convolution",
    "taeda.nn.batchnorm",
           "taeda.nn.normalization", "taeda.nn.activation", "taeda.nn.dropout", "taeda.nn.embedding", "taeda.nn.rnn",
           "taeda.nn.transformer", "taeda.nn.attention", "taeda.nn.pooling", "taeda.nn.padding", "taeda.nn.loss",
           "taeda.nn.lazy", "taeda.nn.utils.prune", "taeda.nn.utils.parametrizations"],
    "optim": ["taeda.optim.optimizer", "taeda.optim.sgd", "taeda.optim.adam", "taeda.optim.adam_variants",
              "taeda.optim.adagrad", "taeda.optim.rmsprop", "taeda.optim.lbfgs", "taeda.optim.resilient",
              "taeda.optim.factored", "taeda.optim.swa_utils"],
    "programs": ["taeda.jit", "taeda.jit.scripted", "taeda.export.program", "taeda.export.shapes", "taeda.export.files",
                 "taeda.native"],
    "utils": ["taeda.utils.checkpoint", "taeda.utils.selective", "taeda.utils.data.loader", "taeda.autograd.graph",
              "taeda.serialization", "taeda.overrides"],
}  # fmt: skip


def signatures(name: str, function: Any) -> list[str]:
    """How a function is called, a line for each form."""
    if hasattr(function, "signatures") and function.signatures():
        return list(function.signatures())
    try:
        return [name + str(inspect.signature(function))]
    except ValueError:
        return [f"{name}(...)"]


def entry(name: str, function: Any) -> str:
    """One function: its forms and its documentation."""
    text = inspect.getdoc(function) or ""
    shown = signatures(name, function)
    body = text.partition("\n\n")[2] if len(shown) > 1 and text.startswith(f"{name}(") else text
    lines = "\n".join(f"    {line}" for line in shown)
    return f"## {html.escape(name)}\n\n{lines}\n\n{html.escape(body, quote=False)}\n"


def functions_page(module: str) -> str:
    """All functions that schemas put into a module."""
    from taeda._binding import modules

    found = modules[module]
    title = "Functions" if module == "torch" else module
    return f"# {title}\n\n" + "\n".join(entry(n, found[n]) for n in sorted(found) if not n.startswith("_"))


def tensor_page() -> str:
    """The methods of tensors."""
    import taeda

    methods = {n: getattr(taeda.Tensor, n) for n in sorted(dir(taeda.Tensor)) if not n.startswith("_")}
    return "# Tensor\n\n" + "\n".join(entry(n, f) for n, f in methods.items() if callable(f))


def pages() -> dict[str, str]:
    """Every page of the reference by its path."""
    found = {f"reference/{page}.md": functions_page(module) for page, module in FUNCTIONS.items()}
    found["reference/tensor.md"] = tensor_page()
    for page, names in MODULES.items():
        found[f"reference/{page}.md"] = f"# {page}\n\n" + "\n".join(f"::: {name}\n" for name in names)
    return found


def on_files(files: Any, config: Any) -> Any:
    """mkdocs asks for the files of the site: those of the reference are made now."""
    from mkdocs.structure.files import File

    for path, content in pages().items():
        files.append(File.generated(config, path, content=content))
    return files
