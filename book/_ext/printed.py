"""The printed book: what a page does by a click, paper does by its place.

Solutions and answers to the questions for recall stand in an appendix, tabs one after the other under their
names, the formulas with their page numbers, and under an interactive figure the address of the live one.
What the pages look like is in printed.sty.
"""

import os
import re

from docutils import nodes
from sphinx import addnodes
from sphinx.util.texescape import escape
from sphinx_design.shared import is_component
from sphinx_exercise.nodes import is_exercise_node, solution_node
from sphinx_jupyterbook_latex.nodes import RootHeader

from page import PROJECT
from without_buttons import (
    APPENDIX,
    RECALL,
    chapter_number,
    numbered_list,
    numbered_title,
    say_where_live,
    take_answers,
)

PAPERS = {"a4": "a4paper", "letter": "letterpaper"}
NAME = "deep-learning-for-computer-vision.tex"
LINE = 108  # letters of code that a line holds
SMALL_LINE = 121  # the same, one size smaller
TABLE_LINE = 138  # the same, two sizes smaller: for tables in plain text, which wrapped lines would spoil
FONTS = r"""
\setmainfont{TeX Gyre Pagella}
\setsansfont{TeX Gyre Heros}
\setmonofont{DejaVu Sans Mono}[Scale=0.78]
"""
PREAMBLE = r"""
\usepackage{{printed}}
\hypersetup{{pdftitle={{{title}}}, pdfauthor={{{author}}}, pdflang=en-GB, pdfdisplaydoctitle}}
"""


def settings(app, config):
    """Sphinx's own book class in place of jupyter-book's, which is made for other margins."""
    config.latex_theme = "manual"
    config.latex_domain_indices = False
    config.latex_additional_files.append("book/_ext/printed.sty")
    config.latex_documents = [(config.root_doc, NAME, config.html_title, config.author, "manual")]
    config.latex_elements = {
        "papersize": PAPERS[os.environ.get("PAPER", "a4")],
        "pointsize": "10pt",
        "extraclassoptions": "openany,twoside",
        "fncychap": "",
        "fontpkg": FONTS,
        "preamble": PREAMBLE.format(title=config.html_title, author=config.author),
        "maketitle": rf"\titlepages{{{PROJECT['project']['version']}}}",
        "sphinxsetup": "pre_border-width=0pt, pre_border-left-width=2pt, pre_border-radius=0pt, "
        "pre_padding=4pt, pre_background-TeXcolor={RGB}{246,246,246}, "
        "pre_border-TeXcolor={RGB}{180,180,180}, verbatimforcewraps=true, "
        "InnerLinkColor={RGB}{18,89,191}, OuterLinkColor={RGB}{18,89,191}, "
        "hmargin={24mm,21mm}, vmargin={24mm,22mm}",
        "figure_align": "htbp",
    }


def same_numbers(app):
    """Number by chapter, as on the web; where there are parts, jupyter-book numbers by part and chapter."""
    if app.builder.format == "latex":
        app.config.numfig_secnum_depth = 1


def printed(app, doctree, docname):
    """Give the one tree that the whole book is its printed form."""
    if app.builder.format != "latex":
        return
    _preface(doctree)
    appendix = nodes.section("", nodes.title("", APPENDIX), _raw(rf"\label{{{APPENDIX}}}"))
    appendix["ids"] = ["solutions-and-answers"]
    files = list(doctree.findall(addnodes.start_of_file))  # a part is one, too, under the name of its caption
    parts = [file for file in files if file["docname"] not in app.env.titles]
    for chapter in [file for file in files if file not in parts]:
        answers = [*_solved_tasks(app.env, chapter), *_solutions(chapter), *_answers(chapter)]
        if answers:
            title = numbered_title(app.env, chapter["docname"])
            appendix += nodes.section("", nodes.title("", title), *answers, ids=[f"answers-{_stem(chapter)}"])
        _tabs(chapter)
        _addresses(app, chapter)
        if _stem(chapter) == "slides":
            _slides_table(chapter)
        if _stem(chapter) == "formulas":
            _formula_pages(chapter)
        if _stem(chapter) == "notation":
            # The reference part has no numbers, here as on the web.
            chapter.insert(0, _raw(r"\setcounter{secnumdepth}{-1}"))
        if _stem(chapter) == "api":
            # It would be a fifth of the book, and is read beside an editor, not on paper.
            chapter.parent.remove(chapter)
        if _stem(chapter) == "references":
            # The bibliography is a chapter of its own; this one would be empty but for its title.
            chapter.replace_self([appendix])

    for part in parts:
        _list_chapters(app.env, part)
    for cell in list(doctree.findall(nodes.entry)):
        _close(cell)
    for picture in list(doctree.findall(nodes.image)):
        _alternative(picture)
    for exercise in list(doctree.findall(is_exercise_node)):
        _keep_together(exercise)
    for block in list(doctree.findall(nodes.literal_block)):
        _fit(block)
    _index(doctree)
    _unlink(doctree, "book/api")
    _relink(doctree)
    # The writer counts parts, too: its depth of two is the chapter. Exercises have got their numbers by now.
    app.config.numfig_secnum_depth = 2


