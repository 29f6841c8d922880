"""taeda.compile and the names of torch.compiler."""

from __future__ import annotations

import copy
import html.parser
import pickle
from pathlib import Path
from typing import Any

import pytest

import taeda
import taeda.nn.functional as F
from taeda import nn


def double(x: Any) -> Any:
    """Twice x."""
    return x * 2


def test_decorator_and_call() -> None:
    x = taeda.randn(3)
    for compiled in (taeda.compile(double), taeda.compile()(double), taeda.compile(fullgraph=True)(double),
                     taeda.compile(double, mode="max-autotune", dynamic=True), taeda.compile(double, backend="eager")):
        assert compiled(x).equal(x * 2)
        assert (compiled.__name__, compiled.__doc__) == ("double", "Twice x.")
    assert taeda.compile(double, disable=True) is double
    assert taeda.compile is taeda.compiler.compile


def test_wrong_arguments() -> None:
    with pytest.raises(RuntimeError, match="Either mode or options can be specified"):
        taeda.compile(double, mode="default", options={})
    with pytest.raises(RuntimeError, match="Unrecognized mode=fast"):
        taeda.compile(double, mode="fast")
    with pytest.raises(NotImplementedError, match="backend of your own"):
        taeda.compile(double, backend=lambda graph, inputs: graph)
    with pytest.raises(RuntimeError, match="Model can't be None"):
        taeda.compile()(None)


def test_module() -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.Dropout(0.5))
    compiled = taeda.compile(model)
    assert isinstance(compiled, nn.Module)
    assert compiled._orig_mod is model
    assert list(compiled.state_dict()) == ["_orig_mod.0.weight", "_orig_mod.0.bias"]
    compiled.eval()
    assert not model.training
    x = taeda.randn(2, 3)
    assert compiled(x).equal(model(x))
    other = copy.deepcopy(compiled)
    assert other(x).equal(model(x))
    model.compile()
    assert model(x).equal(compiled(x))


def test_module_pickles() -> None:
    compiled = taeda.compile(nn.Linear(2, 2))
    x = taeda.randn(1, 2)
    assert pickle.loads(pickle.dumps(compiled))(x).equal(compiled(x))


def test_what_a_program_can_ask() -> None:
    assert not taeda.compiler.is_compiling()
    assert taeda.compile(taeda.compiler.is_compiling)()
    assert not taeda.compile(taeda.compiler.disable(taeda.compiler.is_compiling))()
    with taeda.compiler.set_stance("force_eager"):
        assert not taeda.compile(taeda.compiler.is_compiling)()
    assert taeda.compile(taeda.compiler.is_compiling)()
    assert taeda.compiler.list_backends() == ["cudagraphs", "inductor"]
    taeda.compiler.cudagraph_mark_step_begin()
    taeda.compiler.reset()


def test_dynamo_names() -> None:
    import taeda._dynamo
    import taeda._inductor.config

    x = taeda.ones(2)
    assert taeda._dynamo.optimize("inductor")(double)(x).equal(x * 2)
    taeda._dynamo.config.cache_size_limit = 64
    taeda._inductor.config.max_autotune = True
    with taeda._dynamo.config.patch(suppress_errors=True):
        assert taeda._dynamo.config.suppress_errors
    assert not taeda._dynamo.config.suppress_errors
    with pytest.raises(AttributeError):
        with taeda._dynamo.config.patch("no_such_setting", 1):
            pass


def test_names_are_those_of_compilation() -> None:
    from taeda import compilation, compiler

    assert compiler._PUBLIC == set(compilation.__all__)


