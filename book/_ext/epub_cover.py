"""The cover of the EPUB, drawn: a digit of MNIST in squares, as a network sees it, and the title."""

import io
from pathlib import Path

import matplotlib
from PIL import Image, ImageDraw, ImageFont

from cvlessons.datasets import load_mnist

SIZE = 1200, 1800
GROUND, LIGHT = (9, 48, 92), (255, 255, 255)
FONTS = Path(matplotlib.get_data_path(), "fonts/ttf")
SQUARE, GAP, LEFT, TOP = 44, 4, 68, 600


def cover(title, author):
    """Return the bytes of the cover as PNG; the same title gives the same bytes."""
    picture = Image.new("RGB", SIZE, GROUND)
    draw = ImageDraw.Draw(picture)
    draw.multiline_text((LEFT, 110), _two_lines(title), LIGHT, _font("DejaVuSans-Bold", 96), spacing=34)
    draw.text((LEFT, 430), "every formula executed, every number computed", LIGHT, _font("DejaVuSans", 42))
    _draw_digit(draw)
    draw.text((LEFT, 1705), author, LIGHT, _font("DejaVuSans", 42))
    file = io.BytesIO()
    picture.quantize(64, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def _draw_digit(draw):
    """Draw the middle of the first picture of MNIST, a five: a square for each number, as light as that."""
    (images, _), _ = load_mnist()
    for row, numbers in enumerate(images[0][4:26, 3:25]):
        for column, number in enumerate(numbers):
            share = float(number) / 255
            x, y = LEFT + column * (SQUARE + GAP), TOP + row * (SQUARE + GAP)
            shade = tuple(
                round(a + (b - a) * (0.08 + 0.92 * share)) for a, b in zip(GROUND, LIGHT, strict=True)
            )
            draw.rectangle((x, y, x + SQUARE, y + SQUARE), fill=shade)


def _two_lines(title):
    """Break the title before its second half."""
    words = title.split()
    half = len(words) // 2
    return " ".join(words[:half]) + "\n" + " ".join(words[half:])


def _font(name, size):
    return ImageFont.truetype(str(FONTS / f"{name}.ttf"), size)
