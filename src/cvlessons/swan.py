"""The naive swan detector: features defined by hand, scenes that break it, and a search that cannot mend it.

What is measured (`measure`) knows nothing of thresholds, and what decides (`judge`) knows nothing of
pixels. So every setting of the thresholds can be tried without looking at a picture again.

Chapter: ``book/swan.md`` (slides 23 to 25).
"""

import dataclasses
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_number

__all__ = [
    "FEATURES",
    "Measurements",
    "Thresholds",
    "blacken",
    "dominates",
    "draw_boat",
    "draw_frontal",
    "draw_open_wings",
    "ellipse_of",
    "find_beak",
    "find_parts",
    "hide_neck",
    "judge",
    "measure",
    "ovalness",
    "scan_settings",
    "silhouette",
    "slenderness",
    "whiteness",
    "within_box",
]

T = TypeVar("T")

_EDGE = 0.05  # the share of the width, left and right, that is taken for water
_UNLIKE_WATER = 6.0  # distance in CIELAB; the ripples of the photograph stay below 3
_MOST_GREY = 65  # saturation, of 255: feathers stay below
_LEAST_COLOUR = 100  # saturation, of 255: a beak lies above
_BODY_DISC = 0.3  # what a disc fits into is body; its diameter over the square root of the area
_NECK_DISC = 0.04  # and what not even this fits into is a fringe
_LEAST_NECK = 0.01  # share of the silhouette: a smaller piece is a rounded corner, not a neck
_HEAD = 1.6  # a head begins so many widths of the neck below its top
_LEAST_BEAK = 0.0005  # share of the silhouette: a smaller speck of colour is no candidate
_ORANGE = 20.0  # degrees on the wheel of hues: a mute swan's beak

_FEATHER, _SHADE, _BEAK, _EYE = (238, 238, 232), (200, 204, 206), (226, 112, 44), (40, 38, 36)
_PAINT, _FLAG = (228, 228, 224), (228, 122, 50)


@dataclasses.dataclass(frozen=True)
class Measurements:
    """The six numbers that `measure` finds in a picture.

    Parameters
    ----------
    whiteness, body_oval, neck_slenderness, head_oval, beak_area, beak_hue_error : float
        In the units of `Thresholds`.

    Raises
    ------
    TypeError
        If a measurement is no number.
    ValueError
        If a measurement is negative or not finite.

    Examples
    --------
    >>> Measurements(0.4, 0.8, 3, 0.6, 0.01, 9).neck_slenderness
    3.0
    """

    whiteness: float
    body_oval: float
    neck_slenderness: float
    head_oval: float
    beak_area: float
    beak_hue_error: float

    def __post_init__(self) -> None:
        _check_numbers(self)


@dataclasses.dataclass(frozen=True)
class Thresholds:
    """The bar for each measurement: at least so much; for the error of the hue, at most.

    Parameters
    ----------
    whiteness : float
        From 0 to 1.
    body_oval, head_oval : float
        How well an ellipse covers the body, and the head; from 0 to 1.
    neck_slenderness : float
        Length over width.
    beak_area : float
        Share of the silhouette.
    beak_hue_error : float
        Degrees away from orange, at most.

    Raises
    ------
    TypeError
        If a threshold is no number.
    ValueError
        If a threshold is negative or not finite.

    Examples
    --------
    >>> Thresholds(neck_slenderness=5).neck_slenderness
    5.0
    """

    whiteness: float = 0.35
    body_oval: float = 0.75
    neck_slenderness: float = 2.5
    head_oval: float = 0.6
    beak_area: float = 0.004
    beak_hue_error: float = 20.0

    def __post_init__(self) -> None:
        _check_numbers(self)


def _check_numbers(record: Measurements | Thresholds) -> None:
    for name in FEATURES:
        number = checked_number(getattr(record, name), name, minimum=0)
        object.__setattr__(record, name, number)  # the record is frozen for everyone else


FEATURES = tuple(field.name for field in dataclasses.fields(Measurements))
"""The names of the measurements, which are those of the thresholds."""


# ---- what is measured -----------------------------------------------------------------------------


