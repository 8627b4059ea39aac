"""Write each chapter as a notebook beside its source: what Binder and Colab open. Run by `make notebooks`.

A notebook has no outputs. Jupyter knows nothing of the book's directives, so they become what it does know:
plain Markdown, and widgets for the interactive figures. Numbers, titles and computed values are the built
book's; a computed value stands in ``<span class="computed">``, since it may differ in its last digits from
machine to machine.
"""

import ast
import json
import pickle
import re
import symtable
import sys
import textwrap
import tomllib
from functools import cached_property
from pathlib import Path

import nbformat
import yaml
from docutils.nodes import make_id
from jupyter_cache import get_cache
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from myst_nb.core.read import is_myst_markdown_notebook, read_myst_markdown_notebook
from myst_parser.config.main import MdParserConfig
from pybtex.database import parse_file

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "book/_ext"))

from code_of import SOURCE, source_of  # noqa: E402
from without_buttons import numbered_title  # noqa: E402

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
INSTALL = f"""\
# Installs the lessons where they are missing, as on Colab; elsewhere it does nothing.
from importlib.util import find_spec

if find_spec("cvlessons") is None:
    parts = "chapters" if find_spec("tensorflow") is None else "colab"  # a TensorFlow that is there stays
    %pip install --quiet "cvlessons[{{parts}}]=={VERSION}"
"""
FENCES = MarkdownIt().use(colon_fence_plugin)
DIRECTIVE = re.compile(r"\{([\w-]+)\}\s*(.*)")
ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
NAMED = re.compile(r"(.*?)\s*<([^<>]+)>$", re.S)
FORMULA = re.compile(r"(\$\$.*?)\$\$ \((eq-[\w-]+)\)", re.S)
TARGET = re.compile(r"^\([\w-]+\)=\n", re.M)
FOLDED = "jp-MarkdownHeadingCollapsed"  # JupyterLab shows the heading alone, until the reader opens it
COMPUTED = re.compile(r'<span class=\\?"computed\\?">.*?</span>')  # in the file its quotes are escaped


class Book:
    """What the built book knows: numbers, titles, sources, computed values."""

    def __init__(self, build=ROOT / "_build"):
        self.build = build
        with (build / ".doctrees/environment.pickle").open("rb") as file:
            self.env = pickle.load(file)

    @cached_property
    def numbers(self):
        """Return id -> number as text, of formulas, figures and exercises."""
        kinds = (kind for places in self.env.toc_fignumbers.values() for kind in places.values())
        return {name: ".".join(map(str, number)) for kind in kinds for name, number in kind.items()}

    def number(self, name):
        """Return the number of a formula, a figure or an exercise: ids are names as docutils writes them."""
        return self.numbers.get(name) or self.numbers[make_id(name)]

    @cached_property
    def sources(self):
        return parse_file(str(ROOT / "book/references.bib")).entries

    @cached_property
    def widgets(self):
        """Return stem -> the class of cvlessons.figures that shows its figure."""
        tree = ast.parse((ROOT / "src/cvlessons/figures.py").read_text(encoding="utf-8"))
        classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
        named = ((word.value.value, node.name) for node in classes for word in node.keywords)
        return dict(named)

    def chapter(self, name):
        """Return a chapter's title with its number, as a link where it has a notebook."""
        title = numbered_title(self.env, name)
        stem = Path(name).name
        return f"[{title}]({stem}.ipynb)" if has_notebook(ROOT / f"{name}.md") else title

    def computed(self, name):
        """Return name -> text of what a chapter has glued, from its executed notebook."""
        cache = get_cache(self.build / ".jupyter_cache")
        record = cache.get_cached_project_nb(str(ROOT / f"book/{name}.md"))
        cells = cache.get_cache_bundle(record.pk).nb.cells
        outputs = (output for cell in cells for output in cell.get("outputs", []))
        found = {}
        for output in outputs:
            key = output.get("metadata", {}).get("scrapbook", {}).get("name")
            if key:
                text = "".join(output["data"]["application/papermill.record/text/plain"])
                found[key] = ast.literal_eval(text) if text[:1] in "'\"" else text
        return found


def has_notebook(path):
    return is_myst_markdown_notebook(path.read_text(encoding="utf-8"))


