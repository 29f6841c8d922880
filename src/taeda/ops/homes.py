"""Which file defines what: a Program's compilation imports the definitions that it needs and no others.

The answer comes from the schemas, which are kept as data (_schemas.py). Importing this file imports no definition.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

REFLECTED = frozenset(
    f"__r{n}__"
    for n in ("add sub mul truediv floordiv mod pow matmul and or xor lshift rshift").split()
)

Homes = dict[str, str]  # a name: the module that defines it

ops: Homes = {}      # by unique name
methods: Homes = {}  # by name
operators: Homes = {}


def fill(schemas: Iterable[dict[str, Any]]) -> None:
    """Note where the ops with these schemas (Op.schema) are defined."""
    for schema in schemas:
        home = schema.get("home")
        if home is None:  # a function: functions/ loads its bodies one by one
            continue
        ops[schema["name"]] = home
        for name in (schema["public"], *schema["aliases"]) if schema["public"] and schema["method"] else ():
            methods.setdefault(name, home)
        for name in schema["operators"]:
            operators.setdefault(name, home)
