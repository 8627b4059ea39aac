"""The parts of an EPUB around its pages: the package document, the contents, the zip.

A plain module: text and bytes in, text and bytes out. The same input gives the same bytes on every machine.
https://www.w3.org/TR/epub-33/ says what must stand where.
"""

import time
import zipfile
from pathlib import PurePosixPath
from typing import NamedTuple
from xml.sax.saxutils import escape, quoteattr

MEDIA_TYPES = {
    ".css": "text/css",
    ".jpg": "image/jpeg",
    ".ncx": "application/x-dtbncx+xml",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".xhtml": "application/xhtml+xml",
}
NAV, NCX, STYLE, COVER = "nav.xhtml", "toc.ncx", "style.css", "cover.png"
CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
  <rootfiles>
    <rootfile full-path="content.opf" media-type="application/oebps-package+xml"/>
  </rootfiles>
</container>
"""
PAGE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="en" xml:lang="en">
<head>
<meta charset="utf-8"/>
<title>{title}</title>
<link rel="stylesheet" type="text/css" href="{root}style.css"/>
</head>
<body{kind}>
{body}
</body>
</html>
"""
OPF = """<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="book" xml:lang="en">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="book">{identifier}</dc:identifier>
<dc:title>{title}</dc:title>
<dc:language>en-GB</dc:language>
<dc:creator>{author}</dc:creator>
<dc:publisher>{author}</dc:publisher>
<dc:description>{description}</dc:description>
<dc:rights>{rights}</dc:rights>
<dc:date>{modified}</dc:date>
{subjects}
<meta property="dcterms:modified">{modified}</meta>
{access}
<meta name="cover" content="{cover}"/>
</metadata>
<manifest>
{manifest}
</manifest>
<spine toc="{ncx}">
{spine}
</spine>
</package>
"""
# What the book offers to readers who do not see it, in the words of https://www.w3.org/community/reports/a11y-discov-vocab/
ACCESS = {
    "accessMode": ["textual", "visual"],
    "accessModeSufficient": ["textual,visual", "textual"],
    "accessibilityFeature": [
        "alternativeText",
        "displayTransformability",
        "index",
        "MathML",
        "readingOrder",
        "structuralNavigation",
        "tableOfContents",
    ],
    "accessibilityHazard": ["none"],
    "accessibilitySummary": [
        "All pictures have a text that says what there is to learn from them. Formulas are MathML. "
        "Code is text. Colours are the reader's own; nothing is told by colour alone. There are no scripts."
    ],
}


class Entry(NamedTuple):
    """A line of the contents: a part has no page of its own (href is that of its first chapter)."""

    title: str
    href: str
    children: tuple = ()
    is_part: bool = False


def page(title, body, *, name="", kind=""):
    """Return the XHTML of a page; `name` is its path in the book, `kind` what it is (epub:type)."""
    root = "../" * name.count("/")
    kind = f" epub:type={quoteattr(kind)}" if kind else ""
    return PAGE.format(title=escape(title), root=root, kind=kind, body=body)


def nav(contents, landmarks):
    """Return the page of the contents; `landmarks` are triples (kind, title, href)."""
    marks = "\n".join(
        f'<li><a epub:type="{kind}" href={quoteattr(href)}>{escape(title)}</a></li>'
        for kind, title, href in landmarks
    )
    body = (
        f'<nav epub:type="toc" role="doc-toc" id="toc">\n<h1>Contents</h1>\n{_list(contents)}\n</nav>\n'
        '<nav epub:type="landmarks" id="landmarks" hidden="hidden">\n<h2>Landmarks</h2>\n'
        f"<ol>\n{marks}\n</ol>\n</nav>"
    )
    return page("Contents", body, name=NAV)


def _list(entries):
    items = []
    for entry in entries:
        title = escape(entry.title)
        line = f"<span>{title}</span>" if entry.is_part else f"<a href={quoteattr(entry.href)}>{title}</a>"
        items.append(f"<li>{line}{_list(entry.children) if entry.children else ''}</li>")
    return "<ol>\n" + "\n".join(items) + "\n</ol>"


def ncx(contents, *, title, identifier):
    """Return the contents for readers from before EPUB 3."""
    order, places = [], {}

    def points(entries):
        text = ""
        for entry in entries:
            order.append(entry)
            # The same place has the same number: a part is where its first chapter is.
            number = places.setdefault(entry.href, len(places) + 1)
            head = f'<navPoint id="point-{len(order)}" playOrder="{number}">'
            label = f"<navLabel><text>{escape(entry.title)}</text></navLabel>"
            text += (
                f"{head}{label}<content src={quoteattr(entry.href)}/>\n{points(entry.children)}</navPoint>\n"
            )
        return text

    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1">\n'
        f'<head><meta name="dtb:uid" content={quoteattr(identifier)}/></head>\n'
        f"<docTitle><text>{escape(title)}</text></docTitle>\n<navMap>\n{points(contents)}</navMap>\n</ncx>\n"
    )


def opf(about, names, spine, *, mathematics):
    """Return the package document.

    `about` holds title, author, identifier, description, rights, subjects and modified; `names` are all
    files, `spine` those that are read in turn, `mathematics` those with formulas.
    """
    ids = {name: f"file-{number}" for number, name in enumerate(names)}
    properties = {NAV: "nav", COVER: "cover-image", **dict.fromkeys(mathematics, "mathml")}
    manifest = [
        f'<item id="{ids[name]}" href={quoteattr(name)}'
        f' media-type="{MEDIA_TYPES[PurePosixPath(name).suffix]}"'
        + (f' properties="{properties[name]}"' if name in properties else "")
        + "/>"
        for name in names
    ]
    access = [
        f'<meta property="schema:{key}">{escape(value)}</meta>'
        for key, values in ACCESS.items()
        for value in values
    ]
    texts = {key: escape(value) for key, value in about.items() if isinstance(value, str)}
    return OPF.format(
        **texts,
        subjects="\n".join(f"<dc:subject>{escape(subject)}</dc:subject>" for subject in about["subjects"]),
        access="\n".join(access),
        cover=ids[COVER],
        ncx=ids[NCX],
        manifest="\n".join(manifest),
        spine="\n".join(f'<itemref idref="{ids[name]}"/>' for name in spine),
    )


def write(target, files, *, epoch):
    """Zip files (name -> text or bytes) as an EPUB: the type first and plain, all with the same date."""
    date = time.gmtime(epoch)[:6]
    with zipfile.ZipFile(target, "w") as book:
        for name, content in [("mimetype", "application/epub+zip"), *sorted(files.items())]:
            info = zipfile.ZipInfo(name, date)
            info.external_attr = 0o644 << 16
            info.create_system = 3
            info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            book.writestr(info, content, compresslevel=9)
