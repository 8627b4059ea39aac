"""Mathematics from TeX to MathML while the book is built, so that a page needs no script for it.

MathML is also what screen readers and EPUB want. The work is Temml's (npm); this file only asks it.
"""

import html
from functools import cache
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.math import get_node_equation_number

from node_process import NodeProcess

HERE = Path(__file__).parent
logger = logging.getLogger(__name__)


@cache
def temml():
    return NodeProcess(HERE / "temml.mjs")


@cache
def mathml(tex, display):
    return temml().ask(tex=tex, display=display)


def render(node, display):
    """Return the MathML of a formula; a formula that Temml cannot read is a warning, so the build fails."""
    answer = mathml(node.astext().strip(), display)
    if "error" in answer:
        logger.warning("formula cannot be read: %s", answer["error"], location=node)
        return f"<code>{html.escape(node.astext())}</code>"
    return answer["mathml"]


def visit_math(translator, node):
    translator.body.append(render(node, display=False))
    raise nodes.SkipNode


def visit_displaymath(translator, node):
    """The number stands first, as a link to the equation, and floats to the right."""
    translator.body.append(translator.starttag(node, "div", CLASS="math"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(render(node, display=True))
    translator.body.append("</div>\n")
    raise nodes.SkipNode


def setup(app):
    app.add_html_math_renderer("temml", (visit_math, None), (visit_displaymath, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