class Chapter:
    """One chapter on its way into a notebook."""

    def __init__(self, book, path):
        self.book, self.stem, self.text = book, path.stem, path.read_text(encoding="utf-8")
        self.values = book.computed(path.stem)
        self.cited = []

    def notebook(self):
        config = MdParserConfig(enable_extensions={"colon_fence", "dollarmath"})
        parsed = read_myst_markdown_notebook(self.text, config)
        prune([cell for cell in parsed.cells if cell.cell_type == "code"])
        title, *rest = [cell for old in parsed.cells for cell in self.cells(old)]
        cells = [title, nbformat.v4.new_code_cell(INSTALL.rstrip()), *rest, *self.references()]
        for number, cell in enumerate(cells):
            cell["id"] = f"{self.stem}-{number}"
        metadata = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
        solutions = [cell for cell in cells if cell.metadata.get(FOLDED)]
        if solutions:
            for cell in solutions:
                cell.metadata["id"] = cell["id"]
            metadata["colab"] = {"collapsed_sections": [cell["id"] for cell in solutions]}
        return nbformat.v4.new_notebook(cells=cells, metadata=metadata)

    def cells(self, old):
        """Return the notebook's cells for one of the chapter's."""
        if old.cell_type == "code":
            return self.code_cells(old)
        parts = self.markdown(old.source)
        return [part if isinstance(part, dict) else nbformat.v4.new_markdown_cell(part) for part in parts]

    def code_cells(self, old):
        if not old.source:
            return []
        cell = nbformat.v4.new_code_cell(old.source)
        if {"hide-input", "remove-cell"} & set(old.metadata.get("tags", [])):
            cell.metadata["jupyter"] = {"source_hidden": True}
        figure = old.metadata.get("mystnb", {}).get("figure", {})
        if "caption" not in figure:
            return [cell]
        number = self.book.number(figure["name"])
        caption = f"*Figure {number}.* {self.inline(figure['caption'].strip())}"
        return [cell, nbformat.v4.new_markdown_cell(caption)]

    def markdown(self, text):
        """Return pieces of Markdown, with a code cell for each interactive figure between them."""
        pieces, lines = [""], text.split("\n")
        at = 0
        for token in FENCES.parse(text):
            directive = DIRECTIVE.fullmatch(token.info.strip()) if token.type.endswith("fence") else None
            if token.level or not directive:
                continue
            start, end = token.map
            pieces[-1] += self.inline("\n".join([*lines[at:start], ""]))
            made = self.directive(directive[1], directive[2], token.content)
            if isinstance(made, list):
                pieces += made
            else:
                pieces[-1] += made + "\n"
            at = end
        pieces[-1] += self.inline("\n".join(lines[at:]))
        return [
            piece if isinstance(piece, dict) else piece.strip("\n")
            for piece in pieces
            if isinstance(piece, dict) or piece.strip()
        ]

    def flat(self, text):
        return "\n\n".join(piece for piece in self.markdown(text) if isinstance(piece, str))

    def directive(self, name, argument, content):
        options, body = split_options(content)
        method = getattr(self, "make_" + name.replace("-", "_"), None)
        if method is None:
            raise ValueError(f"{self.stem}: no notebook form for the directive {name}; add one to {__file__}")
        return method(argument, options, body)

    def make_slides(self, numbers, options, body):
        return f"*Slide{'s' * (',' in numbers)} {numbers}*"

    def make_code_of(self, names, options, body):
        targets = [name.split(".", 1) for name in names.split()]
        code = "\n\n\n".join(
            source_of((SOURCE / f"{s}.py").read_text(encoding="utf-8"), n) for s, n in targets
        )
        public = ", ".join(f"`cvlessons.{s}.{n}`" for s, n in targets if not n.startswith("_"))
        return (f"From the package: {public}\n\n" if public else "") + f"```python\n{code}\n```"

    def make_admonition(self, title, options, body):
        if "dropdown" in options.get("class", ""):
            return self.make_dropdown(title, options, body)
        return textwrap.indent(f"**{self.inline(title)}**\n\n{self.flat(body)}", "> ", lambda line: True)

    def make_dropdown(self, title, options, body):
        return f"<details><summary>{self.inline(title)}</summary>\n\n{self.flat(body)}\n\n</details>\n"

    def make_exercise_start(self, title, options, body):
        return [f"### Exercise {self.book.number(options['label'])}: {self.inline(title)}\n\n"]

    def make_solution_start(self, exercise, options, body):
        heading = nbformat.v4.new_markdown_cell(f"### Solution of exercise {self.book.number(exercise)}")
        heading.metadata[FOLDED] = True
        return [heading, ""]

    def make_exercise_end(self, argument, options, body):
        return ""

    def make_solution_end(self, argument, options, body):
        return [""]  # a new cell: what follows is not folded with the solution

    def make_interactive(self, stem, options, body):
        state = json.loads(options.get("state", "{}"))
        name = self.book.widgets[stem]
        call = ", ".join(f"{key}={value!r}" for key, value in state.items())
        cell = nbformat.v4.new_code_cell(f"from cvlessons.figures import {name}\n\n{name}({call})")
        return [cell, f"*Figure {self.book.number(options['name'])}.* {self.flat(body)}", ""]

    def make_literalinclude(self, path, options, body):
        text = (ROOT / "book" / path).read_text(encoding="utf-8")
        text = text.partition(options.get("start-after", ""))[2] if "start-after" in options else text
        text = text.partition(options["end-before"])[0] if "end-before" in options else text
        if "start-after" in options:
            text = text.partition("\n")[2]
        return f"```{options.get('language', '')}\n{textwrap.dedent(text).rstrip()}\n```"

    def make_tab_set(self, argument, options, body):
        return self.flat(body)

    def make_tab_item(self, title, options, body):
        return f"**{title}**\n\n{self.flat(body)}"

    def make_figure(self, path, options, body):
        return f"![{options.get('alt', '')}]({path})\n\n{self.flat(body)}"

    def inline(self, text):
        """Turn roles, numbered formulas and labels into what Jupyter shows."""
        text = FORMULA.sub(lambda m: f"{m[1]}\\tag{{{self.book.number('equation-' + m[2])}}}\n$$", text)
        return ROLE.sub(lambda m: self.role(m[1], m[2]), TARGET.sub("", text))

    def role(self, name, content):
        named = NAMED.fullmatch(content)
        text, target = named.groups() if named else (None, content)
        match name:
            case "eq":
                return f"({self.book.number('equation-' + target)})"
            case "numref":
                return f"Figure {self.book.number(target)}"
            case "ref" | "doc":
                return self.reference(text, target)
            case "term":
                return f"*{text or target}*"
            case "cite:p" | "cite:t":
                return self.citation(target, name == "cite:p")
            case "glue:text":
                return self.value(target)
        raise ValueError(f"{self.stem}: no notebook form for the role {name}; add one to {__file__}")

    def reference(self, text, target):
        if target in self.book.numbers:
            return text or f"exercise {self.book.number(target)}"
        if target in self.book.env.domaindata["std"]["labels"]:
            page, anchor, title = self.book.env.domaindata["std"]["labels"][target]
        else:
            page, anchor, title = "book/" + target.removeprefix("/book/"), "", None
        if target.startswith("ch-") or not anchor:
            return f"{text} ({self.book.chapter(page)})" if text else self.book.chapter(page)
        return text or f"*{title}*"

    def citation(self, keys, in_brackets):
        made = []
        for key in map(str.strip, keys.split(",")):
            self.cited += [key] * (key not in self.cited)
            made.append(f"{authors(self.book.sources[key])}, {year(self.book.sources[key])}")
        if in_brackets:
            return f"({'; '.join(made)})"
        return "; ".join(re.sub(r", (\d+)$", r" (\1)", one) for one in made)

    def value(self, target):
        name = target.removesuffix(":s")
        if "::" in name:
            page, name = name.split("::")
            values = self.book.computed(Path(page).stem)
        else:
            values = self.values
        return f'<span class="computed">{values[name]}</span>'

    def references(self):
        if not self.cited:
            return []
        items = [described(self.book.sources[key]) for key in sorted(self.cited)]
        return [nbformat.v4.new_markdown_cell("## Sources\n\n" + "\n".join(f"- {item}" for item in items))]


