"""``{all-terms}``: one glossary of the terms that the chapters bring in book/terms/<stem>.md."""

from pathlib import Path

from docutils.statemachine import StringList
from sphinx.domains.std import Glossary

TERMS = Path(__file__).parents[1] / "terms"


class AllTerms(Glossary):
    """Sphinx's glossary, sorted, with its text read from the files."""

    def run(self):
        self.content = StringList()
        for path in sorted(TERMS.glob("*.md")):
            self.env.note_dependency(str(path))
            lines = [*path.read_text(encoding="utf-8").splitlines(), ""]
            self.content.extend(StringList(lines, source=str(path)))
        self.options["sorted"] = True
        return super().run()


def setup(app):
    app.add_directive("all-terms", AllTerms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
