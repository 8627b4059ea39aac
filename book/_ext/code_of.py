"""``{code-of} neuron.weighted_sum``: the source of functions of the package, as it is, without docstring.

The text is read from the file at build, so chapter and package cannot disagree.
"""

import ast
from pathlib import Path

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.util.docutils import SphinxDirective

SOURCE = Path(__file__).parents[2] / "src" / "cvlessons"


def find_definition(tree, name):
    """Return the node of a function, class, method (``Class.method``) or constant of a module."""
    head, _, rest = name.partition(".")
    for node in tree.body:
        named = getattr(node, "name", None) == head
        assigned = isinstance(node, ast.Assign) and any(getattr(t, "id", None) == head for t in node.targets)
        if named or assigned:
            return find_definition(node, rest) if rest else node
    raise KeyError(name)


def source_of(text, name):
    """Return the lines of one definition, its docstring left out."""
    node = find_definition(ast.parse(text), name)
    lines = text.splitlines()
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    kept = list(range(first, node.end_lineno + 1))
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and ast.get_docstring(node):
        doc = node.body[0]
        kept = [number for number in kept if not doc.lineno <= number <= doc.end_lineno]
    body = [lines[number - 1] for number in kept]
    indent = len(body[0]) - len(body[0].lstrip())
    return "\n".join(line[indent:] for line in body)


class CodeOf(SphinxDirective):
    """Each argument is ``module.name``; the public ones are named above the code, with a link."""

    required_arguments = 1
    final_argument_whitespace = True

    def run(self):
        targets = [target.split(".", 1) for target in self.arguments[0].split()]
        blocks = []
        for stem, name in targets:
            path = SOURCE / f"{stem}.py"
            self.env.note_dependency(str(path))
            try:
                blocks.append(source_of(path.read_text(encoding="utf-8"), name))
            except (OSError, KeyError):
                raise self.error(f"there is no {name} in src/cvlessons/{stem}.py") from None
        block = nodes.literal_block("", "\n\n\n".join(blocks), language="python")
        named = [target for target in targets if not _is_private(".".join(target))] or targets[:1]
        line = nodes.paragraph("", "", nodes.Text("From the package: "))
        for place, target in enumerate(named):
            line += [nodes.Text(", ")] * bool(place) + [self.link(*target)]
        return [nodes.container("", line, block, classes=["code-of"])]

    def link(self, stem, name):
        """Return the name of the function, as a link to its reference (private ones have none)."""
        target = f"cvlessons.{stem}.{name}"
        label = nodes.literal("", target, classes=["xref", "py"])
        if _is_private(f"{stem}.{name}"):
            return label
        return pending_xref(
            "", label, refdomain="py", reftype="obj", reftarget=target, refexplicit=True, refwarn=True
        )


def _is_private(name):
    return any(part.startswith("_") for part in name.split("."))


def setup(app):
    app.add_directive("code-of", CodeOf)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
