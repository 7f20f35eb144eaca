"""Rules of the code base, checked on the source text: who may import what, length of modules, docstrings, printing.

Every rule is one function from a parsed module to its faults. It is run on each module of both packages, and on a few
lines of code that break it, so that a rule which no longer finds anything is noticed.
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

from cuesmith.specs.banks.library import load_banks

ROOT = Path(__file__).resolve().parents[1]
SOURCE_ROOTS = (ROOT / "engine", ROOT / "render")
LONGEST_MODULE_LINES = 500
STANDARD = frozenset(sys.stdlib_module_names)
# The folders and single modules of `cuesmith`, in the order of the data. Each may import itself and those before it.
STAGES = (
    "music", "errors", "remedies", "chance", "motif", "specs", "themes", "plan", "score", "casting", "composition",
    "orchestrate", "perform", "critic", "export", "cue", "show", "cli",
)  # fmt: skip

# The names of the rows of four banks, without those that are also words for something else.
_BANKS = load_banks()
_OTHER_WORDS = {row.family for row in _BANKS.instruments.values()} | {"taiko", "character", "bridge", "tension"}
ROWS = tuple(
    frozenset(rows) - _OTHER_WORDS for rows in (_BANKS.cue_types, _BANKS.instruments, _BANKS.drums, _BANKS.kits)
)

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Documented: TypeAlias = ast.Module | ast.ClassDef | Function


class Module(NamedTuple):
    """The dotted name of a module and its source text."""

    name: str
    text: str


class Imported(NamedTuple):
    """A module named by an import.

    `late` is True when loading the file does not run the import: it is inside a function, or only for type checking.
    """

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
    """Return the stage to which a module of `cuesmith` belongs; None for the package itself and for everything else."""
    package, _, rest = name.partition(".")
    return _top(rest) if package == "cuesmith" and _top(rest) in STAGES else None


def _imports(node: ast.AST, package: str, late: bool = False) -> Iterator[Imported]:
    """Yield every module imported in the tree.

    `from a import b` gives `a.b`; names passed to `import_module` count, too.
    """
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
        yield from _imports(
            child, package, late or isinstance(node, Function | ast.Lambda) or _type_checking_only(node, child)
        )


def _type_checking_only(node: ast.AST, child: ast.AST) -> bool:
    """Whether the child is inside the body of `if TYPE_CHECKING:`, which never runs (its `else` does)."""
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING") and child in node.body


def _imports_of(module: Module) -> Iterator[Imported]:
    return _imports(ast.parse(module.text), module.name.rpartition(".")[0])


def imports_renderer(module: Module) -> list[str]:
    """Find imports of the renderer in the composer. The command line may import it inside functions and for types."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if _within(module.name, "cuesmith")
        and _within(found.name, "cuesmith_render")
        and not (found.late and _within(module.name, "cuesmith.cli"))
    ]


def imports_later(module: Module) -> list[str]:
    """Find imports of a later stage; for `music`, also of any third-party package."""
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


