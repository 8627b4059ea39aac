"""Is the EPUB whole? Run by `make epub` on what it has packed.

EPUBCheck (Debian's package) says whether it is valid. Here is what it does not look at: every picture has
its words, every file is used, there is no script, no ground or colour of text that a dark reader could not
change; and every formula, figure and exercise has the number that it has on the web.
"""

import re
import subprocess
import sys
import zipfile
from html import unescape
from pathlib import Path
from posixpath import dirname, join, normpath

from machine import EPUBCHECK
from notebooks import Book

MEGABYTES = 25  # what a mail or an old device still takes
WORDS = 8  # a shorter text says what a picture is, not what it shows
FIGURE = re.compile(r'<figure[^>]* id="([\w-]+)">.*?<span class="caption-number">Fig\. ([\d.]+)', re.S)
EXERCISE = re.compile(
    r'<div class="exercise admonition" id="([\w-]+)">\s*<p class="admonition-title">'
    r'<span class="caption-number">Exercise ([\d.]+)'
)
FORMULA = re.compile(r'<div class="math[^"]*" id="(equation-[\w-]+)">\s*<span class="eqno">\(([\d.]+)\)')


def read(path):
    """Return name -> content: text of pages and styles, bytes of all else."""
    with zipfile.ZipFile(path) as book:
        files = {name: book.read(name) for name in book.namelist()}
    text = (".xhtml", ".css", ".opf", ".ncx")
    return {name: body.decode() if name.endswith(text) else body for name, body in files.items()}


def pages_of(files):
    return {name: body for name, body in files.items() if name.endswith(".xhtml")}


def wordless(files):
    """Return the pictures whose text is missing or says too little."""
    found = []
    for name, body in pages_of(files).items():
        for tag in re.findall(r"<img [^>]*>", body):
            words = re.search(r'alt="([^"]*)"', tag)
            if words is None or len(unescape(words[1]).split()) < WORDS:
                found.append(f"{name}: too few words for {tag[:120]}")
    return found


def unused(files):
    """Return what is packed and nothing leads to."""
    used = {"mimetype", "META-INF/container.xml", "content.opf", "toc.ncx", "cover.png"}
    for name, body in files.items():
        if isinstance(body, str):
            places = re.findall(r'(?:src|href)="([^"#:]+)|url\([\'"]?([\w./-]+)', body)
            used |= {
                normpath(join(dirname(name), one or other)) for one, other in places if name != "content.opf"
            }
    return [f"nothing leads to {name}" for name in sorted(files.keys() - used)]


def not_for_books(files):
    """Return what only a site has: scripts, its own elements, buttons."""
    marks = ("<script", "<cv-figure", "<details", "<button", "<iframe", "<form", "javascript:")
    return [f"{name} has {mark}" for name, body in pages_of(files).items() for mark in marks if mark in body]


def fixed_colours(style):
    """Return the rules that set a ground, or black or white as the colour of text.

    The one ground that is allowed lies under pictures.
    """
    found = []
    for selector, rule in re.findall(r"([^{}]+)\{([^{}]*)\}", re.sub(r"/\*.*?\*/", "", style, flags=re.S)):
        ground = re.search(r"background(?:-color)?:(?!\s*(?:currentColor|none|transparent))", rule)
        if ground and not all(part.strip().endswith("img") for part in selector.split(",")):
            found.append(f"{selector.strip()} sets a ground")
        if re.search(r"(?<![\w-])color:\s*(?:#000|#fff|black|white)", rule):
            found.append(f"{selector.strip()} sets the colour of text")
    return found


def numbers_of(files):
    """Return id -> number of all formulas, figures and exercises."""
    found = {}
    for body in pages_of(files).values():
        for pattern in (FORMULA, FIGURE, EXERCISE):
            found |= {name: number.strip(".") for name, number in pattern.findall(body)}
    return found


def other_numbers(here, web):
    """Return where a number is missing on one side, or differs."""
    none = "without number"
    return [
        f"{name} is {here.get(name, none)} in the EPUB and {web.get(name, none)} on the web"
        for name in sorted(here | web)
        if here.get(name) != web.get(name)
    ]


def numbers_on_the_web(book):
    """Return the numbers of what the EPUB has, too: tables and sections aside, and without second names."""
    kinds = ("figure", "exercise", "displaymath")
    places = (place for chapter in book.env.toc_fignumbers.values() for place in chapter.items())
    return {
        name: ".".join(map(str, number))
        for kind, numbers in places
        if kind in kinds
        for name, number in numbers.items()
    }


def validate(path):
    """Run EPUBCheck; warnings count."""
    done = subprocess.run(
        ["java", "-jar", EPUBCHECK, "--failonwarnings", path], capture_output=True, text=True, check=False
    )
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if re.match(r"(?:ERROR|FATAL|WARNING|USAGE)", line)]
    return found or ["EPUBCheck failed: " + " ".join(lines[-3:])] * bool(done.returncode)


def main(path, with_epubcheck="1"):
    path, is_asked = Path(path), with_epubcheck != "0"
    files = read(path)
    here = numbers_of(files)
    faults = [
        *wordless(files),
        *unused(files),
        *not_for_books(files),
        *fixed_colours(files["style.css"]),
        *other_numbers(here, numbers_on_the_web(Book())),
        *(validate(path) if is_asked else ()),
    ]
    size = path.stat().st_size / 1e6
    if size > MEGABYTES:
        faults.append(f"{size:.1f} MB: more than {MEGABYTES}")
    if faults:
        sys.exit("the EPUB has faults:\n" + "\n".join(faults))
    state = "valid" if is_asked else "not seen by EPUBCheck"
    pictures = sum(name.startswith("_images/") for name in files)
    print(f"{path.name}: {state}; {len(pages_of(files))} pages, {pictures} pictures, {size:.1f} MB")
    print(f"{len(here)} numbers of formulas, figures and exercises are as on the web")


if __name__ == "__main__":
    main(*sys.argv[1:])
