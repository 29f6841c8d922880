"""What requests to the server say: their bodies, checked as they are read, and errors in the form that clients know."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from taeda.llm.sampling import Sampling
from taeda.llm.tools import CallForm


@dataclass(frozen=True)
class Limits:
    """What the server takes: bytes of a body, new tokens of an answer, answers at once, requests that wait, and bytes
    for pages of prompts that may come again."""

    body: int = 4 << 20
    tokens: int = 4096
    batch: int = 8
    queue: int = 64
    prefixes: int = 512 << 20


class ApiError(Exception):
    """An answer of the server that is an error, in the form that OpenAI's clients know."""

    def __init__(self, status: int, message: str, kind: str = "invalid_request_error", parameter: str | None = None):
        super().__init__(message)
        self.status, self.message, self.kind, self.parameter = status, message, kind, parameter


def read(body: dict[str, Any], name: str, kinds: Any, default: Any = None) -> Any:
    """A field of a request's body, of one of these types; null is as if it were missing."""
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kinds) or (isinstance(value, bool) and kinds is not bool):
        wanted = " or ".join(k.__name__ for k in (kinds if isinstance(kinds, tuple) else (kinds,)))
        raise ApiError(400, f"'{name}' has to be of type {wanted}, got {type(value).__name__}", parameter=name)
    return value


def sampling_of(body: dict[str, Any], defaults: dict[str, Any], limits: Limits) -> Sampling:
    """The settings of a request's body."""
    stop = body.get("stop")
    stop = [stop] if isinstance(stop, str) else [] if stop is None else stop
    if not isinstance(stop, list) or len(stop) > 16 or not all(isinstance(s, str) for s in stop):
        raise ApiError(400, "'stop' has to be a text or a list of at most 16", parameter="stop")
    settings: dict[str, Any] = {"stop": tuple(s for s in stop if s)}
    wanted = read(body, "max_completion_tokens", int, read(body, "max_tokens", int, min(512, limits.tokens)))
    if wanted > limits.tokens:
        raise ApiError(400, f"'max_tokens' is {wanted}; this server gives {limits.tokens} at most",
                       parameter="max_tokens")
    settings["max_tokens"] = wanted
    for name in ("temperature", "top_p", "min_p", "repetition_penalty", "presence_penalty", "frequency_penalty"):
        value = read(body, name, (int, float))
        if value is not None:
            settings[name] = value
    for name in ("top_k", "seed"):
        value = read(body, name, int)
        if value is not None:
            settings[name] = value
    logprobs = body.get("logprobs")
    if logprobs is not None and logprobs is not False:
        settings["logprobs"] = read(body, "top_logprobs", int, 0) if logprobs is True else read(body, "logprobs", int)
    settings |= form_of_body(body)
    if read(body, "n", int, 1) != 1:
        raise ApiError(400, "this server gives one choice for each request: 'n' has to be 1", parameter="n")
    try:
        return Sampling.with_defaults(defaults, **settings)
    except (ValueError, OverflowError) as error:
        raise ApiError(400, str(error)) from None


def form_of_body(body: dict[str, Any]) -> dict[str, Any]:
    """The form of the answer that `response_format` asks for, as settings."""
    form = read(body, "response_format", dict, {})
    kind = form.get("type", "text")
    if kind == "text":
        return {}
    if kind == "json_object":
        return {"json_schema": True}
    if kind == "json_schema":
        schema = read(read(form, "json_schema", dict, {}), "schema", dict)
        if schema is None:
            raise ApiError(400, "'response_format' has to have a 'json_schema' with a 'schema'",
                           parameter="response_format")
        return {"json_schema": schema}
    raise ApiError(400, f"'response_format' has the type {str(kind)[:40]!r}, expected text, json_object or json_schema",
                   parameter="response_format")


