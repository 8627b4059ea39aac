"""What a chapter's output depends on: its code, the modules that it imports, their data, and the lock.

A plain module, not a Sphinx extension, so that the tests can ask it too.
"""

import ast
import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = "cvlessons"
CODE_CELL = re.compile(r"^(`{3,}|:{3,})\{code-cell\}[^\n]*\n(.*?)^\1", re.M | re.S)


def code_of(chapter):
    """Return the code cells of a chapter's text, as one program."""
    cells = (cell for _, cell in CODE_CELL.findall(chapter))
    return "\n".join(_without_options(cell) for cell in cells)


def _without_options(cell):
    """Drop what stands above the code: a block between two '---', or lines that begin with ':'."""
    cell = re.sub(r"\A---\n.*?^---\n", "", cell, flags=re.M | re.S)
    cell = re.sub(r"\A(?::[^\n]*\n)+", "", cell)
    return re.sub(r"^\s*[%!].*$", "", cell, flags=re.M)  # IPython's own commands are no Python


def imported_modules(code, package=PACKAGE):
    """Return the stems of the package's modules that a program imports itself."""
    stems = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = f"{package}.{node.module or ''}".rstrip(".") if node.level else node.module
            names = [module] + [f"{module}.{alias.name}" for alias in node.names]
        else:
            continue
        stems |= {name.split(".")[1] for name in names if name.startswith(f"{package}.")}
    return stems


def module_files(stems, source):
    """Return the files of these modules and of all that they import in turn; always `__init__.py`."""
    found, waiting = {source / "__init__.py"}, set(stems)
    while waiting:
        path = source / f"{waiting.pop()}.py"
        if path.exists() and path not in found:  # a name that is no file is a function or a constant
            found.add(path)
            waiting |= imported_modules(path.read_text(encoding="utf-8"))
    return found


def chapter_files(chapter, root=ROOT):
    """Return every file that the outputs of a chapter (its path) depend on, itself left out."""
    source = root / "src" / PACKAGE
    files = module_files(imported_modules(code_of(chapter.read_text(encoding="utf-8"))), source)
    if source / "datasets.py" in files:
        files |= {
            path for folder in ("data", "weights") for path in (source / folder).rglob("*") if path.is_file()
        }
    return sorted(files | {root / "requirements-lock.txt"})


def chapter_key(chapter, root=ROOT):
    """Return a hash that changes when anything changes that the outputs of a chapter depend on."""
    key = hashlib.sha256(code_of(chapter.read_text(encoding="utf-8")).encode())
    for path in chapter_files(chapter, root):
        key.update(f"{path.relative_to(root).as_posix()}\0".encode())
        key.update(hashlib.sha256(path.read_bytes()).digest())
    return key.hexdigest()