def silhouette(image: Array) -> Array:
    """Return where the thing on the water is: the largest greyish region unlike the water beside it.

    In each row the water is the median colour along the left and the right edge. Greyish takes in white,
    grey and black, and leaves out a beak and coloured reflections.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3)
        uint8, RGB, at least 32 x 32; water along the left and the right edge.

    Returns
    -------
    ndarray of shape (height, width), bool
        One region without holes. Nowhere True if everything looks like water.

    Raises
    ------
    TypeError
        If `image` is no uint8 array.
    ValueError
        If it has another shape, or is smaller.

    References
    ----------
    CIE 15, "Colorimetry": CIELAB, a space in which distances are meant to be as large as they look.

    Examples
    --------
    >>> lake = np.full((100, 100, 3), (120, 160, 190), np.uint8)
    >>> lake[30:70, 30:70] = 255
    >>> bool(silhouette(lake)[50, 50]), bool(silhouette(lake)[10, 10])
    (True, False)
    """
    image = _checked_image(image)
    greyish = _hsv(image)[:, :, 1] < _MOST_GREY
    return _without_holes(_largest(_unlike_water(image) & greyish))


def find_parts(mask: Array) -> tuple[Array, Array, Array]:
    """Return the body, the neck with the head, and the head of a silhouette, going by thickness alone.

    The body is the largest part into which a large disc fits. The neck is the largest of the thinner
    parts above the body's middle. The head is the neck's upper end.

    Parameters
    ----------
    mask : ndarray of shape (height, width), bool
        As `silhouette` gives it.

    Returns
    -------
    body, neck, head : ndarrays of shape (height, width), bool
        Nowhere True where there is no such part.

    Raises
    ------
    TypeError
        If `mask` does not hold True and False.
    ValueError
        If it has another shape or is empty.

    Examples
    --------
    A ball with a stick.

    >>> rows, columns = np.indices((100, 100))
    >>> ball = np.hypot(rows - 70, columns - 50) < 25
    >>> stick = (abs(columns - 50) < 4) & (rows > 9) & (rows < 60)
    >>> body, neck, head = find_parts(ball | stick)
    >>> bool(body[70, 50]), bool(neck[30, 50]), bool(head[12, 50]), bool(head[30, 50])
    (True, True, True, False)
    """
    mask = _checked_mask(mask)
    size = np.sqrt(mask.sum())
    body = _largest(_opened(mask, _BODY_DISC * size))
    thin = _opened(mask & ~body, _NECK_DISC * size)
    if body.any():
        thin[int(np.argwhere(body)[:, 0].mean()) :] = False
    neck = _largest(thin)
    neck &= neck.sum() >= _LEAST_NECK * mask.sum()
    head = neck.copy()
    if neck.any():
        top, width = np.argwhere(neck)[0, 0], neck.sum() / _length(neck)
        head[int(top + _HEAD * width) :] = False
    return body, neck, _largest(head)


def find_beak(image: Array, mask: Array) -> Array:
    """Return the most orange of the strongly coloured regions at a silhouette.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3)
        uint8, RGB.
    mask : ndarray of shape (height, width), bool
        As `silhouette` gives it.

    Returns
    -------
    ndarray of shape (height, width), bool
        Nowhere True if there is no such region.

    Raises
    ------
    TypeError, ValueError
        As in `silhouette` and `find_parts`; and if the two differ in size.

    Examples
    --------
    >>> lake = np.full((100, 100, 3), (120, 160, 190), np.uint8)
    >>> lake[30:70, 30:70], lake[40:50, 70:80], lake[55:65, 70:80] = 255, (0, 0, 200), (230, 110, 40)
    >>> beak = find_beak(lake, silhouette(lake))
    >>> bool(beak[45, 75]), bool(beak[60, 75])
    (False, True)
    """
    image, mask = _checked_image(image), _checked_mask(mask)
    if mask.shape != image.shape[:2]:
        raise ValueError(f"mask has shape {image.shape[:2]}, got {mask.shape}: one entry for each pixel")
    hsv, size = _hsv(image), mask.sum()
    near = _dilated(mask, 0.1 * np.sqrt(size))
    coloured = _regions(hsv[:, :, 1] >= _LEAST_COLOUR, least=max(1, _LEAST_BEAK * size))
    candidates = [region for region in coloured if (region & near).any()]
    return min(candidates, key=lambda region: _hue_error(hsv, region), default=np.zeros_like(mask))


