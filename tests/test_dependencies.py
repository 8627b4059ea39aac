"""dependencies.py and the build: a change renews the outputs that it touches, and only those."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dependencies import chapter_files, chapter_key, code_of, imported_modules

ROOT = Path(__file__).parents[1]
HEAD = """---
file_format: mystnb
kernelspec:
  name: python3
---
"""
CHAPTERS = {
    "direct": "from cvlessons.activations import relu\n\nprint('relu(-3) is', relu(-3.0))",
    "indirect": "from cvlessons.echo import echo\n\nprint('echo says', echo(-3.0))",
    "apart": "from cvlessons.neuron import weighted_sum\n\nprint('the sum is', weighted_sum([1], [2]))",
}
ECHO = "from cvlessons.activations import relu\n\n\ndef echo(z):\n    return relu(z)\n"


@pytest.fixture
def copy(tmp_path):
    """A copy of the project with three tiny chapters."""
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("data", "__pycache__"))
    shutil.copytree(ROOT / "book/_ext", tmp_path / "book/_ext", ignore=shutil.ignore_patterns("__pycache__"))
    for folder in ("_static", "_templates"):
        shutil.copytree(ROOT / "book" / folder, tmp_path / "book" / folder)
    shutil.copy(ROOT / "book/references.bib", tmp_path / "book")
    for name in ("requirements-lock.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    if (ROOT / "node_modules").exists():
        (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "src/cvlessons/echo.py").write_text(ECHO)
    for stem, code in CHAPTERS.items():
        (tmp_path / f"book/{stem}.md").write_text(
            f"{HEAD}\n# {stem}\n\n```{{code-cell}} python\n{code}\n```\n"
        )
    (tmp_path / "_toc.yml").write_text(
        "format: jb-book\nroot: book/direct\nchapters:\n- file: book/indirect\n- file: book/apart\n"
    )
    config = (ROOT / "_config.yml").read_text(encoding="utf-8")
    # Three chapters have neither the slides nor the formulas of the book.
    (tmp_path / "_config.yml").write_text(config.replace("    traceability: book/_ext\n", ""))
    return tmp_path


def write_chapter(copy, stem, code):
    text = f"{HEAD}\n# {stem}\n\n```{{code-cell}} python\n{code}\n```\n"
    (copy / f"book/{stem}.md").write_text(text)


def change_relu(copy):
    path = copy / "src/cvlessons/activations.py"
    text = path.read_text(encoding="utf-8")
    changed = re.sub(r'(def relu\(.*?""".*?""")', r"\1\n    return 42.0", text, count=1, flags=re.S)
    assert changed != text
    path.write_text(changed, encoding="utf-8")


def build(copy):
    """Build the copy as the Makefile does; return the process."""
    return subprocess.run(
        [Path(sys.executable).parent / "jupyter-book", "build", ".", "-W", "-n", "--keep-going"],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy / "src"), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )


def outputs(copy):
    """Return what each chapter's page prints: the text after 'is' or 'says' in its output."""
    found = {}
    for stem in CHAPTERS:
        page = (copy / f"_build/html/book/{stem}.html").read_text(encoding="utf-8")
        output = page.split('<div class="cell_output', 1)[1].split("</div>", 1)[0]
        found[stem] = re.sub(r"<[^>]+>", "", output)
    return found


def test_code_of_a_chapter_leaves_out_the_options_of_its_cells():
    text = (
        "```{code-cell} python\n:tags: [hide]\nx = 1\n```\nText\n```{code-cell}\n---\na: b\n---\ny = 2\n```\n"
    )
    assert code_of(text).split() == ["x", "=", "1", "y", "=", "2"]


@pytest.mark.parametrize(
    ("code", "stems"),
    [
        ("import cvlessons.loss", {"loss"}),
        ("from cvlessons.loss import one_hot", {"loss"}),
        ("from cvlessons import loss, layers", {"loss", "layers"}),
        ("from .loss import one_hot", {"loss"}),
        ("from . import loss", {"loss"}),
        ("def f():\n    from cvlessons.loss import one_hot", {"loss"}),
        ("import numpy.linalg", set()),
    ],
)
def test_imported_modules(code, stems):
    assert imported_modules(code) == stems


def test_only_the_chapters_that_import_a_module_depend_on_it(copy):
    before = {stem: chapter_key(copy / f"book/{stem}.md", copy) for stem in CHAPTERS}
    change_relu(copy)
    after = {stem: chapter_key(copy / f"book/{stem}.md", copy) for stem in CHAPTERS}
    assert {stem for stem in CHAPTERS if before[stem] != after[stem]} == {"direct", "indirect"}


def test_data_and_lock_are_part_of_the_key(copy):
    chapter = copy / "book/apart.md"
    before = chapter_key(chapter, copy)
    (copy / "requirements-lock.txt").write_text("numpy==0\n")
    assert chapter_key(chapter, copy) != before

    chapter.write_text("```{code-cell}\nfrom cvlessons.datasets import load_mnist\n```\n")
    before = chapter_key(chapter, copy)
    data = copy / "src/cvlessons/data"
    data.mkdir()
    (data / "new.csv").write_text("1\n")
    assert chapter_key(chapter, copy) != before
    assert data / "new.csv" in chapter_files(chapter, copy)


@pytest.mark.site
def test_stale_outputs_go_and_the_others_stay(copy):
    first = build(copy)
    assert first.returncode == 0, first.stdout + first.stderr
    assert "executing 3 chapters" in first.stdout
    old = outputs(copy)

    unchanged = build(copy)
    assert unchanged.returncode == 0
    assert "executing" not in unchanged.stdout

    change_relu(copy)
    second = build(copy)
    assert second.returncode == 0, second.stdout + second.stderr
    assert re.search(r"executing 2 chapters on \d+ cores: direct, indirect", second.stdout)
    new = outputs(copy)
    assert "42" in new["direct"]
    assert "42" in new["indirect"]
    assert "42" not in old["direct"] + old["indirect"]
    assert new["apart"] == old["apart"]


@pytest.mark.site
def test_a_cell_that_fails_fails_the_build_every_time(copy):
    write_chapter(copy, "apart", "1 / 0")
    for _ in range(2):
        done = build(copy)
        assert done.returncode != 0
        assert "ZeroDivisionError" in done.stdout + done.stderr
