"""What a host serves, so that a reader's browser may keep it: https://www.rfc-editor.org/rfc/rfc8246

Whatever a page loads is named with a digest of its content, ``book.css?v=0123456789``. What is behind such an
address never changes, and a browser asks for it once. The pages themselves are asked for each time: they name
the newest. The file ``_headers`` says so in the form that Netlify and Cloudflare Pages read.

Written too: ``versions.json``, the list of this one version, for scripts/versions.py to lengthen.
"""

import hashlib
import json
import re
from functools import cache
from pathlib import Path

IMMUTABLE = ("/_static/*", "/_images/*", "/searchindex.js")
HEADERS = "".join(f"{path}\n  Cache-Control: public, max-age=31536000, immutable\n" for path in IMMUTABLE)
LOADED = re.compile(r'(?<=src="|ref=")((?:\.\./)*(?:_static/|_images/|searchindex\.js)[^"?#]*)(?:\?[^"#]*)?')
STYLE_LOADS = re.compile(r"""((?:url\(|@import )["']?)(?![a-z]+:|[#%])([^"')?#]+)(?:\?[^"')#]*)?""")


def digest(path):
    """Return the digest that stands in the address of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def name_by_content(out):
    """Put digests into all addresses, first into those of a style: what it loads is part of its content."""

    @cache
    def mark(path):
        if path.suffix == ".css":
            rewrite(path, STYLE_LOADS, lambda found: found[1] + stamp(path.parent, found[2]))
        return digest(path)

    def stamp(folder, address):
        path = (folder / address).resolve()
        # What is not there is for the tests of the links to find.
        return f"{address}?v={mark(path)}" if path.is_file() else address

    for page in sorted(out.rglob("*.html")):
        rewrite(page, LOADED, lambda found: stamp(page.parent, found[1]))  # noqa: B023


def rewrite(path, pattern, replacement):
    text = path.read_text(encoding="utf-8")
    path.write_text(pattern.sub(replacement, text), encoding="utf-8")


def finish(app, exception):
    """After all else has written: the fonts are cut then."""
    if exception or app.builder.name != "html":
        return
    out = Path(app.outdir)
    name_by_content(out)
    (out / "_headers").write_text(HEADERS, encoding="utf-8")
    (out / "versions.json").write_text(
        json.dumps([{"name": "newest", "path": "./"}]) + "\n", encoding="utf-8"
    )


def ask_the_registry(app, uri):
    """`make linkcheck`: ask of a DOI whether it is registered; publishers turn programs away."""
    found = re.fullmatch(r"https?://(?:dx\.)?doi\.org/(10\..+)", uri)
    return f"https://doi.org/api/handles/{found[1]}" if found else None


def setup(app):
    app.connect("build-finished", finish, priority=900)
    app.connect("linkcheck-process-uri", ask_the_registry)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
