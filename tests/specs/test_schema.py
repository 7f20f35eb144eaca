"""The JSON Schema for editors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

import pytest
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from cuesmith.specs.schema import json_schema, modelines, schema_text

STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Hit:
    """A moment of the picture."""

    at: Annotated[float, Field(ge=0)]
    kind: Literal["accent", "silence"] = "accent"


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Sheet:
    """A sheet."""

    title: str
    hit: Hit = Field(default=Hit(at=0), description="the first")
    hits: tuple[Hit, ...] = ()
    range: tuple[int, int] = (0, 1)
    pair: tuple[int, str] | None = None
    themes: dict[str, Hit | str] = Field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, config=STRICT)
class Tree:
    """A record that contains itself."""

    name: str
    inner: list[Tree] = Field(default_factory=list)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from nodes(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from nodes(value)


@pytest.mark.parametrize("type_", [Sheet, Hit, Tree, dict[str, Sheet], list[Hit]])
@pytest.mark.parametrize("extendable", [False, True])
def test_only_words_of_draft_7_are_used_and_every_reference_leads_somewhere(type_: Any, extendable: bool) -> None:
    schema = json_schema(type_, extendable=extendable)
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    for node in nodes(schema):
        assert not {"$defs", "prefixItems", "unevaluatedProperties"} & set(node)
        if "$ref" in node:
            assert set(node) == {"$ref"}
            name = node["$ref"].removeprefix("#/definitions/")
            assert name in schema["definitions"]


def test_the_schema_says_what_the_record_says() -> None:
    schema = json_schema(Sheet)
    assert schema["title"] == "Sheet"
    assert schema["type"] == "object"
    assert schema["required"] == ["title"]
    assert schema["additionalProperties"] is False
    properties = schema["properties"]
    assert set(properties) == {"title", "hit", "hits", "range", "pair", "themes"}
    assert properties["hit"]["allOf"] == [{"$ref": "#/definitions/Hit"}]
    assert properties["hit"]["description"] == "the first"
    assert properties["hits"]["items"] == {"$ref": "#/definitions/Hit"}
    assert properties["range"]["items"] == {"type": "integer"}
    assert (properties["range"]["minItems"], properties["range"]["maxItems"]) == (2, 2)
    assert properties["range"]["default"] == [0, 1]
    pair = properties["pair"]["anyOf"][0]
    assert (pair["items"], pair["additionalItems"]) == ([{"type": "integer"}, {"type": "string"}], False)
    assert schema["definitions"]["Hit"]["properties"]["at"]["minimum"] == 0
    assert schema["definitions"]["Hit"]["properties"]["kind"]["enum"] == ["accent", "silence"]


def test_a_title_of_our_own() -> None:
    assert json_schema(Sheet, title="A Cuesmith sheet")["title"] == "A Cuesmith sheet"
    assert json_schema(dict[str, Hit])["title"] == "Cuesmith"


def test_a_file_that_extends_another_may_leave_things_out() -> None:
    schema = json_schema(Sheet, extendable=True)
    assert "required" not in schema
    assert schema["anyOf"] == [{"required": ["extends"]}, {"required": ["title"]}]
    assert schema["properties"]["extends"]["type"] == "string"
    assert schema["additionalProperties"] is False
    assert "extends" not in json_schema(Sheet)["properties"]


def test_a_record_that_contains_itself_stands_open_at_the_top() -> None:
    schema = json_schema(Tree)
    assert schema["properties"]["inner"]["items"] == {"$ref": "#/definitions/Tree"}
    assert schema["required"] == ["name"]


def test_the_text_is_the_schema_and_the_same_every_time() -> None:
    text = schema_text(Sheet, title="Épée")
    assert json.loads(text) == json_schema(Sheet, title="Épée")
    assert text == schema_text(Sheet, title="Épée")
    assert text.endswith("}\n") and "Épée" in text


def test_modelines_are_what_the_editors_look_for() -> None:
    yaml_language_server, jetbrains = modelines("./show.schema.json")
    # the forms the two document: a comment, their word, the location
    assert re.fullmatch(r"# yaml-language-server: \$schema=\./show\.schema\.json", yaml_language_server)
    assert re.fullmatch(r"# \$schema: \./show\.schema\.json", jetbrains)
