"""JSON, any or as a JSON schema says, as a language of bytes.

Objects have the properties of the schema in its order, those that are not required or not; others follow where
`additionalProperties` is true or a schema. Between values stands at most a space, or a new line with spaces.
`oneOf` is taken as `anyOf`; what stands beside `enum` or `const`, and a `type` beside another of these, says nothing.
Keywords that only describe (title, default, ...) say nothing here; those that could not be followed are an error.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from taeda.llm.constraints.regex import Ranges, characters, complement, regex
from taeda.llm.constraints.terms import ConstraintError, Language, Term

DEEPEST = 64  # schemas in schemas, without references
MOST_ITEMS = 10_000
_WIDEST = 10 ** 18 - 1  # of integers
_PLAIN = complement([(0, 0x1F), (0x22, 0x22), (0x5C, 0x5C)])  # characters that strings hold as they are
_SHORT = {0x22: '\\"', 0x5C: "\\\\", 8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_TYPES = ("object", "array", "string", "number", "integer", "boolean", "null")
_REFUSED = ("not", "if", "then", "else", "patternProperties", "dependentSchemas", "dependentRequired", "dependencies",
            "propertyNames", "minProperties", "maxProperties", "uniqueItems", "contains", "minContains", "maxContains",
            "multipleOf", "unevaluatedProperties", "unevaluatedItems", "$dynamicRef")
_COMBINING = ("anyOf", "oneOf", "allOf", "$ref", "enum", "const")
_STRUCTURE = {"properties": "object", "required": "object", "additionalProperties": "object", "items": "array",
              "prefixItems": "array", "minItems": "array", "maxItems": "array", "minLength": "string",
              "maxLength": "string", "pattern": "string", "minimum": "number", "maximum": "number",
              "exclusiveMinimum": "number", "exclusiveMaximum": "number"}
_DATE = r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_TIME = r"([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
_BYTE = r"(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_FORMATS = {"date": _DATE, "time": _TIME, "date-time": f"{_DATE}T{_TIME}", "ipv4": rf"({_BYTE}\.){{3}}{_BYTE}",
            "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            "email": r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){1,4}"}


def json_text(language: Language, schema: Any) -> Term:
    """The texts that are JSON and fit a schema: an object, or true for any JSON object.

    Raises `ConstraintError` for what is no schema or cannot be followed, naming the place in it.
    """
    reader = _Schemas(language, schema)
    if schema is True:
        return reader.any_object()
    return reader.read(schema, "#")


class _Schemas:
    """Reads the schemas in a schema. `owner` goes before the names of its rules, where a language has several."""

    def __init__(self, language: Language, root: Any, owner: str = "") -> None:
        self.language, self.root, self.owner = language, root, owner
        text = self._text
        self.gap = language.choice([language.empty, text(" "), language.sequence(
            text("\n"), language.repeat(language.byte_set(1 << 32), 0, 32))])
        self.space = language.optional(text(" "))
        self.plain = characters(language, _PLAIN)
        self.character = language.choice([self.plain, regex(language, r'\\["\\/bfnrt]'), regex(
            language, r"\\u([0-9a-cefA-CEF][0-9a-fA-F]{3}|[dD][0-7][0-9a-fA-F]{2})")])
        digits = "(0|[1-9][0-9]{0,17})"
        self.number = regex(language, rf"-?{digits}(\.[0-9]{{1,17}})?([eE][+-]?[0-9]{{1,2}})?")
        self.integer = regex(language, rf"-?{digits}")
        self.any = language.rule("any value", lambda: language.choice([
            self.any_object(), self._list(self.any, 0, None), self._string(self.character), self.number,
            text("true"), text("false"), text("null")]))

    def _text(self, text: str) -> Term:
        return self.language.literal(text.encode())

    def _string(self, character: Term, least: int = 0, most: int | None = None) -> Term:
        return self.language.sequence(self._text('"'), self.language.repeat(character, least, most), self._text('"'))

    def any_object(self) -> Term:
        return self._object([], self._extra([], self.any))

    # -- schemas ---------------------------------------------------------------------------------------------------

    def read(self, schema: Any, where: str, depth: int = 0) -> Term:
        if schema is True:
            return self.any
        if not isinstance(schema, Mapping):
            raise ConstraintError(f"the JSON schema at {where}: expected an object or true, got "
                                  f"{json.dumps(schema)[:80]}")
        if depth > DEEPEST:
            raise ConstraintError(f"the JSON schema at {where} is nested more than {DEEPEST} deep")
        for name in _REFUSED:
            if schema.get(name) not in (None, False):
                raise ConstraintError(f"the JSON schema at {where}: {name!r} cannot be followed")
        for name in _COMBINING:
            if name in schema:
                beside = [key for key in schema if key in _STRUCTURE or (key in _COMBINING and key != name)]
                if beside and name not in ("enum", "const"):
                    raise ConstraintError(f"the JSON schema at {where}: {beside[0]!r} beside {name!r} cannot be "
                                          "followed")
                return self._combined(name, schema[name], where, depth)
        return self.language.choice([self._of_type(kind, schema, where, depth)
                                     for kind in self._types(schema, where)])

    def _combined(self, name: str, value: Any, where: str, depth: int) -> Term:
        if name == "const":
            return self._constant(value)
        if name == "$ref":
            return self._reference(value, where)
        if not isinstance(value, Sequence) or isinstance(value, str) or not value or len(value) > MOST_ITEMS:
            raise ConstraintError(f"the JSON schema at {where}: {name!r} has to be a list of values")
        if name == "enum":
            return self.language.choice([self._constant(item) for item in value])
        if name == "allOf" and len(value) > 1:
            raise ConstraintError(f"the JSON schema at {where}: 'allOf' of more than one cannot be followed")
        return self.language.choice([self.read(item, f"{where}/{name}/{k}", depth + 1)
                                     for k, item in enumerate(value)])

    def _constant(self, value: Any) -> Term:
        text = json.dumps(value, ensure_ascii=False)
        try:
            return self.language.literal(text.encode())
        except UnicodeEncodeError:  # halves of pairs
            return self.language.literal(json.dumps(value).encode())

    def _reference(self, name: Any, where: str) -> Term:
        if not isinstance(name, str) or not name.startswith("#"):
            raise ConstraintError(f"the JSON schema at {where}: '$ref' {name!r} lies outside of it")
        if name[1:] and not name.startswith("#/"):
            raise ConstraintError(f"the JSON schema at {where}: '$ref' {name!r} is no path in it")
        target = self.root
        for step in name[1:].split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            try:
                target = target[int(step)] if isinstance(target, list) else target[step]
            except (LookupError, TypeError, ValueError):
                raise ConstraintError(f"the JSON schema at {where}: there is no {name!r}") from None
        return self.language.rule(self.owner + name, lambda: self.read(target, name))

    def _types(self, schema: Mapping[str, Any], where: str) -> list[str]:
        given = schema.get("type")
        kinds: list[Any] = given if isinstance(given, list) else [given]
        if given is None:
            found = {kind for name, kind in _STRUCTURE.items() if name in schema}
            kinds = sorted(found) or list(_TYPES)
        if not kinds or not all(kind in _TYPES for kind in kinds):
            raise ConstraintError(f"the JSON schema at {where}: 'type' is {given!r}, expected of {', '.join(_TYPES)}")
        return [*kinds, "null"] if schema.get("nullable") is True and "null" not in kinds else kinds

    def _of_type(self, kind: str, schema: Mapping[str, Any], where: str, depth: int) -> Term:
        if kind == "object":
            return self._object_of(schema, where, depth)
        if kind == "array":
            return self._array_of(schema, where, depth)
        if kind == "string":
            return self._string_of(schema, where)
        if kind in ("number", "integer"):
            return self._number_of(kind, schema, where)
        words = ["true", "false"] if kind == "boolean" else ["null"]
        return self.language.choice([self._text(word) for word in words])

    # -- strings and numbers -----------------------------------------------------------------------------------------

    def _count(self, schema: Mapping[str, Any], name: str, where: str) -> int | None:
        value = schema.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_ITEMS:
            raise ConstraintError(f"the JSON schema at {where}: {name!r} is {value!r}, expected 0 to {MOST_ITEMS}")
        return value

    def _string_of(self, schema: Mapping[str, Any], where: str) -> Term:
        least, most = self._count(schema, "minLength", where) or 0, self._count(schema, "maxLength", where)
        if most is not None and most < least:
            raise ConstraintError(f"the JSON schema at {where}: 'minLength' {least} is more than 'maxLength' {most}")
        pattern = schema.get("pattern")
        if pattern is None:
            pattern = _FORMATS.get(str(schema.get("format")))
            search = False
        else:
            search = True
        if pattern is None:
            return self._string(self.character, least, most)
        if least or most is not None:
            raise ConstraintError(f"the JSON schema at {where}: a pattern or format beside 'minLength' or 'maxLength' "
                                  "cannot be followed: say the length in the pattern")
        try:
            inner = regex(self.language, pattern, self._in_string, search)
        except ConstraintError as error:
            raise ConstraintError(f"the JSON schema at {where}: {error}") from None
        return self.language.sequence(self._text('"'), inner, self._text('"'))

    def _in_string(self, ranges: Ranges) -> Term:
        """One of these characters, as a string of JSON writes it."""
        wanted = complement(complement(ranges))
        plain = complement([*complement(wanted), *complement(_PLAIN)])
        found = [characters(self.language, plain)]
        for code in (*range(32), 0x22, 0x5C):
            if any(low <= code <= high for low, high in wanted):
                found.append(self._text(_SHORT.get(code, f"\\u{code:04x}")))
        return self.language.choice(found)

    def _number_of(self, kind: str, schema: Mapping[str, Any], where: str) -> Term:
        bounds: dict[str, Any] = {name: schema[name] for name in ("minimum", "maximum", "exclusiveMinimum",
                                                                  "exclusiveMaximum") if schema.get(name) is not None}
        for name, value in bounds.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _WIDEST:
                raise ConstraintError(f"the JSON schema at {where}: {name!r} is {value!r}, expected a number")
        if not bounds:
            return self.number if kind == "number" else self.integer
        if kind == "number":
            raise ConstraintError(f"the JSON schema at {where}: {next(iter(bounds))!r} can be followed for "
                                  "integers alone")
        if any(value != int(value) for value in bounds.values()):
            raise ConstraintError(f"the JSON schema at {where}: the bounds of integers have to be integers")
        least = max(int(bounds.get("minimum", -_WIDEST)), int(bounds.get("exclusiveMinimum", -_WIDEST - 1)) + 1)
        most = min(int(bounds.get("maximum", _WIDEST)), int(bounds.get("exclusiveMaximum", _WIDEST + 1)) - 1)
        if least > most:
            raise ConstraintError(f"the JSON schema at {where}: there is no integer from {least} to {most}")
        found = []
        if least < 0:
            found.append(self.language.sequence(self._text("-"), self._between(max(1, -most), -least)))
        if most >= 0:
            found.append(self._between(max(0, least), most))
        return self.language.choice(found)

    def _between(self, least: int, most: int) -> Term:
        """The integers from `least` to `most`, which are not negative."""
        found = []
        for digits in range(len(str(least)), len(str(most)) + 1):
            first = max(least, 10 ** (digits - 1) if digits > 1 else 0)
            found.append(self._same_length(str(first), str(min(most, 10 ** digits - 1))))
        return self.language.choice(found)

    def _same_length(self, least: str, most: str) -> Term:
        language = self.language
        if not least:
            return language.empty
        if least[0] == most[0]:
            return language.sequence(self._text(least[0]), self._same_length(least[1:], most[1:]))
        rest = len(least) - 1
        found = [language.sequence(self._text(least[0]), self._same_length(least[1:], "9" * rest)),
                 language.sequence(self._text(most[0]), self._same_length("0" * rest, most[1:]))]
        between = range(int(least[0]) + 1, int(most[0]))
        if between:
            digit = characters(language, [(48, 57)])
            found.append(language.sequence(characters(language, [(48 + between[0], 48 + between[-1])]),
                                           language.repeat(digit, rest, rest)))
        return language.choice(found)

    # -- objects and lists -------------------------------------------------------------------------------------------

    def _object_of(self, schema: Mapping[str, Any], where: str, depth: int) -> Term:
        properties, required = schema.get("properties", {}), schema.get("required", [])
        if not isinstance(properties, Mapping) or len(properties) > MOST_ITEMS:
            raise ConstraintError(f"the JSON schema at {where}: 'properties' has to be an object")
        if not isinstance(required, list) or not all(isinstance(name, str) for name in required):
            raise ConstraintError(f"the JSON schema at {where}: 'required' has to be a list of names")
        more = schema.get("additionalProperties", not properties)
        members = [(name, self.read(inner, f"{where}/properties/{name}", depth + 1), name in required)
                   for name, inner in properties.items()]
        more_value = self.read(True if more in (False, None) else more, f"{where}/additionalProperties", depth + 1)
        for name in dict.fromkeys(required):
            if name not in properties:
                members.append((name, more_value, True))
        extra = None
        if more is not False and more is not None:
            extra = self._extra([name for name, _, _ in members], more_value)
        return self._object(members, extra)

    def _member(self, key: Term, value: Term) -> Term:
        return self.language.sequence(key, self._text(":"), self.space, value)

    def _extra(self, taken: list[str], value: Term) -> Term:
        """A member of another name; written without escapes where some names are taken."""
        if not taken:
            return self._member(self._string(self.character), value)
        names = self.language.choice([self._constant(name) for name in taken])
        return self._member(self.language.without(self._string(self.plain), names), value)

    def _object(self, members: list[tuple[str, Term, bool]], extra: Term | None) -> Term:
        language = self.language
        comma = language.sequence(self._text(","), self.gap)
        more = language.empty if extra is None else language.repeat(language.sequence(comma, extra))
        # What may follow a member, and what may come where there is none yet; from the last member to the first.
        after, first = more, language.empty if extra is None else language.optional(language.sequence(extra, more))
        for name, value, needed in reversed(members):
            member = self._member(self._constant(name), value)
            first = language.choice([language.sequence(member, after), *([] if needed else [first])])
            after = language.choice([language.sequence(comma, member, after), *([] if needed else [after])])
        return language.sequence(self._text("{"), self.gap, first, self.gap, self._text("}"))

    def _list(self, item: Term, least: int, most: int | None, first: Sequence[Term] = ()) -> Term:
        """A list that begins with `first`, of which `least` have to be there, and goes on with items."""
        language = self.language
        comma = language.sequence(self._text(","), self.gap)

        def rest(k: int) -> Term:
            if most is not None and k >= most:
                return language.empty
            if k < len(first):
                found = language.sequence(*([comma] if k else []), first[k], following[k + 1])
                return found if k < least else language.optional(found)
            more = language.repeat(language.sequence(comma, item), max(least - k - (not k), 0),
                                   None if most is None else most - k - (not k))
            if k:
                return more
            found = language.sequence(item, more)
            return found if least else language.optional(found)

        following: dict[int, Term] = {}
        for k in range(len(first), -1, -1):
            following[k] = rest(k)
        return language.sequence(self._text("["), self.gap, following[0], self.gap, self._text("]"))

    def _array_of(self, schema: Mapping[str, Any], where: str, depth: int) -> Term:
        least, most = self._count(schema, "minItems", where) or 0, self._count(schema, "maxItems", where)
        given = schema.get("prefixItems", [])
        if not isinstance(given, list) or len(given) > MOST_ITEMS:
            raise ConstraintError(f"the JSON schema at {where}: 'prefixItems' has to be a list")
        first = [self.read(inner, f"{where}/prefixItems/{k}", depth + 1) for k, inner in enumerate(given)]
        items = schema.get("items", True)
        if items is False:
            most = min(len(first), len(first) if most is None else most)
            items = True
        if most is not None and most < least:
            raise ConstraintError(f"the JSON schema at {where}: 'minItems' {least} is more than the {most} that there "
                                  "may be ('maxItems', or 'prefixItems' where 'items' is false)")
        return self._list(self.read(items, f"{where}/items", depth + 1), least, most, first)


def tool_call(language: Language, functions: Sequence[tuple[str, Any]], arguments_name: str) -> Term:
    """A call of one of these functions (name, schema of its arguments or None): an object of name and arguments."""
    calls = []
    for name, schema in functions:
        reader = _Schemas(language, schema, f"{name} ")
        arguments = reader.any_object() if schema is None else reader.read(schema, "#")
        begin = f'{{"name": {json.dumps(name)}, {json.dumps(arguments_name)}: '
        calls.append(language.sequence(language.literal(begin.encode()), arguments, language.literal(b"}")))
    return language.choice(calls)
