"""epub.py and its package: a chapter without buttons, and a book that is the same bytes each time."""

import io
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from docutils import nodes
from docutils.utils import new_document
from myst_nb.sphinx_ import HideCodeCellNode
from PIL import Image
from sphinx_design.shared import create_component
from sphinx_exercise.nodes import exercise_node, solution_node

import epub
import epub_package
from cvlessons.datasets import load_photo
from epub_cover import cover
from interactive import live_figure
from page import PROJECT

STYLE = (Path(epub.__file__).parent / "epub.css").read_text(encoding="utf-8")


def chapter(*content, title="A chapter"):
    document = new_document("chapter")
    document += nodes.section("", nodes.title("", title), *content, ids=[nodes.make_id(title)])
    return document


def fold(question, answer):
    title = nodes.rubric("", question)
    return create_component("dropdown", children=[title, nodes.paragraph("", answer)])


def leads(document):
    """Return the targets of the links inside a document, and check that each is there."""
    targets = [link["refid"] for link in document.findall(nodes.reference) if "refid" in link]
    ids = {name for node in document.findall(nodes.Element) for name in node["ids"]}
    assert set(targets) <= ids
    return targets


def test_a_solution_stands_apart_and_the_exercise_leads_to_it():
    exercise = exercise_node("", nodes.title("", "Exercise"), label="ex-one", ids=["ex-one"])
    solution = solution_node(
        "",
        nodes.title("", "Solution to", nodes.reference("", " Exercise 1", refid="ex-one")),
        nodes.paragraph("", "Four."),
        label="sol-one",
        target_label="ex-one",
    )
    solution["ids"] = ["sol-one"]
    document = chapter(exercise, solution)
    apart = epub.solutions_apart(document)
    assert apart == [solution]
    assert "Four." not in document.astext()
    document += nodes.section("", *apart)
    assert leads(document) == ["sol-one", "ex-one"]
    assert solution[0].astext() == "Solution to Exercise 1"
    assert solution[0].next_node(nodes.reference).astext() == "Exercise 1"


def test_questions_are_numbered_and_lead_to_their_answers_and_back():
    between = nodes.paragraph("", "And now for two hard ones.")
    questions = fold("Why?", "So."), between, fold("How?", "Like this."), fold("When?", "Now.")
    document = chapter(*questions, title="Questions for recall")
    title, answers = epub.answers_apart(document)
    assert title.astext() == "Answers"
    assert "Like this." not in document.astext()
    first, second = document.findall(nodes.enumerated_list)
    assert (first["start"], len(first)) == (1, 1)
    assert (second["start"], len(second)) == (2, 2)  # the count goes on after the text between
    document += answers
    assert leads(document) == [
        *("answer-1", "answer-2", "answer-3"),
        *("question-1", "question-2", "question-3"),
    ]


def test_what_unfolds_and_is_no_question_stays_in_its_place():
    document = chapter(fold("The code for PyTorch", "import torch"), nodes.paragraph("", "After it."))
    assert epub.answers_apart(document) == []
    assert [node.astext() for node in document[0][1:]] == [
        "The code for PyTorch",
        "import torch",
        "After it.",
    ]


def test_a_chapter_without_questions_gets_no_title_for_answers():
    assert epub.answers_apart(chapter(nodes.paragraph("", "Text."))) == []


def test_tabs_stand_one_after_the_other_under_their_names():
    def tab(name, text):
        label = create_component("tab-label", children=[nodes.Text(name)])
        content = create_component("tab-content", children=[nodes.paragraph("", text)])
        return create_component("tab-item", children=[label, content])

    document = chapter(create_component("tab-set", children=[tab("NumPy", "ours"), tab("Keras", "theirs")]))
    epub.flatten_tabs(document)
    (tabs,) = document.findall(nodes.container)
    assert [child.astext() for child in tabs] == ["NumPy", "ours", "Keras", "theirs"]
    assert [strong.astext() for strong in document.findall(nodes.strong)] == ["NumPy", "Keras"]


