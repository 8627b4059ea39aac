"""`python -m cvlessons` says three things, and opens the book where it has an address."""

import subprocess
import sys
from email.message import Message
from pathlib import Path

import cvlessons
from cvlessons import __main__ as main
from page import buttons


def test_it_says_version_data_and_book():
    done = subprocess.run([sys.executable, "-m", "cvlessons"], capture_output=True, text=True, check=True)
    version, data, book = done.stdout.splitlines()
    assert version == f"cvlessons {cvlessons.__version__}"
    assert (Path(data.removeprefix("data: ")) / "SOURCES.md").is_file()
    assert book.startswith("book: ")
    assert done.stderr == ""


def test_it_opens_the_address_that_the_package_names(monkeypatch, capsys):
    named, opened = Message(), []
    named["Project-URL"] = "Repository, https://example.org/code"
    named["Project-URL"] = "Documentation, https://example.org/book/"
    monkeypatch.setattr(main, "metadata", lambda name: named)
    monkeypatch.setattr(main.webbrowser, "open", opened.append)
    main.main()
    assert opened == ["https://example.org/book/"]
    assert capsys.readouterr().out.endswith("book: https://example.org/book/\n")


def test_without_an_address_nothing_is_opened(monkeypatch, capsys):
    monkeypatch.setattr(main, "metadata", lambda name: Message())
    monkeypatch.setattr(main.webbrowser, "open", lambda url: 1 / 0)
    main.main()
    assert "names no address" in capsys.readouterr().out


def test_buttons_lead_to_the_repository_or_are_not_there():
    named = {
        "project": {"urls": {"Repository": "https://github.com/a/b"}},
        "tool": {"cvlessons": {"branch": "x"}},
    }
    options = buttons(named)
    assert options["repository_url"] == "https://github.com/a/b"
    assert options["repository_branch"] == "x"
    assert options["launch_buttons"]["colab_url"]
    assert buttons({"project": {}}) == {}
