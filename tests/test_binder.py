"""Binder's files agree with the project's; `make binder-check` does what they say."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from packaging.specifiers import SpecifierSet

import elsewhere
import notebook_server
import notebooks
from machine import PYTHONS

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
BINDER = ROOT / "binder"


def test_the_python_of_the_image_is_one_that_the_package_and_the_build_support():
    name, version = (BINDER / "runtime.txt").read_text(encoding="utf-8").strip().split("-")
    assert name == "python"
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert PYTHONS[0] <= tuple(map(int, version.split("."))) <= PYTHONS[1]


def test_the_build_script_can_be_run_and_bash_can_read_it():
    script = BINDER / "postBuild"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    named = re.findall(r"[\w./-]+\.(?:txt|mjs)\b", script.read_text(encoding="utf-8"))
    assert named
    assert all((ROOT / name).exists() for name in named), named


def test_no_other_file_asks_binder_for_something():
    """repo2docker takes these from binder/ before all others, and each of them changes the image."""
    assert {path.name for path in BINDER.iterdir()} == {"requirements.txt", "runtime.txt", "postBuild"}


def test_the_steps_are_those_that_repo2docker_does_as_the_reader_s_user():
    told = """
USER root
RUN apt-get update
USER ${NB_USER}
RUN pip install -r a
USER root
RUN rm a
USER ${NB_USER}
RUN ./binder/postBuild
"""
    assert elsewhere.steps(told) == ["pip install -r a", "./binder/postBuild"]
    with pytest.raises(SystemExit, match="names no steps"):
        elsewhere.steps("USER root\nRUN apt-get update")


def cell(source, *tags):
    return {"source": source, "metadata": {"tags": list(tags)}}


def says(monkeypatch, *answers):
    monkeypatch.setattr(notebook_server, "messages", lambda channel, source: iter(answers))


def test_a_cell_that_raises_stops_the_check_and_one_that_may_raise_does_not(monkeypatch):
    says(monkeypatch, ("error", {"traceback": ["\x1b[31mNameError\x1b[0m: x"]}))
    with pytest.raises(notebook_server.CellError, match=r"(?s)print\(x\).*NameError: x"):
        notebook_server.run_cell(None, cell("print(x)"))
    assert notebook_server.run_cell(None, cell("print(x)", "raises-exception")) == 0


def test_a_figure_s_cell_must_show_a_figure(monkeypatch):
    source = "from cvlessons.figures import NeuronKnobs\n\nNeuronKnobs()"
    says(monkeypatch, ("execute_result", {"data": {notebook_server.VIEW: {}}}))
    assert notebook_server.run_cell(None, cell(source)) == 1
    says(monkeypatch, ("execute_result", {"data": {"text/plain": "NeuronKnobs()"}}))
    with pytest.raises(notebook_server.CellError, match="has shown no figure"):
        notebook_server.run_cell(None, cell(source))


def test_the_first_chapter_that_fails_stops_the_run(capsys):
    def run(path):
        if path == "bad.ipynb":
            raise notebook_server.CellError("it has raised")
        return notebook_server.Ran(3, 1, 2.4)

    server = SimpleNamespace(run=run)
    with pytest.raises(SystemExit, match=r"bad.ipynb: it has raised"):
        notebook_server.run_all(server, ["good.ipynb", "bad.ipynb", "late.ipynb"])
    assert capsys.readouterr().out == "chapter 1 of 3: good, 3 cells, interactive figures: 1, 2 s\n"


def test_a_server_runs_a_notebook_with_a_figure_as_a_browser_would(tmp_path, monkeypatch):
    for what in ("CONFIG", "DATA", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{what}_DIR", str(tmp_path / what))
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = nbformat.v4.new_notebook()
    sources = ["x = 1", "from cvlessons.figures import NeuronKnobs\n\nNeuronKnobs()", "assert x == 1"]
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in sources]
    nbformat.write(notebook, tmp_path / "good.ipynb")
    notebook.cells[2].source = "x / 0"
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    with notebook_server.Server(sys.prefix, tmp_path) as server:
        assert {"anywidget", "@jupyter-widgets/jupyterlab-manager"} <= server.extensions()
        ran = server.run("good.ipynb")
        assert (ran.cells, ran.figures) == (3, 1)
        with pytest.raises(notebook_server.CellError, match="ZeroDivisionError"):
            server.run("bad.ipynb")
        assert server.ask("api/sessions") == []


def test_the_first_cell_asks_for_this_version_and_for_extras_that_there_are():
    assert f'=={PROJECT["version"]}"' in notebooks.INSTALL
    asked = re.search(r'parts = "(\w+)" if .* else "(\w+)"', notebooks.INSTALL).groups()
    assert set(asked) <= PROJECT["optional-dependencies"].keys()
