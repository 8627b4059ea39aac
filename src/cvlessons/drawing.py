"""Drawing into an array: which pixels a line is made of, labels on boxes, strokes that become a digit.

Chapter: ``book/drawing.md`` (slide 22).

Points are (x, y), x to the right and y down, as OpenCV has them; arrays are [row, column], that is [y, x].
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["centre_of_mass", "draw_box", "draw_strokes", "line_pixels", "mnist_digit", "text_origin"]

_FARTHEST = 1_000_000  # pixels: no picture is as large, and 16 times as much still fits into an int32
_THICKEST = 32767  # OpenCV draws no thicker line


def line_pixels(start: tuple[int, int], end: tuple[int, int]) -> Array:
    """Return the pixels of a straight line one pixel wide, by Bresenham's algorithm: whole numbers only.

    Along the longer of the two directions every step is one pixel. `error` says how far the line still
    is from the border to the next row (or column), in units of half a pixel over the length.

    Formula: eq-drawing-line

    Parameters
    ----------
    start, end : (int, int)
        The first and the last pixel, (x, y).

    Returns
    -------
    ndarray of shape (n, 2)
        int64: the pixels (x, y), from start to end. n is the larger of the distances across and down, + 1.

    Raises
    ------
    TypeError
        If a coordinate is not a number.
    ValueError
        If a point is not a pair of whole numbers, or more than a million pixels away.

    References
    ----------
    Slide 22 of the workshop. J. E. Bresenham, "Algorithm for computer control of a digital plotter", IBM
    Systems Journal 4(1), 1965.

    Examples
    --------
    >>> line_pixels((0, 0), (5, 2)).tolist()
    [[0, 0], [1, 0], [2, 1], [3, 1], [4, 2], [5, 2]]
    """
    (x, y), end = _checked_pixel(start, "start"), _checked_pixel(end, "end")
    dx, dy = end[0] - x, end[1] - y
    length, rise = max(abs(dx), abs(dy)), min(abs(dx), abs(dy))
    step_x, step_y = _sign(dx), _sign(dy)
    steep = abs(dy) > abs(dx)
    error, pixels = length, [(x, y)]
    for _ in range(length):
        error -= 2 * rise
        aside = error < 0
        if aside:
            error += 2 * length
        x += step_x if aside or not steep else 0
        y += step_y if aside or steep else 0
        pixels.append((x, y))
    return np.array(pixels)


def text_origin(
    text: str, centre: tuple[float, float], *, scale: float = 1.0, thickness: int = 1
) -> tuple[int, int]:
    """Return where `cv2.putText` must begin, so that the text is centred on a point.

    `putText` wants the lower left corner of the text, on its base line: where the feet of the letters
    stand. What hangs below it, as in g, is not counted here: the capitals are in the middle.

    Parameters
    ----------
    text : str
        One line in the font ``cv2.FONT_HERSHEY_SIMPLEX``, ASCII only: others would become question marks.
    centre : (number, number)
        In pixels, (x, y).
    scale : float, default 1.0
        The size of the letters, above 0 and up to 100.
    thickness : int, default 1
        Of their lines, in pixels.

    Returns
    -------
    (int, int)
        The origin (x, y).

    Raises
    ------
    TypeError, ValueError
        If the text is not one line of ASCII, or another argument is not as described.

    References
    ----------
    OpenCV, "Drawing Functions", getTextSize and putText.

    Examples
    --------
    >>> text_origin("Hi", (100, 50))
    (84, 61)
    """
    import cv2

    x, y = _checked_places(centre, "centre", (2,), "x and y")
    scale = checked_number(scale, "scale", above=0, maximum=100)
    thickness = _checked_thickness(thickness, "thickness")
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, height), _ = cv2.getTextSize(_checked_ascii(text), font, scale, thickness)
    return round(x - width / 2), round(y + height / 2)


def draw_box(
    image: Array,
    box: ArrayLike,
    label: str,
    *,
    colour: tuple[int, int, int] = (0, 114, 178),
    thickness: int = 2,
    scale: float = 0.5,
) -> Array:
    """Return a copy of a picture with a box on it, and a label on a plate above the box.

    Parameters
    ----------
    image : ndarray of uint8, shape (height, width, 3)
    box : array_like of shape (4,)
        In pixels: left, top, right, bottom.
    label : str
        ASCII, as in `text_origin`.
    colour : (int, int, int), default (0, 114, 178)
        From 0 to 255. Of the box and the plate, in the order of the picture's channels. The text is black
        or white, whichever is easier to read on it.
    thickness : int, default 2
        Of the lines of the box.
    scale : float, default 0.5
        The size of the letters.

    Returns
    -------
    ndarray of uint8, shape (height, width, 3)
        Where there is no room above the box, the plate stands inside of it, at its top.

    Raises
    ------
    TypeError, ValueError
        If the picture is not uint8 of that shape, the box has no area, or another argument is not as
        described.

    References
    ----------
    OpenCV, "Drawing Functions", rectangle, putText and getTextSize.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = draw_box(np.zeros((60, 80, 3), np.uint8), (10, 20, 70, 50), "cat")
    >>> drawn[35, 10].tolist(), drawn[35, 40].tolist()
    ([0, 114, 178], [0, 0, 0])
    """
    import cv2

    image = _checked_bytes(image)
    left, top, right, bottom = _checked_box(box)
    colour = _checked_colour(colour)
    thickness = _checked_thickness(thickness, "thickness")
    scale = checked_number(scale, "scale", above=0, maximum=100)
    font = cv2.FONT_HERSHEY_SIMPLEX
    (width, height), below = cv2.getTextSize(_checked_ascii(label), font, scale, 1)
    plate = height + below + 2
    roof = top - plate if top >= plate else top
    ink = (0, 0, 0) if np.dot(colour, [0.299, 0.587, 0.114]) > 128 else (255, 255, 255)
    drawn = image.copy()
    cv2.rectangle(drawn, (left, top), (right, bottom), colour, thickness)
    cv2.rectangle(drawn, (left, roof), (left + width + 4, roof + plate), colour, cv2.FILLED)
    cv2.putText(drawn, label, (left + 2, roof + height + 2), font, scale, ink, 1, cv2.LINE_AA)
    return drawn


def draw_strokes(strokes: Sequence[Any], *, size: int = 280, width: int = 20) -> Array:
    """Return what a pen leaves on a square pad: white strokes on black.

    Parameters
    ----------
    strokes : list of array_like of shape (n, 2)
        The points (x, y) that the pen went through, in pixels, one array for each time that it was put down.
        They may have fractions: they are kept to 1/16 of a pixel. A single point makes a dot.
    size : int, default 280
        The side of the pad, in pixels.
    width : int, default 20
        Of the pen, in pixels.

    Returns
    -------
    ndarray of uint8, shape (size, size)

    Raises
    ------
    TypeError, ValueError
        If there is no stroke, or an argument is not as described.

    References
    ----------
    OpenCV, "Drawing Functions", polylines with its argument shift.

    Examples
    --------
    >>> pad = draw_strokes([[(140, 40), (140, 240)]])
    >>> pad.shape, pad[140, 140].item(), pad[140, 100].item()
    ((280, 280), 255, 0)
    """
    import cv2

    pad = np.zeros((checked_int(size, "size", minimum=1),) * 2, np.uint8)
    width = _checked_thickness(width, "width")
    if not isinstance(strokes, (list, tuple)) and np.ndim(strokes) != 3:
        raise TypeError(
            f"strokes must be a list of arrays of points, got {strokes!r:.60}: one for each stroke"
        )
    if len(strokes) == 0:
        raise ValueError("strokes is empty: draw at least one")
    for stroke in strokes:
        points = _checked_places(stroke, "a stroke", ("points", 2), "x and y of each point")
        fixed = np.round(points * 16).astype(np.int32)
        fixed = np.repeat(fixed, 2, axis=0) if len(fixed) == 1 else fixed  # of one point nothing is drawn
        cv2.polylines(pad, [fixed], False, 255, width, cv2.LINE_AA, shift=4)
    return pad


def centre_of_mass(image: ArrayLike) -> tuple[float, float]:
    """Return the point at which a picture would balance, if brightness were weight.

    Formula: eq-drawing-centre

    Parameters
    ----------
    image : array_like of shape (height, width)
        Brightness, not below 0.

    Returns
    -------
    (float, float)
        x and y, in pixels; the middle of the first pixel is 0.

    Raises
    ------
    TypeError, ValueError
        If the picture is not as described, or black: then it has no centre.

    References
    ----------
    Slide 22 of the workshop. M.-K. Hu, "Visual pattern recognition by moment invariants", IRE Transactions on
    Information Theory 8(2), 1962.

    Examples
    --------
    >>> centre_of_mass([[0, 0, 0], [0, 1, 3]])
    (1.75, 1.0)
    """
    image = checked_array(image, "image", ("height", "width"))
    if image.min() < 0:
        raise ValueError(f"image must hold no brightness below 0, got {image.min():g}: shift it up")
    total = image.sum(dtype=np.float64)
    if total == 0:
        raise ValueError("image must not be all black: there is nothing to be found; draw something")
    rows, columns = np.indices(image.shape)
    return float((columns * image).sum() / total), float((rows * image).sum() / total)


def mnist_digit(drawing: Array) -> Array:
    """Return a drawing in the form of MNIST: 20 pixels at its longer side, its centre of mass in the middle.

    Parameters
    ----------
    drawing : ndarray of uint8, shape (height, width)
        White ink on black, of any size and in any place.

    Returns
    -------
    ndarray of uint8, shape (28, 28)

    Raises
    ------
    TypeError, ValueError
        If the drawing is not uint8 of that shape, or black, or so thin that nothing of it is left.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document recognition",
    Proceedings of the IEEE 86(11), 1998, section III.A.

    Examples
    --------
    >>> digit = mnist_digit(draw_strokes([[(40, 50), (60, 200)]]))
    >>> [round(place) for place in centre_of_mass(digit)]
    [14, 14]
    """
    import cv2

    drawing = np.asarray(drawing)
    if drawing.dtype != np.uint8 or drawing.ndim != 2:
        raise TypeError(
            f"drawing must be uint8 of shape (height, width), got {drawing.dtype} of {drawing.shape}: "
            "white ink, 255, on black, 0"
        )
    left, top, right, bottom = _ink_box(drawing)
    ink = drawing[top:bottom, left:right]
    ratio = 20 / max(ink.shape)
    size = [max(1, round(ratio * side)) for side in ink.shape[::-1]]
    small = cv2.resize(ink, size, interpolation=cv2.INTER_AREA)  # the mean of what becomes one pixel
    if not small.any():
        raise ValueError(f"drawing is too thin: nothing is left of {ink.shape} at 20 pixels; use a wider pen")
    x, y = centre_of_mass(small)
    left, top = (min(max(round(14 - place), 0), 28 - side) for place, side in zip((x, y), size, strict=True))
    digit = np.zeros((28, 28), np.uint8)
    digit[top : top + size[1], left : left + size[0]] = small
    return digit


def _ink_box(drawing: Array) -> tuple[int, int, int, int]:
    """Return left, top, right, bottom of what is not black; right and bottom are the first beyond it."""
    rows, columns = np.nonzero(drawing)
    if rows.size == 0:
        raise ValueError("drawing must not be all black: there is nothing to be read; draw something")
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)


def _checked_pixel(point: ArrayLike, name: str) -> Any:
    array = _checked_places(point, name, (2,), "x and y")
    if np.any(array != np.floor(array)):
        raise ValueError(f"{name} must be whole numbers, got {array.tolist()}: round them first")
    return [int(number) for number in array]


def _checked_places(points: ArrayLike, name: str, shape: tuple[int | str, ...], hint: str) -> Array:
    array = checked_array(points, name, shape, hint=hint)
    if np.abs(array).max() > _FARTHEST:
        raise ValueError(
            f"{name} must lie within {_FARTHEST} pixels, got {np.abs(array).max():g}: no picture is as large"
        )
    return array


def _checked_thickness(value: int, name: str) -> int:
    value = checked_int(value, name, minimum=1)
    if value > _THICKEST:
        raise ValueError(f"{name} must be at most {_THICKEST}, got {value}: OpenCV draws no thicker line")
    return value


def _checked_colour(colour: tuple[int, int, int]) -> Any:
    array = checked_array(colour, "colour", (3,), hint="one number a channel")
    if array.min() < 0 or array.max() > 255:
        raise ValueError(f"colour must lie between 0 and 255, got {array.tolist()}: give three bytes")
    return tuple(array.tolist())


def _checked_ascii(text: str) -> str:
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        raise ValueError(
            f"the text must be one line of ASCII, got {text!r:.60}: OpenCV's fonts have no other letters; "
            "draw it with Pillow"
        )
    return text


def _checked_bytes(image: ArrayLike) -> Array:
    image = np.asarray(image)
    if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or image.size == 0:
        raise TypeError(
            f"image must be uint8 of shape (height, width, 3), got {image.dtype} of {image.shape}: "
            "for a grey one, cv2.cvtColor(image, cv2.COLOR_GRAY2RGB)"
        )
    return image


def _checked_box(box: ArrayLike) -> tuple[float, float, float, float]:
    places = _checked_places(box, "box", (4,), "left, top, right, bottom")
    left, top, right, bottom = (int(place) for place in places.round())
    if left >= right or top >= bottom:
        raise ValueError(
            f"box must have left < right and top < bottom, got {[left, top, right, bottom]}: "
            "is it x, y, width, height?"
        )
    return left, top, right, bottom
