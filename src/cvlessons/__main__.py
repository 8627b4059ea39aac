"""``python -m cvlessons``: which version this is, where its data are, and the book, which it opens."""

import webbrowser
from importlib.metadata import metadata
from importlib.resources import files

from cvlessons import __version__


def address() -> str | None:
    """Return the book's address as the installed package has it, or None where none was named."""
    for link in metadata("cvlessons").get_all("Project-URL") or []:
        name, _, url = link.partition(", ")
        if name == "Documentation":
            return url
    return None


def main() -> None:
    """Say it, and open the book."""
    print(f"cvlessons {__version__}")
    print(f"data: {files('cvlessons') / 'data'}")
    book = address()
    print(f"book: {book or 'this copy names no address; `make book` in its checkout serves it'}")
    if book:
        webbrowser.open(book)


if __name__ == "__main__":
    main()
