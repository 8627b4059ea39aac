"""The printed book: what a page does by a click, paper does by its place.

Solutions and answers to the questions for recall stand in an appendix, tabs one after the other under their
names, the formulas with their page numbers, and under an interactive figure the address of the live one.
"""

import os
import re

from docutils import nodes
from sphinx import addnodes
from sphinx_design.shared import is_component
from sphinx_exercise.nodes import is_exercise_node, solution_node

from interactive import live_figure
from page import PROJECT

PAPERS = {"a4": "a4paper", "letter": "letterpaper"}
NAME = "deep-learning-for-computer-vision.tex"
APPENDIX = "Solutions and answers"
FONTS = r"""
\setmainfont{TeX Gyre Pagella}
\setsansfont{TeX Gyre Heros}
\setmonofont{DejaVu Sans Mono}[Scale=0.78]
"""
PREAMBLE = r"""
\usepackage{unicode-math}
\usepackage[strict]{changepage}
\usepackage{xurl}
\usepackage{qrcode}
\usepackage{newunicodechar}
\newfontfamily\signs{DejaVu Sans}
\newunicodechar{★}{{\signs ★}}
\addto\captionsenglish{\renewcommand{\contentsname}{Contents}}
% The sections of a chapter have no numbers, here as on the web.
\setcounter{secnumdepth}{0}
\setcounter{tocdepth}{0}
% Of a cell, what goes in and what comes out.
\newenvironment{sphinxVerbatimInput}{\begin{adjustwidth}{0pt}{}}{\end{adjustwidth}}
\newenvironment{sphinxVerbatimOutput}%
  {\colorlet{VerbatimColor}{white}\begin{adjustwidth}{12pt}{}}{\end{adjustwidth}}
% Rather wide spaces in a line than a word over the margin.
\setlength{\emergencystretch}{3em}
\raggedbottom
"""
TITLE = r"""
\begin{titlepage}
\raggedright\sffamily
\vspace*{30mm}
{\fontsize{34}{40}\selectfont\bfseries Deep Learning\\for Computer Vision\par}
\vspace{8mm}
{\Large A workshop of 63 slides as a book:\\every formula executed, every number computed\par}
\vfill
{\large The cvlessons authors\par}
\vspace{3mm}
{Version VERSION\par}
\end{titlepage}
"""


def settings(app, config):
    """Sphinx's own book class in place of jupyter-book's, which is made for other margins."""
    config.latex_theme = "manual"
    config.latex_domain_indices = False
    config.latex_documents = [(config.root_doc, NAME, config.project, config.author, "manual")]
    config.latex_elements = {
        "papersize": PAPERS[os.environ.get("PAPER", "a4")],
        "pointsize": "10pt",
        "extraclassoptions": "openany,twoside",
        "fncychap": "",
        "fontpkg": FONTS,
        "preamble": PREAMBLE,
        "maketitle": TITLE.replace("VERSION", PROJECT["project"]["version"]),
        "sphinxsetup": "verbatimwithframe=false, VerbatimColor={RGB}{246,246,246}, "
        "verbatimforcewraps=true, InnerLinkColor={RGB}{18,89,191}, OuterLinkColor={RGB}{18,89,191}, "
        "hmargin={25mm,20mm}, vmargin={25mm,25mm}",
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
    appendix = nodes.section("", nodes.title("", APPENDIX), ids=["solutions-and-answers"])
    files = doctree.findall(addnodes.start_of_file)  # a part is one, too, under the name of its caption
    for chapter in [file for file in files if file["docname"] in app.env.titles]:
        answers = [*_solutions(chapter), *_answers(chapter)]
        if answers:
            title = _numbered_title(app.env, chapter["docname"])
            appendix += nodes.section("", nodes.title("", title), *answers, ids=[f"answers-{_stem(chapter)}"])
        _tabs(chapter)
        _addresses(app, chapter)
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

    _unlink(doctree, "book/api")
    # The writer counts parts, too: its depth of two is the chapter. Exercises have got their numbers by now.
    app.config.numfig_secnum_depth = 2


def _unlink(doctree, docname):
    """Leave of a link to a page that is not printed its text."""
    for link in list(doctree.findall(nodes.reference)):
        if link.get("refuri", "").startswith(f"%{docname}"):
            link.replace_self(link.children)


def _stem(chapter):
    return chapter["docname"].rpartition("/")[2]


def _numbered_title(env, docname):
    numbers = env.toc_secnumbers.get(docname, {}).get("", ())
    return ".".join(map(str, numbers)) + ". " * bool(numbers) + env.titles[docname].astext()


def _raw(latex):
    return nodes.raw("", latex, format="latex")


def _solutions(chapter):
    """Take the solutions out of a chapter; each exercise says on which page its solution stands."""
    found = []
    for solution in list(chapter.findall(solution_node)):
        title, *body = solution.children
        label = solution["label"]
        head = nodes.paragraph("", "", _raw(rf"\phantomsection\label{{solution:{label}}}"))
        head += nodes.strong("", "", *title.children)
        found += [head, *body]
        for exercise in chapter.findall(is_exercise_node):
            if exercise["label"] == solution["target_label"]:
                exercise += nodes.paragraph(
                    "", "", _raw(rf"\hfill{{\small Solution: page \pageref{{solution:{label}}}}}")
                )
        solution.parent.remove(solution)
    return found


def _answers(chapter):
    """Number what a page unfolds: the questions stay, the answers go."""
    found = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".")
    for fold in list(chapter.findall(lambda node: is_component(node, "dropdown"))):
        question, *answer = fold.children
        before = fold.previous_sibling()
        if not isinstance(before, nodes.enumerated_list):
            before = nodes.enumerated_list(enumtype="arabic", prefix="", suffix=".", start=len(found) + 1)
            fold.parent.insert(fold.parent.index(fold), before)
        before += nodes.list_item("", nodes.paragraph("", "", *question.children))
        found += nodes.list_item("", *answer)
        fold.parent.remove(fold)
    return [nodes.rubric("", "Questions for recall"), found] if len(found) else []


def _tabs(chapter):
    """The names of tabs are no headings of the chapter."""
    for item in chapter.findall(lambda node: is_component(node, "tab-item")):
        label = item[0]
        item[0] = nodes.paragraph("", "", nodes.strong("", "", *label.children))


def _addresses(app, chapter):
    """Under a still stands where the live figure is, to type and to photograph."""
    base = app.config.html_baseurl.rstrip("/")
    for live in chapter.findall(live_figure):
        figure = live.parent
        name = live["figure"]
        address = f"{base}/{chapter['docname']}.html#{name}" if base else ""
        line = nodes.paragraph("", "", nodes.emphasis("", "Live on the web"))
        if base:
            line += nodes.Text(": ")
            line += nodes.reference("", address, refuri=address, internal=False)
            line += _raw(
                rf"\qquad\raisebox{{-6mm}}{{\qrcode[height=12mm]{{{address.replace('#', chr(92) + '#')}}}}}"
            )
        else:
            line += nodes.Text(", in this chapter.")
        legend = next(figure.findall(nodes.legend), None)
        if legend is None:
            figure += nodes.legend("", line)
        else:
            legend += line


def _formula_pages(chapter):
    """The list of formulas says on which page each stands."""
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