def _preface(doctree):
    """The first page of the site is the preface, with its sections as headings without number."""
    first = doctree.next_node(nodes.section)
    heading = r"\chapter*{Preface}\addcontentsline{toc}{chapter}{Preface}\markboth{Preface}{Preface}"
    first.insert(1, _raw(heading))
    for header in list(doctree.findall(RootHeader)):
        name = nodes.make_id(header.astext().replace("’", "'"))  # as it was written
        label = rf"\detokenize{{book/intro:{name}}}"
        header.replace_self([_raw(r"\section*{"), *header.children, _raw(rf"}}\label{{{label}}}")])


def _list_chapters(env, part):
    """Give the page of a part the list of its chapters."""
    rows = []
    for chapter in part[0].findall(addnodes.start_of_file):
        name = chapter["docname"]
        number = chapter_number(env, name)
        title = escape(env.titles[name].astext(), "xelatex")
        rows.append(rf"\partchapter{{{number}}}{{{title}}}{{\detokenize{{{name}::doc}}}}")
    if any(section["ids"] == ["solutions-and-answers"] for section in part.findall(nodes.section)):
        rows.append(rf"\partchapter{{}}{{{APPENDIX}}}{{{APPENDIX}}}")
    part.insert(0, _raw("\n".join([r"\renewcommand{\partchapters}{%", *rows, "}"])))


def _alternative(picture):
    """Mark a picture with its text alternative, as far as a PDF without tags can hold one."""
    text = picture.get("alt")
    if text:
        coded = ("\ufeff" + text).encode("utf-16-be").hex()
        start = _raw(rf"\alternative{{{coded}}}{{")
        picture.replace_self([start, picture.deepcopy(), _raw("}")])


def _close(cell):
    """Leave out the paragraph of an empty cell, which would make its row two lines high."""
    if len(cell) == 1 and not cell[0].children:
        cell.clear()


def _keep_together(exercise):
    """Begin a page where an exercise, with the heading above it, would not fit."""
    first = exercise
    if isinstance(exercise.previous_sibling(), nodes.title):
        first = exercise.parent
    lines = _lines(exercise) + (0 if first is exercise else 5)
    first.parent.insert(first.parent.index(first), _raw(rf"\together{{{lines}}}"))


