"""Random calls of every public callable, as Python source, and a process that runs a batch of them.

The calls of a seed are always the same, so that whatever goes wrong is named by a line that can be run
again. `python calls.py SEED FIRST COUNT PROGRESS` runs a batch; before each call its number is written to the file
PROGRESS; an offence is printed as a JSON line (campaign.py reads them).
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import random
import sys
import warnings
from typing import Any

# What a call may raise. (OutOfMemoryError is a RuntimeError.)
ALLOWED = (TypeError, ValueError, IndexError, RuntimeError, MemoryError, OverflowError)

# Functions that change what the rest of the process does, read and write files, or wait for something, and two that are
# enumerations, whose call is Python's.
LEFT_OUT = frozenset(
    """
    torch.save torch.load torch.save_safetensors torch.load_safetensors torch.set_default_dtype torch.set_num_threads
    torch.set_printoptions torch.set_default_device torch.set_num_interop_threads torch.set_anomaly_enabled
    torch.use_deterministic_algorithms torch.set_grad_enabled torch.from_file torch.Tensor.share_memory_
    torch.Tensor.data_ptr torch.Tensor.register_hook torch.export.load torch.export.save torch.distributions.register_kl
    torch.utils.checkpoint.set_checkpoint_debug_enabled torch.utils.checkpoint.set_checkpoint_early_stop
    torch.nn.attention.activate_flash_attention_impl torch.nn.attention.register_flash_attention_impl
    torch.profiler.tensorboard_trace_handler torch.autograd.forward_ad.enter_dual_level torch.llm.load torch.llm.save
    torch.Tag torch.nn.attention.SDPBackend
    torch.autograd.forward_ad.exit_dual_level torch.fx.has_side_effect torch.fx.wrap torch.jit.load torch.jit.save
    """.split()
)
SPACES = (
    "torch", "torch.Tensor", "torch.nn.functional", "torch.linalg", "torch.special", "torch.signal.windows",
    "torch.nn.init", "torch.nn.utils", "torch.nn.utils.rnn", "torch.nn.utils.parametrize", "torch.autograd",
    "torch.autograd.functional", "torch.nn", "torch.optim", "torch.optim.lr_scheduler", "torch.utils.data", "torch.fft",
    "torch.sparse", "torch.masked", "torch.distributions", "torch.func", "torch.nn.utils.prune", "torch.amp",
    "torch.nn.utils.parametrizations", "torch.nn.attention", "torch.profiler", "torch.export", "torch.jit", "torch.fx",
    "torch.utils.checkpoint", "torch.utils.dlpack", "torch.testing", "torch.autograd.graph", "torch.autograd.profiler",
    "torch.autograd.forward_ad", "torch.random", "torch.optim.swa_utils", "torch.quantization", "torch.llm",
)  # fmt: skip
OPERATORS = """
    __add__ __radd__ __iadd__ __sub__ __rsub__ __mul__ __truediv__ __rtruediv__ __floordiv__ __mod__ __rmod__ __pow__
    __rpow__ __matmul__ __rmatmul__ __and__ __or__ __xor__ __lshift__ __rshift__ __neg__ __pos__ __abs__ __invert__
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __getitem__ __setitem__ __len__ __bool__ __int__ __float__ __index__
    __contains__ __iter__ __repr__ __hash__ __format__ __reversed__ __dir__