class WithoutGlue(ast.NodeTransformer):
    """Takes out what puts computed values into the prose (a notebook has them) and what guards it."""

    def visit_Expr(self, node):
        function = getattr(node.value, "func", None)
        name = getattr(function, "id", getattr(function, "attr", ""))
        return None if name == "glue" or name.startswith("assert_") else node

    def visit_Assert(self, node):
        return None

    def visit_ImportFrom(self, node):
        return None if node.module == "myst_nb" else node

    def generic_visit(self, node):
        super().generic_visit(node)
        if getattr(node, "body", None) != []:
            return node
        if isinstance(node, ast.FunctionDef):
            node.body = [ast.Pass()]
            return node
        return None if isinstance(node, ast.stmt) else node


def prune(cells):
    """Leave in a chapter's hidden cells only what later cells need."""
    while True:
        before = [cell.source for cell in cells]
        prune_once(cells)
        if [cell.source for cell in cells] == before:
            return


def prune_once(cells):
    trees = [ast.parse(cell.source) for cell in cells]
    # A function reads when it is called, wherever that is: what it reads is needed everywhere.
    inner = [table for tree in trees for table in symbols(tree).get_children()]
    everywhere = set().union(*map(globals_read, inner))
    read = set()
    for cell, tree in zip(reversed(cells), reversed(trees), strict=True):
        hidden = "remove-cell" in cell.metadata.get("tags", [])
        kept = []
        for statement in reversed(WithoutGlue().visit(tree).body if hidden else tree.body):
            if not hidden or names_made(statement) & (read | everywhere):
                kept.insert(0, statement)
                read = (read - names_bound(statement)) | names_read(statement)
        if hidden:
            cell.source = ast.unparse(ast.Module(kept, []))


