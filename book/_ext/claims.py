"""Who claims which formula: functions by a line in their docstring, tests by a mark.

A plain module, not a Sphinx extension, so that the tests can ask it too.
"""

import ast
import csv
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
KINDS = ("hand", "library", "law")
CLAIM = re.compile(r"^\s*Formula: (eq-[\w-]+)\s*$", re.M)


def _functions(path):
    """Return (qualified name, node) of the functions and methods of a file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name, node
        elif isinstance(node, ast.ClassDef):
            yield node.name, node
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield f"{node.name}.{method.name}", method


def functions_of_formulas(root=ROOT):
    """Return label -> [("neuron", "weighted_sum"), ...]."""
    claims = {}
    for path in sorted((root / "src/cvlessons").glob("*.py")):
        for name, node in _functions(path):
            for label in CLAIM.findall(ast.get_docstring(node) or ""):
                claims.setdefault(label, []).append((path.stem, name))
    return claims


def judges_of_formulas(root=ROOT):
    """Return label -> kind -> [("test_neuron", "test_sum_worked_by_hand"), ...]."""
    claims = {}
    for path in sorted((root / "tests").glob("test_*.py")):
        for name, node in _functions(path):
            for decorator in node.decorator_list:
                if ast.unparse(decorator).startswith("pytest.mark.judge("):
                    label, kind = (argument.value for argument in decorator.args)
                    claims.setdefault(label, {}).setdefault(kind, []).append((path.stem, name))
    return claims


def slide_map(root=ROOT):
    """Return the 63 slides: dicts with number, title, chapters (a list of stems) and note."""
    with (root / "book/slides.csv").open(encoding="utf-8", newline="") as file:
        return [
            {
                "number": int(row["slide"]),
                "title": row["title"],
                "chapters": [stem.strip() for stem in row["chapter"].split(",")],
                "note": row["note"],
            }
            for row in csv.DictReader(file)
        ]


def formula_orphans(labels, functions, tests):
    """Return a sentence for each gap between the chapters' formulas, the functions and the tests."""
    for label in sorted(labels - functions.keys()):
        yield f"formula {label} is claimed by no function: add a line 'Formula: {label}' to its docstring"
    for label in sorted(functions.keys() - labels):
        names = ", ".join(".".join(claim) for claim in functions[label])
        yield f"{names} claims formula {label}, which stands in no chapter"
    for label in sorted(functions.keys() & labels):
        missing = [kind for kind in KINDS if kind not in tests.get(label, {})]
        if missing:
            yield f"formula {label} has no judge of kind {', '.join(missing)} in tests/"
    for label in sorted(tests.keys() - labels):
        yield f"a test judges formula {label}, which stands in no chapter"


def slide_orphans(slides, chapters, sections):
    """Return a sentence for each gap between the slides and the sections.

    `chapters` are the stems of the book; `sections` are pairs (slide number, stem of the chapter).
    """
    wanted = {(slide["number"], stem) for slide in slides for stem in slide["chapters"]}
    for number, stem in sorted(pair for pair in wanted - sections if pair[1] in chapters):
        yield f"slide {number} belongs to {stem}.md, but no section there names it"
    for number, stem in sorted(sections - wanted):
        yield f"a section of {stem}.md names slide {number}, which slides.csv gives to another chapter"