""".split()

# Spaces of functions that are transformed as well as called.
_OF_OPS = frozenset(("torch", "torch.nn.functional", "torch.linalg", "torch.special", "torch.fft"))
_FLOATS = ("float32", "float32", "float32", "float64", "float16", "bfloat16")
_INTEGERS = ("int64", "int64", "int32", "int16", "int8", "uint8", "bool")
_RARE = ("complex64", "complex64", "complex128", "complex32", "uint16", "uint32", "uint64", "float8_e4m3fn",
         "float8_e5m2")  # fmt: skip
_LAYOUTS = (".to_sparse()", ".to_sparse(1)", ".to_sparse_csr()", ".to_sparse_csc()", ".to_sparse_bsr((1, 1))",
            ".to_sparse_bsc((1, 1))")  # fmt: skip
_FUNCTIONS = ("lambda *a: a[0]", "torch.sin", "lambda x: x * x", "lambda *a: a[0].sum()", "lambda x, y: (x + y, x)",
              "torch.nn.Linear(3, 3)", "lambda x: {'a': x}", "torch.linalg.inv", "lambda x: 3")  # fmt: skip
_MODES = ("dispatch", "function", "profile", "autocast", "inference", "meta", "compile", "checkpoint", "no hooks")
_SHAPES = ("()", "(0,)", "(1,)", "(3,)", "(5,)", "(2, 3)", "(3, 3)", "(3, 1)", "(0, 3)", "(4, 2, 3)", "(2, 4, 6)",
           "(2, 3, 4, 5)", "(1, 4, 6, 6)", "(2, 3, 4, 4, 5)", "(2, 0, 3)", "(1, 1, 1, 1, 1, 1)")  # fmt: skip
_IMPORTED = frozenset("typing collections abc enum contextlib dataclasses copy functools itertools time math".split())
_GARBAGE = (
    "None", "True", "False", "0", "1", "-1", "2", "3", "-7", "2**31", "2**63", "-2**63", "10**30", "0.0", "0.5", "-1.5",
    "float('nan')", "float('inf')", "1e300", "1j", "''", "'a'", "'mean'", "'sum'", "'none'", "'cpu'", "'cuda:3'",
    "b'ab'", "()", "(1,)", "(2, 3)", "(-1,)", "(0, 1)", "(1, 1)", "(2**62, 4)", "(1.5, 2)", "[]", "[1, [2]]", "[None]",
    "['a']",
    "[1.5, 2.5]", "{}", "{'a': 1}", "{1}", "range(3)", "slice(None)", "...", "object()", "int", "len",
    "lambda *a: a[0]", "torch.float32", "torch.int64", "torch.bool", "torch.complex64", "torch.device('cpu')",
    "torch.device('meta')", "torch.Size([2])", "torch.Generator()", "torch.strided", "torch.channels_last",
    "torch.Tensor", "numpy.ones(3)", "numpy.float32(2)", "numpy.array(3)", "numpy.array(['a'])",
    "torch.nn.Linear(2, 3)", "torch.nn.ReLU()", "torch.ones(3).untyped_storage()", "iter([1, 2])", "Exception()",
    "torch.ones(2, 3).to_sparse()", "torch.ones(2, 3).to_sparse_csr()", "torch.ones(2, dtype=torch.complex64)",
    "torch.nn.Parameter(torch.ones(2))", "torch.sparse_csr", "torch.distributions.Normal(0.0, 1.0)",
)  # fmt: skip
_WORDS = (
    "'none'", "'mean'", "'sum'", "'max'", "'constant'", "'reflect'", "'replicate'", "'circular'", "'nearest'",
    "'bilinear'", "'linear'", "'bicubic'", "'area'", "'tanh'", "'relu'", "'floor'", "'trunc'", "'fro'", "'nuc'", "'ij'",
    "'xy'", "'same'", "'valid'", "'amax'", "'prod'", "'fan_in'", "'fan_out'", "'leaky_relu'", "'linear'", "'left'",
    "'right'", "'ij,jk'", "'ii->i'", "'...'", "'weight'", "''", "'a'", "'cos'", "'min'",
)  # fmt: skip
_LAYERS = (
    "Linear(3, 4)", "Bilinear(3, 3, 2)", "Conv1d(3, 2, 3, padding=1)", "Conv2d(3, 2, 3)", "Conv3d(3, 2, 2)",
    "ConvTranspose1d(3, 2, 2)", "ConvTranspose2d(3, 2, 2)", "MaxPool1d(2)", "MaxPool2d(2)", "MaxPool3d(2)",
    "AvgPool1d(2)", "AvgPool2d(2)", "AdaptiveAvgPool2d(2)", "AdaptiveMaxPool1d(2)", "MaxUnpool2d(2)", "LPPool1d(2, 2)",
    "BatchNorm1d(3)", "BatchNorm2d(3)", "InstanceNorm1d(3)", "LayerNorm(3)", "RMSNorm(3)", "GroupNorm(1, 3)",
    "LocalResponseNorm(2)", "Dropout(0.5)", "Dropout2d(0.5)", "AlphaDropout(0.5)", "Embedding(5, 3)",
    "EmbeddingBag(5, 3)", "ReLU(inplace=True)", "GELU()", "SiLU()", "Softmax(1)", "GLU()", "PReLU()",
    "Threshold(0, 1)", "Softplus()", "LogSigmoid()", "Flatten()", "Unflatten(1, (1, 3))", "PixelShuffle(2)",
    "ChannelShuffle(3)",
    "Upsample(scale_factor=2)", "ZeroPad2d(1)", "ReflectionPad1d(1)", "CircularPad2d(1)", "Fold((4, 5), 2)",
    "Unfold(2)",
    "CosineSimilarity()", "PairwiseDistance()", "RNN(3, 4)", "LSTM(3, 4, 2)", "GRU(3, 4)", "RNNCell(3, 4)",
    "LSTMCell(3, 4)", "GRUCell(3, 4)", "MultiheadAttention(3, 1)", "TransformerEncoderLayer(3, 1, 4)",
    "TransformerDecoderLayer(3, 1, 4)", "Transformer(3, 1, 1, 1, 4)", "Sequential(nn.Linear(3, 3), nn.ReLU())",
    "MSELoss()", "L1Loss()", "SmoothL1Loss()", "HuberLoss()", "NLLLoss()", "CrossEntropyLoss()", "BCELoss()",
    "BCEWithLogitsLoss()", "KLDivLoss()", "PoissonNLLLoss()", "GaussianNLLLoss()", "HingeEmbeddingLoss()",
    "CosineEmbeddingLoss()", "MarginRankingLoss()", "SoftMarginLoss()", "MultiLabelSoftMarginLoss()",
    "MultiMarginLoss()", "MultiLabelMarginLoss()", "TripletMarginLoss()", "CTCLoss()",
)  # fmt: skip
_TENSORS = frozenset(
    """
    input other tensor tensors self weight bias target source mask index indices values value x y mat1 mat2 batch1
    batch2 vec vec1 vec2 mat tensor1 tensor2 query key query condition end start q k v input1 input2 x1 x2 anchor
    positive
    negative var running_mean running_var attn_mask src tgt hx grad gradient boundaries sorted_sequence log_probs
    targets a b m A B u params parameters src like offsets per_sample_weights seq sequences sequence lengths batch_sizes
    inputs
    outputs grad_outputs grid theta min max hidden
    """.split()
)
_CALLED = frozenset("func fn f function closure callable model mod module root lr_lambda avg_fn".split())
_DIMS = frozenset("dim dims axis dim0 dim1 dim2 axis0 axis1 destination start_dim end_dim diagonal offset".split())
_SIZES = frozenset(
    """
    size sizes shape kernel_size stride padding dilation output_size output_padding pad repeats split_size_or_sections
    indices_or_sections normalized_shape sections shifts reps
    """.split()
)


class Chooser:
    """Random source code for arguments."""

    def __init__(self, generator: random.Random):
        self.random = generator

    def tensor(self) -> str:
        r = self.random
        dtype = r.choice(_FLOATS if r.random() < 0.7 else _INTEGERS if r.random() < 0.7 else _RARE)
        source = f"tensor({r.choice(_SHAPES)}, torch.{dtype}, {r.randrange(4)})"
        if dtype in _FLOATS and r.random() < 0.3:
            source += ".requires_grad_()"
        if r.random() < 0.06:
            source += r.choice(_LAYOUTS)
        elif r.random() < 0.1:
            source += r.choice((".t()", ".mT", "[..., ::2]", "[None]", ".expand(2, -1)", ".squeeze()", ".detach()"))
        return source

    def sizes(self) -> str:
        r = self.random
        if r.random() < 0.4:
            return str(r.choice((0, 1, 2, 3, -1)))
        return str(tuple(r.choice((0, 1, 2, 3, 1, 2, -1)) for _ in range(r.randrange(4))))

    def garbage(self) -> str:
        return self.tensor() if self.random.random() < 0.3 else self.random.choice(_GARBAGE)

    def layer(self) -> str:
        return f"nn.{self.random.choice(_LAYERS)}"

    def tensors(self) -> str:
        return ", ".join(self.tensor() for _ in range(self.random.choice((1, 1, 2, 2, 3))))

    def plausible(self, name: str, kind: str, default: Any) -> str:
        """An argument for a parameter; `kind` is an op's annotation, or what else is known."""
        r = self.random
        if name in _CALLED:
            return r.choice(_FUNCTIONS) if r.random() < 0.6 else self.layer()
        if kind in ("Tensors",) or name in ("tensors", "sequences", "params", "parameters") and r.random() < 0.8:
            return f"[{', '.join(self.tensor() for _ in range(r.randrange(1, 4)))}]"
        if kind == "Tensor" or kind == "TensorOrNumber" and r.random() < 0.7:
            return self.tensor()
        if kind in ("Number", "float", "TensorOrNumber") or isinstance(default, float):
            return r.choice(("0", "1", "2", "-1", "0.5", "1.5", "-0.5", "0.0", "float('nan')", "float('inf')", "True"))
        if kind == "DType" or name == "dtype":
            return r.choice(("None", "torch.float32", "torch.float64", "torch.int64", "torch.bool", "torch.bfloat16"))
        if isinstance(default, bool) or kind == "bool":
            return r.choice(("True", "False"))
        if isinstance(default, str) or kind == "str":
            return r.choice(_WORDS)
        if kind in ("Sizes", "IntTuple") or name in _SIZES:
            return self.sizes()
        if kind == "Dims" or name in _DIMS:
            return r.choice(("0", "1", "-1", "2", "-3", "7", "(0,)", "(0, 1)", "(-1, 0)", "None", "()"))
        if isinstance(default, int) or kind in ("int", "SymInt"):
            return str(r.choice((0, 1, 2, 3, -1, 5, 17)))
        if kind == "Generator" or name == "generator":
            return r.choice(("None", "torch.Generator()"))
        if name in _TENSORS or r.random() < 0.5:
            return self.tensor()
        return r.choice(("1", "2", "3", self.garbage()))

    def arguments(self, parameters: list[tuple[str, str, Any, bool]] | None, first: int = 0) -> str:
        """Arguments for (name, kind, default, keyword only) of each parameter; `...` is no default."""
        r = self.random
        if parameters is None or r.random() < 0.15:
            parts = [self.garbage() for _ in range(r.choice((0, 1, 1, 2, 2, 3, 4)))]
            if r.random() < 0.2:
                parts.append(f"{r.choice(('dim', 'out', 'dtype', 'bias', 'a'))}={self.garbage()}")
            return ", ".join(parts)
        parts, named = [], False
        for name, kind, default, keyword_only in parameters[first:]:
            if default is not ... and r.random() < 0.6:
                named = True
                continue
            value = self.garbage() if r.random() < 0.1 else self.plausible(name, kind, default)
            parts.append(f"{name}={value}" if named or keyword_only else value)
        return ", ".join(parts)


