"""What the stock page loads and a reader does not need, taken out; what the theme forgets, put in.

The site asks nothing of anybody: a stock page fetches a code launcher from a third party.
"""

import re
import shutil
import tomllib
from pathlib import Path

from docutils import nodes
from myst_nb.sphinx_ import HideCodeCellNode, depart_HideCellInput, visit_HideCellInput

SIDEBAR = ["navbar-logo.html", "search-button-field.html", "versions.html", "sbt-sidebar-nav.html"]
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))


def settings(app, config):
    """Update what jupyter-book made of these: setting them in _config.yml would replace it."""
    # An empty bar stands above every page otherwise (executablebooks/sphinx-book-theme#986).
    config.html_theme_options.update(navbar_start=[], navbar_center=[], navbar_end=[], navbar_persistent=[])
    config.html_context["default_mode"] = "auto"
    config.html_sidebars = {"**": SIDEBAR}
    config.html_theme_options.update(buttons(PROJECT))
    config.html_baseurl = PROJECT["project"].get("urls", {}).get("Documentation", "")


def buttons(project):
    """Return the theme's options for what leads to the repository; where none is named, nothing does."""
    repository = project["project"].get("urls", {}).get("Repository")
    if repository is None:
        return {}
    return {
        "repository_url": repository,
        "repository_branch": project["tool"]["cvlessons"]["branch"],
        "use_repository_button": True,
        "use_issues_button": True,
        "use_edit_page_button": True,
        "launch_buttons": {
            "notebook_interface": "jupyterlab",
            "binderhub_url": "https://mybinder.org",
            "colab_url": "https://colab.research.google.com",
        },
    }


def drop_scripts(app, pagename, templatename, context, doctree):
    """Leave out third parties, launchers that no button starts, and inline scripts that come twice."""
    kept, seen = [], set()
    for script in context.get("script_files", []):
        body = getattr(script, "attributes", {}).get("body")
        if "thebe" in f"{script.filename} {body}".lower() or (body is not None and body in seen):
            continue
        seen.add(body)
        kept.append(script)
    context["script_files"][:] = kept
    context["css_files"][:] = [style for style in context["css_files"] if "thebe" not in str(style.filename)]


def describe(app, pagename, templatename, context, doctree):
    """Give each page its first full sentence as its description, for search engines and previews."""
    texts = (node.astext() for node in doctree.findall(nodes.paragraph)) if doctree else iter(())
    first = next((re.sub(r"\s+", " ", text) for text in texts if len(text) > 60), context.get("title", ""))
    context["description"] = first if len(first) < 160 else first[:157].rsplit(" ", 1)[0] + "…"


def offer_notebook(app, pagename, templatename, context, doctree):
    """Let the download button offer the chapter as it was written for Jupyter (scripts/notebooks.py)."""
    if notebook(app, pagename).is_file():
        context["ipynb_source"] = f"{pagename}.ipynb"


def copy_notebooks(app, exception):
    """Put them where the button leads; with a launch button the theme has put there what was executed."""
    if exception or app.builder.name != "html":
        return
    for pagename in filter(lambda name: notebook(app, name).is_file(), sorted(app.env.found_docs)):
        target = Path(app.outdir, "_sources", f"{pagename}.ipynb")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(notebook(app, pagename), target)


def notebook(app, pagename):
    return Path(app.srcdir, f"{pagename}.ipynb")


def visit_citation(translator, node):
    """A source is an item of a list; the role that docutils gives it is deprecated."""
    if not isinstance(node.previous_sibling(), nodes.citation):
        translator.body.append('<div role="list" class="citation-list">\n')
    translator.body.append(translator.starttag(node, "div", classes=["citation"], role="listitem"))


def depart_citation(translator, node):
    translator.body.append("</div>\n")
    if not isinstance(node.next_node(descend=False, siblings=True), nodes.citation):
        translator.body.append("</div>\n")


def visit_hidden_cell(translator, node):
    """A hidden cell is opened by the text that it shows; MyST-NB gives it another name for screen readers."""
    visit_HideCellInput(translator, node)
    summary = next(i for i, line in enumerate(translator.body) if 'aria-label="Toggle hidden' in line)
    translator.body[summary] = "<summary>\n"


def setup(app):
    app.add_node(HideCodeCellNode, override=True, html=(visit_hidden_cell, depart_HideCellInput))
    app.add_node(nodes.citation, override=True, html=(visit_citation, depart_citation))
    app.connect("config-inited", settings, priority=900)
    app.connect("html-page-context", drop_scripts, priority=900)
    app.connect("html-page-context", describe)
    app.connect("html-page-context", offer_notebook)
    app.connect("build-finished", copy_notebooks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
