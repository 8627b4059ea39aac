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
FILES = ["requirements.txt", "requirements-lock.txt", "requirements-node.txt"]


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


def test_readers_and_builders_get_the_same_versions():
    reader, builder = pins("requirements.txt"), pins("requirements-lock.txt")
    assert {name: builder.get(name) for name in reader} == reader


def test_opencv_is_below_5_and_needs_no_window_system():
    pinned = pins("requirements.txt")
    assert "opencv-python" not in pinned
    assert all(version.startswith("4.") for version in pinned["opencv-python-headless"])


@pytest.mark.parametrize("name", FILES[1:])
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
