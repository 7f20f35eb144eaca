"""JSON Schema of what people write, so that editors complete keys and underline faults while typing.

The schema keeps to draft 7, which is what the YAML language server (VS Code, Neovim) and JetBrains' editors
read: `definitions` for `$defs`, the list form of `items` for `prefixItems`, nothing beside a `$ref`.
"""

from __future__ import annotations

import json
from typing import Any, Final

DRAFT: Final = "http://json-schema.org/draft-07/schema#"

_VALUES: Final = ("default", "const", "enum", "examples")  # their contents are values, not schemas
_EXTENDS: Final = {
    "type": "string",
    "minLength": 1,
    "description": "The file this one changes: mappings are merged, lists replaced, null removes a key.",
}


def json_schema(type_: Any, *, title: str | None = None, extendable: bool = False) -> dict[str, Any]:
    """The draft 7 schema of a record type, or of a mapping or list of records.

    `title` replaces the type's own name. `extendable` adds the key `extends`; a file that has it may leave
    out keys of the top level that are needed otherwise.
    """
    from pydantic import TypeAdapter  # here: listing names or reading a file needs no pydantic

    raw = TypeAdapter(type_).json_schema(ref_template="#/definitions/{model}", mode="validation")
    definitions = {name: _draft7(item) for name, item in raw.pop("$defs", {}).items()}
    if set(raw) == {"$ref"}:  # a record that contains itself stands among the definitions
        raw = dict(definitions[raw["$ref"].rsplit("/", 1)[-1]])
    body = _draft7(raw)
    if extendable:
        body = _extendable(body)
    head = {"$schema": DRAFT, "title": title or body.get("title", "Cuesmith")}
    tail = {"definitions": definitions} if definitions else {}
    return {**head, **{key: item for key, item in body.items() if key not in head}, **tail}


def schema_text(type_: Any, *, title: str | None = None, extendable: bool = False) -> str:
    """`json_schema` as the text of a .json file; the same bytes every time."""
    schema = json_schema(type_, title=title, extendable=extendable)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def modelines(location: str) -> tuple[str, str]:
    """The two comment lines that tell editors where the schema of a YAML file is (a path or an address).

    The first is for the YAML language server, the second for JetBrains' editors; neither reads the other's.
    """
    return f"# yaml-language-server: $schema={location}", f"# $schema: {location}"


def _draft7(node: Any) -> Any:
    """The same schema in the words of draft 7."""
    if isinstance(node, list):
        return [_draft7(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: item if key in _VALUES else _draft7(item) for key, item in node.items()}
    if "prefixItems" in schema:
        schema = _tuple_items(schema)
    if "$ref" in schema and len(schema) > 1:  # draft 7 ignores whatever stands beside a $ref
        schema = {"allOf": [{"$ref": schema.pop("$ref")}], **schema}
    return schema


def _tuple_items(schema: dict[str, Any]) -> dict[str, Any]:
    """A tuple of fixed length: one schema when all items share it, otherwise a list of them."""
    items = schema.pop("prefixItems")
    if all(item == items[0] for item in items):
        return {**schema, "items": items[0]}
    return {**schema, "items": items, "additionalItems": False}


def _extendable(schema: dict[str, Any]) -> dict[str, Any]:
    schema = {**schema, "properties": {"extends": dict(_EXTENDS), **schema.get("properties", {})}}
    needed = schema.pop("required", [])
    if needed:
        schema["anyOf"] = [{"required": ["extends"]}, {"required": needed}]
    return schema
