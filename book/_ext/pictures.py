"""The figures of the pages, as light as they can be: WebP in place of PNG, loaded when they come near.

A figure of curves is stored without loss. One of photographs would be many times as heavy that way as
it needs to be, and is stored as photographs are. Only the web pages have WebP; other builders keep PNG.
"""

import io
import re
from pathlib import Path

from docutils import nodes
from PIL import Image
from sphinx.transforms.post_transforms import SphinxPostTransform

HEAVY = 50_000  # bytes without loss, from which it pays to ask whether the figure is a photograph
IMAGE = re.compile(r'<img (?=[^>]*src="[^"]*_images/([^"/]+\.(?:webp|png|jpg))")')


def webp(picture):
    """Return the bytes of a picture as WebP: without loss, unless that is twice as heavy and heavy at all."""
    exact = _encoded(picture, lossless=True)
    if len(exact) < HEAVY:
        return exact
    # Sharp YUV keeps thin coloured lines over photographs, the boxes of a detector, from fading.
    close = _encoded(picture, quality=85, use_sharp_yuv=True)
    return close if len(close) < len(exact) / 2 else exact


def _encoded(picture, **options):
    file = io.BytesIO()
    picture.save(file, "WEBP", method=4, **options)
    return file.getvalue()


class LightPictures(SphinxPostTransform):
    """Let each executed figure of a page point to its WebP form."""

    default_priority = 400
    builders = ("html",)

    def run(self, **kwargs):
        for node in self.document.findall(nodes.image):
            source = Path(self.env.srcdir, node["uri"])
            if source.suffix == ".png" and "jupyter_execute" in source.parts and source.exists():
                self.replace(node, source)

    def replace(self, node, source):
        target = source.with_suffix(".webp")
        with Image.open(source) as picture:
            target.write_bytes(webp(picture.convert("RGB")))
        uri = Path(node["uri"]).with_suffix(".webp").as_posix()
        self.env.images.add_file(self.env.docname, uri)
        node["uri"], node["candidates"] = uri, {"*": uri}


def load_late(app, pagename, templatename, context, doctree):
    """Give each figure its size, so that the page does not jump, and let it load when it comes near."""

    sources = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}

    def with_size(match):
        with Image.open(sources[match[1]]) as picture:
            return f'<img loading="lazy" width="{picture.width}" height="{picture.height}" '

    if "body" in context:
        context["body"] = IMAGE.sub(with_size, context["body"])


def setup(app):
    app.add_post_transform(LightPictures)
    app.connect("html-page-context", load_late)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
