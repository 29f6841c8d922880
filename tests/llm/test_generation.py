"""Generation: the same tokens alone and in a batch, in pieces, with a draft model; settings; stops; beams."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest
from families import MODELS

import taeda
from taeda.llm import Decoder, DecoderConfig, Engine, Sampling
from taeda.llm.cache import PrefixStore, page_names
from taeda.llm.decoder import ContextError
from taeda.llm.memory import MemoryNeeded, available, cache_bytes, left_of_container
from taeda.quantization import Scheme, int4, int8, quantize_

PROMPTS = [[1, 2, 3], [50, 4, 60, 8, 9, 10, 11], [7], [20] * 40]


def make(seed: int = 0, family: str = "qwen2", **changed: Any) -> Decoder:
    taeda.manual_seed(seed)
    model = Decoder(DecoderConfig.from_huggingface(MODELS[family] | changed)).eval()
    with taeda.no_grad():
        for parameter in model.parameters():
            if parameter.dim() > 1:
                parameter.copy_(taeda.randn(parameter.shape) * 1.3 / parameter.size(-1) ** 0.5)
    return model


@pytest.fixture(scope="module")
def model() -> Decoder:
    return make()


@pytest.mark.parametrize("settings", [
    {}, dict(temperature=1.0, seed=3), dict(temperature=0.8, top_k=20, seed=4),
    dict(temperature=1.5, top_p=0.8, seed=5, repetition_penalty=1.3),
    dict(temperature=1.0, min_p=0.1, seed=6, presence_penalty=0.5, frequency_penalty=0.3),
])
def test_alone_and_together(model: Decoder, settings: dict[str, Any]) -> None:
    alone = [model.generate(prompt, max_tokens=20, **settings) for prompt in PROMPTS]
    together = model.generate(PROMPTS, max_tokens=20, **settings)
    assert [found.tokens for found in together] == [found.tokens for found in alone]
    assert {found.finish for found in alone} == {"length"}
    if settings:
        other = model.generate(PROMPTS[0], max_tokens=20, **settings | dict(seed=77))
        assert other.tokens != alone[0].tokens


def test_joining_in_the_middle(model: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests that come and go while others run, and prompts in pieces."""
    monkeypatch.setattr("taeda.llm.engine.PIECE", 16)
    alone = [model.generate(prompt, max_tokens=12).tokens for prompt in PROMPTS]
    engine = Engine(model, batch=2)
    requests = []
    for prompt in PROMPTS:
        requests.append(engine.submit(prompt, Sampling(max_tokens=12)))
        engine.step()
        engine.step()
    cancelled = engine.submit([5], Sampling(max_tokens=12))
    cancelled.cancel()
    for _ in engine.run():
        assert len(engine.active) <= 2
    assert [request.tokens for request in requests] == alone
    assert cancelled.finish == "cancelled" and not cancelled.tokens


@pytest.mark.parametrize("settings", [{}, dict(temperature=1.0, seed=3)])
@pytest.mark.parametrize("family", ["qwen2", "gemma2"])
def test_with_a_draft(family: str, settings: dict[str, Any]) -> None:
    """A bad draft model and a perfect one change nothing; the perfect one saves steps."""
    model = make(0, family)
    plain = model.generate(PROMPTS, max_tokens=30, **settings)
    for draft in (make(1, family), model):
        found = model.generate(PROMPTS, max_tokens=30, draft=draft, **settings)
        assert [f.tokens for f in found] == [f.tokens for f in plain]
    engine = Engine(model, draft=model)
    request = engine.submit(PROMPTS[0], Sampling(max_tokens=30))
    steps = sum(1 for _ in engine.run())
    assert len(request.tokens) == 30 and steps <= 10


def test_stop_tokens_and_logprobs(model: Decoder) -> None:
    whole = model.generate([1, 2, 3], max_tokens=20, logprobs=3)
    place = next(k for k in range(1, 20) if whole.tokens[k] not in whole.tokens[:k])
    found = model.generate([1, 2, 3], max_tokens=20, stop_tokens=(whole.tokens[place],))
    assert found.tokens == whole.tokens[:place] and found.finish == "stop"
    logits = model(taeda.tensor([[1, 2, 3]]))[0, -1].log_softmax(-1)
    first = whole.choices[0]
    assert first.token == first.likeliest[0][0] and first.logprob == first.likeliest[0][1]
    assert len(first.likeliest) == 3 and abs(first.logprob - float(logits.max())) < 1e-5