def whiteness(image: Array, mask: Array) -> float:
    """Return the median, over a region, of the darkest channel: low for what is dark or coloured.

    Formula: eq-swan-whiteness

    Parameters
    ----------
    image : ndarray of shape (height, width, 3)
        uint8, RGB.
    mask : ndarray of shape (height, width), bool

    Returns
    -------
    float
        From 0 to 1; 0 for an empty region.

    Raises
    ------
    TypeError, ValueError
        As in `find_beak`.

    References
    ----------
    A. R. Smith, "Color gamut transform pairs", SIGGRAPH 1978: it is V (1 - S) of HSV.

    Examples
    --------
    >>> image = np.full((32, 32, 3), (51, 204, 204), np.uint8)
    >>> whiteness(image, np.full((32, 32), True))
    0.2
    """
    image, mask = _checked_image(image), _checked_mask(mask)
    if mask.shape != image.shape[:2]:
        raise ValueError(f"mask has shape {image.shape[:2]}, got {mask.shape}: one entry for each pixel")
    return float(np.median(image[mask].min(axis=1)) / 255) if mask.any() else 0.0


def ellipse_of(mask: Array) -> tuple[Array, Array]:
    """Return the centre and the covariance of the pixels of a region: they name the ellipse that is like it.

    The ellipse of all x with (x - centre) . inv(covariance) (x - centre) <= 4 has the region's centre, and
    its spread in each direction.

    Parameters
    ----------
    mask : ndarray of shape (height, width), bool
        At least one entry must be True.

    Returns
    -------
    centre : ndarray of shape (2,)
        Row and column.
    covariance : ndarray of shape (2, 2)
        In square pixels. A pixel counts as a square, not as a point.

    Raises
    ------
    TypeError, ValueError
        As in `find_parts`; and if the region is empty.

    References
    ----------
    M.-K. Hu, "Visual pattern recognition by moment invariants", IRE Transactions on Information Theory
    8(2), 1962.

    Examples
    --------
    >>> centre, covariance = ellipse_of(np.full((5, 9), True))
    >>> centre.tolist(), covariance.round(2).tolist()
    ([2.0, 4.0], [[2.08, 0.0], [0.0, 6.75]])
    """
    mask = _checked_mask(mask)
    if not mask.any():
        raise ValueError("mask must hold a region, got one that is False everywhere: give it a pixel")
    pixels = np.argwhere(mask).astype(float)
    centre = pixels.mean(axis=0)
    offsets = pixels - centre
    return centre, offsets.T @ offsets / len(pixels) + np.eye(2) / 12  # a square of side 1 has variance 1/12


def ovalness(mask: Array) -> float:
    """Return how well a region and its ellipse cover each other: intersection over union.

    Formula: eq-swan-oval

    Parameters
    ----------
    mask : ndarray of shape (height, width), bool

    Returns
    -------
    float
        Almost 1 for an ellipse of any direction and size; 0 for an empty region.

    Raises
    ------
    TypeError, ValueError
        As in `find_parts`.

    References
    ----------
    Slide 23 of the workshop ("oval-shaped white blob").

    Examples
    --------
    >>> rows, columns = np.indices((80, 120))
    >>> round(ovalness(((rows - 40) / 25) ** 2 + ((columns - 60) / 50) ** 2 <= 1), 2)
    0.99
    >>> round(ovalness(abs(rows - 40) + 0 * columns < 20), 2)
    0.83
    """
    mask = _checked_mask(mask)
    if not mask.any():
        return 0.0
    centre, covariance = ellipse_of(mask)
    offsets = np.argwhere(mask) - centre
    shared = (((offsets @ np.linalg.inv(covariance)) * offsets).sum(axis=1) <= 4).sum()
    ellipse = 4 * np.pi * np.sqrt(np.linalg.det(covariance))
    return float(min(1, shared / (len(offsets) + ellipse - shared)))  # counted pixels may overstep a little


def slenderness(mask: Array) -> float:
    """Return how many times as long as wide a region is, in whatever direction it lies.

    Formula: eq-swan-slenderness

    Parameters
    ----------
    mask : ndarray of shape (height, width), bool

    Returns
    -------
    float
        n for a row of n pixels, and about 1.3 for a disc; 0 for an empty region. The length runs straight
        from end to end, so what is bent counts as shorter.

    Raises
    ------
    TypeError, ValueError
        As in `find_parts`.

    References
    ----------
    Slide 23 of the workshop ("long white rectangular neck").

    Examples
    --------
    >>> mask = np.zeros((10, 10), bool)
    >>> mask[4, 1:9] = True
    >>> slenderness(mask)
    8.0
    """
    mask = _checked_mask(mask)
    return float(_length(mask) ** 2 / mask.sum()) if mask.any() else 0.0


