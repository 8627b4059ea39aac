"""Colour spaces: the same colour in other numbers, and what each of them is good for.

Chapter: ``book/color.md`` (slide 22).

Every function takes colours as an array whose last axis is red, green, blue: one colour of shape (3,), a
list of them, or a picture. Bytes (uint8) count from 0 to 255, all other numbers from 0 to 1.
"""

import numpy as np

from cvlessons._types import Array, ArrayLike, AsGiven
from cvlessons._validate import checked_array, checked_number

__all__ = [
    "REC_601",
    "encoded",
    "grey_world",
    "hue_distance",
    "hue_mask",
    "linear_light",
    "luma",
    "luminance_weights",
    "relight",
    "rgb_to_hsv",
    "rgb_to_lab",
]

REC_601 = np.array([0.299, 0.587, 0.114])
"""The weights of red, green and blue in a grey level, of Recommendation ITU-R BT.601."""

_XYZ_FROM_RGB = np.array(  # linear sRGB to the three CIE numbers of 1931, in the digits that OpenCV uses
    [[0.412453, 0.357580, 0.180423], [0.212671, 0.715160, 0.072169], [0.019334, 0.119193, 0.950227]]
)

for _constant in (REC_601, _XYZ_FROM_RGB):
    _constant.setflags(write=False)  # so that no chapter can change it for the next


def luma(rgb: ArrayLike, weights: ArrayLike = REC_601) -> Array:
    """Return the grey level of each colour: a weighted sum of red, green and blue.

    Formula: eq-color-luma

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        Bytes, or numbers from 0 to 1.
    weights : array_like of shape (3,), default `REC_601`
        How much red, green and blue count.

    Returns
    -------
    ndarray of shape (...), float64
        From 0 to 1 if the weights add up to 1.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the last axis is not red, green, blue, if there is no colour, or if numbers that are not bytes
        lie outside of 0 to 1.

    References
    ----------
    Slide 22 of the workshop. Recommendation ITU-R BT.601-7, 2011, section 2.5.1.

    Examples
    --------
    >>> luma([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    array([0.299, 0.587, 0.114])
    """
    weights = checked_array(weights, "weights", (3,), hint="one for red, green and blue each")
    return _checked_rgb(rgb) @ weights


def luminance_weights(primaries: ArrayLike, white: ArrayLike) -> Array:
    """Return how much of white's luminance comes from the red, green and blue light of a screen.

    The three lights together, each at its full power, must look like `white`: three equations.

    Parameters
    ----------
    primaries : array_like of shape (3, 2)
        The chromaticities x, y (CIE 1931) of the red, the green and the blue light.
    white : array_like of shape (2,)
        The chromaticity of the white that they make together.

    Returns
    -------
    ndarray of shape (3,), float64
        They add up to 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, a y is not above 0, the three lights lie on one line, or the
        white is none that they can make: it lies outside of their triangle.

    References
    ----------
    C. Poynton, "Digital video and HD: algorithms and interfaces", 2nd edition, 2012, the chapter on colour
    science for video.

    Examples
    --------
    The television of 1953.

    >>> luminance_weights([(0.67, 0.33), (0.21, 0.71), (0.14, 0.08)], (0.3101, 0.3162)).round(3)
    array([0.299, 0.587, 0.114])
    """
    lights = _xyz(checked_array(primaries, "primaries", (3, 2), hint="x and y of red, green, blue"))
    target = _xyz(checked_array(white, "white", (2,), hint="x and y"))
    if np.linalg.cond(lights) > 1e9:
        raise ValueError("primaries must not lie on one line: three such lights mix no area of colours")
    shares = np.linalg.solve(lights.T, target)
    if shares.min() < -1e-9:
        raise ValueError(
            f"white must lie within the triangle of the primaries, got {np.asarray(white).tolist()}: these "
            "three lights cannot make it; is one of the chromaticities wrong?"
        )
    return shares


def rgb_to_hsv(rgb: ArrayLike) -> Array:
    """Return hue, saturation and value of each colour.

    Formula: eq-color-hsv

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        Bytes, or numbers from 0 to 1.

    Returns
    -------
    ndarray of shape (..., 3), float64
        Hue in degrees, from 0 to below 360; saturation and value from 0 to 1. A grey has no hue: it gets 0.

    Raises
    ------
    TypeError, ValueError
        As in `luma`.

    References
    ----------
    Slide 22 of the workshop. A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978.

    Examples
    --------
    Orange; dark blue; grey.

    >>> rgb_to_hsv([[1, 0.5, 0], [0, 0, 0.5], [0.5, 0.5, 0.5]])
    array([[ 30. ,   1. ,   1. ],
           [240. ,   1. ,   0.5],
           [  0. ,   0. ,   0.5]])
    """
    red, green, blue = np.moveaxis(_checked_rgb(rgb), -1, 0)
    value = np.maximum(np.maximum(red, green), blue)
    chroma = value - np.minimum(np.minimum(red, green), blue)
    divisor = np.where(chroma > 0, chroma, 1)  # the differences above it are 0 then
    sector = np.select(
        [value == red, value == green],
        [(green - blue) / divisor, 2 + (blue - red) / divisor],
        4 + (red - green) / divisor,
    )
    hue = 60 * sector % 360 % 360  # a hair below 0 becomes 360 at first, and only then 0
    saturation = chroma / np.where(value > 0, value, 1)
    return np.stack([hue, saturation, value], axis=-1)


