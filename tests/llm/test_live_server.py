"""The server over the network: OpenAI's own client, many clients at once of which some hang up, and broken requests."""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")
pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

from live import Live, serving  # noqa: E402
from talking import make_folder  # noqa: E402
from test_tools import TEMPLATE, WEATHER  # noqa: E402

from taeda.llm import Decoder  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of the server's library

MESSAGES: Any = [{"role": "user", "content": "what does it do?"}]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    found = make_folder(tmp_path_factory.mktemp("model"))
    assert found.tokenizer is not None
    found.tokenizer.template = TEMPLATE
    return found


@pytest.fixture(scope="module")
def live(model: Decoder) -> Iterator[Live]:
    with serving(model, tokens=120, batch=8, queue=100, body=20_000) as found:
        yield found


def test_openai_client(live: Live, model: Decoder) -> None:
    openai = pytest.importorskip("openai")
    client = openai.OpenAI(base_url=f"{live.url}/v1", api_key="any", max_retries=0)
    assert [entry.id for entry in client.models.list()] == ["tiny"]
    assert model.tokenizer is not None
    expected = model.generate(model.tokenizer.chat(MESSAGES), max_tokens=12)
    found = client.chat.completions.create(model="tiny", messages=MESSAGES, max_tokens=12, logprobs=True,
                                           top_logprobs=2)
    assert found.choices[0].message.content == expected.text
    assert found.usage.completion_tokens == len(expected.tokens) == len(found.choices[0].logprobs.content)
    stream = client.chat.completions.create(model="tiny", messages=MESSAGES, max_tokens=12, stream=True,
                                            stream_options={"include_usage": True})
    chunks = list(stream)
    assert "".join(c.choices[0].delta.content or "" for c in chunks if c.choices) == expected.text
    assert chunks[-1].usage.total_tokens == found.usage.total_tokens
    assert client.completions.create(model="tiny", prompt="the", max_tokens=3).choices[0].text == model.generate(
        "the", max_tokens=3).text
    assert len(client.embeddings.create(model="tiny", input=["the dog"],
                                        encoding_format="float").data[0].embedding) == 32
    assert len(client.embeddings.create(model="tiny", input="the dog").data[0].embedding) == 32
    called = client.chat.completions.create(model="tiny", messages=MESSAGES, tools=[WEATHER], tool_choice="required",
                                            max_tokens=100)
    assert set(json.loads(called.choices[0].message.tool_calls[0].function.arguments)) == {"city", "days"}
    schema = {"type": "object", "properties": {"kind": {"enum": ["fox", "dog"]}}, "required": ["kind"]}
    formed = client.chat.completions.create(model="tiny", messages=MESSAGES, max_tokens=40, response_format={
        "type": "json_schema", "json_schema": {"name": "animal", "schema": schema}})
    assert json.loads(formed.choices[0].message.content)["kind"] in ("fox", "dog")
    with pytest.raises(openai.BadRequestError, match="temperature"):
        client.chat.completions.create(model="tiny", messages=MESSAGES, temperature=-1)
    with pytest.raises(openai.NotFoundError, match="no model 'other'"):
        client.chat.completions.create(model="other", messages=MESSAGES)


async def request(live: Live, body: dict[str, Any], hang_up: bool = False) -> bytes:
    """What the server answers; `hang_up`: until the first piece of the answer has come."""
    reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
    data = json.dumps(body).encode()
    head = f"POST /v1/completions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(data)}\r\n\r\n"
    writer.write(head.encode() + data)
    await writer.drain()
    found = await reader.readuntil(b"data: ") if hang_up else await reader.read()
    if hang_up:
        writer.transport.abort()
    writer.close()
    return found


async def crowd(live: Live, prompts: list[str]) -> list[bytes | BaseException]:
    return await asyncio.gather(*(
        request(live, dict(prompt=prompt, max_tokens=100 if k % 4 == 3 else 12, stream=k % 2 == 1, temperature=0),
                k % 4 == 3) for k, prompt in enumerate(prompts)), return_exceptions=True)


def memory() -> float:
    """Megabytes in use."""
    if sys.platform == "linux":
        return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 1e6
    return 0.0


def test_sixty_four_clients_of_which_some_hang_up(live: Live, model: Decoder) -> None:
    prompts = [["the", "what does", "lazy dog", "it"][k % 4] + " fox" * (k % 3) for k in range(64)]
    expected = {p: model.generate(p, max_tokens=12).text for p in set(prompts)}
    levels = []
    for _ in range(3):
        found = asyncio.run(crowd(live, prompts))
        for k, answer in enumerate(found):
            assert isinstance(answer, bytes) and answer.startswith(b"HTTP/1.1 200"), answer
            if k % 2 == 0:
                text = json.loads(answer.partition(b"\r\n\r\n")[2])["choices"][0]["text"]
                assert text == expected[prompts[k]]
            elif k % 4 == 1:
                lines = [line[6:] for line in answer.split(b"\n") if line.startswith(b"data: {")]
                assert "".join(json.loads(line)["choices"][0]["text"] for line in lines) == expected[prompts[k]]
        worker = live.app.state.worker
        asyncio.run(settled(worker))
        levels.append(memory())
    assert not worker._listeners and not worker._requests
    assert worker.metrics.errors == 0 and levels[2] < levels[0] + 30


async def settled(worker: Any) -> None:
    for _ in range(500):
        if not worker.engine.busy:
            return
        await asyncio.sleep(0.02)
    raise AssertionError("requests whose clients have hung up go on")


def test_broken_requests(live: Live) -> None:
    """Whatever bytes come, the answer is a 4xx (of JSON where it is the application's), and the server lives on."""
    async def send(data: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", live.port)
        writer.write(data)
        writer.write_eof()
        found = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        return found

    rng = random.Random(0)
    whole = json.dumps(dict(prompt="the", max_tokens=2)).encode()
    for _ in range(60):
        body = bytearray(whole)
        for _ in range(rng.randrange(1, 4)):
            body[rng.randrange(len(body))] = rng.randrange(256)
        path = rng.choice(["completions", "chat/completions", "embeddings", "models", "\xe9", "completions?x=%ff"])
        head = f"POST /v1/{path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
        answer = asyncio.run(send(head.encode("latin-1") + bytes(body)))
        status = int(answer.split(b" ", 2)[1])
        assert status == 200 or 400 <= status < 500, (body, answer)
        if status != 200 and b"application/json" in answer:
            assert "error" in json.loads(answer.partition(b"\r\n\r\n")[2])
    for garbage in (b"\x00" * 100, b"GET / HTTP/9\r\n\r\n",
                    b"POST /v1/completions HTTP/1.1\r\nContent-Length: -1\r\n\r\n"):
        answer = asyncio.run(send(garbage))
        assert not answer or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4")), answer
    assert json.loads(asyncio.run(request(live, dict(prompt="the", max_tokens=2))).partition(b"\r\n\r\n")[2])["choices"]