def measure(image: Array) -> Measurements:
    """Return the six measurements of a picture.

    Parameters
    ----------
    image : ndarray of shape (height, width, 3)
        uint8, RGB, at least 32 x 32; water along the left and the right edge.

    Returns
    -------
    Measurements
        0 where a part was not found, and for the error of the beak's hue 180, the most that there is.

    Raises
    ------
    TypeError, ValueError
        As in `silhouette`.

    References
    ----------
    Slides 23 and 24 of the workshop.

    Examples
    --------
    >>> measure(draw_boat()).body_oval > 0.8
    True
    """
    mask = silhouette(image)
    body, neck, head = find_parts(mask)
    beak = find_beak(image, mask)
    return Measurements(
        whiteness=whiteness(image, mask),
        body_oval=ovalness(body),
        neck_slenderness=slenderness(neck),
        head_oval=ovalness(head),
        beak_area=float(beak.sum() / max(1, mask.sum())),
        beak_hue_error=_hue_error(_hsv(image), beak) if beak.any() else 180.0,
    )


# ---- what decides ---------------------------------------------------------------------------------


def judge(measurements: Measurements, thresholds: Thresholds | None = None) -> tuple[bool, tuple[str, ...]]:
    """Return whether the detector says "swan", and what speaks against it.

    Parameters
    ----------
    measurements : Measurements
    thresholds : Thresholds, optional
        By default those of the chapter.

    Returns
    -------
    is_swan : bool
        True if each measurement reaches its threshold.
    reasons : tuple of str
        One for each measurement that does not.

    Raises
    ------
    TypeError
        If an argument is something else.

    References
    ----------
    Slide 24 of the workshop.

    Examples
    --------
    >>> judge(measure(draw_frontal()))
    (False, ('neck_slenderness 0 is below 2.5', 'head_oval 0 is below 0.6'))
    """
    thresholds = Thresholds() if thresholds is None else thresholds
    _checked_type(measurements, "measurements", Measurements)
    _checked_type(thresholds, "thresholds", Thresholds)
    reasons = []
    for name in FEATURES:
        got, bar = getattr(measurements, name), getattr(thresholds, name)
        if name == "beak_hue_error" and got > bar:
            reasons.append(f"{name} {got:.3g} is above {bar:.3g}")
        if name != "beak_hue_error" and got < bar:
            reasons.append(f"{name} {got:.3g} is below {bar:.3g}")
    return not reasons, tuple(reasons)


def dominates(one: Measurements, other: Measurements) -> bool:
    """Return whether `one` is at least as much of a swan in each measurement as `other`.

    Then no `Thresholds` call `other` a swan and `one` not: whatever bar the second reaches, the first does.

    Parameters
    ----------
    one, other : Measurements

    Returns
    -------
    bool

    Raises
    ------
    TypeError
        If an argument is something else.

    Examples
    --------
    >>> weak, strong = Measurements(0.4, 0.8, 3, 0.6, 0.01, 9), Measurements(0.9, 0.8, 4, 0.6, 0.01, 5)
    >>> dominates(strong, weak), dominates(weak, strong)
    (True, False)
    """
    return bool((_evidence([one]) >= _evidence([other])).all())


def within_box(one: Measurements, others: Sequence[Measurements]) -> bool:
    """Return whether each measurement of `one` lies between the least and the largest of the others.

    Then no box, that is, no lower *and* upper threshold for each measurement, holds all the others and not
    `one`.

    Parameters
    ----------
    one : Measurements
    others : list of Measurements

    Returns
    -------
    bool

    Raises
    ------
    TypeError
        If something is no Measurements.
    ValueError
        If there are no others.

    Examples
    --------
    >>> low, high = Measurements(0, 0, 0, 0, 0, 0), Measurements(1, 1, 9, 1, 1, 9)
    >>> within_box(Measurements(0.5, 0.5, 3, 0.5, 0.1, 9), [low, high])
    True
    """
    rows, row = _evidence(others), _evidence([one])
    return bool(((rows.min(axis=0) <= row) & (row <= rows.max(axis=0))).all())


