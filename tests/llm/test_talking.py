"""Tokenizers, templates, conversations, and the commands: what needs the optional dependencies."""

from __future__ import annotations

import ast
import io
import json
import math
from pathlib import Path

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")

from talking import TEXTS, make_folder  # noqa: E402

import taeda  # noqa: E402
from taeda.__main__ import main  # noqa: E402
from taeda.llm import Decoder, TemplateError, load  # noqa: E402
from taeda.llm.conversation import Conversation  # noqa: E402
from taeda.llm.lora import add_lora_, load_lora_, merge_lora_, save_lora  # noqa: E402
from taeda.llm.starter import _of_module, train_starter  # noqa: E402
from taeda.llm.tokenizer import render_template  # noqa: E402
from taeda.llm.training import fit, pack, perplexity, text_examples  # noqa: E402
from taeda.quantization import int8  # noqa: E402


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("model")
    make_folder(where)
    return where


@pytest.fixture
def model(folder: Path) -> Decoder:
    return load(folder)


@pytest.mark.parametrize("text", [*TEXTS, "", "  spaces  ", "日本語 😀👍🏽 é \ud800"])
def test_text_to_tokens_and_back(model: Decoder, text: str) -> None:
    tokenizer = model.tokenizer
    assert tokenizer is not None
    tokens = tokenizer.encode(text)
    assert tokenizer.decode(tokens) == text.encode("utf-8", "replace").decode()
    stream = tokenizer.stream()
    assert "".join([*map(stream.add, tokens), stream.finish()]) == tokenizer.decode(tokens)


def test_chat_template(model: Decoder) -> None:
    assert model.tokenizer is not None
    text = model.tokenizer.render([{"role": "user", "content": "a"}])
    assert text == "<|user|>a<|end|><|assistant|>"
    assert model.tokenizer.chat([{"role": "user", "content": "a"}])[0] == model.tokenizer.token("<|user|>")


@pytest.mark.parametrize("template, message", [
    ("{{ ''.__class__.__mro__ }}", "unsafe"), ("{{ messages.append(1) }}", "unsafe"),
    ("{{ cycler.__init__.__globals__ }}", "unsafe"), ("{% for x in range(10000000) %}x{% endfor %}", "too big|range"),
    ("{{ raise_exception('no such role') }}", "no such role"), ("{% if %}", "failed"), ("{{ 1 / 0 }}", "division"),
    ("{{ messages[0].x.y }}", "no attribute"), ("{% include 'x' %}", "failed"),
    ("{% for a in range(9999) %}{% for b in range(9999) %}{{ 'x' * 99999 }}{% endfor %}{% endfor %}", "more than"),
])
def test_hostile_templates(template: str, message: str) -> None:
    with pytest.raises(TemplateError, match=message):
        render_template(template, messages=[{"role": "user"}])


def test_stop_texts(model: Decoder) -> None:
    whole = model.generate("the quick", max_tokens=40, stop_tokens=())
    stop = whole.text[10:13]
    found = model.generate("the quick", max_tokens=40, stop_tokens=(), stop=stop)
    assert found.text == whole.text[:whole.text.index(stop)] and found.finish == "stop"
    assert "".join(model.stream("the quick", max_tokens=40, stop_tokens=(), stop=stop)) == found.text
    assert model.generate("the quick", max_tokens=40, stop_tokens=(), stop="never said").text == whole.text


def test_conversation_reads_only_what_is_new(model: Decoder) -> None:
    """Its answers are those that a model gives that reads all from the start."""
    conversation = Conversation(model, "be brief")
    for text in ("hello there", "and then?", "why"):
        said = "".join(conversation.answer(text, max_tokens=8, stop_tokens=()))
        assert model.tokenizer is not None
        tokens = model.tokenizer.chat([{"role": "system", "content": "be brief"}, *conversation.messages[:-1]])
        assert said == model.generate(tokens, max_tokens=8, stop_tokens=()).text
    assert conversation.last is not None
    for _ in range(12):  # until the context is full, and on
        assert "".join(conversation.answer("x " * 20, max_tokens=8, stop_tokens=()))
    assert len(conversation.messages) < 24
    with pytest.raises(ValueError, match="do not fit"):
        "".join(conversation.answer("x " * 400))


def test_stopped_answers_are_kept(model: Decoder) -> None:
    conversation = Conversation(model)
    answer = conversation.answer("hello", max_tokens=50, stop_tokens=())
    first = next(answer)
    answer.close()
    assert conversation.messages[-1] == {"role": "assistant", "content": first}
    text = "".join(conversation.answer("go on", max_tokens=5, stop_tokens=()))
    assert conversation.messages[-1] == {"role": "assistant", "content": text} and len(conversation.messages) == 4


