"""Write docs/modules.md: every module of the two packages with the first sentence of its docstring.

    python -m tools.list_modules

`tests/test_docs.py` fails while the page is not what this would write.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "modules.md"
SOURCE_ROOTS = (ROOT / "engine", ROOT / "render")

HEAD = """# Modules

Every module with the first sentence of its docstring. This page is written by `python -m tools.list_modules`: change
the docstring, not the page. How the folders work together is told in [architecture.md](architecture.md).
"""


def page() -> str:
    """Return the text of docs/modules.md: a heading and a table for each folder."""
    return "\n".join((HEAD, *_sections()))


def _sections() -> Iterator[str]:
    for source in SOURCE_ROOTS:
        for folder in sorted({file.parent for file in source.rglob("*.py")}):
            name = folder.relative_to(source).as_posix()
            yield f"## `{name}`\n"
            if about := _about(folder / "__init__.py"):
                yield f"{about}\n"
            rows = [f"| `{file.stem}` | {_about(file)} |" for file in sorted(folder.glob("*.py")) if _listed(file)]
            if rows:
                yield "\n".join(("| module | what it does |", "|---|---|", *rows, ""))


def _listed(file: Path) -> bool:
    return file.name not in ("__init__.py", "__main__.py")


def _about(file: Path) -> str:
    """Return the first sentence of a module's docstring, up to the first full stop at the end of a word."""
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    paragraph = " ".join(text.partition("\n\n")[0].split())
    sentence, stop, _ = paragraph.partition(". ")
    return (sentence + stop.strip()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {page().count('| `')} modules")
