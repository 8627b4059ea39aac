"""Is the printed book whole? Run by `make pdf` after LaTeX, on what it left in _build/latex.

No character without a glyph, no line far over the margin, no reference that leads nowhere, no chapter without
text; every font embedded; title and author known; and every formula, figure and exercise has the number that
it has on the web.
"""

import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

from notebooks import Book

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "_build/latex"
NAME = "deep-learning-for-computer-vision"
MARGIN = 5  # points over the margin that no eye sees
LABEL = re.compile(r"\\newlabel\{(?:equation:)?book/(\w+):([\w-]+)\}\{\{([^}]*)\}\{(\w+)\}")


def faults_of(log):
    """Return what LaTeX's log says against the book, in words."""
    glyphs = set(re.findall(r"Missing character: There is no (.) \(U\+\w+\)", log))
    wide = re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\) .*? lines? ([\d-]+)", log)
    lost = set(re.findall(r"(?:Reference|Hyper reference) `([^']+)' on page", log))
    return [
        *(f"no glyph for {glyph}" for glyph in sorted(glyphs)),
        *(f"{points} pt over the margin, at {lines}" for points, lines in wide if float(points) > MARGIN),
        *(f"a reference leads nowhere: {name}" for name in sorted(lost)),
    ]


def other_numbers(aux, numbers):
    """Return where the paper's number differs from the web's (id -> number as text)."""
    found = []
    for _, name, printed, _ in LABEL.findall(aux):
        web = numbers.get(name) or numbers.get(f"equation-{name}")
        if web and printed != web:
            found.append(f"{name} is {printed} on paper and {web} on the web")
    return found


def empty_chapters(toc):
    """Return the chapters that begin on the page of the next one."""
    entries = re.findall(r"\\contentsline \{chapter\}\{(.*?)\}\{(\d+)\}\{[\w.*]+\}", toc)
    pairs = pairwise(entries)
    return [f"an empty chapter: {title}" for (title, page), (_, then) in pairs if page == then]


def unembedded(fonts):
    """Return the fonts that a reader's machine would have to have (from `pdffonts`)."""
    rows = [line for line in fonts.splitlines()[2:] if line]
    return [f"not embedded: {row.split()[0]}" for row in rows if row.split()[-5] != "yes"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main():
    log, aux, toc = (
        (FOLDER / f"{NAME}.{kind}").read_text(encoding="utf-8", errors="replace")
        for kind in ("log", "aux", "toc")
    )
    pdf = FOLDER / f"{NAME}.pdf"
    faults = [
        *faults_of(log),
        *other_numbers(aux, Book().numbers),
        *empty_chapters(toc),
        *unembedded(run("pdffonts", pdf)),
    ]
    about = run("pdfinfo", pdf)
    faults += [
        f"no {field}" for field in ("Title", "Author") if not re.search(rf"^{field}: +\S", about, re.M)
    ]
    if faults:
        sys.exit("the printed book has faults:\n" + "\n".join(faults))
    pages = re.search(r"^Pages: +(\d+)", about, re.M)[1]
    print(f"{pages} pages, {pdf.stat().st_size / 1e6:.1f} MB; {len(LABEL.findall(aux))} labels compared")


if __name__ == "__main__":
    main()