class Calls:
    """The calls of a seed."""

    def __init__(self, library: Any, schemas: list[dict[str, Any]]):
        self.library = library
        self.parameters: dict[str, list[list[tuple[str, str, Any, bool]]]] = {}
        for s in schemas:
            row = [(n, kind, ... if d == "..." else d, only) for n, kind, d, only, _ in s["parameters"]]
            for name in (s["public"], *s["aliases"]):
                self.parameters.setdefault(name, []).append(row)
        self.targets = sorted(self.find())

    def space(self, name: str) -> Any:
        value = self.library
        for part in name.split(".")[1:]:
            value = getattr(value, part)
        return value

    def find(self) -> list[tuple[str, str]]:
        """(space, name) of all public callables."""
        found = []
        for space in SPACES:
            place = self.space(space)
            listed = None if space == "torch" else getattr(place, "__all__", None)
            names = [n for n in listed or dir(place) if not n.startswith("_")]
            names += OPERATORS if space == "torch.Tensor" else []
            for name in names:
                value = getattr(place, name, None)
                if not callable(value) or f"{space}.{name}" in LEFT_OUT:
                    continue
                if isinstance(value, type) and issubclass(value, BaseException):
                    continue
                if (getattr(value, "__module__", None) or "builtins").split(".")[0] in _IMPORTED:
                    continue
                found.append((space, name))
        return found

    def source(self, seed: int, number: int) -> tuple[str, str]:
        """Call `number`: what is called, and the source. Each target comes in turn; what its calls are depends on its
        name and the turn alone, so that a new name changes no other's."""
        turn, place = divmod(number, len(self.targets))
        space, name = self.targets[place]
        chooser = Chooser(random.Random(f"{seed} {turn} {space}.{name}"))
        target, source = self.call(space, name, chooser)
        if chooser.random.random() < 0.1:
            return target, f"under({chooser.random.choice(_MODES)!r}, lambda: {source})"
        return target, source

    def call(self, space: str, name: str, chooser: Chooser) -> tuple[str, str]:
        target = f"{space}.{name}"
        r = chooser.random
        parameters = self.known(space, name, r)
        if space in _OF_OPS and r.random() < 0.06:
            function = r.choice(("vmap", "grad", "jacrev", "jacfwd", "vjp", "jvp"))
            inputs = chooser.tensors()
            if function == "jvp":
                return target, f"use(torch.func.jvp({target}, ({inputs},), ({inputs},)))"
            if function == "vjp":
                return target, f"use(torch.func.vjp({target}, {inputs})[0])"
            return target, f"use(torch.func.{function}({target})({inputs}))"
        if space == "torch.Tensor":
            if r.random() < 0.8:
                return target, f"use({chooser.tensor()}.{name}({chooser.arguments(parameters, 1)}))"
            return target, f"use({target}({chooser.arguments(parameters)}))"
        if space == "torch.nn" and r.random() < 0.6:
            layer = r.choice(_LAYERS)
            inputs = ", ".join(
                chooser.garbage() if r.random() < 0.08 else chooser.tensor() for _ in range(r.choice((1, 1, 2, 2, 3)))
            )
            return f"nn.{layer.split('(')[0]}.forward", f"use(nn.{layer}({inputs}))"
        if space == "torch.optim" and r.random() < 0.8:
            given = f"[{chooser.tensor()}, leaf()]" if r.random() < 0.2 else "[leaf(), leaf()]"
            return target, f"step({target}({given}, {chooser.arguments(parameters, 1)}))"
        if space == "torch.optim.lr_scheduler" and r.random() < 0.8:
            optimizer = "torch.optim.SGD([leaf()], 0.1)"
            return target, f"schedule({target}({optimizer}, {chooser.arguments(parameters, 1)}))"
        if space == "torch.func" and r.random() < 0.7:
            return target, f"use({target}({chooser.arguments(parameters)})({chooser.tensors()}))"
        if space == "torch.distributions" and r.random() < 0.8:
            return target, f"draw({target}({chooser.arguments(parameters)}), {chooser.garbage()})"
        if name in ("export", "draft_export", "trace", "symbolic_trace", "script") and r.random() < 0.8:
            made, inputs = chooser.layer(), chooser.tensors()
            examples = f", ({inputs},)" if "export" in name or name == "trace" else ""
            module = ".module()" if "export" in name else ""
            return target, f"use({target}({made}{examples}){module}({inputs}))"
        return target, f"use({target}({chooser.arguments(parameters)}))"

    def known(self, space: str, name: str, r: random.Random) -> list[tuple[str, str, Any, bool]] | None:
        """The parameters of a target, from its schema or its Python signature."""
        if space in ("torch", "torch.Tensor", "torch.nn.functional", "torch.linalg", "torch.special"):
            rows = self.parameters.get(name) or self.parameters.get(name.rstrip("_"))
            if rows:
                return r.choice(rows)
        value = getattr(self.space(space), name)
        try:
            signature = inspect.signature(value)
        except (TypeError, ValueError):
            return None
        found = []
        for p in signature.parameters.values():
            if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
                continue
            default = ... if p.default is p.empty else p.default
            found.append((p.name, "", default, p.kind is p.KEYWORD_ONLY))
        return found


