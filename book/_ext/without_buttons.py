"""What the printed book and the EPUB share: a chapter for readers who cannot click.

What a page unfolds as the answer to a question goes to the end, and under a still stands where the live
figure is. printed.py and epub.py do with it what paper and a reading device can.
"""

from docutils import nodes
from sphinx_design.shared import is_component

from interactive import live_figure
from traceability import section_of

APPENDIX = "Solutions and answers"
RECALL = "Questions for recall"


def chapter_number(env, docname):
    """Return the number of a chapter as text; that of a page outside of the numbered parts is empty."""
    return ".".join(map(str, env.toc_secnumbers.get(docname, {}).get("", ())))


def numbered_title(env, docname):
    """Return the title of a chapter, with its number where it has one."""
    number, title = chapter_number(env, docname), env.titles[docname].astext()
    return f"{number}. {title}" if number else title


def take_answers(document):
    """Number what a page unfolds: the questions stay, the answers go. Return pairs of list items.

    What unfolds and is no question stays in its place, under its name.
    """
    pairs = []
    for fold in list(document.findall(lambda node: is_component(node, "dropdown"))):
        question, *answer = fold.children
        if section_of(fold)[0].astext() != RECALL:
            fold.replace_self([nodes.paragraph("", "", nodes.strong("", "", *question.children)), *answer])
            continue
        before = fold.previous_sibling()
        if not isinstance(before, nodes.enumerated_list):
            before = numbered_list(start=len(pairs) + 1)
            fold.parent.insert(fold.parent.index(fold), before)
        asked = nodes.list_item("", nodes.paragraph("", "", *question.children))
        before += asked
        pairs.append((asked, nodes.list_item("", *answer)))
        fold.parent.remove(fold)
    return pairs


def numbered_list(*items, **attributes):
    return nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".", **attributes)


def say_where_live(document, docname, base):
    """Write under each still where the live figure is; return pairs of this line and the address.

    Where the book has no address yet, that of the figure is empty.
    """
    lines = []
    for live in document.findall(live_figure):
        figure = live.parent
        line = nodes.paragraph("", "", nodes.emphasis("", "Live on the web"))
        address = f"{base.rstrip('/')}/{docname}.html#{live['figure']}" if base else ""
        if address:
            line += [nodes.Text(": "), nodes.reference("", address, refuri=address, internal=False)]
        else:
            line += nodes.Text(", in this chapter.")
        legend = next(figure.findall(nodes.legend), None)
        if legend is None:
            figure += nodes.legend("", line)
        else:
            legend += line
        lines.append((line, address))
    return lines
