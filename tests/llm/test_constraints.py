"""Answers of a form that is given: expressions against `re`, schemas against what they say, tokens against both."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from talking import make_folder

import taeda
from taeda.llm import ConstraintError, Decoder, Engine, Sampling
from taeda.llm.constraints import Matcher, automaton_of, by_regex, by_schema
from taeda.llm.constraints.regex import characters, complement, regex
from taeda.llm.constraints.schema import json_text
from taeda.llm.constraints.terms import Language, Term
from taeda.llm.constraints.vocabulary import TokenBytes


def fits(language: Language, term: Term, text: str | bytes) -> bool:
    for byte in text.encode() if isinstance(text, str) else text:
        term = next((after for bits, after in language.moves(term) if bits >> byte & 1), language.nothing)
    return language.nullable(term)


def written(language: Language, term: Term, rng: random.Random, most: int = 200) -> bytes | None:
    """A random text of a language; None where it got too long."""
    found = bytearray()
    while len(found) < most:
        moves = language.moves(term)
        if language.nullable(term) and (not moves or rng.random() < 0.3):
            return bytes(found)
        bits, term = rng.choice(moves)
        found.append(rng.choice([byte for byte in range(256) if bits >> byte & 1]))
    return None


EXPRESSIONS = [
    "abc", "", "a|bc|", "(ab)*c", "a{2,4}b?", "[a-c]+x", "[^a-c]", ".", "(?s).", r"\d{3}-\d{4}", r"\w+@\w+\.com",
    "(a|b)*abb",
    "é+日?", "[à-ü]{1,2}", "[^日]b", "(?i)straße|Abc", r"\s*x\s*", "a*?b", "(?:x(?:y|z))+", "^abc$", r"[\d\-\]]+",
    "(a*)*b",
    "(a?){3}", r"\x41\u00e9", "[😀-😅]", r"[^\W\d]", "a{0}b",
]


@pytest.mark.parametrize("pattern", EXPRESSIONS)
def test_expressions_are_those_of_re(pattern: str) -> None:
    language = Language()
    term = regex(language, pattern)
    compiled, rng = re.compile(pattern, re.ASCII if "\\" in pattern and "(?i)" not in pattern else 0), random.Random(0)
    texts = {"", "a", "abc", "ab", "b", "aabb", "é", "日", "日b", "xb", "\n", "555-1234", "STRASSE", "aBC", "x y", "😀",
             "Aé"}
    for _ in range(30):
        text = written(language, term, rng)
        if text is not None:
            assert compiled.fullmatch(text.decode()), text
            texts.add("".join(rng.sample(text.decode(), len(text.decode()))))
            texts.add(text.decode()[1:])
    for some in sorted(texts):
        assert fits(language, term, some) == bool(compiled.fullmatch(some)), some


def test_found_somewhere() -> None:
    language = Language()
    for pattern in ("b+", "^b", "b$", "^b$"):
        term = regex(language, pattern, search=True)
        for text in ("b", "ab", "ba", "aba", "a"):
            assert fits(language, term, text) == bool(re.search(pattern, text)), (pattern, text)


def test_characters_in_utf8() -> None:
    """The borders of every length, and no halves of pairs."""
    language = Language()
    for low, high in [(0, 0x10FFFF), (0x7F, 0x80), (0x7FF, 0x800), (0xFFFF, 0x10000), (0x3A0, 0x20AC),
                      (0xD000, 0xE001)]:
        term = characters(language, [(low, high)])
        for code in (0, 0x7F, 0x80, 0x3A0, 0x39F, 0x7FF, 0x800, 0x20AC, 0x20AD, 0xD7FF, 0xE000, 0xFFFF, 0x10000,
                     0x10FFFF):
            assert fits(language, term, chr(code)) == (low <= code <= high), (low, high, code)
        assert not fits(language, term, b"\xed\xa0\x80") and not fits(language, term, b"\xc0\x80")
    assert complement([(5, 9), (0, 3)])[0] == (4, 4)


@pytest.mark.parametrize("pattern, message", [
    (r"(a)\1", "a reference to a group"), ("(?=a)b", "looking around"), ("a^b", "an anchor"),
    ("(", "no regular expression"),
    ("a{20000}", "repeats up to 20000 times"), ("a" * 10_001, "10000 characters"), (r"\b", "an anchor"),
    ("(?i:a)", "subpattern"),
])
def test_what_is_not_regular(pattern: str, message: str) -> None:
    with pytest.raises(ConstraintError, match=message):
        regex(Language(), pattern)


PERSON = {"type": "object", "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 8},
                                           "age": {"type": "integer", "minimum": 0, "maximum": 130},
                                           "tags": {"type": "array", "items": {"enum": ["a", 1, None]}, "maxItems": 3}},
          "required": ["name", "tags"]}
TREE = {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {
    "value": {"type": "number"}, "children": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
                                                   "required": ["value"]}}}
SCHEMAS: list[tuple[Any, list[str], list[str]]] = [
    (True, ["{}", '{"a": [1, {"b": null}]}', '{"\\u00e9": "\\n日"}', "{\n}"],
     ["[]", "{", '{"a"}', '{"a": 01}', '{"a": "\n"}']),
    (PERSON, ['{"name": "x", "tags": []}', '{"name":"x","age":130,"tags":["a",1,null]}'],
     ['{"name": "", "tags": []}', '{"name": "x", "age": 131, "tags": []}', '{"tags": [], "name": "x"}', '{"name": "x"}',
      '{"name": "x", "tags": ["a","a","a","a"]}', '{"name": "x", "tags": [], "more": 1}']),
    (TREE, ['{"value": 1.5e3, "children": [{"value": -0}, {"value": 2, "children": []}]}'], ['{"children": []}']),
    ({"type": "object", "properties": {"a": True}, "additionalProperties": {"type": "boolean"}},
     ["{}", '{"a": 3}', '{"b": true}', '{"a": {}, "b": true, "aa": false}'],
     ['{"b": 1}', '{"b": true, "a": 3, "a": 2}']),
    ({"type": "object", "required": ["z"]}, ['{"z": 1}', '{"z": 1, "y": 2}'], ["{}", '{"y": 1}']),
    ({"type": "array", "prefixItems": [{"const": 1}, {"const": "b"}], "items": {"type": "null"}, "minItems": 1},
     ["[1]", '[1, "b"]', '[1, "b", null, null]'], ["[]", '["b"]', "[1, null]"]),
    ({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3}, ["[1,2]", "[1, 2, 3]"],
     ["[1]", "[1,2,3,4]"]),
    ({"items": False, "prefixItems": [{"const": 1}]}, ["[]", "[1]"], ["[1, 1]"]),
    ({"type": "string", "pattern": '^["\\\\\\n]x$'}, [r'"\"x"', r'"\\x"', r'"\nx"'], ['"x"', '"""x"']),
    ({"type": "string", "pattern": "b"}, ['"abc"', r'"b\u0001"'], ['"ac"']),
    ({"type": "string", "format": "date"}, ['"2024-02-30"'], ['"2024-13-01"']),
    ({"type": "integer", "exclusiveMinimum": -12, "maximum": 105}, ["-11", "0", "-9", "105", "99"],
     ["-12", "106", "1.0", "007"]),
    ({"type": ["string", "null"]}, ['"x"', "null"], ["1"]),
    ({"anyOf": [{"const": {"a": [1]}}, {"type": "boolean"}]}, ['{"a": [1]}', "true"], ["null"]),
    ({"type": "object", "properties": {"a": {"const": 1}, "b": {"const": 2}, "c": {"const": 3}}},
     ["{}", '{"a": 1}', '{"b": 2}', '{"a": 1, "c": 3}', '{"a": 1,"b": 2,"c": 3}'], ['{"b": 2, "a": 1}', '{"a": 1,}']),
]


