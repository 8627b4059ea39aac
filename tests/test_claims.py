"""claims.py: who claims which formula and slide, and what stands alone."""

import pytest

from claims import (
    formula_orphans,
    functions_of_formulas,
    judges_of_formulas,
    slide_map,
    slide_orphans,
)

JUDGED = {"hand": [], "library": [], "law": []}


def test_the_three_kinds_of_judges_are_found(tmp_path):
    (tmp_path / "src/cvlessons").mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    (tmp_path / "src/cvlessons/a.py").write_text(
        'def f():\n    """F.\n\n    Formula: eq-f\n    """\n\n\n'
        'class C:\n    def g(self):\n        """G.\n\n        Formula: eq-g\n        """\n'
    )
    (tmp_path / "tests/test_a.py").write_text(
        "import pytest\n\n\n@pytest.mark.judge('eq-f', 'hand')\n@pytest.mark.judge('eq-g', 'law')\n"
        "def test_f():\n    f()\n"
    )
    assert functions_of_formulas(tmp_path) == {"eq-f": [("a", "f")], "eq-g": [("a", "C.g")]}
    assert judges_of_formulas(tmp_path) == {
        "eq-f": {"hand": [("test_a", "test_f")]},
        "eq-g": {"law": [("test_a", "test_f")]},
    }


@pytest.mark.parametrize(
    ("labels", "functions", "tests", "says"),
    [
        ({"eq-a"}, {}, {"eq-a": JUDGED}, "formula eq-a is claimed by no function"),
        (set(), {"eq-a": [("m", "f")]}, {}, "m.f claims formula eq-a, which stands in no chapter"),
        ({"eq-a"}, {"eq-a": [("m", "f")]}, {}, "no judge of kind hand, library, law"),
        ({"eq-a"}, {"eq-a": [("m", "f")]}, {"eq-a": {"hand": [], "law": []}}, "no judge of kind library"),
        (set(), {}, {"eq-a": JUDGED}, "a test judges formula eq-a, which stands in no chapter"),
    ],
)
def test_a_formula_that_stands_alone_is_said(labels, functions, tests, says):
    (orphan,) = formula_orphans(labels, functions, tests)
    assert says in orphan


def test_a_formula_with_all_its_own_is_silent():
    assert not list(formula_orphans({"eq-a"}, {"eq-a": [("m", "f")]}, {"eq-a": JUDGED}))


SLIDES = [{"number": 1, "chapters": ["a", "b"]}]


@pytest.mark.parametrize(
    ("chapters", "sections", "says"),
    [
        ({"a"}, set(), ["slide 1 belongs to a.md"]),
        ({"a", "b"}, {(1, "a")}, ["slide 1 belongs to b.md"]),
        ({"a"}, {(1, "a")}, []),  # b is still to come
        ({"a", "c"}, {(1, "a"), (1, "c")}, ["a section of c.md names slide 1"]),
        ({"a"}, {(1, "a"), (2, "a")}, ["a section of a.md names slide 2"]),
    ],
)
def test_a_slide_that_stands_alone_is_said(chapters, sections, says):
    orphans = list(slide_orphans(SLIDES, chapters, sections))
    assert len(orphans) == len(says)
    assert all(part in orphan for part, orphan in zip(says, orphans, strict=True))


def test_the_map_holds_the_63_slides_once_each():
    assert [slide["number"] for slide in slide_map()] == list(range(1, 64))
