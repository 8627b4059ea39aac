"""The slides page and the formulas page, made from what the chapters, the package and the tests say.

``{slides} 33, 34`` under a heading says which slides the section mirrors. ``{slides-table}`` and
``{formulas-list}`` draw the two pages. Whatever stands alone on either side is a warning, and so
fails the build. The judgement itself is in claims.py.
"""

import re
from pathlib import PurePosixPath

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from claims import KINDS, formula_orphans, functions_of_formulas, judges_of_formulas, slide_map, slide_orphans

logger = logging.getLogger(__name__)
JUDGES = {"hand": "By hand", "library": "By a library", "law": "By a law"}
FORMULA_LABEL = re.compile(r"eq-[\w-]+$")


class slides_mark(nodes.General, nodes.Element):  # noqa: N801 (docutils names its nodes so)
    """Where a section names its slides; it becomes a line when the page is written."""


class slides_table(nodes.General, nodes.Element):  # noqa: N801
    """Where the table of all slides goes."""


class formulas_list(nodes.General, nodes.Element):  # noqa: N801
    """Where the list of all formulas goes."""


class Slides(SphinxDirective):
    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        numbers = [int(number) for number in self.arguments[0].split(",")]
        named = "Slide " if len(numbers) == 1 else "Slides "
        link = pending_xref(
            "",
            nodes.inline("", named + ", ".join(map(str, numbers))),
            refdomain="std",
            reftype="doc",
            reftarget="/book/slides",
            refexplicit=True,
            refwarn=True,
        )
        return [slides_mark("", nodes.paragraph("", "", link, classes=["slides-mark"]), numbers=numbers)]


class Placed(SphinxDirective):
    node = None

    def run(self):
        return [self.node()]


def section_of(node):
    """Return the innermost section around a node."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return node


def collect(app, doctree):
    """Note, for each document, which section names which slides and holds which formulas."""
    env, name = app.env, app.env.docname
    trace = env.trace = getattr(env, "trace", {})
    entry = trace[name] = {"slides": [], "formulas": []}
    marked = {}
    for mark in list(doctree.findall(slides_mark)):
        section = section_of(mark)
        marked[section["ids"][0]] = mark["numbers"]
        place = (section["ids"][0], section.next_node(nodes.title).astext())
        entry["slides"] += [(number, *place) for number in mark["numbers"]]
        mark.replace_self(mark.children)
    for block in doctree.findall(nodes.math_block):
        if FORMULA_LABEL.match(block.get("label") or ""):
            section = section_of(block)
            place = (section["ids"][0], section.next_node(nodes.title).astext())
            entry["formulas"].append((block["label"], block.astext(), *place, _slides_above(section, marked)))


def _slides_above(section, marked):
    """Return the slides of the innermost section that names some."""
    while isinstance(section, nodes.section):
        if section["ids"][0] in marked:
            return marked[section["ids"][0]]
        section = section.parent
    return []


def check(app, env):
    """Warn of every orphan, on every build, and have the two pages written again."""
    trace = {name: entry for name, entry in env.trace.items() if name in env.found_docs}
    labels = {formula[0] for entry in trace.values() for formula in entry["formulas"]}
    sections = {
        (slide[0], PurePosixPath(name).name) for name, entry in trace.items() for slide in entry["slides"]
    }
    stems = {PurePosixPath(name).name for name in env.found_docs}
    for orphan in formula_orphans(labels, functions_of_formulas(), judges_of_formulas()):
        logger.warning(orphan, type="trace")
    for orphan in slide_orphans(slide_map(), stems, sections):
        logger.warning(orphan, type="trace")
    return [name for name in ("book/slides", "book/formulas") if name in env.found_docs]


def draw(app, doctree, name):
    for node in list(doctree.findall(slides_table)):
        node.replace_self(_slide_rows(app, name))
    for node in list(doctree.findall(formulas_list)):
        node.replace_self(_formula_list(app, name))


def _slide_rows(app, here):
    homes = {}
    for name, entry in sorted(app.env.trace.items()):
        for number, anchor, title in entry["slides"]:
            homes.setdefault(number, []).append(_link(app, here, name, anchor, title))
    rows, waiting = [], {}
    stems = {PurePosixPath(name).name for name in app.env.found_docs}
    for slide in slide_map():
        links = homes.get(slide["number"], [])
        missing = [stem for stem in slide["chapters"] if stem not in stems]
        for stem in missing:
            waiting.setdefault(stem, []).append(slide["number"])
        cell = _lines([*links, *(nodes.Text(f"still to come: {stem}") for stem in missing)])
        rows.append([_text(slide["number"]), _text(slide["title"]), cell])
    return [_table(["Slide", "Title", "Section"], rows), *_waiting(waiting)]


def _waiting(waiting):
    """Return the list of chapters that are still to be written, with their slides."""
    if not waiting:
        return []
    items = [
        nodes.list_item("", nodes.paragraph("", f"{stem}: slides {', '.join(map(str, numbers))}"))
        for stem, numbers in waiting.items()
    ]
    lead = nodes.paragraph("", "Chapters that are still to be written, and the slides that wait for them:")
    return [lead, nodes.bullet_list("", *items)]


def _formula_list(app, here):
    """Return, chapter by chapter, each formula with its function, its judges and its place."""
    functions, judges = functions_of_formulas(), judges_of_formulas()
    order = ["book/intro", *app.env.toctree_includes["book/intro"]]
    parts = []
    for name in sorted(app.env.trace, key=order.index):
        formulas = app.env.trace[name]["formulas"]
        if formulas:
            parts.append(nodes.rubric("", app.env.titles[name].astext(), classes=["formula-chapter"]))
        for label, tex, anchor, title, slides in formulas:
            link = _link(app, here, name, f"equation-{label}", label.removeprefix("eq-").replace("-", " "))
            place = nodes.paragraph("", "Section: ", _link(app, here, name, anchor, title))
            place += nodes.Text(f" ({_slides_in_words(slides)})")
            claims = nodes.paragraph("", "Function: ")
            for claim in functions.get(label, []):
                claims += [_function_link(app, here, *claim), nodes.Text(" ")]
            body = [nodes.math_block("", tex, nowrap=False, number=None, label=None), claims, place]
            parts.append(
                nodes.definition_list_item(
                    "", nodes.term("", "", link), nodes.definition("", *body, _judges(judges.get(label, {})))
                )
            )
    return _as_lists(parts)


def _as_lists(parts):
    """Put each run of list items into a definition list of its own."""
    found = []
    for part in parts:
        if isinstance(part, nodes.rubric):
            found += [part, nodes.definition_list()]
        else:
            found[-1].append(part)
    return found


def _slides_in_words(numbers):
    if not numbers:
        return "beyond the slides"
    return ("slide " if len(numbers) == 1 else "slides ") + ", ".join(map(str, numbers))


def _judges(found):
    """Return the tests of a formula as a list, each named in the words of its function's name."""
    items = []
    for kind in KINDS:
        for stem, test in found.get(kind, []):
            words = f"{JUDGES[kind]}: {test.removeprefix('test_').replace('_', ' ')} ({stem}.py)"
            items.append(nodes.list_item("", nodes.paragraph("", words)))
    return nodes.bullet_list("", *items)


