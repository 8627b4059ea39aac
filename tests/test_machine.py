"""scripts/machine.py: whatever is missing is said in one line, with the cure."""

import shutil
import socket
import sys
from collections import namedtuple

import pytest

import machine


def said(function, *arguments):
    """Return the one line that a check stops with."""
    with pytest.raises(SystemExit) as stop:
        function(*arguments)
    assert "\n" not in stop.value.code
    return stop.value.code


@pytest.mark.parametrize("version", [(3, 10), (3, 14), (4, 0)])
def test_another_python_is_named_with_the_cure(monkeypatch, version):
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    assert f"is {version[0]}.{version[1]}: make PYTHON=python3.11" in said(machine.python)


def test_a_python_without_venv_names_the_package(monkeypatch):
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    assert "apt-get install python3-venv" in said(machine.python)


def test_a_full_disk_is_said_with_its_numbers(monkeypatch):
    usage = namedtuple("usage", "total used free")(1, 1, 1.5e9)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    assert "1.5 GB free and 4 are needed" in said(machine.python)


def test_this_machine_is_good_enough():
    machine.python()


def test_a_taken_port_is_said_with_another():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        assert f"port {number} is taken" in said(machine.port, str(number))
    machine.port(str(number))


@pytest.mark.parametrize("number", ["none", "70000"])
def test_a_port_that_is_none_is_said(number):
    assert f"port {number} is taken or not allowed" in said(machine.port, number)


def fake_node(folder, version):
    for name, line in (("node", f"echo v{version}.1.0"), ("npm", "true")):
        (folder / name).write_text(f"#!/bin/sh\n{line}\n")
        (folder / name).chmod(0o755)


@pytest.mark.parametrize(("version", "good"), [(18, False), (20, True), (24, True)])
def test_the_system_node_is_taken_where_it_is_new_enough(monkeypatch, tmp_path, version, good):
    fake_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert machine.system_node() == (tmp_path if good else None)


def test_without_node_the_package_is_asked_for(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(machine.importlib.util, "find_spec", lambda name: None)
    assert "Node.js 20 is missing" in said(machine.node)


def test_without_epubcheck_the_line_to_copy_is_printed(monkeypatch, tmp_path):
    monkeypatch.setattr(machine, "EPUBCHECK", tmp_path / "epubcheck.jar")
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    assert "apt-get install --no-install-recommends epubcheck  (or: make epub EPUBCHECK=0)" in said(
        machine.epub
    )
    machine.EPUBCHECK.touch()
    machine.epub()
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "epubcheck" in said(machine.epub)


def test_without_a_browser_the_line_to_copy_is_printed(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert "sudo apt-get install chromium  (or: make test BROWSER=0)" in said(machine.browser)