@pytest.mark.parametrize("schema, good, bad", SCHEMAS)
def test_schemas(schema: Any, good: list[str], bad: list[str]) -> None:
    language = Language()
    term, rng = json_text(language, schema), random.Random(1)
    assert [text for text in good if not fits(language, term, text)] == []
    assert [text for text in bad if fits(language, term, text)] == []
    count = 0
    for _ in range(60):
        text = written(language, term, rng)
        if text is not None:
            json.loads(text)
            count += 1
    assert count


def test_names_that_are_taken_have_no_end() -> None:
    """A name is refused before it is whole: nothing could follow it."""
    language = Language()
    term = json_text(language, {"type": "object", "required": ["z"]})
    for byte in b'{"z": 1, "z':
        term = next(after for bits, after in language.moves(term) if bits >> byte & 1)
    assert language.moves(term) and not any(bits >> ord('"') & 1 for bits, _ in language.moves(term))


@pytest.mark.parametrize("schema, message", [
    ({"type": "thing"}, "at #: 'type' is 'thing'"), ({"properties": {"a": {"not": {}}}},
                                                     "at #/properties/a: 'not' cannot"),
    ({"$ref": "#/x"}, "there is no '#/x'"), ({"$ref": "http://x"}, "lies outside"),
    ({"type": "number", "minimum": 3}, "alone"), ({"$ref": "#node"}, "'#node' is no path"),
    ({"items": False, "prefixItems": [{}], "minItems": 2}, "'minItems' 2 is more than the 1"),
    ({"type": "array", "minItems": 3, "maxItems": 2}, "'minItems' 3 is more than the 2"),
    ({"enum": []}, "'enum' has to be"), ({"allOf": [{}, {}]}, "'allOf' of more"),
    ({"minLength": -1}, "'minLength' is -1"),
    ({"pattern": "("}, "at #: '\\(' is no regular"), ({"anyOf": [{}], "properties": {}}, "'properties' beside 'anyOf'"),
    ({"items": 3}, "at #/items: expected an object"), ({"type": "integer", "minimum": 5, "maximum": 4},
                                                       "no integer from 5"),
])
def test_schemas_that_cannot_be_followed(schema: Any, message: str) -> None:
    language = Language()
    with pytest.raises(ConstraintError, match=message):
        language.moves(json_text(language, schema))


