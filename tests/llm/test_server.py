"""The server, through its application: OpenAI's interface, streaming, limits, and requests that make no sense."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")
pytest.importorskip("starlette")
pytest.importorskip("httpx")

from talking import make_folder  # noqa: E402

from taeda.llm import Decoder  # noqa: E402
from taeda.llm.server import Limits, make_app  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of the test client of some versions

MESSAGES = [{"role": "user", "content": "what does it do?"}]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    return make_folder(tmp_path_factory.mktemp("model"))


@pytest.fixture
def client(model: Decoder) -> Iterator[Any]:
    from starlette.testclient import TestClient

    app = make_app(model, "tiny", limits=Limits(body=20_000, tokens=40, batch=4, queue=100))
    with TestClient(app) as found:
        yield found
    app.state.worker.stop()


def events(response: Any) -> list[Any]:
    lines = [line.removeprefix("data: ") for line in response.text.split("\n\n") if line]
    assert lines[-1] == "[DONE]"
    return [json.loads(line) for line in lines[:-1]]


def test_chat(client: Any, model: Decoder) -> None:
    assert model.tokenizer is not None
    tokens = model.tokenizer.chat(MESSAGES)
    expected = model.generate(tokens, max_tokens=12)
    found = client.post("/v1/chat/completions", json=dict(messages=MESSAGES, max_tokens=12, logprobs=True,
                                                          top_logprobs=2)).json()
    choice = found["choices"][0]
    assert choice["message"] == {"role": "assistant", "content": expected.text}
    assert choice["finish_reason"] == expected.finish and found["model"] == "tiny"
    assert found["usage"] == dict(prompt_tokens=len(tokens), completion_tokens=len(expected.tokens),
                                  total_tokens=len(tokens) + len(expected.tokens))
    assert len(choice["logprobs"]["content"]) == len(expected.tokens)
    assert len(choice["logprobs"]["content"][0]["top_logprobs"]) == 2
    streamed = events(client.post("/v1/chat/completions", json=dict(
        messages=MESSAGES, max_tokens=12, stream=True, stream_options=dict(include_usage=True))))
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in streamed[:-1]) == expected.text
    assert streamed[-2]["choices"][0]["finish_reason"] == expected.finish
    assert streamed[-1]["usage"] == found["usage"]


def test_completions(client: Any, model: Decoder) -> None:
    expected = model.generate("the quick", max_tokens=12, seed=3, temperature=1.0)
    body = dict(prompt="the quick", max_tokens=12, seed=3, temperature=1.0)
    assert client.post("/v1/completions", json=body).json()["choices"][0]["text"] == expected.text
    streamed = events(client.post("/v1/completions", json=body | dict(stream=True)))
    assert "".join(e["choices"][0]["text"] for e in streamed) == expected.text
    assert model.tokenizer is not None
    body["prompt"] = model.tokenizer.encode("the quick")
    assert client.post("/v1/completions", json=body).json()["choices"][0]["text"] == expected.text


def test_json(client: Any) -> None:
    """Any object, and what a schema describes; streamed too."""
    schema = {"type": "object", "properties": {"kind": {"enum": ["fox", "dog"]}, "count": {"type": "integer",
                                                                                         "maximum": 9, "minimum": 0}},
              "required": ["kind", "count"], "additionalProperties": False}
    body = dict(messages=MESSAGES, max_tokens=40, response_format={
        "type": "json_schema", "json_schema": {"name": "animal", "schema": schema, "strict": True}})
    choice = client.post("/v1/chat/completions", json=body).json()["choices"][0]
    found = json.loads(choice["message"]["content"])
    assert found["kind"] in ("fox", "dog") and 0 <= found["count"] <= 9 and choice["finish_reason"] == "stop"
    streamed = events(client.post("/v1/chat/completions", json=body | dict(stream=True)))
    assert json.loads("".join(e["choices"][0]["delta"].get("content", "") for e in streamed)) == found
    body["response_format"] = {"type": "json_object"}
    assert isinstance(json.loads(client.post("/v1/chat/completions", json=body | dict(
        temperature=0)).json()["choices"][0]["message"]["content"]), dict)
    for form, message in [({"type": "xml"}, "'xml'"), ({"type": "json_schema"}, "'schema'"), (3, "of type dict"), (
            {"type": "json_schema", "json_schema": {"schema": {"type": "thing"}}}, "'type' is 'thing'")]:
        response = client.post("/v1/chat/completions", json=body | dict(response_format=form))
        assert response.status_code == 400 and message in response.json()["error"]["message"]


def test_many_at_once(client: Any, model: Decoder) -> None:
    """Each client gets what it would get alone; some hang up."""
    prompts = ["the", "what does", "lazy dog", "it", "fox jumps over", "brown"] * 3
    expected = {p: model.generate(p, max_tokens=20).text for p in set(prompts)}
    found: dict[int, str] = {}

    def ask(k: int) -> None:
        if k % 5 == 4:
            body = dict(prompt=prompts[k], stream=True, max_tokens=30)
            with client.stream("POST", "/v1/completions", json=body) as response:
                next(response.iter_lines(), None)
        else:
            body = dict(prompt=prompts[k], max_tokens=20)
            found[k] = client.post("/v1/completions", json=body).json()["choices"][0]["text"]

    threads = [threading.Thread(target=ask, args=(k,)) for k in range(len(prompts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {k: expected[p] for k, p in enumerate(prompts) if k % 5 != 4}
    text = client.get("/metrics").text
    assert f"taeda_requests_total {len(prompts)}" in text and "taeda_errors_total 0" in text
    assert "taeda_waiting 0" in text


def test_memory_and_prefixes(client: Any, model: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A prompt that comes again is not read again; one that does not fit is refused with what would make it fit."""
    monkeypatch.setattr("taeda.llm.engine.PIECE", 16)
    body = dict(prompt="the quick brown fox jumps over the lazy dog. " * 4, max_tokens=5)
    texts = [client.post("/v1/completions", json=body).json()["choices"][0]["text"] for _ in range(2)]
    assert texts[0] == texts[1]
    counts = dict(line.split() for line in client.get("/metrics").text.splitlines() if line.startswith("taeda_"))
    assert int(counts["taeda_prefix_tokens_total"]) >= 16
    monkeypatch.setattr("taeda.llm.memory.available", lambda: 1000)
    response = client.post("/v1/completions", json=body)
    assert response.status_code == 503 and "To make it fit" in response.json()["error"]["message"]