def test_bad_indices_are_errors_of_their_line() -> None:
    table, scores = taeda.randn(5, 3), taeda.randn(4, 7, requires_grad=True)
    seen = []

    @taeda.compile
    def f(index: Any, target: Any) -> Any:
        y = scores * 2
        for call in (lambda: F.embedding(index, table), lambda: table[index], lambda: F.cross_entropy(y, target),
                     lambda: table.gather(0, index[:, None]), lambda: table.clone().index_add_(0, index, y[:, :3])):
            try:
                seen.append(call().shape)
            except IndexError as error:
                seen.append(str(error).partition("\n")[0])
        return y

    good, bad = taeda.tensor([0, 1, 4, 2]), taeda.tensor([0, 1, 7, 2])
    f(good, good)
    shapes = list(seen)
    assert all(not isinstance(s, str) for s in shapes)
    seen.clear()
    f(bad, bad)
    assert seen == ["index out of range in self", "index 7 is out of bounds for dimension 0 with size 5",
                    "Target 7 is out of bounds.", "index 7 is out of bounds for dimension 0 with size 5",
                    "index 7 is out of bounds for dimension 0 with size 5"]
    seen.clear()
    f(good, good)
    assert seen == shapes


def test_an_index_that_changes_after_the_call() -> None:
    table = taeda.randn(5, 3)

    @taeda.compile
    def f(index: Any) -> Any:
        y = table[index] * 2
        index.fill_(99)
        return y

    assert f(taeda.tensor([4, 0])).equal(table[taeda.tensor([4, 0])] * 2)


def test_explain() -> None:
    def f(x: Any) -> Any:
        y = (x.sin() * x + 1).exp()
        if y.sum() > 0:
            y = y[taeda.tensor([0, 1])]
        return y[y.argmax(0) * 0] * 2

    found = taeda.compiler.explain(f, taeda.randn(3, 3))
    assert found.recordings == 3
    assert found.programs[0].endswith("sin mul add exp sum gt.number") or "sin mul" in found.programs[0]
    assert found.kernels >= 1
    assert any("may be out of range" in why for _, why in found.at_once)
    assert "Not put off:" in str(found)


def test_explain_says_lines_bytes_times_and_reasons() -> None:
    def block(x: Any, w: Any) -> Any:
        h = x @ w
        h = h.relu() * 2
        part = h[:, 1:]  # a view that no call made
        total = (part + 1).softmax(-1)
        return total.sum(0), x.reshape(3, -1).sum(1) * 2

    x, w = taeda.randn(300, 300), taeda.randn(300, 300)
    found = taeda.compiler.explain(block, x, w)
    assert all("test_compile_api.py(" in line and line.endswith(": block") for k in found.ran for line in k.lines)
    assert all(k.time > 0 and k.bytes > 0 and k.floor > 0 and k.lines for k in found.ran)
    (product,) = [k for k in found.ran if "matmul" in k.ops]
    assert product.ops == ["matmul", "relu", "mul"] and len(product.lines) == 2
    assert product.bytes == 3 * 4 * 300 * 300
    whys = {(giver, reader): why for giver, reader, why in found.not_fused}
    assert any("through a view" in why for why in whys.values())
    assert any("of more than 16384 elements" in why for (_, reader), why in whys.items() if reader == "sum")
    text = str(found)
    assert "Not one kernel:" in text and "us in all" in text


def test_explain_says_why_two_kernels_of_a_program_are_two() -> None:
    def f(x: Any, w: Any) -> Any:
        return ((x + 1) @ w).amax(0) + (x.sum(1, keepdim=True) * x).sum(0)

    found = taeda.compiler.explain(f, taeda.randn(20, 20), taeda.randn(20, 20))
    whys = [why for _, _, why in found.not_fused]
    assert "matmul_2d reads its operands from memory" in whys or any("reads its operands" in why for why in whys)
    assert any("takes no further operations" in why or "takes further operations" in why for why in whys)


def test_values_that_nobody_holds_are_not_stored() -> None:
    @taeda.compile
    def f(x: Any) -> Any:
        for _ in range(8):
            x = x.sin() + 1
        return x

    x = taeda.randn(1 << 20)
    expected = x
    for _ in range(8):
        expected = expected.sin() + 1
    f(x)
    assert f(x).equal(expected)
    counts = taeda._core.compile_counts()
    f(x)
    after = taeda._core.compile_counts()
    assert after["programs"] - counts["programs"] == 1
    assert after["single"] == counts["single"]