# -- tokens ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    pytest.importorskip("tokenizers")
    pytest.importorskip("jinja2")
    return make_folder(tmp_path_factory.mktemp("model"))


def test_masks_are_what_each_token_does(model: Decoder) -> None:
    """The walk of all tokens together against one after the other."""
    assert model.tokenizer is not None
    automaton = by_regex(model.tokenizer, r"(the|fox|é日)[ a-z]*\d?")
    texts = automaton.vocabulary.texts
    state = automaton.start
    for text in ("", "th", "the quick", "é"):
        state = automaton.start
        for byte in text.encode():
            state = automaton.advance(state, next(k for k, token in enumerate(texts) if token == bytes([byte])))
        mask = automaton.mask(state).tolist()
        for token, some in enumerate(texts):
            try:
                expected = bool(some) and automaton.advance(state, token) > 0
            except ConstraintError:
                expected = False
            assert mask[token] == expected, (text, some)
    assert sum(automaton.mask(automaton.start).tolist()) > 3


@pytest.mark.parametrize("settings", [{}, dict(temperature=1.5, seed=1), dict(temperature=1.0, top_p=0.9, seed=2),
                                      dict(repetition_penalty=1.4)])
def test_answers_have_the_form(model: Decoder, settings: dict[str, Any]) -> None:
    found = model.generate("the quick", max_tokens=80, regex=r"(fox|dog)é [a-f]{2,4}\d{3}!", **settings)
    assert re.fullmatch(r"(fox|dog)é [a-f]{2,4}\d{3}!", found.text) and found.finish == "stop"
    found = model.generate(["it", "the"], max_tokens=200, json_schema=PERSON, **settings)
    for some in found:
        person = json.loads(some.text)
        assert set(person) <= {"name", "age", "tags"} and 0 <= person.get("age",
                                                                          0) <= 130 and 1 <= len(person["name"]) <= 8
        assert some.finish == "stop"


def test_draft_models_and_streams_keep_the_form(model: Decoder) -> None:
    plain = model.generate("the", max_tokens=60, json_schema=PERSON, temperature=1.0, seed=5)
    drafted = model.generate("the", draft=model, max_tokens=60, json_schema=PERSON, temperature=1.0, seed=5)
    assert drafted.tokens == plain.tokens
    streamed = model.stream("the", max_tokens=60, json_schema=PERSON, temperature=1.0, seed=5)
    assert "".join(streamed) == plain.text


def test_stop_tokens_come_where_the_text_may_end(model: Decoder) -> None:
    assert model.tokenizer is not None
    stop = model.tokenizer.stop_tokens
    matcher = Matcher(by_regex(model.tokenizer, "a*"), stop)
    logits = matcher.limit(taeda.zeros(310))
    assert float(logits[stop[0]]) == 0 and float(logits[305]) == float("-inf")
    strict = Matcher(by_regex(model.tokenizer, "a+"), stop).limit(taeda.zeros(290))
    assert float(strict[stop[0]]) == float("-inf")


def test_settings_of_forms(model: Decoder) -> None:
    for settings, message in [(dict(regex=3), "regex has to be"), (dict(json_schema="x"), "json_schema has to be"),
                              (dict(regex="a", json_schema=True), "not both"),
                              (dict(regex="("), "no regular expression")]:
        with pytest.raises(ValueError, match=message):
            model.generate("the", **settings)
    with pytest.raises(ValueError, match="beam search takes"):
        model.generate("the", beams=2, regex="a")
    assert model.tokenizer is not None
    with pytest.raises(ConstraintError, match="no token of the vocabulary"):
        Matcher(automaton_of(model.tokenizer, lambda language: language.nothing, "nothing"), ()).limit(
            taeda.zeros(300))
    assert by_schema(model.tokenizer, PERSON) is by_schema(model.tokenizer, dict(PERSON))


