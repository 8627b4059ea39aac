"""pictures.py: figures are light, keep what is drawn on them, and do not make the page jump."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from cvlessons.datasets import load_photo
from pictures import IMAGE, webp

SITE = Path(__file__).parents[1] / "_build/html"


def decoded(content):
    return np.asarray(Image.open(io.BytesIO(content)).convert("RGB")).astype(int)


def as_png(picture):
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_drawing_is_stored_without_loss_and_lighter():
    drawing = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(drawing).line([(0, 0), (399, 299)], fill="#0072B2", width=3)
    stored = webp(drawing)
    np.testing.assert_array_equal(decoded(stored), np.asarray(drawing))
    assert len(stored) < len(as_png(drawing))


def test_a_photograph_is_stored_at_less_than_half_and_a_thin_red_box_on_it_stays_red():
    photo = Image.fromarray(load_photo("coffee"))
    ImageDraw.Draw(photo).rectangle([100, 100, 300, 250], outline="#D55E00")
    stored = webp(photo)
    assert len(stored) < len(as_png(photo)) / 2
    top = decoded(stored)[100, 110:290]
    assert np.abs(top - [213, 94, 0]).mean() < 40
    assert np.abs(decoded(stored) - np.asarray(photo)).mean() < 4


def test_only_figures_are_given_a_size():
    """Not an icon of the theme, and not a picture of a name that only looks alike."""
    assert IMAGE.sub("!", '<img alt="a" src="../_images/a1b2.webp" />')[0] == "!"
    for other in ('<img src="_static/logo.png">', '<a href="_images/a.png">', '<img src="_images/a.svg">'):
        assert IMAGE.sub("!", other) == other


@pytest.mark.site
def test_every_figure_of_the_site_is_light_sized_and_comes_late():
    pages = [path.read_text(encoding="utf-8") for path in sorted((SITE / "book").glob("*.html"))]
    figures = [tag for page in pages for tag in re.findall(r"<img [^>]*_images/[^>]*>", page)]
    assert len(figures) > 50
    # The stills of live figures are drawings, and must be there at once where there is no script.
    stills = [tag for tag in figures if re.search(r'_images/fig-[\w-]+\.svg[?"]', tag)]
    assert len(stills) == sum(page.count("<cv-figure ") for page in pages)
    for tag in set(figures) - set(stills):
        name = re.search(r"_images/([^\"?]+)", tag)[1]
        assert name.endswith(".webp")
        with Image.open(SITE / "_images" / name) as picture:
            assert f'loading="lazy" width="{picture.width}" height="{picture.height}"' in tag