@pytest.mark.parametrize("base", ["", "https://books.example/vision"])
def test_a_still_says_where_the_live_figure_is(base):
    live = live_figure("", nodes.image("", uri="still.svg", alt="A still."), figure="fig-neuron-knobs")
    document = chapter(nodes.figure("", live, nodes.caption("", "Knobs.")))
    epub.addresses(document, "book/neuron", base)
    (legend,) = document.findall(nodes.legend)
    address = f"{base}/book/neuron.html#fig-neuron-knobs"
    assert legend.astext() == (f"Live on the web: {address}" if base else "Live on the web, in this chapter.")
    assert [link["refuri"] for link in document.findall(nodes.reference)] == [address] * bool(base)


def test_of_a_link_to_what_is_left_out_the_text_stays():
    gone = nodes.reference("", "cvlessons.neuron", refuri="api.xhtml#cvlessons.neuron")
    kept = nodes.reference("", "the glossary", refuri="glossary.xhtml#term-neuron")
    document = chapter(nodes.paragraph("", "", gone, nodes.Text(" and "), kept))
    epub.unlink(document, "api.xhtml")
    assert "cvlessons.neuron and the glossary" in document.astext()
    assert list(document.findall(nodes.reference)) == [kept]


def test_the_index_finds_the_first_use_of_a_term():
    links = [nodes.reference("", word, refuri="glossary.xhtml#term-bias") for word in ("bias", "biases")]
    epub.mark_terms(chapter(nodes.paragraph("", "", *links)))
    assert [link["ids"] for link in links] == [["use-term-bias"], []]


def test_a_photograph_becomes_jpeg_and_a_drawing_stays_as_it_is():
    photo = Image.fromarray(load_photo("coffee"))
    suffix, content = epub.as_jpeg_or_png(photo)
    assert suffix == ".jpg"
    exact = io.BytesIO()
    photo.save(exact, "PNG", optimize=True)
    assert len(content) < len(exact.getvalue()) / 2
    suffix, content = epub.as_jpeg_or_png(Image.new("RGB", (800, 600), "white"))
    assert suffix == ".png"
    assert Image.open(io.BytesIO(content)).size == (800, 600)


def test_formulas_are_named_as_mathml():
    text = epub.xhtml("<p><math><mi>x</mi></math> <math display='block'><mi>y</mi></math></p>")
    assert len(ElementTree.fromstring(text).findall("{http://www.w3.org/1998/Math/MathML}math")) == 2


def test_an_index_in_an_index_keeps_to_mathml_3():
    text = epub.xhtml('<math><mstyle scriptlevel="1"><mn scriptlevel="2" style="a">1</mn></mstyle></math>')
    assert '<mn style="a">' in text
    assert '<mstyle scriptlevel="1">' in text


def test_of_a_page_for_the_web_no_script_and_no_second_name_is_left():
    script = nodes.raw("", "<script>launch()</script>", format="html")
    hidden = HideCodeCellNode(prompt_show="Show", prompt_hide="Hide")
    hidden += nodes.literal_block("", "import numpy")
    inside = nodes.section("", nodes.paragraph("", "How much?"), ids=["exercise-content"])
    table = nodes.table("", nodes.tgroup("", cols=1))
    document = chapter(script, hidden, inside, table)
    epub.settle(SimpleNamespace(builder=SimpleNamespace(name="html")), document, "book/a")
    assert "launch" in document.astext()
    epub.settle(SimpleNamespace(builder=SimpleNamespace(name="epub")), document, "book/a")
    assert "launch" not in document.astext()
    assert not list(document.findall(HideCodeCellNode))
    assert "import numpy" in document.astext()
    assert inside["ids"] == []
    assert document.next_node(nodes.table).parent["classes"] == ["scrolled"]