def test_embeddings_models_page(client: Any) -> None:
    found = client.post("/v1/embeddings", json=dict(input=["the dog", "a fox"], model="tiny")).json()["data"]
    assert len(found) == 2 and abs(sum(x * x for x in found[0]["embedding"]) - 1) < 1e-4
    assert [m["id"] for m in client.get("/v1/models").json()["data"]] == ["tiny"]
    assert client.get("/v1/models/tiny").json()["id"] == "tiny"
    assert client.get("/health").json()["status"] == "ok"
    page = client.get("/")
    assert "<!doctype html>" in page.text and "default-src 'none'" in page.headers["content-security-policy"]


def test_key(model: Decoder) -> None:
    from starlette.testclient import TestClient

    app = make_app(model, "tiny", api_key="secret")
    with TestClient(app) as client:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é".encode("latin-1")}):
            response = client.get("/v1/models", headers=headers)
            assert response.status_code == 401 and response.json()["error"]["type"] == "authentication_error"
            assert client.post("/v1/completions", headers=headers, json=dict(prompt="a")).status_code == 401
        assert client.get("/v1/models", headers={"Authorization": "Bearer secret"}).status_code == 200
        assert client.get("/health").status_code == 200
    app.state.worker.stop()


@pytest.mark.parametrize("path, body, status, message", [
    ("chat/completions", b"", 400, "no JSON"), ("chat/completions", b"[" * 9000, 400, "no JSON"),
    ("chat/completions", b"[1]", 400, "an object"), ("chat/completions", b"x" * 30_000, 413, "longer than 20000"),
    ("chat/completions", {}, 400, "'messages'"), ("chat/completions", dict(messages=[1]), 400, "messages[0]"),
    ("chat/completions", dict(messages=[dict(role="x", content="")]), 400, "role"),
    ("chat/completions", dict(messages=[dict(role="user", content=3)]), 400, "has to be a text"),
    ("chat/completions", dict(messages=MESSAGES, max_tokens=41), 400, "40 at most"),
    ("chat/completions", dict(messages=MESSAGES, max_tokens=1.5), 400, "of type int"),
    ("chat/completions", dict(messages=MESSAGES, temperature=-1), 400, "temperature"),
    ("chat/completions", dict(messages=MESSAGES, n=2), 400, "'n' has to be 1"),
    ("chat/completions", dict(messages=MESSAGES, stop=[1]), 400, "'stop'"),
    ("chat/completions", dict(messages=MESSAGES, model="other"), 404, "no model 'other'"),
    ("chat/completions", dict(messages=[dict(role="user", content="x " * 400)]), 400, "do not fit"),
    ("completions", dict(prompt=[]), 400, "'prompt'"), ("completions", dict(prompt=[10**9]), 400, "token 1000000000"),
    ("completions", dict(prompt=""), 400, "no tokens"), ("completions", dict(prompt="a", seed=10**30), 200, ""),
    ("embeddings", dict(input=[]), 400, "'input'"), ("embeddings", dict(input="x " * 300), 400, "do not fit"),
    ("nothing", {}, 404, "there is no POST"),
])
def test_requests_that_make_no_sense(client: Any, path: str, body: Any, status: int, message: str) -> None:
    response = client.post(f"/v1/{path}", **({"content": body} if isinstance(body, bytes) else {"json": body}))
    assert response.status_code == status
    if status != 200:
        assert message in response.json()["error"]["message"]


def test_random_requests(client: Any) -> None:
    """Whatever is sent, the answer is JSON, and no error of the server's."""
    rng = random.Random(0)
    values: list[Any] = [None, True, -1, 0, 1, 3.5, 1e308, "", "x", [], [1], {}, {"a": 1}, [None], "\ud800", 10**25,
                         [{"role": "user", "content": "x"}], MESSAGES, {"type": "json_object"}]
    names = ["messages", "prompt", "max_tokens", "temperature", "top_p", "top_k", "min_p", "stop", "seed", "logprobs",
             "top_logprobs", "n", "tools", "stream_options", "presence_penalty", "repetition_penalty", "input",
             "response_format"]
    for _ in range(150):
        body = {name: rng.choice(values) for name in rng.sample(names, rng.randrange(6))}
        body.setdefault("max_tokens", 2)
        if rng.random() < 0.7:
            body |= dict(messages=MESSAGES, prompt="x", input="x")
        path = rng.choice(["chat/completions", "completions", "embeddings"])
        response = client.post(f"/v1/{path}", content=json.dumps(body))
        assert response.status_code in (200, 400), (path, body, response.text)
        assert "error" in response.json() or response.status_code == 200
