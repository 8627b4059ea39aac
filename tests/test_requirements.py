"""The requirement files agree with each other and with pyproject.toml, and name no download address."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = ["requirements.txt", "binder/requirements.txt", "requirements-lock.txt", "requirements-node.txt"]
BINDER_S_MACHINE = {"sys_platform": "linux", "platform_machine": "x86_64"}


def pins(name):
    """Return name -> the set of pinned versions of a requirement file (one for each marker)."""
    found = {}
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith(("#", " ")):
            requirement = Requirement(line.rstrip("\\ "))
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            found.setdefault(canonicalize_name(requirement.name), set()).add(pin.version)
    return found


def declared(*extras):
    """Return what pyproject.toml asks for: its dependencies and those of these extras."""
    asked = [Requirement(text) for text in PROJECT["dependencies"]]
    for extra in extras:
        for text in PROJECT["optional-dependencies"][extra]:
            requirement = Requirement(text)
            asked += declared(*requirement.extras) if requirement.name == PROJECT["name"] else [requirement]
    return asked


@pytest.mark.parametrize(
    ("name", "extras"),
    [("requirements.txt", ["book"]), ("requirements-lock.txt", ["book", "test", "dev"])],
)
def test_every_declared_dependency_is_pinned_within_its_bounds(name, extras):
    pinned = pins(name)
    for requirement in declared(*extras):
        versions = pinned[canonicalize_name(requirement.name)]
        assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_binder_gets_what_the_chapters_import_in_the_book_s_versions():
    book, binder = pins("requirements.txt"), pins("binder/requirements.txt")
    asked = [
        one for one in declared("chapters") if one.marker is None or one.marker.evaluate(BINDER_S_MACHINE)
    ]
    assert {canonicalize_name(one.name) for one in asked} <= binder.keys()
    assert {name: book.get(name) for name in binder} == binder


def test_the_jupyterlab_of_binder_s_image_stays_as_it_is():
    parts = {"jupyterlab", "jupyter-server", "jupyter-client", "notebook", "ipykernel"}
    assert not parts & pins("binder/requirements.txt").keys()


def test_on_colab_nothing_comes_that_would_overwrite_its_tensorflow():
    colab, keras, chapters = (
        {one.name for one in declared(extra)} for extra in ("colab", "keras", "chapters")
    )
    assert not any(name.startswith(("tensorflow", "keras")) for name in colab)
    assert colab | keras == chapters


def test_readers_and_builders_get_the_same_versions():
    reader, builder = pins("requirements.txt"), pins("requirements-lock.txt")
    assert {name: builder.get(name) for name in reader} == reader


def test_opencv_is_below_5_and_needs_no_window_system():
    pinned = pins("requirements.txt")
    assert "opencv-python" not in pinned
    assert all(version.startswith("4.") for version in pinned["opencv-python-headless"])


@pytest.mark.parametrize("name", FILES[2:])
def test_every_locked_package_has_a_hash(name):
    entries = re.split(r"\n(?=\S)", (ROOT / name).read_text(encoding="utf-8"))
    bare = [entry for entry in entries if not entry.startswith("#") and "--hash=sha256:" not in entry]
    assert not bare


@pytest.mark.parametrize("name", FILES)
def test_no_requirement_file_names_an_address(name):
    assert not re.search(r"https?://|index-url|find-links", (ROOT / name).read_text(encoding="utf-8"))


def test_the_npm_lock_has_hashes_and_no_addresses():
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, package in packages.items():
        assert "resolved" not in package, name
        assert name == "" or package["integrity"].startswith("sha512-"), name


def test_make_installs_the_locked_uv():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"UV_VERSION := {pins('requirements-lock.txt')['uv'].pop()}" in makefile