def names_for(library: Any) -> dict[str, Any]:
    """What the sources of calls mention."""
    import numpy

    for space in (*SPACES, "torch.utils._python_dispatch"):
        with contextlib.suppress(ImportError):  # a class, or one that only Taeda has
            importlib.import_module(space.replace("torch", library.__name__, 1))
    modes = library.utils._python_dispatch

    def tensor(shape: tuple[int, ...], dtype: Any, kind: int) -> Any:
        count = 1
        for n in shape:
            count *= n
        numbers = library.arange(count)
        numbers = (numbers * 7 % 5 - (0, 2, 0, 1)[kind]).to(library.float64) * (1, 0.7, 1, 0)[kind]
        return numbers.to(dtype).reshape(shape)

    def use(result: Any) -> None:
        """Look at a result, and differentiate it where that is possible."""
        parts = result if isinstance(result, (list, tuple)) else [result]
        for value in parts[:4]:
            if hasattr(type(value), "__enter__") and hasattr(type(value), "__exit__"):
                with value:
                    leaf()
            if not isinstance(value, library.Tensor):
                continue
            if value.numel() < 1000 and value.device.type == "cpu":
                repr(value)
                if value.requires_grad and value.grad_fn is not None and value.is_floating_point():
                    value.sum().backward()

    def leaf() -> Any:
        made = library.ones(2, 3).requires_grad_()
        (made * made).sum().backward()
        return made

    def step(optimizer: Any) -> None:
        optimizer.step()
        optimizer.zero_grad()
        optimizer.load_state_dict(optimizer.state_dict())
        repr(optimizer)

    def schedule(scheduler: Any) -> None:
        for _ in range(3):
            scheduler.optimizer.step()
            scheduler.step()
        scheduler.load_state_dict(scheduler.state_dict())

    def draw(distribution: Any, value: Any) -> None:
        """What can be asked of a distribution or a transform; what one is asked in vain does not end the others."""
        drawn = getattr(distribution, "sample", lambda: value)()
        for of in (drawn, value):
            for name in ("log_prob", "cdf", "icdf", "expand", "rsample", "enumerate_support", "inv"):
                try:
                    use(getattr(distribution, name)(of))
                except (AttributeError, *ALLOWED) as error:
                    if isinstance(error, AttributeError) and f"no attribute '{name}'" not in str(error):
                        raise
        if isinstance(distribution, library.distributions.Distribution):
            use([distribution.entropy(), distribution.mean, distribution.variance, distribution.stddev])
        repr(distribution)

    class Passing(modes.TorchDispatchMode):
        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    class Functions(library.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    def under(mode: str, function: Any) -> None:
        """A call where something is told of it, or runs it at another time."""
        if mode == "compile":
            library.compile(function, backend="eager")() if library.__name__ == "torch" else library.compile(function)()
        elif mode == "checkpoint":
            library.utils.checkpoint.checkpoint(lambda _: function(), leaf(), use_reentrant=False)
        else:
            with {
                "dispatch": Passing,
                "function": Functions,
                "profile": lambda: library.profiler.profile(profile_memory=True, record_shapes=True),
                "autocast": lambda: library.autocast("cpu", library.bfloat16),
                "inference": library.inference_mode,
                "meta": lambda: library.device("meta"),
                "no hooks": lambda: library.autograd.graph.disable_saved_tensors_hooks("not here"),
            }[mode]():
                function()

    helpers = {"tensor": tensor, "use": use, "leaf": leaf, "step": step, "schedule": schedule, "draw": draw}
    helpers["under"] = under
    return {"torch": library, "nn": library.nn, "numpy": numpy, **helpers}


def run(source: str, names: dict[str, Any]) -> BaseException | None:
    """What the call raises. Errors in making the arguments are no errors of the call, but of a call as well."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            eval(source, dict(names))
        except Exception as error:
            return error
    return None


def restore(core: Any) -> None:
    """Modes that a call may have set."""
    core.set_grad_enabled(True)
    core.set_inference_mode(False)
    core.set_anomaly_enabled(False, True)


def limit_memory(size: int) -> None:
    """Let allocations beyond `size` bytes fail."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (size, size))


def place_of(error: BaseException) -> str:
    """The file and line that raised."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename}:{frame.tb_lineno}" if frame else ""


def main(seed: int, first: int, count: int, progress: str) -> None:
    import taeda
    from taeda import _schemas

    limit_memory(6 << 30)
    calls = Calls(taeda, _schemas.load())
    names = names_for(taeda)
    with open(progress, "r+b", buffering=0) as place:
        for number in range(first, first + count):
            place.seek(0)
            place.write(f"{number:12}".encode())
            target, source = calls.source(seed, number)
            error = run(source, names)
            restore(taeda._core)
            if error is not None and not isinstance(error, ALLOWED):
                text = str(error).split("\n")[0][:200]
                print(json.dumps([number, target, source, type(error).__name__, text, place_of(error)]), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
