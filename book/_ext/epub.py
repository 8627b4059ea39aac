"""The book as an EPUB: pages of text, formulas as MathML, pictures with their words, and no script.

What a page does by a click, a reading device does by a link: solutions and answers stand at the end of their
chapter, tabs one after the other, and under an interactive figure the address of the live one. The reference
of the package is left out, as from the printed book. epub_package.py makes what stands around the pages.
"""

import io
import os
import re
import time
import uuid
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode
from PIL import Image
from sphinx import addnodes
from sphinx.builders.epub3 import Epub3Builder
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging
from sphinx_design.shared import is_component
from sphinx_exercise.nodes import is_exercise_node, solution_node

import epub_package
from epub_cover import cover
from fonts import MATH_FONT, MATH_STYLE, larger_indices, math_characters, subset
from page import PROJECT
from pictures import HEAVY, LightPictures
from without_buttons import (
    APPENDIX,
    chapter_number,
    numbered_list,
    numbered_title,
    say_where_live,
    take_answers,
)

HERE = Path(__file__).parent
NAME = "deep-learning-for-computer-vision"
LEFT_OUT = "book/api"
TITLE_PAGE, INDEX = "title.xhtml", "index.xhtml"
LICENCES = "Text and figures: CC BY 4.0. Code: MIT."
COVER_SHOWS = "The cover: the digit 5 in large squares, each as light as one number says."
SUBTITLE = "A workshop of 63 slides as a book: every formula executed, every number computed"
KINDS = {"glossary": "glossary", "references": "bibliography"}
logger = logging.getLogger(__name__)


class ForReading(SphinxPostTransform):
    """Give a chapter the form of a book that has no buttons."""

    default_priority = 150  # links and titles are there by now, and what unfolds is still one node
    builders = ("epub",)

    def run(self, **kwargs):
        apart = [*solutions_apart(self.document), *answers_apart(self.document)]
        if apart:
            chapter = self.document.next_node(nodes.section)
            chapter += nodes.section("", nodes.title("", APPENDIX), *apart, ids=["answers"])
            # Sections have no number of their own; one that Sphinx does not know would get its chapter's.
            self.env.toc_secnumbers.setdefault(self.env.docname, {})["#answers"] = None
        flatten_tabs(self.document)
        addresses(self.document, self.env.docname, self.config.html_baseurl)


def settle(app, doctree, docname):
    """Take out of the finished page what a book has no use for; other extensions have put it in by now."""
    if app.builder.name != "epub":
        return
    for cell in list(doctree.findall(HideCodeCellNode)):
        cell.replace_self(cell.children)
    drop_scripts(doctree)
    unlink(doctree, f"{PurePosixPath(LEFT_OUT).name}.xhtml")
    for table in list(doctree.findall(nodes.table)):
        table.replace_self(nodes.container("", table.deepcopy(), classes=["scrolled"]))
    mark_terms(doctree)
    for part in doctree.findall(nodes.section):
        # The inside of an exercise has the same name each time.
        part["ids"] = [name for name in part["ids"] if name not in ("exercise-content", "solution-content")]


def drop_scripts(doctree):
    """A launcher of code writes its settings into every page as a script."""
    for raw in list(doctree.findall(nodes.raw)):
        if "<script" in raw.astext():
            raw.parent.remove(raw)


def solutions_apart(document):
    """Take the solutions out of a chapter; exercise and solution lead to each other."""
    found = []
    for solution in list(document.findall(solution_node)):
        solution.parent.remove(solution)
        solution["classes"] = ["solution"]
        _space_before(solution[0].next_node(nodes.reference))
        found.append(solution)
        for exercise in document.findall(is_exercise_node):
            if exercise["label"] == solution["target_label"]:
                exercise += _line(_link("Solution", solution["label"]), "to-answer")
    return found


def _space_before(link):
    """Let the space in front of a link stand outside of its line."""
    if link is not None and link.astext().startswith(" "):
        link[0] = nodes.Text(link[0].lstrip())
        link.parent.insert(link.parent.index(link), nodes.Text(" "))