def hue_distance(one: ArrayLike, other: ArrayLike) -> AsGiven:
    """Return how far two hues are apart, on the shorter way round the circle.

    Formula: eq-color-hue-distance

    Parameters
    ----------
    one, other : array_like
        In degrees; of one shape, or such that they can be broadcast.

    Returns
    -------
    ndarray or float64
        From 0 to 180 degrees.

    Raises
    ------
    TypeError, ValueError
        If an argument does not hold finite numbers, or the shapes do not fit.

    References
    ----------
    K. V. Mardia, P. E. Jupp, "Directional statistics", Wiley, 2000, section 2.3.

    Examples
    --------
    >>> hue_distance([355, 10, 0], [5, 20, 270])
    array([10., 10., 90.])
    """
    one, other = checked_array(one, "one"), checked_array(other, "other")
    try:
        gap = np.abs(one - other) % 360
    except ValueError as error:
        raise ValueError(
            f"one and other must fit together, got shapes {one.shape} and {other.shape}: "
            "give one hue, or as many as there are in the other"
        ) from error
    return np.minimum(gap, 360 - gap)


def hue_mask(
    rgb: ArrayLike, hue: float, tolerance: float, *, min_saturation: float = 0.0, min_value: float = 0.0
) -> Array:
    """Say of each pixel whether its hue is near a given one, and strong enough to be relied on.

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        Bytes, or numbers from 0 to 1.
    hue : float
        In degrees.
    tolerance : float
        The largest `hue_distance`, from 0 to 180 degrees.
    min_saturation, min_value : float, default 0.0
        From 0 to 1: paler and darker pixels are left out.

    Returns
    -------
    ndarray of shape (...), bool

    Raises
    ------
    TypeError, ValueError
        As in `luma`, and if an option is outside of its range.

    Examples
    --------
    Two reds, left and right of 0 degrees, and a green.

    >>> hue_mask([[1, 0.1, 0], [1, 0, 0.1], [0, 1, 0]], 0, 15)
    array([ True,  True, False])
    """
    tolerance = checked_number(tolerance, "tolerance", minimum=0, maximum=180)
    min_saturation = checked_number(min_saturation, "min_saturation", minimum=0, maximum=1)
    min_value = checked_number(min_value, "min_value", minimum=0, maximum=1)
    found, saturation, value = np.moveaxis(rgb_to_hsv(rgb), -1, 0)
    near = hue_distance(found, checked_number(hue, "hue")) <= tolerance
    return near & (saturation >= min_saturation) & (value >= min_value)


def linear_light(rgb: ArrayLike) -> Array:
    """Return the amounts of light that the numbers of a picture stand for.

    sRGB gives the dark more of its numbers than the bright, since eyes do. Two lamps make twice
    the light, and not twice the number.

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        Bytes, or numbers from 0 to 1.

    Returns
    -------
    ndarray of shape (..., 3), float64
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As in `luma`.

    References
    ----------
    IEC 61966-2-1:1999, the standard of sRGB.

    Examples
    --------
    The middle number is far from half of the light.

    >>> linear_light([0.0, 0.5, 1.0]).round(3)
    array([0.   , 0.214, 1.   ])
    """
    rgb = _checked_rgb(rgb)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def encoded(light: ArrayLike) -> Array:
    """Return the numbers of a picture for amounts of light: the way back from `linear_light`.

    Parameters
    ----------
    light : array_like of shape (..., 3)
        From 0 to 1.

    Returns
    -------
    ndarray of shape (..., 3), float64
        From 0 to 1.

    Raises
    ------
    TypeError, ValueError
        As in `luma`.

    References
    ----------
    IEC 61966-2-1:1999, the standard of sRGB.

    Examples
    --------
    >>> encoded(linear_light([0.25, 0.5, 0.75])).round(12)
    array([0.25, 0.5 , 0.75])
    """
    light = _checked_rgb(light, "light")
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)