def scan_settings(
    measurements: Sequence[Measurements], is_swan: Sequence[bool]
) -> tuple[Array, Array, Array]:
    """Try every setting of the thresholds that makes a difference, and count what each gets right.

    Between two measurements that are neighbours, moving a threshold changes no verdict. So one threshold at
    each measurement is enough, for each of the six features and in every combination. (Left out is only the
    bar above all of them, which finds nothing.)

    Parameters
    ----------
    measurements : list of Measurements
        One for each scene; at most 12, or there are too many settings.
    is_swan : list of bool
        The truth.

    Returns
    -------
    found : ndarray of shape (settings,), int
        How many swans each setting finds.
    false_alarms : ndarray of shape (settings,), int
        How many other things it takes for swans.
    settings : ndarray of shape (settings, 6), float64
        The thresholds, in the order of `FEATURES`.

    Raises
    ------
    TypeError
        If something is no Measurements, or a truth is not True or False.
    ValueError
        If there are none, too many, or not one truth for each.

    Examples
    --------
    >>> swan, boat = Measurements(0.5, 0.8, 3, 0.6, 0.01, 9), Measurements(0.9, 0.8, 3, 0.6, 0.01, 9)
    >>> found, false_alarms, settings = scan_settings([swan, boat], [True, False])
    >>> found.tolist(), false_alarms.tolist(), settings[:, 0].tolist()
    ([1, 0], [1, 1], [0.5, 0.9])
    """
    rows, truth = _evidence(measurements), _checked_truths(is_swan)
    if len(rows) > 12 or truth.shape != (len(rows),):
        raise ValueError(
            f"measurements must hold 1 to 12 scenes and is_swan one truth for each, got {len(rows)} and "
            f"{truth.shape}: take fewer scenes"
        )
    bars = np.meshgrid(*[np.unique(column) for column in rows.T], indexing="ij")
    settings = np.stack([bar.ravel() for bar in bars], axis=1)
    said = np.stack([(row >= settings).all(axis=1) for row in rows], axis=1)
    return said[:, truth].sum(axis=1), said[:, ~truth].sum(axis=1), settings * _SIGNS


_SIGNS = np.array([-1 if name == "beak_hue_error" else 1 for name in FEATURES])


def _evidence(measurements: Sequence[Measurements]) -> Array:
    """Return one row for each scene in which more always speaks for a swan: the error counts negatively."""
    if not isinstance(measurements, (list, tuple)):
        raise TypeError(f"measurements must be a list, got {measurements!r:.60}: put it into brackets")
    if not measurements:
        raise ValueError("measurements is empty: give at least one")
    rows = [dataclasses.astuple(_checked_type(one, "measurements", Measurements)) for one in measurements]
    return np.array(rows) * _SIGNS


# ---- scenes ---------------------------------------------------------------------------------------