def answers_apart(document):
    """Take the answers to the questions for recall out of a chapter; they lead to each other."""
    pairs = take_answers(document)
    for number, (asked, answer) in enumerate(pairs, 1):
        asked["ids"], answer["ids"] = [f"question-{number}"], [f"answer-{number}"]
        asked[0] += [nodes.Text(" "), _link("Answer", f"answer-{number}")]
        answer += _line(_link("Question", f"question-{number}"), "to-answer")
    return [nodes.rubric("", "Answers"), numbered_list(*(answer for _, answer in pairs))] if pairs else []


def _link(text, target):
    return nodes.reference("", text, refid=target, internal=True)


def _line(link, kind):
    return nodes.paragraph("", "", link, classes=[kind])


def flatten_tabs(document):
    """Tabs stand one after the other, each under its name."""
    for item in list(document.findall(lambda node: is_component(node, "tab-item"))):
        label, *content = item.children
        name = nodes.paragraph("", "", nodes.strong("", "", *label.children))
        item.replace_self([name, *(child for part in content for child in part.children)])
    for tabs in list(document.findall(lambda node: is_component(node, "tab-set"))):
        tabs.replace_self(nodes.container("", *tabs.children, classes=["tabs"]))


def addresses(document, docname, base):
    """Under a still stands where the live figure is."""
    for line, _ in say_where_live(document, docname, base):
        line["classes"] = ["live"]


def unlink(document, page):
    """Leave of a link to a page that is not there its text."""
    for link in list(document.findall(nodes.reference)):
        if link.get("refuri", "").partition("#")[0] == page:
            link.replace_self(link.children)


def mark_terms(document):
    """Let the index find the first use of each term in a chapter."""
    seen = set()
    for link in document.findall(nodes.reference):
        page, _, target = link.get("refuri", "").partition("#")
        if page == "glossary.xhtml" and target not in seen:
            seen.add(target)
            link["ids"].append(f"use-{target}")


class BookPictures(LightPictures):
    """Not every reading device knows WebP: photographs are JPEG here, drawings PNG."""

    builders = ("epub",)

    def replace(self, node, source):
        with Image.open(source) as picture:
            suffix, content = as_jpeg_or_png(picture.convert("RGB"))
        target = source.with_suffix(f".epub{suffix}")
        target.write_bytes(content)
        uri = Path(node["uri"]).with_name(target.name).as_posix()
        self.env.images.add_file(self.env.docname, uri)
        node["uri"], node["candidates"] = uri, {"*": uri}


def as_jpeg_or_png(picture):
    """Return suffix and bytes of a picture: PNG, unless JPEG is less than half of what is heavy at all."""
    exact, close = io.BytesIO(), io.BytesIO()
    picture.save(exact, "PNG", optimize=True)
    if exact.tell() >= HEAVY:
        picture.save(close, "JPEG", quality=85, subsampling=0, optimize=True)
        if close.tell() < exact.tell() / 2:
            return ".jpg", close.getvalue()
    return ".png", exact.getvalue()


