"""The walls of the house, held against the source text: who may import what, how long, with what documented.

Every guard is one function from a parsed module to its faults. It is run over each module of the two packages, and on
a few lines that break the rule, so that a guard which has gone blind is noticed.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE_ROOTS = (ROOT / "engine", ROOT / "render")
LONGEST_MODULE_LINES = 500
STANDARD = frozenset(sys.stdlib_module_names)
# The folders and single modules of `cuesmith`, in the order of the data. Each may import itself and those before it.
STAGES = (
    "music", "errors", "remedies", "chance", "motif", "specs", "themes", "plan", "score", "casting", "composition",
    "orchestrate", "perform", "critic", "export", "cue", "show", "cli",
)  # fmt: skip

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Documented: TypeAlias = ast.Module | ast.ClassDef | Function


class Module(NamedTuple):
    """A module's dotted name and its text."""

    name: str
    text: str


class Imported(NamedTuple):
    """A module named by an import; `late` when loading the file does not run it: in a function, or for types only."""

    name: str
    line: int
    late: bool


def _module(file: Path, root: Path) -> Module:
    parts = file.relative_to(root).with_suffix("").parts
    return Module(".".join(parts[:-1] if parts[-1] == "__init__" else parts), file.read_text("utf-8"))


MODULES = tuple(_module(file, root) for root in SOURCE_ROOTS for file in sorted(root.rglob("*.py")))


def _within(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _top(name: str) -> str:
    return name.partition(".")[0]


def _stage_of(name: str) -> str | None:
    """The stage a module of `cuesmith` belongs to; None for the package itself and for everything else."""
    package, _, rest = name.partition(".")
    return _top(rest) if package == "cuesmith" and _top(rest) in STAGES else None


def _imports(node: ast.AST, package: str, late: bool = False) -> Iterator[Imported]:
    """Every module imported in the tree, `from a import b` as `a.b`; by name given to `import_module`, too."""
    if isinstance(node, ast.Import):
        yield from (Imported(alias.name, node.lineno, late) for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.rsplit(".", node.level - 1)[0] if node.level else ""
        source = ".".join(part for part in (above, node.module) if part)
        yield from (Imported(f"{source}.{alias.name}", node.lineno, late) for alias in node.names)
    elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
        names = (part.value for part in ast.walk(node) if isinstance(part, ast.Constant))
        yield from (Imported(name, node.lineno, late) for name in names if isinstance(name, str))
    for child in ast.iter_child_nodes(node):
        yield from _imports(child, package, late or isinstance(node, Function | ast.Lambda) or _for_types(node, child))


def _for_types(node: ast.AST, child: ast.AST) -> bool:
    """Whether the child belongs to what `if TYPE_CHECKING:` keeps from ever running (its `else` does run)."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and child in node.body


def _imports_of(module: Module) -> Iterator[Imported]:
    return _imports(ast.parse(module.text), module.name.rpartition(".")[0])


def renderer_seen(module: Module) -> list[str]:
    """Imports of the renderer by the composer; the command line may make them inside its functions and for types."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if _within(module.name, "cuesmith")
        and _within(found.name, "cuesmith_render")
        and not (found.late and _within(module.name, "cuesmith.cli"))
    ]


def imports_later(module: Module) -> list[str]:
    """Imports of a stage that comes later in the way of the data, or of a package that a stage may not know at all."""
    stage = _stage_of(module.name)
    if stage is None:
        return []
    faults = []
    for found in _imports_of(module):
        named = _stage_of(found.name)
        late = named is not None and STAGES.index(named) > STAGES.index(stage)
        foreign = stage == "music" and not _within(found.name, "cuesmith", "numpy") and _top(found.name) not in STANDARD
        if late or foreign:
            faults.append(f"line {found.line}: {found.name}")
    return faults


def pydantic_loose(module: Module) -> list[str]:
    """Imports of pydantic outside the room of what people write."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if found.name.startswith("pydantic") and not _within(module.name, "cuesmith.specs")
    ]


def chance_loose(module: Module) -> list[str]:
    """Imports of the standard `random` or `secrets` by anyone but `cuesmith.chance`."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if _within(found.name, "random", "secrets") and module.name != "cuesmith.chance"
    ]


def prints(module: Module) -> list[str]:
    """Calls of `print` outside the command line."""
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not _within(module.name, "cuesmith.cli")
    ]


