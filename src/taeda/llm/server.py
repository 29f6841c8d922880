"""A server with OpenAI's interface: chat and text completions with streaming, embeddings, models; and a page to chat.

One thread runs the engine; requests of the web wait for their text in queues. `make_app` gives a Starlette application,
`taeda serve` runs it.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import threading
import time
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import taeda
from taeda.llm.api import ApiError, Limits, Tools, messages_of, read, sampling_of, tools_of
from taeda.llm.cache import PrefixStore
from taeda.llm.constraints import Automaton, ConstraintError, by_schema
from taeda.llm.decoder import ContextError, Decoder
from taeda.llm.engine import Engine, Request
from taeda.llm.sampling import Sampling
from taeda.llm.tokenizer import TemplateError, require
from taeda.llm.tools import CallReader

PAGE = Path(__file__).with_name("page.html")


@dataclass
class Metrics:
    """Counters since the start, as Prometheus reads them."""

    requests: int = 0
    errors: int = 0
    prompt_tokens: int = 0
    new_tokens: int = 0
    seconds: float = 0.0

    def text(self, active: int, waiting: int, reused: int) -> str:
        rows = [("requests_total", "counter", self.requests), ("errors_total", "counter", self.errors),
                ("prompt_tokens_total", "counter", self.prompt_tokens), ("tokens_total", "counter", self.new_tokens),
                ("busy_seconds_total", "counter", self.seconds), ("prefix_tokens_total", "counter", reused),
                ("active", "gauge", active),
                ("waiting", "gauge", waiting)]
        return "".join(f"# TYPE taeda_{name} {kind}\ntaeda_{name} {value}\n" for name, kind, value in rows)


@dataclass
class Worker:
    """Runs an engine in a thread of its own, for requests that come from others."""

    model: Decoder
    limits: Limits
    cache_bits: int | None = None
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        self.prefixes = PrefixStore(self.limits.prefixes)
        self.engine = Engine(self.model, self.limits.batch, None, self.cache_bits, self.prefixes)
        self._wake = threading.Condition()
        self._listeners: dict[int, Callable[[], None]] = {}
        self._requests: list[Request] = []
        self._stopped = False
        self._thread: threading.Thread | None = None

    def submit(self, prompt: list[int], sampling: Sampling, on_change: Callable[[], None],
               form: Automaton | None = None) -> Request:
        """Line a prompt up; `on_change` is called, from the thread, when there is more text or it has ended."""
        with self._wake:
            if len(self.engine.waiting) >= self.limits.queue:
                raise ApiError(429, f"{self.limits.queue} requests are waiting already: try again later", "overloaded")
            request = self.engine.submit(prompt, sampling, form=form)
            self._requests.append(request)
            self._listeners[id(request)] = on_change
            self.metrics.requests += 1
            self.metrics.prompt_tokens += len(prompt)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="taeda engine", daemon=True)
                self._thread.start()
            self._wake.notify()
        return request

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            for request in self._requests:
                request.cancel()
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(timeout=60)

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._stopped or self.engine.busy)
                if self._stopped:
                    return
            start = time.perf_counter()
            try:
                self.engine.step()
            except Exception:  # the requests of this step have ended with it, and say so; others go on
                self.metrics.errors += 1
            self.metrics.seconds += time.perf_counter() - start
            self._tell()

    def _tell(self) -> None:
        with self._wake:
            ended = [request for request in self._requests if request.finish is not None]
            listeners = list(self._listeners.values())
            for request in ended:
                self.metrics.new_tokens += len(request.tokens)
                self._requests.remove(request)
                del self._listeners[id(request)]
        for listener in listeners:
            listener()


class Answer:
    """A request as the web sees it: pieces of text to wait for. What `calls` finds in it is not of the text."""

    def __init__(self, worker: Worker, prompt: list[int], sampling: Sampling, form: Automaton | None = None,
                 calls: CallReader | None = None) -> None:
        loop = asyncio.get_running_loop()
        self._changed = asyncio.Event()

        def on_change() -> None:
            try:
                loop.call_soon_threadsafe(self._changed.set)
            except RuntimeError:  # the loop is closed: nobody waits any more
                pass
        self.request = worker.submit(prompt, sampling, on_change, form)
        self.prompt, self.calls = prompt, calls

    async def pieces(self) -> AsyncIterator[str]:
        """The text as it comes. Whoever stops listening ends the request."""
        given = 0
        try:
            while True:
                self._changed.clear()
                ended = self.request.finish is not None
                text = self.request.text
                piece, given = text[given:], len(text)
                if self.calls is not None:
                    piece = self.calls.add(piece) + (self.calls.finish() if ended else "")
                if piece or self.calls is not None:
                    yield piece
                if ended:
                    if isinstance(self.request.error, ConstraintError):
                        raise ApiError(400, str(self.request.error))
                    if self.request.error is not None:
                        raise ApiError(500, f"generation failed: {self.request.error}", "server_error")
                    return
                await self._changed.wait()
        finally:
            self.request.cancel()

    @property
    def finish(self) -> str | None:
        called = self.calls is not None and self.calls.calls and self.request.finish == "stop"
        return "tool_calls" if called else self.request.finish

    def usage(self) -> dict[str, int]:
        count = len(self.request.tokens)
        return {"prompt_tokens": len(self.prompt), "completion_tokens": count, "total_tokens": len(self.prompt) + count}


def make_app(model: Decoder, name: str, *, api_key: str | None = None, limits: Limits | None = None,
             page: bool = True, cache_bits: int | None = None) -> Any:
    """The application. With `api_key` each request of the interface has to bring it ("Authorization: Bearer ...").
    `cache_bits` 8 keeps what was read in int8."""
    require("starlette")
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request as WebRequest
    from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, StreamingResponse
    from starlette.routing import Route

    if model.tokenizer is None:
        raise ValueError("a server needs a tokenizer, and this model has none (tokenizer.json)")
    tokenizer = model.tokenizer
    limits = limits or Limits()
    worker = Worker(model, limits, cache_bits)
    created = int(time.time())

    def failure(error: ApiError) -> Any:
        worker.metrics.errors += 1
        return JSONResponse({"error": {"message": error.message, "type": error.kind, "param": error.parameter,
                                       "code": None}}, error.status)

    def allow(request: WebRequest) -> None:
        if api_key is None:
            return
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode(), api_key.encode()):
            raise ApiError(401, "a wrong or missing API key: send 'Authorization: Bearer KEY'", "authentication_error")

    async def body_of(request: WebRequest) -> dict[str, Any]:
        allow(request)
        data = bytearray()
        async for chunk in request.stream():
            data += chunk
            if len(data) > limits.body:
                raise ApiError(413, f"the body is longer than {limits.body} bytes")
        try:
            body = json.loads(bytes(data))
        except (ValueError, RecursionError):
            raise ApiError(400, "the body is no JSON") from None
        if not isinstance(body, dict):
            raise ApiError(400, "the body has to be an object")
        asked = read(body, "model", str, name)
        if asked != name:
            raise ApiError(404, f"there is no model {asked!r} here; there is {name!r}", parameter="model")
        return body

    def guarded(handler: Callable[[WebRequest], Any]) -> Callable[[WebRequest], Any]:
        async def handle(request: WebRequest) -> Any:
            try:
                return await handler(request)
            except ApiError as error:
                return failure(error)
            except taeda.OutOfMemoryError as error:
                return failure(ApiError(503, str(error), "insufficient_memory"))
            except (ContextError, TemplateError, ValueError, IndexError) as error:
                return failure(ApiError(400, str(error)))
        return handle

    async def chat(request: WebRequest) -> Any:
        body = await body_of(request)
        sampling = sampling_of(body, model.defaults, limits)
        messages, tools = messages_of(body), tools_of(body, tokenizer.template)
        prompt = await run_in_threadpool(tokenizer.chat, messages, None if tools is None else tools.tools)
        form = None
        if tools is not None and tools.forced:
            form = await run_in_threadpool(tools.form.automaton, tokenizer, tools.forced)
        return await respond(body, prompt, sampling, "chat.completion", form, tools)

    async def complete(request: WebRequest) -> Any:
        body = await body_of(request)
        sampling = sampling_of(body, model.defaults, limits)
        prompt = read(body, "prompt", (str, list))
        if isinstance(prompt, str):
            prompt = await run_in_threadpool(tokenizer.encode, prompt)
        elif not prompt or not all(type(token) is int for token in prompt):
            raise ApiError(400, "'prompt' has to be a text or a list of tokens", parameter="prompt")
        return await respond(body, prompt, sampling, "text_completion")

    async def respond(body: dict[str, Any], prompt: list[int], sampling: Sampling, kind: str,
                      form: Automaton | None = None, tools: Tools | None = None) -> Any:
        if form is None and sampling.json_schema is not None:  # not where the engine and other requests wait for it
            form = await run_in_threadpool(by_schema, tokenizer, sampling.json_schema)
        answer = Answer(worker, prompt, sampling, form, None if tools is None else CallReader(tools.form, tools.names))
        head = {"id": f"{'chatcmpl' if kind == 'chat.completion' else 'cmpl'}-{uuid.uuid4().hex}", "created":
                int(time.time()), "model": name}
        if read(body, "stream", bool, False):
            options = read(body, "stream_options", dict, {})
            return StreamingResponse(events(answer, head, kind, bool(options.get("include_usage"))),
                                     media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
        text = "".join([piece async for piece in answer.pieces()])
        choice: dict[str, Any] = {"index": 0, "finish_reason": answer.finish, "logprobs": logprobs(answer, kind)}
        if kind == "chat.completion":
            choice["message"] = {"role": "assistant", "content": text}
            if answer.calls is not None and answer.calls.calls:
                choice["message"] |= {"content": text or None, "tool_calls": [
                    call.as_openai() for call in answer.calls.calls]}
        else:
            choice["text"] = text
        return JSONResponse(head | {"object": kind, "choices": [choice], "usage": answer.usage()})

    async def events(answer: Answer, head: dict[str, Any], kind: str, usage: bool) -> AsyncIterator[str]:
        is_chat = kind == "chat.completion"
        head = head | {"object": "chat.completion.chunk" if is_chat else kind}

        def event(content: dict[str, Any] | None, finish: str | None = None) -> str:
            part = {"delta": content or {}} if is_chat else {"text": (content or {}).get("content", "")}
            return f"data: {json.dumps(head | {'choices': [{'index': 0, 'finish_reason': finish} | part]})}\n\n"

        try:
            if is_chat:
                yield event({"role": "assistant", "content": ""})
            told = 0
            async for piece in answer.pieces():
                if piece:
                    yield event({"content": piece})
                calls = answer.calls.calls if answer.calls is not None else []
                for number in range(told, len(calls)):
                    yield event({"tool_calls": [{"index": number} | calls[number].as_openai()]})
                told = len(calls)
            yield event(None, answer.finish)
            if usage:
                yield f"data: {json.dumps(head | {'choices': [], 'usage': answer.usage()})}\n\n"
        except ApiError as error:
            yield f"data: {json.dumps({'error': {'message': error.message, 'type': error.kind}})}\n\n"
        finally:
            answer.request.cancel()  # also where the other side hung up before the first piece
        yield "data: [DONE]\n\n"

    def logprobs(answer: Answer, kind: str) -> Any:
        choices = answer.request.choices
        if answer.request.sampling.logprobs is None:
            return None
        if kind != "chat.completion":
            return {"tokens": [tokenizer.decode([c.token], True) for c in choices],
                    "token_logprobs": [c.logprob for c in choices],
                    "top_logprobs": [{tokenizer.decode([t], True): p for t, p in c.likeliest} for c in choices]}
        return {"content": [{"token": tokenizer.decode([c.token], True), "logprob": c.logprob, "top_logprobs": [
            {"token": tokenizer.decode([t], True), "logprob": p} for t, p in c.likeliest]} for c in choices]}

    async def embed(request: WebRequest) -> Any:
        """The mean of the last layer's features over the tokens of each text, of length one."""
        body = await body_of(request)
        texts = read(body, "input", (str, list))
        texts = [texts] if isinstance(texts, str) else texts
        if not texts or len(texts) > 256 or not all(isinstance(text, str) and text for text in texts):
            raise ApiError(400, "'input' has to be a text or a list of 1 to 256 texts", parameter="input")
        tokens = [tokenizer.encode(text) for text in texts]
        vectors = await run_in_threadpool(lambda: [embedding(model, some) for some in tokens])
        count = sum(map(len, tokens))
        return JSONResponse({"object": "list", "model": name, "usage": {"prompt_tokens": count, "total_tokens": count},
                             "data": [{"object": "embedding", "index": k, "embedding": vector}
                                      for k, vector in enumerate(vectors)]})

    async def models(request: WebRequest) -> Any:
        allow(request)
        entry = {"id": name, "object": "model", "created": created, "owned_by": "taeda"}
        asked = request.path_params.get("name")
        if asked is not None and asked != name:
            raise ApiError(404, f"there is no model {asked!r} here; there is {name!r}")
        return JSONResponse(entry if asked is not None else {"object": "list", "data": [entry]})

    async def health(request: WebRequest) -> Any:
        return JSONResponse({"status": "ok", "model": name})

    async def metrics(request: WebRequest) -> Any:
        return PlainTextResponse(worker.metrics.text(len(worker.engine.active), len(worker.engine.waiting),
                                                     worker.prefixes.reused))

    async def show_page(request: WebRequest) -> Any:
        return HTMLResponse(PAGE.read_text(encoding="utf-8"), headers={
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                                       "connect-src 'self'; base-uri 'none'; form-action 'none'"})

    async def unknown(request: WebRequest, error: Any) -> Any:
        return failure(ApiError(getattr(error, "status_code", 404), f"there is no {request.method} {request.url.path}"))

    routes = [Route("/v1/chat/completions", guarded(chat), methods=["POST"]),
              Route("/v1/completions", guarded(complete), methods=["POST"]),
              Route("/v1/embeddings", guarded(embed), methods=["POST"]),
              Route("/v1/models", guarded(models)), Route("/v1/models/{name:path}", guarded(models)),
              Route("/health", health), Route("/metrics", guarded(metrics))]
    app = Starlette(routes=[*routes, *([Route("/", show_page)] if page else [])],
                    exception_handlers={404: unknown, 405: unknown})
    app.state.worker = worker
    return app


def embedding(model: Decoder, tokens: list[int]) -> list[float]:
    """The mean of the last layer's features, of length one."""
    with taeda.no_grad():
        mean = model.features(taeda.tensor([tokens])).to(taeda.float32).mean(0)
        return (mean / mean.norm().clamp(min=1e-12)).tolist()
