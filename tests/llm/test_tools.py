"""Calls of functions: found in what models write, asked for by the server, and in conversations."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("tokenizers")
pytest.importorskip("jinja2")
pytest.importorskip("starlette")
pytest.importorskip("httpx")

from talking import make_folder  # noqa: E402

from taeda.llm.server import Limits, make_app  # noqa: E402
from taeda.llm.tools import CallForm, CallReader  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of the test client of some versions

TAGGED, BARE, LISTED = CallForm("<tool_call>", "</tool_call>"), CallForm(arguments="parameters"), CallForm(listed=True)
CALL = '{"name": "weather", "arguments": {"city": "Zürich"}}'


@pytest.mark.parametrize("form, text, content, calls", [
    (TAGGED, f"Let me see.\n<tool_call>\n{CALL}\n</tool_call>", "Let me see.", 1),
    (TAGGED, f"<tool_call>{CALL}</tool_call>\n<tool_call>\n{CALL}\n</tool_call>", "", 2),
    (TAGGED, f"<tool_call>{CALL}", "", 1), (TAGGED, "a < b <tool", "a < b <tool", 0),
    (TAGGED, "x\n<tool_call>no JSON</tool_call> y", "x\n<tool_call>no JSON</tool_call> y", 0),
    (TAGGED, '<tool_call>{"name": "other"}</tool_call>', '<tool_call>{"name": "other"}</tool_call>', 0),
    (TAGGED, "x <tool_call>cut", "x <tool_call>cut", 0), (TAGGED, "plain  \n text \n", "plain  \n text \n", 0),
    (BARE, '{"name": "weather", "parameters": {"city": "Zürich"}}', "", 1),
    (BARE, f"<|python_tag|>{CALL}; {CALL}", "", 2),
    (BARE, '{"a": 1}', '{"a": 1}', 0), (BARE, "{not JSON", "{not JSON", 0), (BARE, " hello {}", " hello {}", 0),
    (LISTED, f"[TOOL_CALLS][{CALL}, {CALL}]", "", 2), (LISTED, f"[{CALL}]", "", 1), (LISTED, "[1]", "[1]", 0),
    (LISTED, "[TOOL", "[TOOL", 0), (LISTED, "", "", 0), (BARE, "[" * 5000, "[" * 5000, 0),
])
def test_calls_in_texts(form: CallForm, text: str, content: str, calls: int) -> None:
    """However the text is cut in pieces."""
    for size in (1, 2, 7, max(len(text), 1)):
        reader = CallReader(form, ["weather"])
        found = "".join(reader.add(text[k:k + size]) for k in range(0, len(text), size)) + reader.finish()
        assert found == content and len(reader.calls) == calls
        for call in reader.calls:
            assert call.name == "weather" and json.loads(call.arguments) == {"city": "Zürich"}
        assert len({call.id for call in reader.calls}) == calls


def test_text_is_not_held_back() -> None:
    reader = CallReader(TAGGED, ["weather"])
    assert reader.add("some words and <") == "some words and" and reader.add("b ") == " <b" and reader.add("c") == " c"
    plain = CallReader(BARE, ["weather"])
    assert plain.add("Yes") == "Yes" and plain.add(" {") == " {"


def test_forms_by_template() -> None:
    assert CallForm.of_template(None) is None and CallForm.of_template("{{ messages }}") is None
    assert CallForm.of_template("{% if tools %}<tool_call>{% endif %}") == TAGGED
    assert CallForm.of_template("{% if tools %}[TOOL_CALLS]{% endif %}") == LISTED
    assert CallForm.of_template("{{ tools }}{\"parameters\": x}") == BARE


TEMPLATE = ("{% if tools %}<|system|>{% for tool in tools %}{{ tool.function.name }} {% endfor %}"
            "<tool_call></tool_call><|end|>{% endif %}{% for m in messages %}<|{{ m.role }}|>{{ m.content }}"
            "{% for c in m.tool_calls or [] %}<tool_call>{{ c.function.arguments | tojson }}</tool_call>{% endfor %}"
            "<|end|>{% endfor %}{% if add_generation_prompt %}<|assistant|>{% endif %}")
WEATHER = {"type": "function", "function": {"name": "weather", "description": "of a city", "parameters": {
    "type": "object", "properties": {"city": {"enum": ["Rome", "Oslo"]}, "days": {"type": "integer", "minimum": 1,
                                                                                 "maximum": 9}},
    "required": ["city", "days"]}}}
CLOCK = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object", "properties": {
    "zone": {"$ref": "#/$defs/z"}}, "required": ["zone"], "$defs": {"z": {"enum": ["UTC"]}}}}}
BODY: dict[str, Any] = dict(messages=[{"role": "user", "content": "it?"}], tools=[WEATHER, CLOCK], max_tokens=100)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    from starlette.testclient import TestClient

    folder: Path = tmp_path_factory.mktemp("model")
    model = make_folder(folder)
    assert model.tokenizer is not None
    model.tokenizer.template = TEMPLATE
    app = make_app(model, "tiny", limits=Limits(tokens=120))
    with TestClient(app) as found:
        yield found
    app.state.worker.stop()


def post(client: Any, **changed: Any) -> Any:
    return client.post("/v1/chat/completions", json=BODY | changed)


def test_forced_calls(client: Any) -> None:
    for choice, name in [({"type": "function", "function": {"name": "weather"}}, "weather"), (
            {"type": "function", "function": {"name": "clock"}}, "clock"), ("required", None)]:
        found = post(client, tool_choice=choice).json()["choices"][0]
        call = found["message"]["tool_calls"][0]
        assert found["finish_reason"] == "tool_calls" and found["message"]["content"] is None
        assert call["type"] == "function" and call["id"] and call["function"]["name"] in ([name] if name else [
            "weather", "clock"])
        arguments = json.loads(call["function"]["arguments"])
        assert set(arguments) == ({"city", "days"} if call["function"]["name"] == "weather" else {"zone"})


def test_streamed_calls(client: Any) -> None:
    text = post(client, tool_choice="required", stream=True).text
    events = [json.loads(line[6:]) for line in text.split("\n\n") if line.startswith("data: {")]
    deltas = [event["choices"][0]["delta"] for event in events]
    calls = [call for delta in deltas for call in delta.get("tool_calls", [])]
    assert [call["index"] for call in calls] == [0] and json.loads(calls[0]["function"]["arguments"])
    assert not "".join(delta.get("content") or "" for delta in deltas)
    assert events[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_answers_without_calls(client: Any) -> None:
    """The model may call and does not, or may not."""
    for choice in ("auto", "none", None):
        message = post(client, tool_choice=choice, max_tokens=6).json()["choices"][0]["message"]
        assert "tool_calls" not in message and message["content"]


def test_calls_and_results_in_messages(client: Any) -> None:
    call = {"id": "a", "type": "function", "function": {"name": "clock", "arguments": '{"zone": "UTC"}'}}
    messages = [*BODY["messages"], {"role": "assistant", "content": None, "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "a", "content": "12:00"}]
    longer = post(client, messages=messages, max_tokens=3).json()["usage"]["prompt_tokens"]
    assert longer > post(client, max_tokens=3).json()["usage"]["prompt_tokens"] + 10


@pytest.mark.parametrize("changed, message", [
    (dict(tools=[3]), "tools[0]"), (dict(tools=[{"type": "function", "function": {"name": "a b"}}]), "with a name"),
    (dict(tools=[], tool_choice="required"), "no 'tools'"), (dict(tool_choice="perhaps"), "'tool_choice' has to be"),
    (dict(tool_choice={"function": {"name": "other"}}), "'tool_choice' has to be"),
    (dict(tools=[CLOCK] * 129), "more than"),
    (dict(messages=[{"role": "assistant", "tool_calls": [1]}]), "'messages[0].tool_calls'"),
    (dict(messages=[{"role": "assistant", "tool_calls": [{"function": {"name": "x", "arguments": "{"}}]}]), "no JSON"),
    (dict(tool_choice="required", tools=[{"type": "function", "function": {"name": "a", "parameters": {"not": {}}}}]),
     "'not' cannot be followed"),
])
def test_tools_that_make_no_sense(client: Any, changed: dict[str, Any], message: str) -> None:
    response = post(client, **changed)
    assert response.status_code == 400 and message in response.json()["error"]["message"]


def test_templates_without_tools(tmp_path: Path) -> None:
    from starlette.testclient import TestClient

    app = make_app(make_folder(tmp_path), "tiny")
    with TestClient(app) as client:
        response = client.post("/v1/chat/completions", json=BODY)
        assert response.status_code == 400 and "takes no tools" in response.json()["error"]["message"]
    app.state.worker.stop()
