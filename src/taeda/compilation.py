"""`taeda.compile`, and what PyTorch has as torch.compiler.

A compiled function runs its Python as ever. What it would compute is put off and noted down instead
(csrc/core/pending.h); when a value is needed, because it is printed, tested, given to NumPy or returned, all that was
noted becomes a few larger kernels. So there are no graph breaks and nothing to guard, and results are those of the
function itself, to the bit.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from taeda import _core
from taeda.nn import Module

_MODES = ("default", "reduce-overhead", "max-autotune", "max-autotune-no-cudagraphs")
_BACKENDS = ("inductor", "cudagraphs")
_EAGER = ("eager", "aot_eager", "eager_noexcept")
_STANCES = ("default", "force_eager", "eager_on_recompile", "fail_on_recompile")
_stance = "default"


_default_backend: Any = None


def compile(model: Any = None, *, fullgraph: bool = False, dynamic: bool | None = None, backend: Any = None,
            mode: str | None = None, options: dict[str, Any] | None = None, disable: bool = False) -> Any:
    """`model`, a function or a module, compiled: it gives the same results and has the same effects, faster.

    fullgraph, dynamic: there are no graph breaks, and sizes may always vary; both are accepted.
    backend: "inductor" (the compiler there is, and the default: `taeda.compiler.set_default_backend`), or "eager" and
        "aot_eager", which compute as ever.
    mode, options: accepted. disable: give `model` back.
    Without `model` a decorator.

    RuntimeError for an unknown mode, or for mode and options together; NotImplementedError for a backend of your own.

    >>> import taeda
    >>> @taeda.compile
    ... def gelu(x):
    ...     return 0.5 * x * (1 + (x * 0.7071067811865476).erf())
    >>> gelu(taeda.tensor([-1.0, 0.0, 1.0]))
    tensor([-0.1587,  0.0000,  0.8413])
    """
    if mode is not None and options is not None:
        raise RuntimeError("Either mode or options can be specified, but both can't be specified at the same time.")
    if mode is not None and mode not in _MODES:
        raise RuntimeError(f"Unrecognized mode={mode}, should be one of: {', '.join(_MODES)}")
    backend = get_default_backend() if backend is None else backend
    if callable(backend):
        raise NotImplementedError(
            "taeda.compile: a backend of your own is not there yet: what is recorded is no FX graph")
    if backend not in (*_BACKENDS, *_EAGER):
        raise RuntimeError(f"Invalid backend: {backend!r}, should be one of: {', '.join((*_BACKENDS, *_EAGER))}")
    if model is None:
        return functools.partial(_compiled, eager=backend in _EAGER, disabled=disable)
    return _compiled(model, backend in _EAGER, disable)


def _compiled(model: Any, eager: bool, disabled: bool) -> Any:
    if model is None:
        raise RuntimeError("Model can't be None")
    if not callable(model):
        raise TypeError(f"torch.compile() expected a callable, got {type(model).__name__}")
    if disabled:
        return model
    if isinstance(model, Module):
        return OptimizedModule(model, eager)
    return model if eager else _compiled_function(model)


def _compiled_function(function: Callable[..., Any]) -> Callable[..., Any]:
    function = getattr(function, "_torchdynamo_orig_callable", function)
    if getattr(function, "_torchdynamo_disable", False):
        return function
    run = _core.run_compiled

    @functools.wraps(function)
    def compiled(*args: Any, **kwargs: Any) -> Any:
        return (run if _stance != "force_eager" else _core.run_eagerly)(function, *args, **kwargs)

    compiled._torchdynamo_orig_callable = function  # type: ignore[attr-defined]
    return compiled


class OptimizedModule(Module):
    """A module whose call is compiled, or, with `eager`, run as it is.

    It shares the parameters of the module it was made of, `_orig_mod`, and has its attributes.
    """

    _orig_mod: Module

    def __init__(self, module: Module, eager: bool = False):
        super().__init__()
        self._modules["_orig_mod"] = module
        self.__dict__["_compiled_eager"] = eager
        self.__dict__["_compiled_call"] = module.__call__ if eager else _compiled_function(module.__call__)
        self.__dict__["training"] = module.training

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiled_call(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiled_call(*args, **kwargs)

    def __reduce__(self) -> Any:
        return (type(self), (self._orig_mod, self._compiled_eager))

    def train(self, mode: bool = True) -> OptimizedModule:
        super().train(mode)
        return self

    def __len__(self) -> int:
        if not hasattr(type(self._orig_mod), "__len__"):
            raise TypeError(f"{type(self._orig_mod).__name__} does not support len()")
        length: int = self._orig_mod.__len__()
        return length

    def __bool__(self) -> bool:
        return True

    def __getattr__(self, name: str) -> Any:
        if name == "_orig_mod":
            return self.__dict__["_modules"]["_orig_mod"]
        return getattr(self._orig_mod, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__ or name == "_orig_mod" or name.startswith("_compiled"):
            super().__setattr__(name, value)
        else:
            setattr(self._orig_mod, name, value)

    def __delattr__(self, name: str) -> None:
        delattr(self._orig_mod, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *dir(self._orig_mod)})


def is_compiling() -> bool:
    """Whether this is called inside of a compiled function."""
    return _core.is_compiling()


def is_dynamo_compiling() -> bool:
    """As is_compiling()."""
    return _core.is_compiling()


def is_exporting() -> bool:
    """Whether this is called during an export: there is none."""
    return False


def disable(fn: Any = None, recursive: bool = True, *, reason: str | None = None) -> Any:
    """`fn` as it is: what it computes runs at once, also where a compiled function calls it. Without `fn` a decorator.

    With recursive=False only `fn` itself is not compiled, which is no difference here.
    """
    if fn is None:
        return functools.partial(disable, recursive=recursive, reason=reason)
    if isinstance(fn, Module):
        fn.forward = disable(fn.forward, recursive)  # type: ignore[method-assign]
        return fn
    function = getattr(fn, "_torchdynamo_orig_callable", fn)
    if isinstance(function, type):
        function.__init__ = disable(function.__init__, recursive)  # type: ignore[misc]
        return function

    @functools.wraps(function)
    def eager(*args: Any, **kwargs: Any) -> Any:
        return _core.run_eagerly(function, *args, **kwargs)

    eager._torchdynamo_disable = True  # type: ignore[attr-defined]
    return eager


def reset() -> None:
    """Forget all that was compiled of recordings."""
    _core.forget_plans()
    if recorded := sys.modules.get("taeda.runtime.recorded"):
        recorded.last_numbers.clear()


def allow_in_graph(fn: Any) -> Any:
    """`fn`: all functions may be called in compiled ones."""
    if isinstance(fn, (list, tuple)):
        return [allow_in_graph(f) for f in fn]
    if not callable(fn):
        raise AssertionError("allow_in_graph expects a callable")
    return fn


def assume_constant_result(fn: Any) -> Any:
    """`fn`, which runs at each call."""
    return fn


def substitute_in_graph(original_fn: Any, **options: Any) -> Callable[[Any], Any]:
    """A decorator that gives back what it is given: the original function is what runs."""
    return lambda traceable: traceable


def wrap_numpy(fn: Any) -> Any:
    """`fn`, a function of NumPy arrays, as a function of tensors."""
    import taeda
    from taeda.utils import _pytree

    @functools.wraps(fn)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = _pytree.tree_map_only(taeda.Tensor, lambda t: t.numpy(), (args, kwargs))
        numpy = __import__("numpy")
        return _pytree.tree_map_only(numpy.ndarray, taeda.as_tensor, fn(*args, **kwargs))

    return wrapped


def cudagraph_mark_step_begin() -> None:
    """Nothing: memory is not shared between runs."""


def list_backends(exclude_tags: Sequence[str] | None = ("debug", "experimental")) -> list[str]:
    """The names that `backend=` takes."""
    return sorted(_BACKENDS if exclude_tags and "debug" in exclude_tags else (*_BACKENDS, *_EAGER))


def set_default_backend(backend: Any) -> None:
    """The backend of functions compiled without `backend=`; None for "inductor"."""
    global _default_backend
    if backend is not None and not callable(backend) and backend not in (*_BACKENDS, *_EAGER):
        raise RuntimeError(f"Invalid backend: {backend!r}, see `taeda.compiler.list_backends()` for those there are")
    _default_backend = backend


def get_default_backend() -> Any:
    """The backend of functions compiled without `backend=`."""
    return "inductor" if _default_backend is None else _default_backend


def nested_compile_region(fn: Any = None, *, options: Any = None, max_reuse_entries: int = 8,
                          reuse_hash_fn: Any = None) -> Any:
    """`fn` itself. It marks what is repeated in a model; here compiled parts that are alike are one anyway."""
    return fn if fn is not None else lambda function: function


class set_stance:  # PyTorch's name  # noqa: N801
    """set_stance("force_eager"): compiled functions run as they are, until the next call; as a context manager or a
    decorator only inside. "default" is the opposite; the stances about recompiling change nothing."""

    def __init__(self, stance: str = "default", *, skip_guard_eval_unsafe: bool = False, force_backend: Any = None):
        global _stance
        if stance not in _STANCES:
            raise RuntimeError(f"invalid torch.compile stance '{stance}'")
        self._before, self._stance = _stance, stance
        _stance = stance

    def __enter__(self) -> None:
        global _stance
        _stance = self._stance

    def __exit__(self, *exception: object) -> None:
        global _stance
        _stance = self._before

    def __call__(self, fn: Callable[..., Any]) -> Callable[..., Any]:
        self.__exit__()

        @functools.wraps(fn)
        def inside(*args: Any, **kwargs: Any) -> Any:
            with set_stance(self._stance):
                return fn(*args, **kwargs)

        return inside


@dataclass
class ExplainedKernel:
    """A kernel that ran: the ops that it does, the user's lines that they come from, the bytes that it reads and
    writes, its time and the least that moving those bytes through memory takes (both in microseconds), when it began,
    the bytes in use when it had run, what kind it is, and the numbers of the kernels that made what it reads."""

    ops: list[str]
    lines: list[str]
    bytes: int
    time: float
    floor: float
    start: float = 0.0
    allocated: int = 0
    kind: str = ""
    after: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        rate = f"{self.time / self.floor:5.2f} x floor" if self.floor >= 20 else " " * 13  # less stays in the caches
        return f"{self.time:10.1f} us {self.bytes / 1e6:9.3f} MB {rate}  {' '.join(self.ops)}   {' '.join(self.lines)}"


@dataclass
class Explanation:
    """What a call of a compiled function was made of."""

    name: str = ""                      # of the function
    recordings: int = 0                 # how often what was put off had to run
    calls: int = 0                      # calls of ops and of their gradients that were put off
    programs: list[str] = field(default_factory=list)  # what they became: one line for each joined Program or lone call
    kernels: int = 0                    # launches in the joined Programs
    ran: list[ExplainedKernel] = field(default_factory=list)  # all kernels of a second call, in order
    not_fused: dict[tuple[str, str, str], int] = field(default_factory=dict)  # (op, reader of its result, why)
    at_once: dict[tuple[str, str], int] = field(default_factory=dict)  # calls that could not be put off: (op, why)

    def save_html(self, path: Any) -> None:
        """Write all of it as a page to look at: the kernels with what they read of each other, memory over time, and
        what `print` shows. The file needs nothing else.

        >>> import taeda, tempfile, pathlib
        >>> path = pathlib.Path(tempfile.mkdtemp()) / "step.html"
        >>> taeda.compiler.explain(lambda x: x.exp().sum(), taeda.ones(3)).save_html(path)
        >>> "Memory over time" in path.read_text(encoding="utf-8")
        True
        """
        from taeda.explanation_page import page

        with open(path, "w", encoding="utf-8") as file:
            file.write(page(self))

    def __str__(self) -> str:
        lines = [f"{self.calls} calls in {self.recordings} recordings became {len(self.programs)} programs, "
                 f"those that were joined with {self.kernels} kernels:"]
        lines += [f"  {p}" for p in self.programs]
        if self.ran:
            lines.append(f"Kernels, {sum(k.time for k in self.ran):.1f} us in all:")
            lines += [f"  {k}" for k in self.ran]
        if self.not_fused:
            lines.append("Not one kernel:")
            lines += [f"  {count} x {giver}, {reader}: {why}" for (giver, reader, why), count in self.not_fused.items()]
        if self.at_once:
            lines.append("Not put off:")
            lines += [f"  {count} x {op}: {why}" for (op, why), count in self.at_once.items()]
        return "\n".join(lines)


@contextmanager
def _noted(notes: list[Any]) -> Any:
    _core.note_calls(notes)
    try:
        yield
    finally:
        _core.note_calls(None)


@functools.cache
def _bytes_per_microsecond() -> float:
    """How fast this machine moves memory, in a copy that fits no cache."""
    import taeda

    source = taeda.ones(1 << 24)
    destination = taeda.empty_like(source)
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        destination.copy_(source)
        best = min(best, time.perf_counter() - start)
    return 2 * source.nbytes / best / 1e6


def explain(fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Explanation:
    """Call `fn` compiled, and say what it was made of: how often a value was needed, which calls were joined to how
    many kernels, and why not to fewer; for each kernel the lines that it comes from, the bytes and the time; and which
    calls had to run at once and why. All is compiled anew for it. `fn` is called twice: the second call is timed.
    """
    from taeda.profiler import profile
    from taeda.runtime import recorded

    notes: list[tuple[str, str]] = []
    found = Explanation(getattr(fn, "__qualname__", type(fn).__name__))
    function = getattr(fn, "_torchdynamo_orig_callable", fn)
    reset()
    recorded.log = []
    try:
        with _noted(notes):
            _core.run_compiled(function, *args, **kwargs)
        for names, steps, reasons in recorded.log:
            found.recordings += 1
            found.calls += len(names)
            for reason in reasons:
                key = (names[reason.giver], names[reason.reader], reason.why)
                found.not_fused[key] = found.not_fused.get(key, 0) + 1
            for first, count, program, *_ in steps:
                ops = " ".join(names[first:first + count])
                if program is None:
                    found.programs.append(f"as they are: {ops}")
                    continue
                kernels = sum(i[0] in ("loops", "launch") for i in program["instructions"])
                found.kernels += kernels
                found.programs.append(f"{kernels} kernels: {ops}")
    finally:
        recorded.log = None
    for note in notes:
        found.at_once[note] = found.at_once.get(note, 0) + 1
    rate = _bytes_per_microsecond()
    with profile() as watched:
        _core.run_compiled(function, *args, **kwargs)
    found.ran = [ExplainedKernel(k.ops, k.stack, k.bytes, k.cpu_time, k.bytes / rate, k.start, k.allocated, k.name,
                                 k.after) for k in watched.kernels]
    return found


__all__ = [
    "ExplainedKernel",
    "Explanation",
    "OptimizedModule",
    "allow_in_graph",
    "assume_constant_result",
    "compile",
    "cudagraph_mark_step_begin",
    "disable",
    "explain",
    "get_default_backend",
    "is_compiling",
    "is_dynamo_compiling",
    "is_exporting",
    "list_backends",
    "nested_compile_region",
    "reset",
    "set_default_backend",
    "set_stance",
    "substitute_in_graph",
    "wrap_numpy",
]
