"""Each chapter's notebook is in step with its source, and holds nothing that Jupyter cannot show."""

import json
import re

import nbformat
import pytest

import notebooks

pytestmark = pytest.mark.site

CHAPTERS = notebooks.chapters()


@pytest.fixture(scope="module")
def book():
    return notebooks.Book()


def test_each_chapter_has_its_notebook_and_no_other_is_there():
    found = {path.stem for path in (notebooks.ROOT / "book").glob("*.ipynb")}
    assert found == {path.stem for path in CHAPTERS}


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_notebook_is_in_step_with_its_chapter(book, path):
    text = path.with_suffix(".ipynb").read_text(encoding="utf-8")
    assert notebooks.same_but_for_values(text, notebooks.written(book, path)), "run `make notebooks`"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_notebook_reads_well_in_plain_jupyter(path):
    notebook = nbformat.read(path.with_suffix(".ipynb"), 4)
    nbformat.validate(notebook)
    title, install, *_ = notebook.cells
    assert title.source.startswith("# ")
    assert "%pip install" in install.source
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert not cell.outputs
            assert cell.execution_count is None
        else:
            prose = re.sub(r"```.*?```|`[^`\n]*`|\$\$.*?\$\$|\$[^$]*\$", "", cell.source, flags=re.S)
            assert not re.search(r"\{[a-z:-]+\}|^:{3,}|^\([\w-]+\)=$|^:[a-z-]+:", prose, re.M), cell.source


def test_computed_values_may_differ_and_nothing_else():
    one = json.dumps('We got <span class="computed">0.97</span> of them.')
    assert notebooks.same_but_for_values(one, one.replace("0.97", "0.96"))
    assert not notebooks.same_but_for_values(one, one.replace("them", "those"))


def test_an_unknown_directive_is_refused_by_its_name(book):
    chapter = notebooks.Chapter(book, CHAPTERS[0])
    with pytest.raises(ValueError, match="no notebook form for the directive mermaid"):
        chapter.markdown("```{mermaid}\nx\n```")


def test_a_hidden_cell_keeps_what_later_cells_need():
    source = """
from myst_nb import glue

mean = sum(values) / 3
for name, value in pairs:
    glue(name, value, display=False)


def put(name, value):
    glue(f"loss-{name}", f"{value:.2f}", display=False)


put("mean", mean)
"""
    assert notebooks.without_glue(source) == (
        "mean = sum(values) / 3\n\ndef put(name, value):\n    pass\nput('mean', mean)"
    )
    assert notebooks.without_glue("from myst_nb import glue\n\nglue('a', 'b', display=False)") == ""