def symbols(node):
    return symtable.symtable(ast.unparse(node), "cell", "exec")


def globals_read(table):
    """Return the global names that are read in a scope and in those inside it."""
    top = table.get_type() == "module"
    here = {s.get_name() for s in table.get_symbols() if s.is_referenced() and (top or s.is_global())}
    return here.union(*map(globals_read, table.get_children()))


def names_read(node):
    return globals_read(symbols(node))


def names_assigned(node):
    found = symbols(node).get_symbols()
    return {s.get_name() for s in found if s.is_assigned() or s.is_imported() or s.is_namespace()}


def names_bound(statement):
    """Return the names that have a new value after a statement, whatever they had before."""
    if not isinstance(statement, ast.Assign | ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom):
        return set()
    return names_assigned(statement)


def names_made(statement):
    """Return the names that a statement may bind, and those whose object it may change."""
    made = names_assigned(statement)
    for node in ast.walk(statement):
        match node:
            case ast.Attribute(value, _, ast.Store()) | ast.Subscript(value, _, ast.Store()):
                made |= names_read(value)
            case ast.Expr(ast.Call()):  # what is called for its effect: on its receiver or on an argument
                made |= names_read(node)
            case ast.Attribute(ast.Name("rng")):  # each draw changes those that follow
                made.add("rng")
    return made


def split_options(content):
    """Return a directive's options and its body."""
    lines = content.split("\n")
    if lines[0].strip() == "---":
        end = lines.index("---", 1)
        return yaml.safe_load("\n".join(lines[1:end])) or {}, "\n".join(lines[end + 1 :])
    options = {}
    while lines and (option := re.fullmatch(r":([\w-]+):\s*(.*)", lines[0])):
        options[option[1]] = option[2].strip().strip('"')
        lines.pop(0)
    return options, "\n".join(lines)


def authors(entry):
    """Return the last names: one, two, or the first and others."""
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [plain(" ".join([*person.prelast_names, *person.last_names])) for person in people]
    if not names:
        return plain(entry.fields.get("organization") or entry.fields["title"])
    return names[0] + (f" and {names[1]}" if len(names) == 2 else " and others" if len(names) > 2 else "")


def year(entry):
    return entry.fields.get("year", "no year")


def plain(text):
    return re.sub(r"[{}]", "", text)


def described(entry):
    fields = entry.fields
    place = fields.get("journal") or fields.get("booktitle") or fields.get("publisher") or ""
    link = fields.get("url") or (f"https://doi.org/{fields['doi']}" if "doi" in fields else "")
    parts = [
        authors(entry),
        f"*{plain(fields['title'])}*",
        plain(place),
        year(entry),
        link and f"<{link}>",
    ]
    return ", ".join(part for part in parts if part) + "."


def same_but_for_values(one, other):
    """Return whether two notebooks agree, the computed values left aside."""
    return COMPUTED.sub("", one) == COMPUTED.sub("", other)


def chapters():
    return sorted(path for path in (ROOT / "book").glob("*.md") if has_notebook(path))


def written(book, path):
    """Return the text of a chapter's notebook."""
    return nbformat.writes(Chapter(book, path).notebook()) + "\n"


def main():
    """Write those notebooks that have changed, and remove those whose chapter is gone."""
    book, wanted = Book(), {path.with_suffix(".ipynb"): path for path in chapters()}
    for target, path in wanted.items():
        text = written(book, path)
        if not target.exists() or not same_but_for_values(target.read_text(encoding="utf-8"), text):
            target.write_text(text, encoding="utf-8")
            print(f"written: {target.relative_to(ROOT)}")
    for target in set((ROOT / "book").glob("*.ipynb")) - wanted.keys():
        target.unlink()
        print(f"removed: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