def test_training_goes_on_where_it_stopped(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text").write_text("the quick brown fox. " * 50)

    def prepared() -> tuple[Decoder, taeda.Tensor, taeda.Tensor]:
        found = load(folder).requires_grad_()
        assert found.tokenizer is not None
        return found, *pack(text_examples(found.tokenizer, tmp_path / "text"), 16)

    model, inputs, targets = prepared()
    losses = fit(model, inputs, targets, steps=12, batch=2, rate=1e-2)
    assert losses[-1] < losses[0] / 2
    again, _, _ = prepared()
    step = taeda.optim.AdamW.step
    calls: list[int] = []

    def failing(self: object, *args: object) -> object:
        calls.append(1)
        if len(calls) == 8:
            raise KeyboardInterrupt
        return step(self, *args)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(taeda.optim.AdamW, "step", failing)
        fit(again, inputs, targets, steps=12, batch=2, rate=1e-2, checkpoint=tmp_path / "c")
    resumed, _, _ = prepared()
    assert fit(resumed, inputs, targets, steps=12, batch=2, rate=1e-2, checkpoint=tmp_path / "c") == losses
    assert all(taeda.equal(a, b) for a, b in zip(model.parameters(), resumed.parameters(), strict=True))


def test_only_answers_are_learned(model: Decoder, tmp_path: Path) -> None:
    lines = [{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "a"}]}, {"text": "b"}]
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert model.tokenizer is not None
    chat, text = text_examples(model.tokenizer, tmp_path / "x.jsonl")
    said = [token for token, flag in zip(chat.tokens, chat.learned, strict=True) if flag]
    assert model.tokenizer.decode(said, True) == "a<|end|>" and all(text.learned)
    (tmp_path / "y.jsonl").write_text('{"text": 1}')
    with pytest.raises(ValueError, match="line 1: expected"):
        text_examples(model.tokenizer, tmp_path / "y.jsonl")


def test_lora(folder: Path, tmp_path: Path) -> None:
    model = load(folder)
    tokens = taeda.tensor([[1, 2, 3, 4]])
    before = model(tokens)
    names = add_lora_(model, 4, 8)
    assert len(names) == 14 and taeda.equal(model(tokens), before)
    with taeda.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.copy_(taeda.randn(parameter.shape) * 0.1)
    changed = model(tokens)
    assert {name.rpartition(".lora_")[0] for name, p in model.named_parameters() if p.requires_grad} == set(names)
    save_lora(model, tmp_path)
    other = load(folder)
    load_lora_(other, tmp_path)
    assert taeda.equal(other(tokens), changed)
    reduced = load(folder, quantize=int8())
    load_lora_(reduced, tmp_path)
    assert taeda.allclose(reduced(tokens), changed, atol=0.3)
    with pytest.raises(NotImplementedError, match="q_proj is a QuantizedLinear"):
        merge_lora_(reduced)
    merge_lora_(other)
    assert taeda.allclose(other(tokens), changed, atol=1e-5)
    assert set(dict(other.named_parameters())) == set(dict(load(folder).named_parameters()))


def test_perplexity(model: Decoder) -> None:
    tokens = list(range(1, 60))
    value, count = perplexity(model, tokens, 100)
    logs = model(taeda.tensor([tokens]))[0, :-1].log_softmax(-1)
    expected = math.exp(-float(logs[taeda.arange(58), taeda.tensor(tokens[1:])].mean()))
    assert count == 58 and abs(value - expected) < 1e-3 * expected