def blacken(photo: Array) -> Array:
    """Return the photograph with a black thing: what `silhouette` finds, at a fifth of its brightness.

    Parameters
    ----------
    photo : ndarray of shape (height, width, 3)
        uint8, RGB.

    Returns
    -------
    ndarray of shape (height, width, 3), uint8

    Raises
    ------
    TypeError, ValueError
        As in `silhouette`.

    Examples
    --------
    >>> lake = np.full((100, 100, 3), (120, 160, 190), np.uint8)
    >>> lake[30:70, 30:70] = 200
    >>> blacken(lake)[50, 50].tolist(), blacken(lake)[5, 5].tolist()
    ([40, 40, 40], [120, 160, 190])
    """
    return _blend(_checked_image(photo), photo // 5, silhouette(photo))


def hide_neck(photo: Array) -> Array:
    """Return the swan's photograph with its head on its breast: the neck is replaced by water from beside it.

    Parameters
    ----------
    photo : ndarray of shape (425, 640, 3)
        ``load_photo("swan")``; the places of head and neck are those of this photograph.

    Returns
    -------
    ndarray of shape (425, 640, 3), uint8

    Raises
    ------
    TypeError, ValueError
        As in `silhouette`; and if it is of another size.

    Examples
    --------
    >>> hide_neck(np.full((425, 640, 3), 120, np.uint8)).shape
    (425, 640, 3)
    """
    photo = _checked_image(photo)
    if photo.shape != (425, 640, 3):
        raise ValueError(f"photo has shape (425, 640, 3), got {photo.shape}: give load_photo('swan')")
    bird = _unlike_water(photo)
    bird[:, 360:] = False  # without the right wing
    head, neck = bird.copy(), bird.copy()
    head[100:] = neck[175:] = neck[160:, :275] = False  # 175: where the neck meets the wings
    down = {"shift": (138, -9), "axis": (0, 1)}
    headless = _blend(photo, np.roll(photo, 200, axis=1), _dilated(neck, 9))
    return _blend(headless, np.roll(photo, **down), np.roll(head, **down))


def draw_open_wings() -> Array:
    """Return a drawing of a swan that stands up on the water and spreads its wings.

    Returns
    -------
    ndarray of shape (340, 480, 3), uint8

    Examples
    --------
    >>> draw_open_wings().shape
    (340, 480, 3)
    """
    scene = _lake()
    left = "235,270 180,190 130,175 60,120 25,55 75,90 85,60 120,105 140,80 170,130 195,110 250,210"
    right = "250,270 270,190 320,130 330,95 365,105 385,60 410,85 455,40 440,130 370,200 310,230"
    _fill(scene, left, _SHADE)
    _fill(scene, right, _FEATHER)
    _oval(scene, (250, 240), (48, 78), _FEATHER, angle=12)
    _stroke(scene, "236,190 232,150 240,120 238,70", 26, _FEATHER)
    _fill(scene, "220,62 220,84 172,92", _BEAK)
    _oval(scene, (232, 66), (32, 24), _FEATHER, angle=-10)
    _oval(scene, (220, 62), (3, 3), _EYE)
    return scene


def draw_frontal() -> Array:
    """Return a drawing of a swan that comes towards us, neck and head before its raised wings.

    Returns
    -------
    ndarray of shape (340, 480, 3), uint8

    Examples
    --------
    >>> draw_frontal().shape
    (340, 480, 3)
    """
    scene = _lake()
    for x in (185, 295):
        _oval(scene, (x, 165), (80, 120), _FEATHER)
    _oval(scene, (240, 250), (75, 62), _SHADE)
    _stroke(scene, "240,250 244,200 240,150", 34, _SHADE)
    _oval(scene, (240, 130), (24, 32), _FEATHER)
    _fill(scene, "226,146 254,146 240,196", _BEAK)
    for x in (226, 254):
        _oval(scene, (x, 124), (3, 3), _EYE)
    return scene


def draw_boat() -> Array:
    """Return a drawing of a white boat with a mast, a round lookout on it and an orange flag.

    Returns
    -------
    ndarray of shape (340, 480, 3), uint8

    Examples
    --------
    >>> draw_boat().shape
    (340, 480, 3)
    """
    scene = _lake()
    _fill(scene, "100,238 385,230 372,262 330,290 165,290 120,270", _PAINT)
    _fill(scene, "170,208 315,208 335,238 150,238", _PAINT)
    _stroke(scene, "250,84 250,230", 32, _PAINT)
    _oval(scene, (250, 77), (36, 24), _PAINT)
    _fill(scene, "282,68 282,86 315,77", _FLAG)
    return scene


def _lake() -> Array:
    """Return water that gets darker towards the front."""
    rows = np.linspace([176, 206, 222], [96, 140, 170], 340)
    return np.repeat(rows.round().astype(np.uint8)[:, None], 480, axis=1)


def _points(text: str) -> Array:
    return np.array([point.split(",") for point in text.split()], np.int32)


def _fill(scene: Array, points: str, colour: tuple[int, int, int]) -> None:
    import cv2

    cv2.fillPoly(scene, [_points(points)], colour, cv2.LINE_AA)


def _stroke(scene: Array, points: str, width: int, colour: tuple[int, int, int]) -> None:
    import cv2

    cv2.polylines(scene, [_points(points)], False, colour, width, cv2.LINE_AA)


def _oval(
    scene: Array,
    centre: tuple[int, int],
    axes: tuple[int, int],
    colour: tuple[int, int, int],
    *,
    angle: float = 0,
) -> None:
    import cv2

    cv2.ellipse(scene, centre, axes, angle, 0, 360, colour, cv2.FILLED, cv2.LINE_AA)


def _blend(under: Array, over: Array, mask: Array) -> Array:
    """Return `over` where the mask is, `under` elsewhere, with a soft seam."""
    import cv2

    share = cv2.GaussianBlur(mask.astype(np.float32), (0, 0), 1.5)[:, :, None]
    return (under * (1 - share) + over * share).round().astype(np.uint8)


# ---- regions and colours --------------------------------------------------------------------------


def _unlike_water(image: Array) -> Array:
    import cv2

    lab = cv2.cvtColor(_blurred(image).astype(np.float32) / 255, cv2.COLOR_RGB2LAB)
    edge = max(2, round(_EDGE * image.shape[1]))
    water = np.median(np.hstack([lab[:, :edge], lab[:, -edge:]]), axis=1, keepdims=True)
    return np.linalg.norm(lab - water, axis=2) > _UNLIKE_WATER


def _hsv(image: Array) -> Array:
    import cv2

    return cv2.cvtColor(_blurred(image), cv2.COLOR_RGB2HSV)


def _blurred(image: Array) -> Array:
    import cv2

    return cv2.GaussianBlur(image, (0, 0), 2)


def _hue_error(hsv: Array, region: Array) -> float:
    """Return how many degrees the mean hue is from orange. Hues are directions: add their vectors."""
    angles = np.deg2rad(2.0 * hsv[region][:, 0])  # OpenCV counts in steps of 2 degrees
    mean = np.rad2deg(np.arctan2(np.sin(angles).mean(), np.cos(angles).mean()))
    return float(abs((mean - _ORANGE + 180) % 360 - 180))


def _regions(mask: Array, least: float = 1) -> list[Array]:
    """Return the connected regions with at least so many pixels, the largest first."""
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    sizes = stats[1:, cv2.CC_STAT_AREA]
    order = np.argsort(-sizes, kind="stable")
    return [labels == k + 1 for k in order[sizes[order] >= least]]


def _largest(mask: Array) -> Array:
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8))
    sizes = stats[1:, cv2.CC_STAT_AREA]
    return labels == 1 + sizes.argmax() if sizes.size else np.zeros_like(mask)