def imports_pydantic(module: Module) -> list[str]:
    """Find imports of pydantic outside `cuesmith.specs` and of the facts in MIDI files, which may come from anybody."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if found.name.startswith("pydantic") and not _within(module.name, "cuesmith.specs", "cuesmith.perform.facts")
    ]


def imports_random(module: Module) -> list[str]:
    """Find imports of the standard `random` or `secrets` outside `cuesmith.chance`."""
    return [
        f"line {found.line}: {found.name}"
        for found in _imports_of(module)
        if _within(found.name, "random", "secrets") and module.name != "cuesmith.chance"
    ]


def prints(module: Module) -> list[str]:
    """Find calls of `print` outside the command line."""
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
        and not _within(module.name, "cuesmith.cli")
    ]


def too_long(module: Module) -> list[str]:
    """Return the number of lines when a module is too long to read in one go."""
    lines = len(module.text.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_MODULE_LINES else []


def _undocumented(node: Documented, name: str) -> Iterator[str]:
    if ast.get_docstring(node) is None:
        yield name
    if isinstance(node, Function):
        return
    for child in node.body:
        # Special methods (`__len__`) need no docstring, because Python defines what they do.
        if isinstance(child, ast.ClassDef | Function) and not child.name.startswith("_"):
            yield from _undocumented(child, f"{name}.{child.name}")


def undocumented(module: Module) -> list[str]:
    """Find modules and public classes, methods and functions without a docstring."""
    return list(_undocumented(ast.parse(module.text), module.name))


def _listed(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the items of every list, tuple and set and the keys of every dict in the tree; not those of a type."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        yield node
    elif isinstance(node, ast.Dict):
        yield ast.List(elts=[key for key in node.keys if key is not None])
    for child in ast.iter_child_nodes(node):
        if not (isinstance(node, ast.Subscript) and child is node.slice):
            yield from _listed(child)


def _words(node: ast.AST) -> list[str]:
    """Return the texts among the items of a collection, or the text that a node is."""
    items = node.elts if isinstance(node, ast.Tuple | ast.List | ast.Set) else [node]
    return [item.value for item in items if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def repeats_banks(module: Module) -> list[str]:
    """Find tables of what the banks know by name: two cue types, instruments, drum voices or kits in one collection,
    or one that something is compared with. The command line may show a few as examples.
    """
    if not _within(module.name, "cuesmith") or _within(module.name, "cuesmith.cli"):
        return []
    tree = ast.parse(module.text)
    compared = [right for node in ast.walk(tree) if isinstance(node, ast.Compare) for right in node.comparators]
    places = [*((node, 2) for node in _listed(tree)), *((node, 1) for node in compared)]
    return [
        str(found)
        for node, least in places
        for names in ROWS
        if len(found := names.intersection(_words(node))) >= least
    ]


def compares_treatments(module: Module) -> list[str]:
    """Find treatments that are compared by name instead of by what their rows say; only the story of beats does so."""
    if module.name == "cuesmith.plan.picture.scenes":
        return []
    return [
        f"line {node.lineno}"
        for node in ast.walk(ast.parse(module.text))
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Attribute)
        and node.left.attr == "treatment"
        and any(_words(right) for right in node.comparators)
    ]


Rule: TypeAlias = Callable[[Module], list[str]]
RULES: tuple[Rule, ...] = (
    imports_renderer, imports_later, imports_pydantic, imports_random, prints, too_long, undocumented,
    repeats_banks, compares_treatments,
)  # fmt: skip

# Rule, name of the module, its text, the number of faults to find.
BROKEN: tuple[tuple[Rule, str, str, int], ...] = (
    (imports_renderer,  "cuesmith.cue.cue",    "import cuesmith_render",                                          1),
    (imports_renderer,  "cuesmith.cue.cue",    "def f():\n    from cuesmith_render import render",                1),
    (imports_renderer,  "cuesmith.cue.cue",    "def f():\n    importlib.import_module('cuesmith_render')",        1),
    (imports_renderer,  "cuesmith.cli.app",    "from cuesmith_render.audio import render",                        1),
    (imports_renderer,  "cuesmith.cli.app",    "if True:\n    import cuesmith_render.audio",                      1),
    (imports_renderer,  "cuesmith.cli.app",    "def f():\n    import cuesmith_render",                            0),
    (imports_renderer,  "cuesmith.cli.app",    "if TYPE_CHECKING:\n    import cuesmith_render",                   0),
    (imports_renderer,  "cuesmith.cli.app",    "if TYPE_CHECKING:\n    a = 1\nelse:\n    import cuesmith_render", 1),
    (imports_renderer,  "cuesmith.cue.cue",    "if TYPE_CHECKING:\n    import cuesmith_render",                   1),
    (imports_renderer,  "cuesmith_render.mix", "import cuesmith_render.audio",                                    0),
    (imports_later,  "cuesmith.music.note", "from cuesmith.errors import UsageError",                          1),
    (imports_later,  "cuesmith.music.note", "from ..errors import UsageError\nfrom .. import errors",          2),
    (imports_later,  "cuesmith.music.note", "import mido",                                                     1),
    (imports_later,  "cuesmith.music.note", "import re, numpy.typing\nfrom .pitch import name",                0),
    (imports_later,  "cuesmith.plan.build", "from cuesmith.score import Score",                                1),
    (imports_later,  "cuesmith.plan.build", "def f():\n    from cuesmith.cue.cue import Cue",                  1),
    (imports_later,  "cuesmith.show.page",  "from cuesmith.cue.cue import Cue\nimport rich",                   0),
    (imports_pydantic, "cuesmith.score",      "from pydantic import Field\nimport pydantic_core",                2),
    (imports_pydantic, "cuesmith.specs.show", "from pydantic import Field",                                      0),
    (imports_random,   "cuesmith.score",      "import random\nfrom random import choice\nimport secrets",        3),
    (imports_random,   "cuesmith.score",      "import numpy.random",                                             0),
    (imports_random,   "cuesmith.chance",     "import random",                                                   0),
    (prints,         "cuesmith.score",      "def f():\n    print('here')",                                     1),
    (prints,         "cuesmith.cli.app",    "print('here')",                                                   0),
    (too_long,       "cuesmith.score",      "a = 1\n" * (LONGEST_MODULE_LINES + 1),                            1),
    (too_long,       "cuesmith.score",      "a = 1\n" * LONGEST_MODULE_LINES,                                  0),
    (undocumented,   "cuesmith.score",      "def f(): ...\nclass C:\n    def m(self): ...",                    4),
    (undocumented,   "cuesmith.score",      "'''Doc.'''\ndef _f(): ...\nclass _C:\n    def m(self): ...",      0),
    (repeats_banks,  "cuesmith.plan.keys",  "HOME = {'suite', 'preview'}\nUSES = {'sad': 1, 'battle': 2}",         2),
    (repeats_banks,  "cuesmith.plan.keys",  "a = b if plan.brief.type == 'battle' else c",                         1),
    (repeats_banks,  "cuesmith.plan.keys",  "KICKS = ('kick', 'kick_2')\nREEDS = frozenset({'oboe', 'clarinet'})", 2),
    (repeats_banks,  "cuesmith.plan.keys",  "Role = Literal['ride', 'crash']\nFAMILIES = ('strings', 'choir')",    0),
    (repeats_banks,  "cuesmith.cli.style",  "SHOWN = ('battle', 'sad')",                                           0),
    (compares_treatments, "cuesmith.plan.build", "if row.treatment in ('coda', 'head'): pass",                     1),
    (compares_treatments, "cuesmith.plan.build", "if row.treatment == other.treatment: pass",                      0),
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.__name__))
def test_every_module_keeps_the_rules(rule: Rule) -> None:
    faults = {module.name: found for module in MODULES if (found := rule(module))}
    assert not faults


@pytest.mark.parametrize(("rule", "name", "text", "faults"), BROKEN)
def test_each_rule_finds_its_faults(rule: Rule, name: str, text: str, faults: int) -> None:
    assert len(rule(Module(name, text))) == faults


def test_every_folder_is_a_stage() -> None:
    folder = ROOT / "engine" / "cuesmith"
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert found == {*STAGES, "__init__", "__main__"}


def test_no_folder_hides_a_public_name() -> None:
    import cuesmith

    assert not set(cuesmith.__all__) & set(STAGES)


def _import_cycle(modules: tuple[Module, ...]) -> list[str]:
    """Return a cycle of modules that import one another when they are loaded; empty when there is none."""
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


def test_no_circular_imports() -> None:
    assert not _import_cycle(MODULES)
    one, other = Module("cuesmith.a", "from cuesmith.b import x"), Module("cuesmith.b", "import cuesmith.a")
    assert _import_cycle((one, other))


def test_both_packages_are_checked() -> None:
    names = {module.name for module in MODULES}
    assert {"cuesmith", "cuesmith.music.note", "cuesmith_render", "cuesmith_render.fluid.synth"} <= names


@pytest.mark.parametrize("package", ["cuesmith", "cuesmith_render"])
def test_importing_a_package_loads_no_heavy_dependency(package: str) -> None:
    heavy = ("numpy", "scipy", "pydantic", "yaml", "typer", "rich", "mido", "pretty_midi", "soundfile", "jinja2")
    program = f"import sys, {package}; print([name for name in {heavy!r} if name in sys.modules])"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "[]"
