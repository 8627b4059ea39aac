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
        assert cell.source.strip()
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


@pytest.mark.parametrize(
    ("hidden", "later", "kept"),
    [
        ("from myst_nb import glue\n\nglue('a', 'b', display=False)", "1 + 1", ""),
        (
            "mean = sum(values) / 3\nassert mean < 2\nglue('m', f'{mean:.1f}')",
            "print(mean)",
            "mean = sum(values) / 3",
        ),
        ("np.testing.assert_allclose(a, b)\nspare = 1", "print(a, b)", ""),
        (
            "for n in names:\n    glue(n, 'x')\n    sizes[n] = len(n)",
            "sizes",
            "for n in names:\n    sizes[n] = len(n)",
        ),
        ("def put(name):\n    glue(name, 'x')\nput('mean')", "print('mean')", ""),
        ("import cv2\nimport os", "cv2.imread", "import cv2"),
        ("scale = 2", "scale = 3\nprint(scale)", ""),
        ("noise = rng.normal()", "rng.normal()", "noise = rng.normal()"),
        ("photos.append(1)", "len(photos)", "photos.append(1)"),
    ],
)
def test_a_hidden_cell_keeps_what_later_cells_need_and_nothing_else(hidden, later, kept):
    first, second = (nbformat.v4.new_code_cell(source) for source in (hidden, later))
    first.metadata["tags"] = ["remove-cell"]
    notebooks.prune([first, second])
    assert (first.source, second.source) == (kept, later)


def test_what_a_function_reads_when_it_is_called_stays():
    """The function stands before the hidden cell, and is called after it."""
    cells = [
        nbformat.v4.new_code_cell(s)
        for s in ("def scaled(x):\n    return x * scale", "scale = 2", "scaled(1)")
    ]
    cells[1].metadata["tags"] = ["remove-cell"]
    notebooks.prune(cells)
    assert cells[1].source == "scale = 2"


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_a_notebook_needs_no_checkout_and_nothing_of_the_book_s_build(path):
    """On Colab there is the notebook and the package: no file beside it, no myst_nb."""
    cells = nbformat.read(path.with_suffix(".ipynb"), 4).cells
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert not re.search(r"myst_nb|glue\(|[\"']\.\./", code)


def test_solutions_are_folded_until_the_reader_opens_them():
    for path in CHAPTERS:
        notebook = nbformat.read(path.with_suffix(".ipynb"), 4)
        headings = [cell for cell in notebook.cells if cell.source.startswith("### Solution of exercise")]
        assert all(cell.metadata.get(notebooks.FOLDED) and "\n" not in cell.source for cell in headings)
        assert len(headings) == sum(cell.source.startswith("### Exercise") for cell in notebook.cells)
        folded = notebook.metadata.get("colab", {}).get("collapsed_sections", [])
        assert folded == [cell.metadata["id"] for cell in headings]


def test_nothing_but_the_solution_is_folded_with_it():
    """A fold ends at the next cell that begins with a heading: a heading further down would be hidden."""
    for path in CHAPTERS:
        in_fold = False
        for cell in nbformat.read(path.with_suffix(".ipynb"), 4).cells:
            if cell.cell_type == "markdown":
                prose = re.sub(r"```.*?```", "", cell.source, flags=re.S)
                if re.match(r"#{1,3} ", prose):
                    in_fold = prose.startswith("### Solution")
                assert not (in_fold and re.search(r"\n#{1,3} ", prose)), cell.source


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_links_between_notebooks_lead_somewhere(path):
    cells = nbformat.read(path.with_suffix(".ipynb"), 4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    targets = re.findall(r"\]\(([^)\s]+\.(?:ipynb|md|png|svg|jpe?g))\)", text)
    assert not [target for target in targets if "://" not in target and not (path.parent / target).exists()]
