"""The executed chapters: exercises that check, figures that explain themselves, outputs that stay clean."""

import re
from pathlib import Path

import pytest
import yaml
from jupyter_cache import get_cache

from dependencies import CODE_CELL

pytestmark = pytest.mark.site

ROOT = Path(__file__).parents[1]
SOURCES = sorted((ROOT / "book").glob("*.md"))
CHAPTERS = [path for path in SOURCES if "{code-cell}" in path.read_text(encoding="utf-8")]
BLOCK = re.compile(
    r"^```\{(exercise|solution)-start\}[^\n]*\n(.*?)^```\{\1-end\}", re.M | re.S
)  # an exercise or a solution, with the cells in it


def blocks(path, kind):
    """Return the texts of a chapter's exercises or solutions."""
    text = path.read_text(encoding="utf-8")
    return [body for found, body in BLOCK.findall(text) if found == kind]


def label_of(block):
    return re.search(r"^:label: (\S+)", block, re.M)[1]


@pytest.fixture(scope="module")
def executed():
    """The notebooks with their outputs, as the pages show them: path -> list of (code, output text)."""
    cache = get_cache(ROOT / "_build/.jupyter_cache")
    found = {}
    for record in cache.list_project_records():
        cached = cache.get_cached_project_nb(record.uri)
        if cached is not None:
            notebook = cache.get_cache_bundle(cached.pk).nb
            cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            found[Path(record.uri).stem] = [(cell.source, shown(cell)) for cell in cells]
    return found


def shown(cell):
    """Return the outputs of a cell as a page shows them: some libraries write addresses to stderr."""
    hides = "remove-stderr" in cell.metadata.get("tags", [])
    return [output for output in cell.outputs if not (hides and output.get("name") == "stderr")]


def printed(outputs):
    return "".join(output.get("text", "") for output in outputs if output.output_type == "stream")


def cells_of(block, executed_chapter):
    """Return what the cells of an exercise or a solution printed."""
    texts = [re.sub(r"\A(?::[^\n]*\n)+\n?", "", cell).strip() for _, cell in CODE_CELL.findall(block)]
    return [printed(outputs) for code, outputs in executed_chapter if code.strip() in texts]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_and_every_chapter_has_exercises(path):
    exercises = [label_of(block) for block in blocks(path, "exercise")]
    text = path.read_text(encoding="utf-8")
    solved = re.findall(r"^```\{solution-start\} (\S+)$", text, re.M)
    assert len(exercises) >= 2
    assert solved == exercises
    assert [label_of(block).removeprefix("sol-") for block in blocks(path, "solution")] == [
        label.removeprefix("ex-") for label in exercises
    ]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_the_check_refuses_the_dots_and_accepts_the_solution(path, executed):
    for block in blocks(path, "exercise"):
        outputs = "".join(cells_of(block, executed[path.stem]))
        assert "Not yet: " in outputs, label_of(block)
        assert "Right." not in outputs, label_of(block)
    for block in blocks(path, "solution"):
        outputs = "".join(cells_of(block, executed[path.stem]))
        assert "Right." in outputs, label_of(block)
        assert "Not yet" not in outputs, label_of(block)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_no_cell_leaves_a_warning_or_an_address(path, executed):
    for code, outputs in executed[path.stem]:
        for output in outputs:
            assert output.get("name") != "stderr", (code, output.get("text"))
            text = output.get("text", "") + "".join(output.get("data", {}).get("text/plain", ""))
            assert not re.search(r" at 0x[0-9a-f]{6,}", text), (code, text)


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_figure_has_a_caption_a_name_and_an_alternative_text(path, executed):
    sources = [cell for _, cell in CODE_CELL.findall(path.read_text(encoding="utf-8"))]
    for code, outputs in executed[path.stem]:
        if not any("image/png" in output.get("data", {}) for output in outputs):
            continue
        (source,) = (cell for cell in sources if code.strip() in cell)
        options = re.match(r"---\n(.*?)^---\n", source, re.S | re.M)
        assert options, f"a figure without options: {code[:80]}"
        figure = yaml.safe_load(options[1])["mystnb"]
        assert figure["figure"]["caption"].strip()
        assert figure["figure"]["name"].startswith("fig-")
        assert len(figure["image"]["alt"].split()) >= 8, code[:80]


@pytest.mark.parametrize("path", CHAPTERS, ids=lambda path: path.stem)
def test_every_chapter_ends_as_the_others_do(path):
    heads = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.M)
    assert heads[-4:] == ["What you can now do", "A common mistake", "Exercises", "Questions for recall"]
    assert "Predict first" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_links_out_are_written_once_as_links_and_nothing_is_loaded(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"!\[[^\]]*\]\(https?:|<(img|script|iframe)", text)
