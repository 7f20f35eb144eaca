"""What the tests of the documents share: the documents, parsed by markdown-it, and what stands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (".", ".github", "docs", "docs/decisions", "examples", "tests")
NOT_RUN = "not-run"  # after `python` at the head of a code block: an extract that cannot run alone
_PARSER = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Block:
    """A block of code: the line of its first line in the document (from 1), its language, what else its head says."""

    line: int
    language: str
    head: str
    text: str


@dataclass(frozen=True)
class Document:
    """A Markdown file of the project. name: its path from the root."""

    name: str

    @property
    def path(self) -> Path:
        """Where it is."""
        return ROOT / self.name

    @cached_property
    def text(self) -> str:
        """All of it."""
        return self.path.read_text("utf-8")

    @cached_property
    def _tokens(self) -> list[Token]:
        return _PARSER.parse(self.text)

    def _inline(self) -> Iterator[Token]:
        for token in self._tokens:
            yield from token.children or ()

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """Fenced blocks with their language, and indented ones as language `sh`."""
        out = []
        for token in self._tokens:
            if token.type in ("fence", "code_block"):
                language, _, head = token.info.strip().partition(" ")
                first = (token.map or [0])[0] + (2 if token.type == "fence" else 1)
                out.append(Block(first, language or ("" if token.type == "fence" else "sh"), head, token.content))
        return tuple(out)

    @cached_property
    def spans(self) -> tuple[str, ...]:
        """The code spans of its prose and tables, line breaks in them as blanks."""
        return tuple(" ".join(token.content.split()) for token in self._inline() if token.type == "code_inline")

    @cached_property
    def links(self) -> tuple[str, ...]:
        """The targets of its links and pictures."""
        found = [token.attrGet("href") or token.attrGet("src") for token in self._inline()]
        return tuple(str(target) for target in found if target)

    @cached_property
    def anchors(self) -> frozenset[str]:
        """What `#…` of a link may name: its headings, as GitHub writes them."""
        titles = (after.content for before, after in zip(self._tokens, self._tokens[1:], strict=False)
                  if before.type == "heading_open")  # fmt: skip
        return frozenset(re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles)

    @cached_property
    def tables(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """Its tables, each as rows of cells, the head first."""
        out: list[list[list[str]]] = []
        for before, token in zip(self._tokens, self._tokens[1:], strict=False):
            if before.type == "table_open":
                out.append([])
            elif before.type == "tr_open":
                out[-1].append([])
            if token.type == "inline" and before.type in ("th_open", "td_open"):
                out[-1][-1].append(token.content)
        return tuple(tuple(tuple(row) for row in table) for table in out)

    def table(self, head: str) -> tuple[tuple[str, ...], ...]:
        """The rows under the head of the one table whose first column has this head."""
        (found,) = (table for table in self.tables if table[0][0] == head)
        return found[1:]


def _documents() -> Iterator[Document]:
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).glob("*.md")):
            yield Document(path.relative_to(ROOT).as_posix())


DOCUMENTS = tuple(_documents())
