"""JSON Schema of the files that users write, so that editors complete keys and mark faults while typing.

The schema is limited to draft 7, which the YAML language server (VS Code, Neovim) and JetBrains' editors read:
`definitions` in place of `$defs`, a list under `items` in place of `prefixItems`, and nothing next to a `$ref`.
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
    """Return the draft 7 schema of a record type, or of a mapping or list of records.

    title: replaces the name of the type. extendable: adds the key `extends`; a file with it may omit required keys at
        the top level.
    """
    from pydantic import TypeAdapter  # imported here, because reading a file does not need pydantic

    raw = TypeAdapter(type_).json_schema(ref_template="#/definitions/{model}", mode="validation")
    definitions = {name: _draft7(item) for name, item in raw.pop("$defs", {}).items()}
    if set(raw) == {"$ref"}:  # a record that contains itself is one of the definitions
        raw = dict(definitions[raw["$ref"].rsplit("/", 1)[-1]])
    body = _draft7(raw)
    if extendable:
        body = _extendable(body)
    head = {"$schema": DRAFT, "title": title or body.get("title", "Cuesmith")}
    tail = {"definitions": definitions} if definitions else {}
    return {**head, **{key: item for key, item in body.items() if key not in head}, **tail}


def schema_text(type_: Any, *, title: str | None = None, extendable: bool = False) -> str:
    """Return `json_schema` as the text of a .json file, the same bytes every time."""
    schema = json_schema(type_, title=title, extendable=extendable)
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def modelines(location: str) -> tuple[str, str]:
    """Return the two comment lines that tell editors where the schema of a YAML file is (a path or an address).

    The first is for the YAML language server, the second for JetBrains' editors.
    """
    return f"# yaml-language-server: $schema={location}", f"# $schema: {location}"


def _draft7(node: Any) -> Any:
    """Convert a schema to draft 7."""
    if isinstance(node, list):
        return [_draft7(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: item if key in _VALUES else _draft7(item) for key, item in node.items()}
    if "prefixItems" in schema:
        schema = _tuple_items(schema)
    if "$ref" in schema and len(schema) > 1:  # draft 7 ignores everything next to a $ref
        schema = {"allOf": [{"$ref": schema.pop("$ref")}], **schema}
    return schema


def _tuple_items(schema: dict[str, Any]) -> dict[str, Any]:
    """Convert a tuple of fixed length: one schema when all items share it, else a list of schemas."""
    items = schema.pop("prefixItems")
    if all(item == items[0] for item in items):
        return {**schema, "items": items[0]}
    return {**schema, "items": items, "additionalItems": False}


def _extendable(schema: dict[str, Any]) -> dict[str, Any]:
    """Add the key `extends`, which makes the required keys optional."""
    schema = {**schema, "properties": {"extends": dict(_EXTENDS), **schema.get("properties", {})}}
    needed = schema.pop("required", [])
    if needed:
        schema["anyOf"] = [{"required": ["extends"]}, {"required": needed}]
    return schema
