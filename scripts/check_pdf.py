"""Is the printed book whole? Run by `make pdf` after LaTeX, on what it left in _build/latex.

No character without a glyph, nothing far over a margin, no reference that leads nowhere, no chapter without
text, no directive or object where words should stand; every picture has a text alternative, every font is
embedded, every chapter has a bookmark; title and author are known; and every formula, figure and exercise is
there, with the number that it has on the web.
"""

import html
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
LABEL = re.compile(r"\\newlabel\{(?:equation:)?book/\w+:([\w-]+)\}\{\{([^}]*)\}")
EXERCISE = re.compile(
    r"\\label\{exercise:([\w-]+)\}\s*\\begin\{sphinxadmonition\}\{note\}\{Exercise ([\d.]+)"
)
NUMBERED = re.compile(r"(equation-eq|fig|ex)-")
LEFT = re.compile(
    r"\{(?:ref|doc|eq|numref|glue|term|cite)(?::\w+)?\}`|:::\{|```|<[\w.]+ object at 0x|Figure\(\d+x\d+\)"
)


def faults_of(log):
    """Return what LaTeX's log says against the book, in words."""
    glyphs = set(re.findall(r"Missing character: There is no (.) \(U\+\w+\)", log))
    wide = re.findall(r"Overfull \\hbox \(([\d.]+)pt too wide\) (.*)", log)
    high = re.findall(r"Overfull \\vbox \(([\d.]+)pt too high\) (.*)", log)
    floats = re.findall(r"Float too large for page by ([\d.]+)pt(.*)", log)
    lost = set(re.findall(r"(?:Reference|Hyper reference|Citation) `([^']+)' .*undefined", log))
    twice = set(re.findall(r"Label `([^']+)' multiply defined", log))
    return [
        *(f"no glyph for {glyph}" for glyph in sorted(glyphs)),
        *(f"{points} pt over the margin, {place}" for points, place in wide if float(points) > MARGIN),
        *(f"{points} pt over the foot, {place}" for points, place in high + floats if float(points) > MARGIN),
        *(f"a reference leads nowhere: {name}" for name in sorted(lost)),
        *(f"two places have the name {name}" for name in sorted(twice)),
    ]


def printed_numbers(aux, tex):
    """Return id -> number as text: formulas and figures from LaTeX's labels, exercises from their titles."""
    return dict(LABEL.findall(aux)) | dict(EXERCISE.findall(tex))


def other_numbers(printed, web):
    """Return where the paper's numbers (id -> text) differ from the web's, or are missing."""
    found = [] if web else ["the web's numbers are not there to compare with"]
    for name, number in sorted(web.items()):
        paper = printed.get(name.removeprefix("equation-"), "missing")
        if paper != number:
            found.append(f"{name} is {paper} on paper and {number} on the web")
    return found


def empty_chapters(toc):
    """Return the chapters that begin on the page of the next one."""
    entries = re.findall(r"\\contentsline \{chapter\}\{(.*?)\}\{(\d+)\}\{[\w.*]+\}", toc)
    pairs = pairwise(entries)
    return [f"an empty chapter: {title}" for (title, page), (_, then) in pairs if page == then]


def without_bookmark(toc, outline):
    """Return the chapters that the reader's side bar does not list (its form is pdftohtml's)."""
    listed = {
        re.sub(r"^[\d.]+\s+", "", html.unescape(title)) for title in re.findall(r">([^<]+)</item>", outline)
    }
    titles = re.findall(r"\\contentsline \{chapter\}\{(?:\\numberline \{\d+\})?(.*?)\}\{\d+\}", toc)
    return [f"no bookmark: {title}" for title in titles if title not in listed]


def silent_pictures(tex):
    """Return the pictures without text alternative."""
    all_pictures = re.findall(
        r"(\\alternative\{\w+\}\{\s*(?:\\noindent)?)?\\sphinxincludegraphics[^{]*\{(.*?)\}", tex
    )
    return [f"a picture without text alternative: {name}" for told, name in all_pictures if not told]


def left_over(text):
    """Return what a reader of the pages should not see."""
    return [f"left over on the pages: {found}" for found in sorted(set(LEFT.findall(text)))]


def unembedded(fonts):
    """Return the fonts that a reader's machine would have to have (from `pdffonts`)."""
    rows = [line for line in fonts.splitlines()[2:] if line]
    return [f"not embedded: {row.split()[0]}" for row in rows if row.split()[-5] != "yes"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main():
    log, aux, toc, tex = (
        (FOLDER / f"{NAME}.{kind}").read_text(encoding="utf-8", errors="replace")
        for kind in ("log", "aux", "toc", "tex")
    )
    pdf = FOLDER / f"{NAME}.pdf"
    web = {name: number for name, number in Book().numbers.items() if NUMBERED.match(name)}
    faults = [
        *faults_of(log),
        *other_numbers(printed_numbers(aux, tex), web),
        *empty_chapters(toc),
        *without_bookmark(toc, run("pdftohtml", "-xml", "-i", "-stdout", "-l", "1", pdf)),
        *silent_pictures(tex),
        *left_over(run("pdftotext", pdf, "-")),
        *unembedded(run("pdffonts", pdf)),
    ]
    about = run("pdfinfo", pdf)
    faults += [
        f"no {field}" for field in ("Title", "Author") if not re.search(rf"^{field}: +\S", about, re.M)
    ]
    if faults:
        sys.exit("the printed book has faults:\n" + "\n".join(faults))
    pages = re.search(r"^Pages: +(\d+)", about, re.M)[1]
    print(f"{pages} pages, {pdf.stat().st_size / 1e6:.1f} MB; {len(web)} numbers compared")


if __name__ == "__main__":
    main()