def messages_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages, as chat templates take them: contents are texts, arguments of calls objects."""
    messages = read(body, "messages", list)
    if not messages:
        raise ApiError(400, "'messages' has to be a list of one message or more", parameter="messages")
    found = []
    for number, message in enumerate(messages):
        where = f"messages[{number}]"
        if not isinstance(message, dict) or message.get("role") not in ("system", "developer", "user", "assistant",
                                                                        "tool"):
            raise ApiError(400, f"'{where}' has to be an object with a role: system, user, assistant or tool",
                           parameter=where)
        content = message.get("content")
        if isinstance(content, list):  # parts, of which texts are taken
            if not all(isinstance(p, dict) and p.get("type") == "text" and isinstance(p.get("text"), str)
                       for p in content):
                raise ApiError(400, f"'{where}.content' may hold parts of the type text alone", parameter=where)
            content = "".join(part["text"] for part in content)
        if not isinstance(content, str) and not (content is None and message["role"] == "assistant"):
            raise ApiError(400, f"'{where}.content' has to be a text", parameter=where)
        role = "system" if message["role"] == "developer" else message["role"]
        found.append(message | {"role": role, "content": content or ""})
        if message.get("tool_calls") is not None:
            found[-1]["tool_calls"] = _calls_of(message["tool_calls"], where)
        else:
            found[-1].pop("tool_calls", None)
    return found


def _calls_of(calls: Any, where: str) -> list[dict[str, Any]]:
    if not isinstance(calls, list) or not all(
            isinstance(call, dict) and isinstance(call.get("function"), dict)
            and isinstance(call["function"].get("name"), str) for call in calls):
        raise ApiError(400, f"'{where}.tool_calls' has to be a list of calls with a function and its name",
                       parameter=where)
    found = []
    for call in calls:
        arguments = call["function"].get("arguments", "{}")
        try:
            arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
        except (ValueError, RecursionError):
            raise ApiError(400, f"the arguments in '{where}.tool_calls' are no JSON", parameter=where) from None
        found.append(call | {"function": call["function"] | {"arguments": arguments}})
    return found


@dataclass(frozen=True)
class Tools:
    """The functions that a model may call: as the template takes them; `forced`, those of which it has to call one."""

    tools: list[dict[str, Any]]
    form: CallForm
    forced: tuple[tuple[str, Any], ...] = ()

    @property
    def names(self) -> list[str]:
        return [tool["function"]["name"] for tool in self.tools]


_MOST_TOOLS = 128


def tools_of(body: dict[str, Any], template: str | None) -> Tools | None:
    """The tools of a request's body; None where there are none, or none may be called."""
    tools, choice = read(body, "tools", list, []), read(body, "tool_choice", (str, dict), "auto")
    if not tools and choice not in ("auto", "none"):
        raise ApiError(400, "'tool_choice' asks for a call, and there are no 'tools'", parameter="tool_choice")
    functions = {}
    for number, tool in enumerate(tools):
        function = tool.get("function") if isinstance(tool, dict) and tool.get("type", "function") == "function" else {}
        if not isinstance(function, dict):
            function = {}
        name = function.get("name")
        if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,64}", name):
            raise ApiError(400, f"'tools[{number}]' has to be an object of the type function with a name",
                           parameter="tools")
        functions[name] = function.get("parameters")
    if len(tools) > _MOST_TOOLS:
        raise ApiError(400, f"{len(tools)} tools are more than {_MOST_TOOLS}", parameter="tools")
    if not tools or choice == "none":
        return None
    form = CallForm.of_template(template)
    if form is None:
        raise ApiError(400, "the chat template of this model takes no tools", parameter="tools")
    if choice == "auto":
        return Tools(tools, form)
    if choice == "required":
        return Tools(tools, form, tuple(functions.items()))
    name = choice.get("function", {}).get("name") if isinstance(choice, dict) and isinstance(
        choice.get("function"), dict) else None
    if not isinstance(name, str) or name not in functions:
        raise ApiError(400, "'tool_choice' has to be auto, none, required, or name a function of 'tools'",
                       parameter="tool_choice")
    return Tools(tools, form, ((name, functions[name]),))