def luminance(colour):
    """https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_colours_of_code_can_be_read_on_white_and_on_black():
    colours = set(re.findall(r"(?<![\w-])color: (#\w{6});", STYLE))
    assert len(colours) == 5
    for colour in colours:
        assert 1.05 / (luminance(colour) + 0.05) >= 4.5
        assert (luminance(colour) + 0.05) / 0.05 >= 4.5


def test_the_cover_is_the_same_each_time():
    once = cover("Deep Learning for Computer Vision", "Somebody")
    assert once == cover("Deep Learning for Computer Vision", "Somebody")
    assert once != cover("Another title of the book", "Somebody")
    assert Image.open(io.BytesIO(once)).size == (1200, 1800)
    assert len(once) < 60_000


SECTIONS = tuple(epub_package.Entry(title, f"book/a.xhtml#{title}") for title in ("one", "two"))
CHAPTERS = (
    epub_package.Entry("1. A & B", "book/a.xhtml", SECTIONS),
    epub_package.Entry("2. C", "book/c.xhtml"),
)
CONTENTS = [
    epub_package.Entry("Title page", "title.xhtml"),
    epub_package.Entry("Part", "book/a.xhtml", CHAPTERS, is_part=True),
]


def test_the_contents_have_parts_chapters_and_sections():
    text = epub_package.nav(CONTENTS, [("toc", "Contents", "nav.xhtml")])
    tree = ElementTree.fromstring(text.partition("<!DOCTYPE html>")[2])
    xml = {"": "http://www.w3.org/1999/xhtml"}
    toc = tree.find(".//nav[@id='toc']/ol", xml)
    assert [item.find("span", xml) is not None for item in toc] == [False, True]  # a part is no link
    links = toc.findall(".//a", xml)
    assert [link.text for link in links] == ["Title page", "1. A & B", "one", "two", "2. C"]
    assert tree.find(".//nav[@id='landmarks']//a", xml).get("href") == "nav.xhtml"


def test_the_old_contents_count_each_place_once():
    tree = ElementTree.fromstring(epub_package.ncx(CONTENTS, title="A book", identifier="urn:x"))
    xml = {"": "http://www.daisy.org/z3986/2005/ncx/"}
    points = tree.findall(".//navPoint", xml)
    orders = {point.find("content", xml).get("src"): point.get("playOrder") for point in points}
    assert len({point.get("id") for point in points}) == len(points) == 6
    assert [point.get("playOrder") for point in points] == [
        orders[point.find("content", xml).get("src")] for point in points
    ]
    assert sorted(map(int, orders.values())) == [1, 2, 3, 4, 5]


def test_the_package_says_what_is_in_it():
    about = {key: key for key in ("title", "author", "identifier", "description", "modified")}
    about |= {"rights": "A & B", "subjects": ["vision"]}
    names = ["book/a.xhtml", "cover.png", "math.woff2", "nav.xhtml", "toc.ncx"]
    spine = ["nav.xhtml", "book/a.xhtml"]
    tree = ElementTree.fromstring(
        epub_package.opf(about, names, spine, mathematics=["book/a.xhtml"]).encode()
    )
    xml = {"": "http://www.idpf.org/2007/opf", "dc": "http://purl.org/dc/elements/1.1/"}
    items = {item.get("href"): item for item in tree.findall("manifest/item", xml)}
    assert list(items) == names
    assert items["book/a.xhtml"].get("properties") == "mathml"
    assert items["cover.png"].get("properties") == "cover-image"
    assert [ref.get("idref") for ref in tree.findall("spine/itemref", xml)] == [
        items[name].get("id") for name in spine
    ]
    assert tree.find("metadata/dc:rights", xml).text == "A & B"
    access = {meta.get("property") for meta in tree.findall("metadata/meta", xml)}
    assert {"schema:accessMode", "schema:accessibilityFeature", "schema:accessibilitySummary"} <= access


def test_the_zip_is_the_same_bytes_in_any_order_and_begins_with_its_type(tmp_path):
    files = {"b.xhtml": "text", "a.png": b"bytes"}
    epub_package.write(tmp_path / "one.epub", files, epoch=1767225600)
    epub_package.write(tmp_path / "two.epub", dict(reversed(files.items())), epoch=1767225600)
    content = (tmp_path / "one.epub").read_bytes()
    assert content == (tmp_path / "two.epub").read_bytes()
    assert content[30:58] == b"mimetypeapplication/epub+zip"
    with zipfile.ZipFile(tmp_path / "one.epub") as book:
        assert [info.date_time[:3] for info in book.infolist()] == [(2026, 1, 1)] * 3


def test_a_page_that_is_no_xml_is_a_warning(caplog):
    builder = SimpleNamespace()
    good, bad = (epub_package.page("A", body) for body in ("<p>a</p>", "<p>a<br></p>"))
    with caplog.at_level("WARNING"):
        epub.EpubBuilder.check(builder, "good", good)
        assert not caplog.messages
        epub.EpubBuilder.check(builder, "bad", bad)
    assert "bad is not well-formed" in caplog.messages[0]


def test_sphinx_is_told_the_version():
    config = SimpleNamespace()
    epub.settings(None, config)
    assert config.version == PROJECT["project"]["version"]