def test_commands(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                  monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEDA_MODELS", str(tmp_path / "models"))
    (tmp_path / "text.txt").write_text("the quick brown fox jumps over the lazy dog. " * 30)
    (tmp_path / "q.jsonl").write_text(json.dumps(dict(question="the quick", choices=["brown", "dog"], answer=0)))

    def run(*arguments: str, status: int = 0) -> str:
        assert main(list(map(str, arguments))) == status
        captured = capsys.readouterr()
        return captured.err if status else captured.out

    expected = load(folder).generate("the", max_tokens=5).text
    assert run("generate", folder, "the", "--max-tokens", "5") == f"the{expected}\n"
    assert run("generate", folder, "the", "--beams", "2", "--max-tokens", "5").startswith("the")
    assert "beam search takes no" in run("generate", folder, "the", "--beams", "2", "--cache", "int8", status=2)
    assert run("eval", folder, tmp_path / "text.txt").startswith("perplexity")
    assert run("eval", folder, tmp_path / "q.jsonl") in ("1 of 1 right: 100.0 %\n", "0 of 1 right: 0.0 %\n")
    assert "parameters" in run("models", folder)
    run("quantize", folder, tmp_path / "models" / "small", "--bits", "int4:16")
    assert run("generate", "small", "the", "--max-tokens", "3").startswith("the")
    run("quantize", folder, tmp_path / "models" / "tuned4", "--bits", "int4:16", "--calibration", tmp_path / "text.txt",
        "--calibration-tokens", "64", "--length", "32")
    assert run("generate", "tuned4", "the", "--max-tokens", "3").startswith("the")
    run("quantize", folder, tmp_path / "models" / "scaled4", "--bits", "int4:16", "--method", "awq",
        "--calibration", tmp_path / "text.txt", "--calibration-tokens", "64", "--length", "32")
    run("eval", tmp_path / "models" / "scaled4", tmp_path / "text.txt")
    assert "--method awq rounds by what layers" in run("quantize", folder, tmp_path / "x", "--method", "awq", status=2)
    assert "--length has to be" in run("quantize", folder, tmp_path / "x", "--calibration", tmp_path / "text.txt",
                                       "--length", "1", status=2)
    run("quantize", folder, tmp_path / "models" / "exact", "--bits", "int8-exact")
    schemes = [json.loads((tmp_path / "models" / name / "config.json").read_text())["taeda_quantization"]
               for name in ("small", "exact")]
    assert [(s["bits"], s["group"], s["inputs"]) for s in schemes] == [(4, 16, 8), (8, None, None)]
    assert "none of int8, int4" in run("generate", folder, "x", "--quantize", "int5", status=2)
    assert "small" in run("models")
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "empty holds no config.json" in run("generate", empty, "x", status=2)
    assert "there is no file" in run("eval", folder, tmp_path / "none.txt", status=2)
    assert "there is no model 'nothing'" in run("generate", "nothing", "x", status=2)
    assert "no name of a model" in run("generate", "hf:../x", "x", status=2)
    assert "max_tokens has to be" in run("generate", folder, "x", "--max-tokens", "0", status=2)
    assert "beams has to be" in run("generate", folder, "x", "--beams", "0", status=2)
    assert "is a directory" in run("eval", folder, empty, status=2)
    assert "file exists" in run("quantize", folder, tmp_path / "text.txt", status=2)
    assert "is the model itself" in run("quantize", folder, folder, status=2)
    assert "few bits already" in run("quantize", "small", tmp_path / "y", status=2)
    assert "train small matrices" in run("finetune", "small", tmp_path / "text.txt", tmp_path / "y", status=2)
    assert "from 0 to 65535" in run("serve", folder, "--port", "70000", status=2)
    assert "--batch has to be 1 or more" in run("serve", folder, "--batch", "0", status=2)
    run("quantize", folder, tmp_path / "models" / "one.gguf", "--bits", "int8")
    assert run("generate", "one.gguf", "the", "--max-tokens", "3").startswith("the")
    tune = ("finetune", folder, tmp_path / "text.txt")
    out = run(*tune, tmp_path / "models" / "tuned", "--steps", "3", "--length", "16")
    assert "written to" in out and "tuned" in run("models")
    run(*tune, tmp_path / "adapter", "--lora", "2", "--steps", "2", "--length", "16")
    assert (tmp_path / "adapter" / "adapter_model.safetensors").exists()
    said = "hello\n/set temperature 0\n/set top_k 0\n/history\n/nonsense\n/exit\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(said))
    out = run("chat", "tuned", "--max-tokens", "4")
    assert "user: hello" in out and "top_k has to be a positive integer" in out and "/reset" in out
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert "say which model" in run("chat", status=2)
    at_terminal = io.StringIO("")
    monkeypatch.setattr(at_terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", at_terminal)
    run("chat", status=2)  # Ctrl-D where it asks


def test_starter(tmp_path: Path) -> None:
    tree = ast.parse(Path(ast.__file__).read_text())
    pairs = list(_of_module("ast", tree))
    assert any(question == "What does ast.parse do?" for question, _ in pairs)
    trained = train_starter(tmp_path, steps=2, hidden=32, layers=1, vocabulary=400, pairs=pairs)
    conversation = Conversation(load(tmp_path))
    text = "".join(conversation.answer("What is ast?", max_tokens=3))
    assert conversation.messages[-1] == {"role": "assistant", "content": text}
    assert trained.config == load(tmp_path).config
