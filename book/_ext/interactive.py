"""Interactive figures: ``{interactive} <stem>`` places the figure of figures/<stem>/ with number and caption.

    :::{interactive} convolution
    :name: fig-convolution-stepper
    :alt: What there is to learn from the still picture.
    :state: {"stride": 2}

    The caption, one paragraph.

    **Try it.** A task for the reader (everything after the first paragraph).
    :::

On a page it is live (the element ``cv-figure``, see figures/lib/host.js) with a still picture inside, which
is what print, the PDF, the EPUB and readers without JavaScript get. The figure itself draws it, in Node.
"""

import html
import json
import shutil
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective

from node_process import NodeProcess

ROOT = Path(__file__).parents[2]
BUNDLES = ROOT / "src/cvlessons/static"
STILLS = "_stills"


class live_figure(nodes.General, nodes.Element):  # noqa: N801 (docutils names its nodes so)
    """Around the still: on a page the live figure stands here."""


@cache
def stills():
    return NodeProcess(ROOT / "figures/still.mjs")


def still(stem, state):
    """Return the SVG text of a figure in a state; a ValueError says what is wrong."""
    answer = stills().ask(stem=stem, state=state)
    if "error" in answer:
        raise ValueError(answer["error"])
    return answer["svg"]


class Interactive(SphinxDirective):
    required_arguments = 1
    has_content = True
    option_spec = {  # noqa: RUF012 (docutils reads it so)
        "name": directives.unchanged_required,
        "alt": directives.unchanged_required,
        "state": directives.unchanged_required,
    }

    def run(self):
        stem, missing = self.arguments[0], {"name", "alt"} - self.options.keys()
        bundle = BUNDLES / f"{stem}.mjs"
        if missing:
            raise self.error(f"interactive figure {stem}: it needs {' and '.join(sorted(missing))}")
        if not bundle.exists():
            raise self.error(f"interactive figure {stem}: there is no figures/{stem}/figure.js")
        self.env.note_dependency(str(bundle))
        try:
            state = json.loads(self.options.get("state", "{}"))
            svg = still(stem, state)
        except ValueError as error:
            raise self.error(f"interactive figure {stem}: {error}") from error
        name = self.options["name"]
        picture = nodes.image("", uri=self._store(name, svg), alt=self.options["alt"])
        live = live_figure("", picture, stem=stem, state=json.dumps(state), figure=name)
        figure = nodes.figure("", live, classes=["interactive"])
        figure += self._caption()
        self.add_name(figure)
        self.set_source_info(figure)
        return [figure]

    def _store(self, name, svg):
        """Write the still where Sphinx finds pictures, and return its address there."""
        folder = Path(self.env.app.outdir).parent / STILLS
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.svg"
        if not path.exists() or path.read_text(encoding="utf-8") != svg:
            path.write_text(svg, encoding="utf-8")
        return "/" + path.relative_to(self.env.srcdir).as_posix()

    def _caption(self):
        body = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, body)
        if not body.children or not isinstance(body[0], nodes.paragraph):
            raise self.error("an interactive figure needs a caption: one paragraph, then the task")
        first, *rest = body.children
        caption = nodes.caption(first.rawsource, "", *first.children)
        caption.source, caption.line = first.source, first.line
        return [caption, nodes.legend("", *rest)] if rest else [caption]


def visit_live(translator, node):
    """The element, with the still inside as what is shown until it is ready."""
    if translator.builder.name == "epub":
        return
    stem = node["stem"]
    root = "../" * translator.builder.current_docname.count("/")
    source = f"{root}_static/figures/{stem}.mjs"
    label = node.parent.next_node(nodes.caption).astext()
    attributes = {"id": f"live-{node['figure']}", "src": source, "state": node["state"], "label": label}
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    translator.body.append(f"<cv-figure{written}>")


def depart_live(translator, node):
    if translator.builder.name != "epub":
        translator.body.append("</cv-figure>\n")


def nothing(translator, node):
    """The still stands for itself."""


def copy_bundles(app):
    """Put the files of the figures beside the other static ones; the pages load them as they are needed."""
    if app.builder.name == "html" and BUNDLES.exists():
        target = Path(app.outdir) / "_static/figures"
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(BUNDLES, target)


def add_host(app, pagename, templatename, context, doctree):
    """Only pages with a figure load the host."""
    if doctree is not None and doctree.next_node(live_figure) is not None:
        app.add_js_file("figures/host.js", loading_method="defer")


def setup(app):
    app.add_node(
        live_figure,
        html=(visit_live, depart_live),
        latex=(nothing, nothing),
        text=(nothing, nothing),
        texinfo=(nothing, nothing),
        man=(nothing, nothing),
    )
    app.add_directive("interactive", Interactive)
    app.connect("html-page-context", add_host)
    app.connect("builder-inited", copy_bundles)
    return {"parallel_read_safe": False, "parallel_write_safe": True}