class EpubBuilder(Epub3Builder):
    """Sphinx's pages in a package of our own: with parts, landmarks, a cover, and only what a page names."""

    allow_parallel = False

    def init(self):
        super().init()
        self.pages = {}

    def get_outdated_docs(self):
        """All of them, each time: the package is made from what this run has written."""
        return sorted(self.env.found_docs - {LEFT_OUT})

    def write_doc(self, docname, doctree):
        if docname != LEFT_OUT:
            super().write_doc(docname, doctree)

    def handle_page(self, pagename, addctx, templatename="page.html", outfilename=None, event_arg=None):
        """Keep the text of a page; what the theme of a site puts around it is not wanted."""
        if pagename in self.env.found_docs:
            self.pages[pagename] = xhtml(addctx["body"])

    def copy_assets(self):
        """Style and scripts of a site are not for a book; the folder, extensions expect to be there."""
        Path(self.outdir, "_static").mkdir(exist_ok=True)

    def finish(self):
        contents = self.contents()
        spine = [f"{name}.xhtml" for name in self.order()]
        files = {
            f"{name}.xhtml": epub_package.page(
                numbered_title(self.env, name),
                self.pages[name],
                name=name,
                kind=KINDS.get(PurePosixPath(name).name, "bodymatter"),
            )
            for name in self.order()
        }
        files[TITLE_PAGE] = epub_package.page(self.config.html_title, self.title_page(), kind="titlepage")
        files[INDEX] = epub_package.page("Index", self.index_of_terms(), kind="index")
        for name, text in files.items():
            self.check(name, text)
        mathematics = [name for name, text in files.items() if "<math" in text]
        files |= {
            f"{self.imagedir}/{name}": Path(self.srcdir, uri).read_bytes()
            for uri, name in self.images.items()
        }
        files |= self.style([files[name] for name in mathematics])
        files[epub_package.COVER] = cover(self.config.html_title, self.config.author)
        files[epub_package.NAV] = epub_package.nav(contents, self.landmarks())
        about = self.about()
        title, identifier = about["title"], about["identifier"]
        files[epub_package.NCX] = epub_package.ncx(contents, title=title, identifier=identifier)
        spine = [TITLE_PAGE, epub_package.NAV, *spine, INDEX]
        files["content.opf"] = epub_package.opf(about, sorted(files), spine, mathematics=mathematics)
        files["META-INF/container.xml"] = epub_package.CONTAINER
        epub_package.write(Path(self.outdir, f"{NAME}.epub"), files, epoch=epoch())

    def order(self):
        """Return the documents as they are read."""
        return [name for name in self.documents_of_parts()[""] if name in self.pages]

    def documents_of_parts(self):
        """Return caption -> documents, as _toc.yml has them; under the empty caption all, the root first."""
        root = self.config.root_doc
        parts = {"": [root]}
        for toctree in self.env.get_doctree(root).findall(addnodes.toctree):
            documents = [name for _, name in toctree["entries"] if name in self.pages]
            parts[""] += documents
            parts[toctree["caption"]] = documents
        return parts

    def contents(self):
        """Return part, chapter and section as a tree."""
        parts = self.documents_of_parts()
        root = self.config.root_doc
        tree = [epub_package.Entry("Title page", TITLE_PAGE), self.entry(root)]
        for caption, documents in parts.items():
            if caption:
                chapters = tuple(self.entry(name) for name in documents)
                tree.append(epub_package.Entry(caption, chapters[0].href, chapters, is_part=True))
        return [*tree, epub_package.Entry("Index", INDEX)]

    def entry(self, name):
        """Return a chapter's line of the contents, with its sections."""
        sections = [
            epub_package.Entry(link.astext(), f"{name}.xhtml{link['anchorname']}")
            for link in self.env.tocs[name].findall(nodes.reference)
            if link["anchorname"] and _depth(link) == 2
        ]
        if 'id="answers"' in self.pages[name]:
            sections.append(epub_package.Entry(APPENDIX, f"{name}.xhtml#answers"))
        return epub_package.Entry(numbered_title(self.env, name), f"{name}.xhtml", tuple(sections))

    def landmarks(self):
        return [
            ("titlepage", "Title page", TITLE_PAGE),
            ("toc", "Contents", epub_package.NAV),
            ("bodymatter", "Start of the book", f"{self.config.root_doc}.xhtml"),
            *(
                (kind, kind.capitalize(), f"book/{stem}.xhtml")
                for stem, kind in KINDS.items()
                if f"book/{stem}" in self.pages
            ),
            ("index", "Index", INDEX),
        ]

    def style(self, pages):
        """Return the style sheet, and the font of the mathematics with the characters that the pages use."""
        font = Path(self.outdir, "math.woff2")
        subset(MATH_FONT, font, math_characters(pages), larger_indices)
        rules = MATH_STYLE.read_text(encoding="utf-8").replace("NotoSansMath-Regular.ttf", font.name)
        rules = rules.replace("direction: ltr;", "")  # not allowed in the style sheet of an EPUB
        rules += (HERE / "epub.css").read_text(encoding="utf-8")
        return {epub_package.STYLE: rules, font.name: font.read_bytes()}

    def about(self):
        """Return what a catalogue wants to know."""
        title = self.config.html_title
        base = self.config.html_baseurl
        return {
            "title": title,
            "author": self.config.author,
            "identifier": uuid.uuid5(uuid.NAMESPACE_URL, f"cvlessons/{NAME}").urn,
            "description": SUBTITLE + "." + f" Live at {base}" * bool(base),
            "rights": f"© {self.config.copyright} {self.config.author}. {LICENCES}",
            "subjects": PROJECT["project"]["keywords"],
            "modified": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(epoch())),
        }

    def title_page(self):
        about = self.about()
        return (
            f'<section class="title-page">\n<p><img src="{epub_package.COVER}" alt="{COVER_SHOWS}"/></p>\n'
            f"<h1>{about['title']}</h1>\n<p>{SUBTITLE}</p>\n<p>{about['author']}</p>\n"
            f"<p>Version {PROJECT['project']['version']}</p>\n<p>{about['rights']}</p>\n</section>"
        )

    def index_of_terms(self):
        """Return the index: each term, where it is defined, and the chapters that use it."""
        lines, letter = [], ""
        for term, target in self.terms():
            if term[0].upper() != letter:
                letter = term[0].upper()
                lines.append(("</ul>\n" if lines else "") + f"<h2>{letter}</h2>\n<ul>")
            mark = f"use-{target}"
            uses = [
                f'<a href="{name}.xhtml#{mark}">{self.short_title(name)}</a>'
                for name in self.order()
                if f'id="{mark}"' in self.pages[name]
            ]
            places = f"; chapter{'s' * (len(uses) > 1)} " * bool(uses) + ", ".join(uses)
            lines.append(f'<li>{term}: <a href="book/glossary.xhtml#{target}">meaning</a>{places}</li>')
        return (
            '<section class="index" role="doc-index">\n<h1>Index</h1>\n'
            + "\n".join(lines)
            + "\n</ul>\n</section>"
        )

    def terms(self):
        """Return pairs (term, id in the glossary), sorted."""
        objects = self.env.get_domain("std").objects
        found = [(name, place[1]) for (kind, name), place in objects.items() if kind == "term"]
        return sorted(found, key=lambda pair: (pair[0].lower(), pair[0]))

    def short_title(self, name):
        return chapter_number(self.env, name) or self.env.titles[name].astext()

    def check(self, name, text):
        """A page that is no XML is not shown by any reading device: the build must fail."""
        try:
            ElementTree.fromstring(text.partition("<!DOCTYPE html>\n")[2])
        except ElementTree.ParseError as error:
            line = text.partition("<!DOCTYPE html>\n")[2].splitlines()[error.position[0] - 1]
            logger.warning("%s is not well-formed: %s, in %s", name, error, line[:300])


def _depth(link):
    """Return how deep a link stands in the list of a document's sections; its title is 1."""
    depth = 0
    while link is not None:
        depth += isinstance(link, nodes.bullet_list)
        link = link.parent
    return depth


def xhtml(body):
    """Return the body of a page in the form of XML, and its formulas in that of MathML 3."""
    body = re.sub(r'(<m(?!style)\w+[^>]*?) scriptlevel="\d"', r"\1", body)
    return re.sub(r"<math(?=[ >])", '<math xmlns="http://www.w3.org/1998/Math/MathML"', body)


def epoch():
    """Return the second that the build gives as its time."""
    return int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))


def settings(app, config):
    """Sphinx asks for a version before it makes an EPUB. Addresses stay behind their links."""
    config.epub_show_urls = "no"
    config.version = PROJECT["project"]["version"]


def setup(app):
    app.add_builder(EpubBuilder, override=True)
    app.add_post_transform(ForReading)
    app.add_post_transform(BookPictures)
    app.connect("config-inited", settings)
    app.connect("doctree-resolved", settle, priority=950)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