def _lines(exercise):
    """Estimate an exercise's height in lines of text, up to half a page: so much of it stays together."""
    texts = sum(len(text.astext()) // 95 + 1.5 for text in exercise.findall(nodes.paragraph))
    blocks = [code.astext().splitlines() for code in exercise.findall(nodes.literal_block)]
    codes = sum(len(lines) * 0.92 + 1.5 for lines in blocks)
    return min(round(3 + texts + codes), 30)


def _fit(block):
    """Set a block of code smaller if that keeps its lines whole."""
    longest = max(map(len, block.astext().splitlines()), default=0)
    if LINE < longest <= SMALL_LINE:
        size = "footnotesize"
    elif block.get("language") == "text" and SMALL_LINE < longest <= TABLE_LINE:
        size = "scriptsize"
    else:
        return
    block.replace_self(
        [_raw(rf"\begingroup\fvset{{fontsize=\{size}}}"), block.deepcopy(), _raw(r"\endgroup")]
    )


def _index(doctree):
    """List in the index, beside the glossary's page of a term, where the chapters explain it."""
    terms = {name: term.astext() for term in doctree.findall(nodes.term) for name in term["ids"]}
    for link in list(doctree.findall(nodes.reference)):
        term = terms.get(link.get("refuri", "").removeprefix("%book/glossary#"))
        if term and isinstance(link.parent, nodes.paragraph):
            entry = addnodes.index(entries=[("single", term, "", "", None)], inline=True)
            # In an argument, as the glossary's own; or else a term with a hyphen would have two entries.
            link.replace_self([_raw(r"\indexed{"), entry, _raw("}"), link.deepcopy()])


def _unlink(doctree, docname):
    """Leave of a link to a page that is not printed its text."""
    for link in list(doctree.findall(nodes.reference)):
        if link.get("refuri", "").startswith(f"%{docname}"):
            link.replace_self(link.children)


def _relink(doctree):
    """Formulas and exercises have other names in LaTeX than on a page."""
    for link in list(doctree.findall(nodes.reference)):
        target = re.fullmatch(r"%(book/\w+)#(?:equation-)?((eq|ex)-[\w-]+)", link.get("refuri", ""))
        if target:
            name = f"equation:{target[1]}:{target[2]}" if target[3] == "eq" else f"exercise:{target[2]}"
            space = " " * link.astext().startswith(" ")
            link.replace_self([_raw(rf"{space}\hyperref[{name}]{{"), *link.children, _raw("}")])


def _stem(chapter):
    return chapter["docname"].rpartition("/")[2]


def _raw(latex):
    return nodes.raw("", latex, format="latex")


def _solved_tasks(env, chapter):
    """Take the answer to the task of an interactive figure away from under it."""
    found = []
    for answer in list(chapter.findall(nodes.admonition)):
        figure = _figure_around(answer)
        if figure is None or "dropdown" not in answer["classes"]:
            continue
        _, *body = answer.children
        name = figure["ids"][0]
        number = ".".join(map(str, env.toc_fignumbers[chapter["docname"]]["figure"][name]))
        label = f"answer:{name}"
        head = nodes.paragraph("", "", _raw(rf"\phantomsection\label{{{label}}}"))
        head += nodes.strong("", f"Fig. {number}: the answer")
        found += [_raw(r"\together{6}"), head, *body]
        answer.replace_self(nodes.paragraph("", "", _raw(rf"The answer: page \pageref{{{label}}}")))
    return found


def _figure_around(node):
    while node is not None and not isinstance(node, nodes.figure):
        node = node.parent
    return node


def _solutions(chapter):
    """Take the solutions out of a chapter; each exercise says on which page its solution stands."""
    found = []
    for solution in list(chapter.findall(solution_node)):
        title, *body = solution.children
        label = solution["label"]
        head = nodes.paragraph("", "", _raw(rf"\phantomsection\label{{solution:{label}}}"))
        head += nodes.strong("", "", *title.children)
        found += [_raw(r"\together{6}"), head, *body]
        for exercise in chapter.findall(is_exercise_node):
            if exercise["label"] == solution["target_label"]:
                exercise[0] += _raw(rf"\hfill\textmd{{\small Solution: page \pageref{{solution:{label}}}}}")
        solution.parent.remove(solution)
    return found


def _answers(chapter):
    """Take the answers to the questions for recall out of a chapter."""
    pairs = take_answers(chapter)
    return [nodes.rubric("", RECALL), numbered_list(*(answer for _, answer in pairs))] if pairs else []


def _tabs(chapter):
    """The names of tabs are no headings of the chapter."""
    for item in chapter.findall(lambda node: is_component(node, "tab-item")):
        label = item[0]
        item[0] = nodes.paragraph("", "", nodes.strong("", "", *label.children))


def _addresses(app, chapter):
    """Under a still stands where the live figure is, to type and to photograph."""
    for line, address in say_where_live(chapter, chapter["docname"], app.config.html_baseurl):
        if address:
            code = rf"\qrcode[nolink, height=16mm]{{{address.replace('#', chr(92) + '#')}}}"
            line += _raw(rf"\hfill\raisebox{{-12mm}}{{{code}}}")


def _slides_table(chapter):
    """Give the columns of the table the room that they need."""
    for table in chapter.findall(nodes.table):
        table["classes"].append("colwidths-given")
        for column, width in zip(table.findall(nodes.colspec), (8, 52, 40), strict=True):
            column["colwidth"] = width


def _formula_pages(chapter):
    """The list of formulas says on which page each stands; the tests of each are one paragraph."""
    for tests in list(chapter.findall(nodes.bullet_list)):
        line = nodes.paragraph("", "", _raw(r"{\footnotesize "))
        line += nodes.Text("; ".join(item.astext() for item in tests) + ".")
        line += _raw(r"\par}")
        tests.replace_self(line)
    for term in chapter.findall(nodes.term):
        for link in term.findall(nodes.reference):
            target = re.search(r"%([\w/]+)#equation-(eq-[\w-]+)$", link.get("refuri", ""))
            if target:
                term += _raw(rf"\dotfill page \pageref{{equation:{target[1]}:{target[2]}}}")


def setup(app):
    app.connect("config-inited", settings, priority=900)
    app.connect("builder-inited", same_numbers, priority=900)
    app.connect("doctree-resolved", printed, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