def test_ever_different_programs_are_not_compiled_each_time() -> None:
    from taeda.runtime import recorded

    @taeda.compile
    def f(x: Any, choices: int) -> Any:
        for k in range(8):
            x = x * 2 if choices >> k & 1 else x - 1
        return x

    taeda.compiler.reset()
    recorded.log = []
    try:
        for choices in range(256):
            assert f(taeda.ones(2), choices).shape == (2,)
        assert len(recorded.log) <= 64
        f(taeda.ones(2), 255)
        assert len(recorded.log) <= 65
    finally:
        recorded.log = None
        taeda.compiler.reset()


def test_destructors_may_compute_while_it_runs() -> None:
    found = []

    class Holder:
        def __init__(self, t: Any):
            self.t = t
            self.itself = self

        def __del__(self) -> None:
            found.append((taeda.ones(2) * 2).sum().item())

    @taeda.compile
    def f(x: Any) -> Any:
        for _ in range(3):
            Holder(x + 1)
        return (x * 2).exp()

    import gc

    x = taeda.zeros(3)
    for _ in range(20):
        assert f(x).equal(taeda.ones(3))
        gc.collect()
    assert found and set(found) == {4.0}


def test_page_of_an_explanation(tmp_path: Any) -> None:
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))

    def step(x: Any, y: Any) -> Any:
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        return loss < 1  # a "<" to be escaped

    found = taeda.compiler.explain(step, taeda.randn(3, 4), taeda.tensor([0, 1, 1]))
    assert all(k.allocated > 0 and k.start > 0 for k in found.ran)
    makers = {tuple(found.ran[a].ops) for k in found.ran for a in k.after if "gradient of linear" in k.ops}
    assert makers and all(a < n for n, k in enumerate(found.ran) for a in k.after)
    path = tmp_path / "step.html"
    found.save_html(path)
    text = path.read_text(encoding="utf-8")
    assert text.count("<li><div class=ops>") == len(found.ran)
    assert text.count("<path data-from=") == sum(len(k.after) for k in found.ran)
    assert "step" in text and "http" not in text
    assert html.parser.HTMLParser().feed(text) is None


def test_failure_gives_a_script_of_few_calls(monkeypatch: Any, recwarn: Any, capsys: Any) -> None:
    from taeda.compiler import plan
    from taeda.runtime import recorded

    fuse = plan.fuse

    def fails_at_tan(graph: Any) -> Any:
        if any(n.op.name == "tan" for n in graph.nodes):
            raise TypeError("tan is too much")
        return fuse(graph)

    def f(x: Any) -> Any:
        y = (x * 2 + 1).exp()
        z = y.sin().tan() + y
        return (z.cos() @ x).softmax(-1)

    monkeypatch.setattr(plan, "fuse", fails_at_tan)
    taeda.compiler.reset()
    x = taeda.randn(3, 3)
    assert taeda.compile(f)(x).equal(f(x))
    (warning,) = [w for w in recwarn if "compiling what was recorded failed" in str(w.message)]
    path = Path(str(warning.message).partition("the script ")[2].partition(",")[0])
    script = path.read_text(encoding="utf-8")
    path.unlink()
    assert 1 <= script.count("'key'") + script.count("('tensor'") <= 4 and "tan is too much" in script
    with pytest.raises(TypeError, match="too much"):
        exec(compile(script, str(path), "exec"), {})
    monkeypatch.undo()
    exec(compile(script, str(path), "exec"), {})  # and where it does not fail, it runs through
    assert "tan is too much" in capsys.readouterr().err
    recorded.failures.clear()  # this one was wanted
    taeda.compiler.reset()


def test_modules_of_eager_backends_are_wrapped_too() -> None:
    """Programs read the module back from `_orig_mod`, whatever the backend."""
    model = taeda.nn.Linear(3, 2)
    x = taeda.ones(1, 3)
    for wrapped in (taeda.compile(model, backend="eager"), taeda.compile(backend="aot_eager")(model)):
        assert wrapped._orig_mod is model
        assert list(wrapped.state_dict()) == ["_orig_mod.weight", "_orig_mod.bias"]
        assert taeda.equal(wrapped(x), model(x))
        assert taeda.equal(pickle.loads(pickle.dumps(wrapped))(x), model(x))
    assert taeda.compile(model, disable=True) is model