def too_long(module: Module) -> list[str]:
    """The number of lines when there are too many to keep in one's head."""
    lines = len(module.text.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_MODULE_LINES else []


def _undocumented(node: Documented, name: str) -> Iterator[str]:
    if ast.get_docstring(node) is None:
        yield name
    if isinstance(node, Function):
        return
    for child in node.body:
        # Operators and the like (`__len__`) do what Python says they do.
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            yield from _undocumented(child, f"{name}.{child.name}")


def undocumented(module: Module) -> list[str]:
    """The module, and its public classes, methods and functions, where they have no docstring."""
    return list(_undocumented(ast.parse(module.text), module.name))


Guard: TypeAlias = Callable[[Module], list[str]]
GUARDS: tuple[Guard, ...] = (
    renderer_seen, imports_later, pydantic_loose, chance_loose, prints, too_long, undocumented,
)  # fmt: skip

# Guard, name of the module, its text, how many faults it has.
BROKEN: tuple[tuple[Guard, str, str, int], ...] = (
    (renderer_seen,  "cuesmith.cue.cue",    "import cuesmith_render",                                          1),
    (renderer_seen,  "cuesmith.cue.cue",    "def f():\n    from cuesmith_render import render",                1),
    (renderer_seen,  "cuesmith.cue.cue",    "def f():\n    importlib.import_module('cuesmith_render')",        1),
    (renderer_seen,  "cuesmith.cli.app",    "from cuesmith_render.audio import render",                        1),
    (renderer_seen,  "cuesmith.cli.app",    "if True:\n    import cuesmith_render.audio",                      1),
    (renderer_seen,  "cuesmith.cli.app",    "def f():\n    import cuesmith_render",                            0),
    (renderer_seen,  "cuesmith.cli.app",    "if TYPE_CHECKING:\n    import cuesmith_render",                   0),
    (renderer_seen,  "cuesmith.cli.app",    "if TYPE_CHECKING:\n    a = 1\nelse:\n    import cuesmith_render", 1),
    (renderer_seen,  "cuesmith.cue.cue",    "if TYPE_CHECKING:\n    import cuesmith_render",                   1),
    (renderer_seen,  "cuesmith_render.mix", "import cuesmith_render.audio",                                    0),
    (imports_later,  "cuesmith.music.note", "from cuesmith.errors import UsageError",                          1),
    (imports_later,  "cuesmith.music.note", "from ..errors import UsageError\nfrom .. import errors",          2),
    (imports_later,  "cuesmith.music.note", "import mido",                                                     1),
    (imports_later,  "cuesmith.music.note", "import re, numpy.typing\nfrom .pitch import name",                0),
    (imports_later,  "cuesmith.plan.build", "from cuesmith.score import Score",                                1),
    (imports_later,  "cuesmith.plan.build", "def f():\n    from cuesmith.cue.cue import Cue",                  1),
    (imports_later,  "cuesmith.show.page",  "from cuesmith.cue.cue import Cue\nimport rich",                   0),
    (pydantic_loose, "cuesmith.score",      "from pydantic import Field\nimport pydantic_core",                2),
    (pydantic_loose, "cuesmith.specs.show", "from pydantic import Field",                                      0),
    (chance_loose,   "cuesmith.score",      "import random\nfrom random import choice\nimport secrets",        3),
    (chance_loose,   "cuesmith.score",      "import numpy.random",                                             0),
    (chance_loose,   "cuesmith.chance",     "import random",                                                   0),
    (prints,         "cuesmith.score",      "def f():\n    print('here')",                                     1),
    (prints,         "cuesmith.cli.app",    "print('here')",                                                   0),
    (too_long,       "cuesmith.score",      "a = 1\n" * (LONGEST_MODULE_LINES + 1),                            1),
    (too_long,       "cuesmith.score",      "a = 1\n" * LONGEST_MODULE_LINES,                                  0),
    (undocumented,   "cuesmith.score",      "def f(): ...\nclass C:\n    def m(self): ...",                    4),
    (undocumented,   "cuesmith.score",      "'''Doc.'''\ndef _f(): ...\nclass _C:\n    def m(self): ...",      0),
)  # fmt: skip


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: str(guard.__name__))
def test_the_house_stands(guard: Guard) -> None:
    faults = {module.name: found for module in MODULES if (found := guard(module))}
    assert not faults


@pytest.mark.parametrize(("guard", "name", "text", "faults"), BROKEN)
def test_the_guards_see(guard: Guard, name: str, text: str, faults: int) -> None:
    assert len(guard(Module(name, text))) == faults


def test_every_folder_is_a_stage() -> None:
    folder = ROOT / "engine" / "cuesmith"
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found == {*STAGES, "__init__", "__main__"}


def test_no_folder_hides_a_public_name() -> None:
    import cuesmith

    assert not set(cuesmith.__all__) & set(STAGES)


def _circle(modules: tuple[Module, ...]) -> list[str]:
    """A circle of modules that import one another when they are loaded; empty when there is none."""
    known = {module.name for module in modules}
    graph: dict[str, set[str]] = {}
    for module in modules:
        named = {found.name for found in _imports_of(module) if not found.late}
        graph[module.name] = {name if name in known else name.rpartition(".")[0] for name in named} & known
        graph[module.name].discard(module.name)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circles() -> None:
    assert not _circle(MODULES)
    one, other = Module("cuesmith.a", "from cuesmith.b import x"), Module("cuesmith.b", "import cuesmith.a")
    assert _circle((one, other))


def test_both_packages_are_guarded() -> None:
    names = {module.name for module in MODULES}
    assert {"cuesmith", "cuesmith.music.note", "cuesmith_render", "cuesmith_render.fluid.synth"} <= names


@pytest.mark.parametrize("package", ["cuesmith", "cuesmith_render"])
def test_importing_a_package_leaves_the_heavy_ones_alone(package: str) -> None:
    heavy = ("numpy", "scipy", "pydantic", "yaml", "typer", "rich", "mido", "pretty_midi", "soundfile", "jinja2")
    program = f"import sys, {package}; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