def test_states_are_bounded(model: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """An expression whose automaton has a state for every text ends with an error."""
    monkeypatch.setattr("taeda.llm.constraints.automaton.MOST_STATES", 60)
    with pytest.raises(ConstraintError, match="more than"):
        model.generate("the", max_tokens=200, regex="(a|b)*a(a|b){2000}", stop_tokens=())


@pytest.mark.parametrize("pattern", ["x(" + "a" * 3000 + ")*", "x" + "a?" * 1500])
def test_forms_that_are_too_deep_after_their_beginning(model: Decoder, pattern: str) -> None:
    """The error is that of the form, and the same again: nothing that was half found is kept."""
    for _ in range(3):
        with pytest.raises(ConstraintError, match="nested too deeply"):
            model.generate("the", max_tokens=5, regex=pattern, stop_tokens=())


def test_a_form_that_fails_ends_its_own_answer_alone(model: Decoder) -> None:
    expected = model.generate("the", max_tokens=8).tokens
    assert model.tokenizer is not None
    engine, prompt = Engine(model), model.tokenizer.encode("the")
    other = engine.submit(prompt, Sampling(max_tokens=8))
    refused = engine.submit(prompt, Sampling(max_tokens=8, regex="x" + "a?" * 1500, stop_tokens=()))
    with pytest.raises(ConstraintError, match="nested too deeply"):
        list(engine.run())
    assert isinstance(refused.error, ConstraintError) and other.finish is None
    list(engine.run())
    assert other.tokens == expected and other.error is None


def test_interrupted_in_the_middle(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked when Ctrl-C came is asked anew."""
    language = Language()
    term = json_text(language, TREE)
    moves, calls = Language._moves, 0

    def interrupted(language: Language, term: Term) -> list[tuple[int, Term]]:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise KeyboardInterrupt
        return moves(language, term)

    monkeypatch.setattr(Language, "_moves", interrupted)
    with pytest.raises(KeyboardInterrupt):
        language.moves(term)
    assert fits(language, term, '{"value": 1}') and not fits(language, term, "{}")


def test_sentencepiece_tokens() -> None:
    """Pieces with a mark for spaces, and bytes by number."""
    library = pytest.importorskip("tokenizers")
    from taeda.llm import Tokenizer

    pieces = [("<unk>", 0.0), ("<0x41>", -1.0), ("\u2581the", -1.0), ("a", -1.0), ("\u2581", -2.0)]
    inner = library.Tokenizer(library.models.Unigram(pieces, 0, byte_fallback=True))
    inner.decoder = library.decoders.Sequence([
        library.decoders.Replace("\u2581", " "), library.decoders.ByteFallback(), library.decoders.Fuse(),
        library.decoders.Strip(" ", 1, 0)])
    inner.add_special_tokens(["<s>"])
    inner.add_tokens(["<tool_call>"])
    found = TokenBytes(Tokenizer(inner))
    assert found.texts[1:] == [b"A", b" the", b"a", b" ", None, b"<tool_call>"] and found.drops_first_space
    inner.decoder = library.decoders.WordPiece()
    with pytest.raises(NotImplementedError, match="WordPiece"):
        TokenBytes(Tokenizer(inner))


def test_form_by_command(tmp_path: Path, capsys: pytest.CaptureFixture[str], model: Decoder) -> None:
    from taeda.__main__ import main

    make_folder(tmp_path / "model")
    (tmp_path / "schema.json").write_text(json.dumps(PERSON))
    folder = str(tmp_path / "model")
    assert main(["generate", folder, "the", "--regex", "[ab]{3}"]) == 0
    assert re.fullmatch("the[ab]{3}\n", capsys.readouterr().out)
    assert main(["generate", folder, "the", "--json-schema", str(tmp_path / "schema.json")]) == 0
    assert set(json.loads(capsys.readouterr().out[3:])) >= {"name", "tags"}
    assert main(["generate", folder, "the", "--json"]) == 0
    json.loads(capsys.readouterr().out[3:])
    assert main(["generate", folder, "the", "--json-schema", '{"type": 3}']) == 2
    assert "'type' is 3" in capsys.readouterr().err