def _function_link(app, here, stem, name):
    target = f"cvlessons.{stem}.{name}"
    found = app.env.get_domain("py").objects.get(target)
    text = nodes.literal("", f"{stem}.{name}")
    if found is None:
        logger.warning("%s is not in the API reference", target, type="trace")
        return text
    uri = app.builder.get_relative_uri(here, found.docname) + "#" + found.node_id
    return nodes.reference("", "", text, internal=True, refuri=uri)


def _link(app, here, name, anchor, text):
    uri = f"{app.builder.get_relative_uri(here, name)}#{anchor}"
    return nodes.reference("", text, internal=True, refuri=uri)


def _text(value):
    return nodes.paragraph("", str(value))


def _lines(parts):
    return [nodes.paragraph("", "", part) for part in parts]


def _table(heads, rows):
    group = nodes.tgroup("", cols=len(heads))
    group += [nodes.colspec(colwidth=1) for _ in heads]
    group += nodes.thead("", _row([_text(head) for head in heads]))
    group += nodes.tbody("", *(_row(cells) for cells in rows))
    return nodes.table("", group, classes=["trace-table"])


def _row(cells):
    return nodes.row("", *(nodes.entry("", *(cell if isinstance(cell, list) else [cell])) for cell in cells))


def link_formulas(app, what, name, thing, options, lines):
    """In the API reference, the line that claims a formula leads to it."""
    lines[:] = [re.sub(r"^Formula: (eq-[\w-]+)$", r"Formula: :eq:`\1`", line) for line in lines]


def forget(app, env, name):
    env.trace = {other: entry for other, entry in getattr(env, "trace", {}).items() if other != name}


def setup(app):
    app.add_node(slides_mark)
    app.add_node(slides_table)
    app.add_node(formulas_list)
    app.add_directive("slides", Slides)
    app.add_directive("slides-table", type("SlidesTable", (Placed,), {"node": slides_table}))
    app.add_directive("formulas-list", type("FormulasList", (Placed,), {"node": formulas_list}))
    app.connect("env-purge-doc", forget)
    app.connect("doctree-read", collect)
    app.connect("autodoc-process-docstring", link_formulas)
    app.connect("env-updated", check)
    app.connect("doctree-resolved", draw)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