def relight(rgb: ArrayLike, gains: ArrayLike) -> Array:
    """Return a picture as it would be under other lamps: more or less of each of the three lights.

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        Bytes, or numbers from 0 to 1.
    gains : float or array_like of shape (3,)
        By how much the red, green and blue light is multiplied; not below 0.

    Returns
    -------
    ndarray of shape (..., 3), float64
        From 0 to 1. What would be brighter than white is cut off there, as in a camera.

    Raises
    ------
    TypeError, ValueError
        As in `luma`, and if there are not one or three gains, or one is below 0.

    Examples
    --------
    >>> relight([0.5, 0.5, 0.5], [1, 0.5, 0]).round(3)
    array([0.5  , 0.361, 0.   ])
    """
    gains = checked_array(gains, "gains")
    if gains.shape not in ((), (3,)) or np.any(gains < 0):
        raise ValueError(f"gains must be one number or three, none below 0, got {gains.tolist()}")
    return encoded(np.minimum(linear_light(rgb) * gains, 1))


def grey_world(rgb: ArrayLike) -> Array:
    """Return a picture whose colour cast is taken away, if the world is grey on average.

    Parameters
    ----------
    rgb : array_like of shape (height, width, 3)
        Bytes, or numbers from 0 to 1. Each channel must hold some light.

    Returns
    -------
    ndarray of shape (height, width, 3), float64
        From 0 to 1. Before anything is cut off at white, the three channels have the same mean light.

    Raises
    ------
    TypeError, ValueError
        As in `luma`, and if a channel is all zero: no gain brings it back.

    References
    ----------
    G. Buchsbaum, "A spatial processor model for object colour perception", Journal of the Franklin
    Institute 310(1), 1980.

    Examples
    --------
    >>> grey_world([[[0.8, 0.6, 0.4], [0.8, 0.6, 0.4]]]).round(3)
    array([[[0.628, 0.628, 0.628],
            [0.628, 0.628, 0.628]]])
    """
    light = linear_light(_checked_picture(rgb))
    means = light.mean(axis=(0, 1))
    if not means.all():
        raise ValueError(f"rgb must hold some light of each colour, got means {means.tolist()}")
    return relight(rgb, means.mean() / means)


def rgb_to_lab(rgb: ArrayLike) -> Array:
    """Return lightness and the two opponent colours of each colour: numbers in which distance is difference.

    Formula: eq-color-lab

    Parameters
    ----------
    rgb : array_like of shape (..., 3)
        sRGB: bytes, or numbers from 0 to 1.

    Returns
    -------
    ndarray of shape (..., 3), float64
        L* from 0 (black) to 100 (white); a* from green (below 0) to red; b* from blue (below 0) to yellow.

    Raises
    ------
    TypeError, ValueError
        As in `luma`.

    References
    ----------
    ISO/CIE 11664-4:2019, CIE 1976 L*a*b* colour space; white is D65.

    Examples
    --------
    >>> rgb_to_lab([[1, 1, 1], [1, 0, 0]]).round(1) + 0.0
    array([[100. ,   0. ,   0. ],
           [ 53.2,  80.1,  67.2]])
    """
    xyz = linear_light(rgb) @ _XYZ_FROM_RGB.T
    ratio = xyz / _XYZ_FROM_RGB.sum(axis=1)  # white is red, green and blue together
    knee = 6 / 29
    root = np.where(ratio > knee**3, np.cbrt(ratio), ratio / (3 * knee**2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def _xyz(chromaticity: Array) -> Array:
    """Return X, Y, Z of lights of luminance 1."""
    x, y = np.moveaxis(chromaticity, -1, 0)
    if np.any(y <= 0):
        raise ValueError(f"a chromaticity y must be above 0, got {y.min()}: light of y = 0 has no luminance")
    return np.stack([x / y, np.ones_like(y), (1 - x - y) / y], axis=-1)


def _checked_picture(rgb: ArrayLike) -> ArrayLike:
    if np.ndim(rgb) != 3:
        raise ValueError(f"rgb has shape (height, width, 3), got {np.shape(rgb)}: give one picture")
    return rgb


def _checked_rgb(rgb: ArrayLike, name: str = "rgb") -> Array:
    """Return the colours as numbers from 0 to 1."""
    array = checked_array(rgb, name).astype(np.float64)
    if array.ndim == 0 or array.shape[-1] != 3:
        raise ValueError(f"{name} has shape (..., 3), got {array.shape}: the last axis is red, green, blue")
    if np.asarray(rgb).dtype == np.uint8:  # a list of pixels too
        return array / 255
    if array.min() < 0 or array.max() > 1:
        wrong = array.min() if array.min() < 0 else array.max()
        raise ValueError(
            f"{name} must be bytes or lie between 0 and 1, got {wrong:g}: divide by 255 (by 65535 if uint16)"
        )
    return array
