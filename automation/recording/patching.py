"""A new wording of an element as a change to the page file that names it: a patch for ``git apply``."""

from __future__ import annotations

import ast
import difflib
import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Literal

from automation.element import Element

Lang = Literal["en", "ja"]
_WORDS_PLACE = 2  # of the wordings among an element's arguments
_LANGS = ("en", "ja", "unsure")


@dataclass(frozen=True)
class Definition:
    """Where an element is defined: the module's name within its package, and the variable."""

    module: str
    variable: str
    element: Element

    @property
    def name(self) -> str:
        """The variable as people type it: ``add-mail-account``."""
        return self.variable.lower().replace("_", "-")


@dataclass(frozen=True)
class Proposal:
    """A wording that an element seems to have now, and its language."""

    element: Element
    lang: Lang
    wording: str


def definitions(package: ModuleType) -> list[Definition]:
    """Every element that the modules of a package define, each where it is defined and not where it is imported."""
    found: list[Definition] = []
    for info in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        source = Path(module.__file__ or "").read_text(encoding="utf-8")
        here = ((variable, getattr(module, variable, None)) for variable in _assigned(ast.parse(source)))
        found += [Definition(info.name, variable, one) for variable, one in here if isinstance(one, Element)]
    return found


def source_root(package: ModuleType) -> Path:
    """The folder that a patch of a package is for: the source checkout one stands in, else where it is installed."""
    inside = Path(*package.__name__.split("."))
    if (Path.cwd() / inside).is_dir():
        return Path.cwd()
    return Path(package.__path__[0]).parents[len(inside.parts) - 1]


def patch(proposals: Iterable[Proposal], package: ModuleType, root: Path) -> str:
    """The proposed wordings as one patch to the package's files below ``root``, the newest wording first.

    ``root`` is a source checkout, or the folder the package is installed in. Nothing for what cannot be placed: an
    element defined elsewhere, a wording that is known already.
    """
    folder = package.__name__.replace(".", "/")
    places = {id(one.element): one for one in definitions(package)}
    before: dict[str, str] = {}
    after: dict[str, str] = {}
    for proposal in dict.fromkeys(proposals):
        place = places.get(id(proposal.element))
        if place is None or proposal.element.words.sure_of(proposal.wording):
            continue
        file = f"{folder}/{place.module}.py"
        if file not in before:
            if not (root / file).is_file():
                continue
            before[file] = after[file] = (root / file).read_text(encoding="utf-8")
        after[file] = with_wording(after[file], place.variable, proposal.lang, proposal.wording)
    return "".join(_difference(file, before[file], _laid_out(root, file, after[file])) for file in sorted(before))


def with_wording(source: str, variable: str, lang: Lang, wording: str) -> str:
    """The source of a page file with one more wording for an element; as it was where that has no place."""
    tree = ast.parse(source)
    element = _assigned(tree).get(variable)
    if element is None:
        return source
    text = json.dumps(wording, ensure_ascii=False)
    words = _argument(element, _WORDS_PLACE, "words")
    if isinstance(words, ast.Name):
        words = _assigned(tree).get(words.id)
    if words is None:  # an element without any wording of its own
        return _inserted(
            source, element.args[1].end_lineno, element.args[1].end_col_offset, f", Words({lang}=({text},))"
        )
    if not isinstance(words, ast.Call):
        return source
    known = _argument(words, _LANGS.index(lang), lang)
    if known is None and not words.keywords:
        return source
    if known is None:
        after = next((k for k in words.keywords if k.arg not in _LANGS[: _LANGS.index(lang)]), None)
        if after is None:
            return _inserted(
                source, words.keywords[-1].end_lineno, words.keywords[-1].end_col_offset, f", {lang}=({text},)"
            )
        return _inserted(source, after.lineno, after.col_offset, f"{lang}=({text},), ")
    if not isinstance(known, ast.Tuple) or not known.elts:
        return source
    start = known.elts[0]
    separator = ",\n" + " " * start.col_offset if known.lineno != start.lineno else ", "
    if len(known.elts) == 1 and known.lineno == known.end_lineno:  # the comma of a single one is that of no other
        source = _cut(source, known.lineno, start.end_col_offset, (known.end_col_offset or 0) - 1)
    return _inserted(source, start.lineno, start.col_offset, text + separator)


def _assigned(tree: ast.Module) -> dict[str, ast.Call]:
    """The variables of a module that are given what a call returns, by name."""
    return {
        target.id: statement.value
        for statement in tree.body
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Call)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }


def _argument(call: ast.Call, place: int, keyword: str) -> ast.expr | None:
    if len(call.args) > place:
        return call.args[place]
    return next((k.value for k in call.keywords if k.arg == keyword), None)


def _cut(source: str, line: int, start: int | None, end: int) -> str:
    """The source without a piece of one line."""
    lines = source.splitlines(keepends=True)
    data = lines[line - 1].encode()
    lines[line - 1] = (data[:start] + data[end:]).decode()
    return "".join(lines)


def _inserted(source: str, line: int | None, column: int | None, text: str) -> str:
    """The source with a text put in; columns count bytes of UTF-8, as ``ast`` has them."""
    assert line is not None
    assert column is not None
    lines = source.splitlines(keepends=True)
    data = lines[line - 1].encode()
    lines[line - 1] = (data[:column] + text.encode() + data[column:]).decode()
    return "".join(lines)


def _laid_out(root: Path, file: str, source: str) -> str:
    """A changed source as ``ruff format`` lays it out, where that is installed and the file is laid out by it."""
    ruff = [sys.executable, "-m", "ruff", "format"]
    is_laid_out = subprocess.run([*ruff, "--check", file], cwd=root, capture_output=True, check=False).returncode == 0
    if not is_laid_out:
        return source
    done = subprocess.run([*ruff, "--stdin-filename", file, "-"], input=source.encode(), cwd=root, capture_output=True)
    return done.stdout.decode() if done.returncode == 0 else source


def _difference(file: str, before: str, after: str) -> str:
    lines = difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), f"a/{file}", f"b/{file}"
    )
    return "".join(lines)