def _without_holes(mask: Array) -> Array:
    import cv2

    outlines, _ = cv2.findContours(mask.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros(mask.shape, np.uint8), outlines, -1, 1, cv2.FILLED).astype(bool)


def _disc(diameter: float) -> Array:
    import cv2

    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (int(diameter) | 1,) * 2)


def _opened(mask: Array, diameter: float) -> Array:
    """Return the part of a region that a disc covers, wherever the disc fits in."""
    import cv2

    framed = np.pad(mask, 1).astype(np.uint8)  # beyond the picture's edge there is nothing
    return cv2.morphologyEx(framed, cv2.MORPH_OPEN, _disc(diameter), borderValue=0)[1:-1, 1:-1].astype(bool)


def _dilated(mask: Array, diameter: float) -> Array:
    import cv2

    return cv2.dilate(mask.astype(np.uint8), _disc(diameter)).astype(bool)


def _length(mask: Array) -> float:
    """Return the largest distance between two pixels, and one pixel more: its ends are not points."""
    import cv2

    corners = cv2.convexHull(np.argwhere(mask).astype(np.int32))[:, 0].astype(float)
    return np.hypot(*(corners[:, None] - corners).T).max() + 1


# ---- checks ---------------------------------------------------------------------------------------


def _checked_image(image: ArrayLike) -> Array:
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8:
        kind = image.dtype if isinstance(image, np.ndarray) else f"{image!r:.40}"
        raise TypeError(f"image must be a uint8 array, got {kind}: convert it, image.astype(np.uint8)")
    if image.ndim != 3 or image.shape[2] != 3 or min(image.shape[:2]) < 32:
        raise ValueError(
            f"image has shape (height, width, 3) with at least 32 x 32 pixels, got {image.shape}: "
            "give a colour picture, RGB"
        )
    return image


def _checked_mask(mask: ArrayLike) -> Array:
    if not isinstance(mask, np.ndarray) or mask.dtype != bool:
        kind = mask.dtype if isinstance(mask, np.ndarray) else f"{mask!r:.40}"
        raise TypeError(f"mask must be an array of True and False, got {kind}: compare it, mask > 0")
    if mask.ndim != 2 or mask.size == 0:
        raise ValueError(f"mask has shape (height, width) and is not empty, got {mask.shape}")
    return mask


def _checked_truths(values: ArrayLike) -> Array:
    truths = list(values) if isinstance(values, (list, tuple, np.ndarray)) else [values]
    for truth in truths:
        if not isinstance(truth, (bool, np.bool_)):
            raise TypeError(f"is_swan must be a list of True and False, got {truth!r:.60}: compare it, == 1")
    return np.array(truths, bool)


def _checked_type(value: T, name: str, kind: type[T]) -> T:
    if not isinstance(value, kind):
        raise TypeError(f"{name} must be {kind.__name__}, got {value!r:.60}: see swan.{kind.__name__}")
    return value
