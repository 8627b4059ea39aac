"""One idea has one stem, in every folder; and importing stays cheap."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/cvlessons"
MODULES = sorted(path.stem for path in SOURCE.glob("*.py") if not path.stem.startswith("_"))
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
CHAPTERS = [Path(entry["file"]).stem for part in TOC["parts"] for entry in part["chapters"]]

# Modules without a chapter of their own name, and the chapter that teaches them (or why none does).
TAUGHT_ELSEWHERE = {
    "conv": None,  # the short name of convolution
    "conv_shape": "cnn_layers",  # sizes and pooling are two halves of one chapter, as on slides 55 to 57
    "pooling": "cnn_layers",
    "gradcheck": "backprop",  # the judge of backpropagation is taught where it is needed
    "network": "first_network",
    "optimizers": "first_network",
    "sequential": "keras_workflow",
    "quality": "processing",  # PSNR and SSIM are taught where noise is first measured
    "datasets": None,  # the only module that reads data: every chapter uses it
    "plots": None,  # the only module that draws
    "exercise": None,  # the check under every exercise
    "figures": None,  # the chapters' interactive figures as widgets: each chapter that has one shows it
}
# Pages without arithmetic of their own.
WITHOUT_MODULE = {
    "vision": "one picture through the whole chain, with OpenCV",
    "tasks": "an overview: each task has its own",
    "opencv": "about the library",
    "faces": "its module is detection",
    "learning": "learns with convolution and descent",
    "networks": "looks into a network of the engine; its formulas come later",
    "first_network": "its modules are network and optimizers",
    "cnn_layers": "its modules are conv_shape and pooling",
    "keras_workflow": "its module is sequential",
    "next": "about what comes after the book",
    "notation": "says what the letters mean",
    "glossary": "collects the terms",
    "slides": "made at build",
    "formulas": "made at build",
    "api": "made at build",
    "references": "made at build",
}


@pytest.mark.parametrize("stem", MODULES)
def test_every_module_has_its_tests(stem):
    assert (ROOT / f"tests/test_{stem}.py").exists()


@pytest.mark.parametrize("stem", [stem for stem in MODULES if TAUGHT_ELSEWHERE.get(stem, stem)])
def test_every_module_is_taught_by_a_chapter_that_imports_it(stem):
    chapter = TAUGHT_ELSEWHERE.get(stem, stem)
    text = (ROOT / f"book/{chapter}.md").read_text(encoding="utf-8")
    assert chapter in CHAPTERS
    assert f"cvlessons.{stem} import" in text


@pytest.mark.parametrize("stem", CHAPTERS)
def test_every_chapter_has_its_module(stem):
    assert stem in MODULES or stem in WITHOUT_MODULE


def test_every_chapter_file_is_in_the_table_of_contents():
    files = {path.stem for path in (ROOT / "book").glob("*.md")}
    assert files == {*CHAPTERS, Path(TOC["root"]).stem}


@pytest.mark.parametrize("stem", MODULES)
def test_every_module_says_what_is_public(stem):
    tree = ast.parse((SOURCE / f"{stem}.py").read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    targets = [target for node in tree.body if isinstance(node, ast.Assign) for target in node.targets]
    assert "__all__" in [target.id for target in targets if isinstance(target, ast.Name)]


def modules_after(statement):
    """Return the top-level names that a statement loads in a fresh Python."""
    code = f"import sys; before = set(sys.modules); {statement}; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()}


def test_importing_the_package_loads_nothing_but_numpy():
    assert modules_after("import cvlessons") - set(sys.stdlib_module_names) <= {"cvlessons", "numpy"}


@pytest.mark.parametrize("stem", MODULES)
def test_importing_a_module_loads_no_heavy_library(stem):
    heavy = {"cv2", "keras", "matplotlib", "onnxruntime", "scipy", "skimage", "tensorflow", "tqdm"}
    assert not modules_after(f"import cvlessons.{stem}") & heavy


def test_the_short_name_of_the_readme_works():
    from cvlessons import convolution
    from cvlessons.conv import conv2d

    assert conv2d is convolution.conv2d


@pytest.mark.parametrize("path", sorted(SOURCE.glob("*.py")), ids=lambda path: path.stem)
def test_the_package_has_no_bare_assert(path):
    """`python -O` drops them, and they explain nothing."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Assert)]