def test_penalties(model: Decoder) -> None:
    assert len(set(model.generate([1], max_tokens=30, repetition_penalty=1e9).tokens)) == 30


def test_beams_find_the_best() -> None:
    """As many beams as there are beginnings: the best of all continuations."""
    model = make(0, "llama2", vocab_size=5)
    found = model.generate([1, 2], max_tokens=3, beams=25, stop_tokens=())

    def score(tokens: tuple[int, ...]) -> float:
        with taeda.no_grad():
            logs = model(taeda.tensor([[1, 2, *tokens]]))[0].log_softmax(-1)
        return sum(float(logs[1 + k, token]) for k, token in enumerate(tokens)) / len(tokens)

    best = max(itertools.product(range(5), repeat=3), key=score)
    assert tuple(found.tokens) == best and abs(found.score - score(best)) < 1e-5
    one = model.generate([1, 2], max_tokens=3, stop_tokens=())
    assert found.score >= score(tuple(one.tokens)) - 1e-6


def test_beams_refuse_what_they_do_not_follow(model: Decoder) -> None:
    with pytest.raises(ValueError, match="takes no draft model"):
        model.generate([1, 2], beams=2, draft=model)
    with pytest.raises(ContextError):
        model.generate([1] * model.config.context, beams=2)


@pytest.mark.parametrize("settings, message", [
    (dict(max_tokens=0), "max_tokens has to be a positive integer, got 0"),
    (dict(temperature=-1), "temperature"), (dict(temperature=float("nan")), "temperature"), (dict(top_p=0), "top_p"),
    (dict(top_k=True), "top_k"), (dict(stop=("",)), "stop has to be"), (dict(logprobs=101), "logprobs"),
    (dict(stop="x"), "stop texts need a tokenizer"), (dict(presence_penalty=3), "from -2 to 2"),
])
def test_settings_that_make_no_sense(model: Decoder, settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model.generate([1], **settings)


def test_prompts_that_do_not_fit(model: Decoder) -> None:
    with pytest.raises(ValueError, match="257 tokens do not fit the model's context of 256.*max_tokens"):
        model.generate([1] * 256)
    with pytest.raises(ValueError, match="no tokens"):
        model.generate([])
    with pytest.raises(IndexError, match="token 97 is not one of the 97"):
        model.generate([97])
    with pytest.raises(ValueError, match="tokenizer"):
        model.generate("text")
    with pytest.raises(TypeError, match="no settings temp of"):
        model.generate([1], temp=1)
    assert model.generate([1] * 250, max_tokens=100).finish == "length"


@pytest.mark.parametrize("scheme", [int8(16, inputs=8), int4(16, inputs=8), int4(16)], ids=str)
def test_fewer_bits_alone_and_together(scheme: Scheme) -> None:
    model = make(0, "qwen2")
    quantize_(model, scheme)
    alone = [model.generate(prompt, max_tokens=20).tokens for prompt in PROMPTS]
    assert [found.tokens for found in model.generate(PROMPTS, max_tokens=20)] == alone
    assert [found.tokens for found in model.generate(PROMPTS, max_tokens=20, draft=make(1, "qwen2"))] == alone


def test_int8_cache(model: Decoder) -> None:
    """Nearly the numbers of the other cache, in less memory; the same alone, in a batch, and with a draft model."""
    tokens = taeda.tensor([[*range(1, 90)]])
    exact, short = model.caches(), model.caches(1, 8)
    with taeda.no_grad():
        expected, found = model(tokens, exact), model(tokens, short)
        assert float((found - expected).std()) < 0.05 * float(expected.std()) and not taeda.equal(found, expected)
    assert short[0].nbytes() < 0.4 * exact[0].nbytes()
    assert short[0].fork(50).pages.numbers == short[0].pages.numbers[:4]
    alone = [model.generate(prompt, max_tokens=20, cache_bits=8).tokens for prompt in PROMPTS]
    assert [f.tokens for f in model.generate(PROMPTS, max_tokens=20, cache_bits=8)] == alone
    assert [f.tokens for f in model.generate(PROMPTS, max_tokens=20, cache_bits=8, draft=model)] == alone
    with pytest.raises(ValueError, match="8 bits, or those"):
        model.generate([1], cache_bits=4)
    with pytest.raises(ValueError, match="beam search takes no"):
        model.generate([1], cache_bits=8, beams=2)


@pytest.mark.parametrize("bits", [None, 8])
def test_prompts_that_begin_alike_are_read_once(model: Decoder, bits: int | None,
                                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taeda.llm.engine.PIECE", 16)
    start = [k % 90 for k in range(70)]
    prompts = [[*start, 5], [*start, 6, 7], start[:64], start[:33], [9, *start]]
    alone = [model.generate(prompt, max_tokens=8, cache_bits=bits).tokens for prompt in prompts]
    store = PrefixStore()
    engine = Engine(model, 4, cache_bits=bits, prefixes=store)
    for _ in range(2):
        requests = [engine.submit(prompt, Sampling(max_tokens=8)) for prompt in prompts]
        steps = sum(1 for _ in engine.run())
        assert [request.tokens for request in requests] == alone
    # 64 tokens of the first and the second, 48 and 32 of those that are shorter; and all of them again.
    assert store.reused == (64 + 48 + 32) + (64 + 64 + 48 + 32 + 64) and steps < 20
    # A cache that brings a beginning is not taken for pages.
    request = engine.submit(prompts[1], Sampling(max_tokens=8), model.caches(1, bits)[0])
    list(engine.run())
    assert request.tokens == alone[1]


def test_pages_are_bounded(model: Decoder) -> None:
    cache = model.caches()[0]
    with taeda.no_grad():
        model(taeda.tensor([[1] * 64]), [cache])
    page = cache.page(0, 16)
    nbytes = page.nbytes
    assert nbytes == 16 * cache_bytes(model, None) == cache.nbytes() // 4
    store = PrefixStore(3 * nbytes)
    names = page_names([*range(80)], 16)
    assert len(set(names)) == 5 and page_names([*range(79)], 16) == names[:4]
    for name in names[:3]:
        store.add(name, page)
    assert store.get(names[0]) is page
    store.add(names[3], page)
    assert names[0] in store and names[1] not in store and store.size == 3 * nbytes
    assert store.get(names[1]) is None and store.reused == 16


def test_pages_are_shared_and_given_back(model: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of requests that begin alike while both are alive there is one copy of the beginning; what nobody holds is used
    again."""
    monkeypatch.setattr("taeda.llm.engine.PIECE", 32)
    start = [k % 90 for k in range(70)]
    engine = Engine(model, 4, prefixes=PrefixStore())
    alone = [model.generate([*start, k], max_tokens=4).tokens for k in range(3)]
    requests = [engine.submit([*start, k], Sampling(max_tokens=4)) for k in range(3)]
    while not all(request.choices for request in requests):
        engine.step()
    assert len({tuple(request.cache.pages.numbers[:4]) for request in requests}) == 1
    assert engine.pool.used == 4 + 3  # 64 tokens of all, and the rest of each
    list(engine.run())
    assert [request.tokens for request in requests] == alone
    del requests
    engine.step()
    assert engine.pool.used == 4  # those of the store
    engine.prefixes = None
    assert engine.pool.used == 0


@pytest.mark.parametrize("bits", [None, 8])
def test_shared_pages_are_not_written_to(model: Decoder, bits: int | None) -> None:
    """Forks from the middle of a page go their own ways, and pages are copied into other pools."""
    tokens, ways = [*range(1, 40)], ([5, 6, 7], [8, 9, 10])
    with taeda.no_grad():
        cache = model.caches(1, bits)[0]
        model(taeda.tensor([tokens]), [cache])
        caches = [cache, cache.fork(), cache.fork(35), model.caches(1, bits)[0]]
        caches[3].add_page(cache.page(0, 32))
        rest = [*ways, tokens[35:] + ways[0], tokens[32:] + ways[1]]
        found = [model(taeda.tensor([some]), [c], last_only=True) for c, some in zip(caches, rest, strict=True)]
    assert len({c.pages.numbers[2] for c in caches[:3]}) == 3 and len({c.pages.numbers[1] for c in caches[:3]}) == 1
    for k in (0, 1):
        assert taeda.allclose(found[k], found[k + 2], 1e-3, 1e-3)
    assert not taeda.allclose(found[0], found[1], 1e-3, 1e-3)


def test_caches_of_several_pools_in_one_step(model: Decoder) -> None:
    texts = [[1, 2, 3], [4] * 20, [5, 6]]
    with taeda.no_grad():
        (first, third), (second,) = model.caches(2), model.caches(1)
        found = []
        for _ in range(2):
            tokens = taeda.tensor([token for text in texts for token in text])
            found.append(model(tokens, [first, second, third], [len(text) for text in texts], last_only=True))
        for k, text in enumerate(texts):
            cache = model.caches(1)
            for together in found:
                assert taeda.equal(model(taeda.tensor([text]), cache, last_only=True)[0], together[k])


@pytest.mark.parametrize("family", ["qwen2", "phi3"])
def test_a_step_that_fails_leaves_its_cache_as_it_was(family: str) -> None:
    """Also where pages are added after it, or the text is read again for positions that depend on its length."""
    model = make(1, family)
    first, second = [k % 90 for k in range(16)], [k % 80 for k in range(5, 25)]
    with taeda.no_grad():
        caches = model.caches(3)
        model(taeda.tensor([first]), caches[:1])
        for cache in caches[1:]:
            with pytest.raises(IndexError):
                model(taeda.tensor([[97] * 20]), [cache])
        caches[1].add_page(caches[0].page(0, 16))
        caches[1].history += first
        model(taeda.tensor([first]), caches[2:])
        found = [model(taeda.tensor([second]), [cache], last_only=True) for cache in caches]
    assert taeda.equal(found[1], found[0]) and taeda.equal(found[2], found[0])


@pytest.mark.parametrize("bits", [None, 8])
@pytest.mark.parametrize("allocation", [0, 1, 3])
def test_a_request_without_memory_ends_alone(model: Decoder, monkeypatch: pytest.MonkeyPatch, bits: int | None,
                                             allocation: int) -> None:
    """Where memory cannot grow it stays as it is, and the next requests run in it."""
    prompts = [[1, 2, 3], [7] * 20]
    alone = [model.generate(prompt, max_tokens=4, cache_bits=bits).tokens for prompt in prompts]
    engine = Engine(model, cache_bits=bits)
    first = engine.submit(prompts[0], Sampling(max_tokens=4))
    list(engine.run())
    empty, calls = taeda.empty, 0

    def failing(shape: Any, **settings: Any) -> taeda.Tensor:
        nonlocal calls
        if shape[0] > 100:
            calls += 1
            if calls > allocation:
                raise taeda.OutOfMemoryError("none left")
        return empty(shape, **settings)

    monkeypatch.setattr(taeda, "empty", failing)
    large = engine.submit([5] * 200, Sampling(max_tokens=300))
    with pytest.raises(MemoryNeeded):
        list(engine.run())
    assert isinstance(large.error, MemoryNeeded) and calls == allocation + 1
    del large
    requests = [engine.submit(prompt, Sampling(max_tokens=4)) for prompt in prompts]
    list(engine.run())
    assert [first.tokens, *(request.tokens for request in requests)] == [alone[0], *alone]


def test_memory_that_does_not_suffice(model: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    each = cache_bytes(model, None)
    monkeypatch.setattr("taeda.llm.memory.available", lambda: 50 * each)
    with pytest.raises(taeda.OutOfMemoryError) as raised:
        model.generate([1] * 10, max_tokens=100)
    message = str(raised.value)
    for part in ("the weights are", "for 10 tokens of the prompt and up to 100 new ones", "at most 40 new tokens",
                 "--quantize int4"):
        assert part in message, message
    assert len(model.generate([1] * 10, max_tokens=40).tokens) == 40
    monkeypatch.setattr("taeda.llm.memory.available", lambda: 109 * each)
    with pytest.raises(MemoryNeeded, match="cache_bits=8, --cache int8"):
        model.generate([1] * 10, max_tokens=100)
    monkeypatch.setattr("taeda.llm.memory.available", lambda: 0)
    with pytest.raises(MemoryNeeded, match="shorten the prompt"):
        model.generate([1] * 10)
    monkeypatch.setattr("taeda.llm.memory.available", lambda: None)  # and then it is not to be had

    def failing(*given: object) -> None:
        raise taeda.OutOfMemoryError("no memory")

    monkeypatch.setattr(model, "features", failing)
    with pytest.raises(MemoryNeeded, match="not enough memory"):
        model.generate([1] * 10)


def test_memory_of_this_machine() -> None:
    free = available()
    assert free is None or 0 < free < 1 << 50


def test_memory_of_a_container(tmp_path: Path) -> None:
    """Mapped weights are pages of files: they are no memory that is lost."""
    assert left_of_container(tmp_path) is None
    (tmp_path / "memory.current").write_text("900\n")
    (tmp_path / "memory.stat").write_text("anon 200\ninactive_file 500\nactive_file 100\n")
    for limit, left in [("1000\n", 700), ("200\n", 0), ("max\n", None)]:
        (tmp_path / "memory.max").write_text(limit)
        assert left_of_container(tmp_path) == left
