"""Geometric transformations: matrices that move points, and how a picture follows them.

Chapter: ``book/geometry.md`` (slide 22).

Points are (x, y), x to the right and y down; the middle of the first pixel is (0, 0). Matrices are 3 x 3 and
act on columns (x, y, 1); OpenCV's affine functions want their first two rows.
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_choice, checked_int, checked_number

__all__ = [
    "forward_warp",
    "homography_from_points",
    "interpolate",
    "order_corners",
    "rotation",
    "scaling",
    "transform_points",
    "translation",
    "warp",
]


def translation(dx: float, dy: float) -> Array:
    """Return the matrix that moves every point by the same way.

    Parameters
    ----------
    dx, dy : float
        In pixels, to the right and down.

    Returns
    -------
    ndarray of shape (3, 3), float64

    Raises
    ------
    TypeError, ValueError
        If an argument is not a finite number.

    References
    ----------
    Slide 22 of the workshop. R. Hartley, A. Zisserman, "Multiple view geometry in computer vision", 2nd
    edition, 2004, section 2.4.

    Examples
    --------
    >>> transform_points(translation(5, -2), [(1, 1)])
    array([[ 6., -1.]])
    """
    return np.array([[1, 0, checked_number(dx, "dx")], [0, 1, checked_number(dy, "dy")], [0, 0, 1]])


def scaling(sx: float, sy: float) -> Array:
    """Return the matrix that stretches the plane away from the point (0, 0).

    Parameters
    ----------
    sx, sy : float
        The factors of x and of y, not 0. A negative one mirrors.

    Returns
    -------
    ndarray of shape (3, 3), float64

    Raises
    ------
    TypeError, ValueError
        If a factor is not a finite number, or 0: then the plane would become a line.

    References
    ----------
    Slide 22 of the workshop.

    Examples
    --------
    >>> transform_points(scaling(2, 3), [(1, 1)])
    array([[2., 3.]])
    """
    sx, sy = checked_number(sx, "sx"), checked_number(sy, "sy")
    if sx == 0 or sy == 0:
        raise ValueError(f"a factor must not be 0, got sx = {sx:g} and sy = {sy:g}: nothing would be left")
    return np.diag([sx, sy, 1.0])


def rotation(angle: float, centre: tuple[float, float] = (0, 0), *, scale: float = 1.0) -> Array:
    """Return the matrix that turns the plane around a point, and may enlarge it there.

    Formula: eq-geometry-rotation

    Parameters
    ----------
    angle : float
        In degrees; above 0 turns against the clock, as you see it on the screen, where y points down.
    centre : (float, float), default (0, 0)
        The point that stays where it is.
    scale : float, default 1.0
        Above 0.

    Returns
    -------
    ndarray of shape (3, 3), float64

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    Slide 22 of the workshop. OpenCV, "Geometric Image Transformations", getRotationMatrix2D.

    Examples
    --------
    A quarter turn: what was to the right of the centre is above it.

    >>> transform_points(rotation(90, (10, 10)), [(13, 10)]).round(6)
    array([[10.,  7.]])
    """
    turn = np.deg2rad(checked_number(angle, "angle"))
    x, y = checked_array(centre, "centre", (2,), hint="x and y")
    scale = checked_number(scale, "scale", above=0)
    a, b = scale * np.cos(turn), scale * np.sin(turn)
    return np.array([[a, b, (1 - a) * x - b * y], [-b, a, b * x + (1 - a) * y], [0, 0, 1]])


def transform_points(matrix: ArrayLike, points: ArrayLike) -> Array:
    """Return where a matrix takes points to: multiply, then divide by the third number.

    Formula: eq-geometry-affine
    Formula: eq-geometry-homography

    Parameters
    ----------
    matrix : array_like of shape (3, 3)
    points : array_like of shape (n, 2)
        (x, y).

    Returns
    -------
    ndarray of shape (n, 2), float64

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If an argument is not of that shape, or the matrix takes a point to infinity.

    References
    ----------
    Slide 22 of the workshop. R. Hartley, A. Zisserman, "Multiple view geometry in computer vision", 2nd
    edition, 2004, section 2.3.

    Examples
    --------
    >>> transform_points([[1, 0, 0], [0, 1, 0], [0.5, 0, 1]], [(2, 4)])
    array([[1., 2.]])
    """
    matrix = checked_array(matrix, "matrix", (3, 3), hint="for 2 x 3, add the row (0, 0, 1)")
    points = checked_array(points, "points", ("n", 2), hint="x and y of each")
    x, y, w = matrix @ np.column_stack([points, np.ones(len(points))]).T
    if not w.all():
        where = points[np.flatnonzero(w == 0)[0]].tolist()
        raise ValueError(f"the matrix takes the point {where} to infinity (w = 0): leave it out")
    return np.column_stack([x / w, y / w])


def homography_from_points(source: ArrayLike, target: ArrayLike) -> Array:
    """Return the matrix that takes four points to four others: two equations for each point.

    Formula: eq-geometry-four-points

    Parameters
    ----------
    source, target : array_like of shape (4, 2)
        (x, y), in the same order. No three of them on one line.

    Returns
    -------
    ndarray of shape (3, 3), float64
        Its last entry is 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, three points lie on one line, or the point (0, 0) goes to
        infinity: then the last entry would be 0.

    References
    ----------
    Slide 22 of the workshop. P. S. Heckbert, "Fundamentals of texture mapping and image warping", master's
    thesis, Berkeley, 1989, section 2.2.3.

    Examples
    --------
    >>> square = [(0, 0), (1, 0), (1, 1), (0, 1)]
    >>> matrix = homography_from_points(square, [(0, 0), (2, 0), (1.5, 1), (0.5, 1)])
    >>> transform_points(matrix, [(1, 1), (0, 1)]).round(9) + 0.0
    array([[1.5, 1. ],
           [0.5, 1. ]])
    """
    source, target = _checked_corners(source, "source"), _checked_corners(target, "target")
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        right += [u, v]
    try:
        return np.append(np.linalg.solve(rows, right), 1).reshape(3, 3)
    except np.linalg.LinAlgError as error:
        raise ValueError(
            f"source must not take (0, 0) to infinity, got {source.tolist()} to {target.tolist()}: "
            "shift all points of source"
        ) from error


def order_corners(points: ArrayLike) -> Array:
    """Return four corners in the order top left, top right, bottom right, bottom left.

    Parameters
    ----------
    points : array_like of shape (4, 2)
        The corners (x, y) of a quadrilateral that is turned by less than 45 degrees, in any order.

    Returns
    -------
    ndarray of shape (4, 2), float64

    Raises
    ------
    TypeError, ValueError
        If it is not four points, or two corners claim the same place: then it is turned too far.

    Examples
    --------
    >>> order_corners([(9, 8), (1, 0), (8, 1), (0, 9)]).tolist()
    [[1.0, 0.0], [8.0, 1.0], [9.0, 8.0], [0.0, 9.0]]
    """
    points = checked_array(points, "points", (4, 2), hint="four corners, x and y")
    sums, differences = points.sum(axis=1), points[:, 0] - points[:, 1]
    order = [sums.argmin(), differences.argmax(), sums.argmax(), differences.argmin()]
    if len(set(order)) < 4:
        raise ValueError(f"points must be four corners that stand upright, got {points.tolist()}: turn them")
    return points[order]


def interpolate(image: ArrayLike, x: ArrayLike, y: ArrayLike, *, method: str = "bilinear") -> Array:
    """Return the brightness of a picture at places between its pixels.

    Formula: eq-geometry-bilinear

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
        Beyond its borders everything is black.
    x, y : array_like of one shape (...)
        The places.
    method : {"bilinear", "nearest"}

    Returns
    -------
    ndarray of shape (...) or (..., channels), float64

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    Slide 22 of the workshop.

    Examples
    --------
    >>> image = [[0, 100], [200, 300]]
    >>> interpolate(image, [0.5, 0.25], [0.5, 0])
    array([150.,  25.])
    >>> interpolate(image, [0.4, 0.6], [0, 0], method="nearest")
    array([  0., 100.])
    """
    image = _checked_picture(image)
    x = checked_array(x, "x")
    y = checked_array(y, "y", x.shape, hint="one for each x")
    if checked_choice(method, "method", ("bilinear", "nearest")) == "nearest":
        return _at(image, np.floor(y + 0.5), np.floor(x + 0.5))
    left, top = np.floor(x), np.floor(y)
    a, b = x - left, y - top  # how far to the right and down in the square of four pixels
    if image.ndim == 3:
        a, b = a[..., None], b[..., None]
    above = (1 - a) * _at(image, top, left) + a * _at(image, top, left + 1)
    below = (1 - a) * _at(image, top + 1, left) + a * _at(image, top + 1, left + 1)
    return (1 - b) * above + b * below


def warp(
    image: ArrayLike, matrix: ArrayLike, size: tuple[int, int] | None = None, *, method: str = "bilinear"
) -> Array:
    """Return a picture moved by a matrix: each new pixel asks where it came from.

    Parameters
    ----------
    image : array_like of shape (height, width) or (height, width, channels)
    matrix : array_like of shape (3, 3)
        Where a point of the old picture goes. It must have an inverse.
    size : (int, int), optional
        Width and height of the new picture, as for OpenCV; by default those of the old.
    method : {"bilinear", "nearest"}
        As in `interpolate`.

    Returns
    -------
    ndarray of shape (new_height, new_width) or (new_height, new_width, channels), float64
        Black where nothing came from.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described, or the matrix has no inverse.

    References
    ----------
    Slide 22 of the workshop. OpenCV, "Geometric Image Transformations": warpPerspective does the same.

    Examples
    --------
    >>> warp([[1, 2, 3]], translation(1, 0))
    array([[0., 1., 2.]])
    """
    image = _checked_picture(image)
    width, height = image.shape[1::-1] if size is None else _checked_size(size)
    rows, columns = np.indices((height, width))
    places = np.column_stack([columns.ravel(), rows.ravel()])
    origin = transform_points(_inverse(matrix), places)
    x, y = origin.T.reshape(2, height, width)
    return interpolate(image, x, y, method=method)


def forward_warp(image: ArrayLike, matrix: ArrayLike) -> tuple[Array, Array]:
    """Return a picture moved by a matrix the wrong way: each old pixel is put where it goes.

    Parameters
    ----------
    image : array_like of shape (height, width)
    matrix : array_like of shape (3, 3)

    Returns
    -------
    moved : ndarray of shape (height, width), float64
        Black where no pixel has arrived.
    arrivals : ndarray of shape (height, width), int64
        How many pixels came to each place; the last one is seen.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    G. Wolberg, "Digital image warping", IEEE Computer Society Press, 1990, section 3.1.

    Examples
    --------
    Stretched to twice its width, every other pixel stays empty.

    >>> moved, arrivals = forward_warp([[1, 2, 3, 4]], scaling(2, 1))
    >>> arrivals.tolist()
    [[1, 0, 1, 0]]
    """
    image = checked_array(image, "image", ("height", "width"))
    rows, columns = np.indices(image.shape)
    goes = transform_points(matrix, np.column_stack([columns.ravel(), rows.ravel()]))
    column, row = np.floor(goes + 0.5).T
    inside = (row >= 0) & (row < image.shape[0]) & (column >= 0) & (column < image.shape[1])
    place = row[inside].astype(int), column[inside].astype(int)
    moved, arrivals = np.zeros(image.shape), np.zeros(image.shape, int)
    moved[place] = image.ravel()[inside]
    np.add.at(arrivals, place, 1)
    return moved, arrivals


def _at(image: Array, row: Array, column: Array) -> Array:
    """Return the pixels at whole places, black where there are none."""
    height, width = image.shape[:2]
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    found = np.zeros(row.shape + image.shape[2:])
    found[inside] = image[row[inside].astype(int), column[inside].astype(int)]
    return found


def _inverse(matrix: ArrayLike) -> Array:
    matrix = checked_array(matrix, "matrix", (3, 3), hint="for 2 x 3, add the row (0, 0, 1)")
    if np.linalg.matrix_rank(matrix) < 3:
        raise ValueError(f"matrix must have an inverse, got {matrix.tolist()}: it flattens the picture")
    return np.linalg.inv(matrix)


def _checked_picture(image: ArrayLike) -> Array:
    image = checked_array(image, "image")
    if image.ndim not in (2, 3):
        raise ValueError(
            f"image has shape (height, width) or (height, width, channels), got {image.shape}: give "
            "one picture"
        )
    return image


def _checked_size(size: tuple[int, int]) -> tuple[int, int]:
    if not isinstance(size, (tuple, list, np.ndarray)) or len(size) != 2:
        raise ValueError(f"size must be (width, height), got {size!r:.60}: two whole numbers")
    width, height = size
    return checked_int(width, "width", minimum=1), checked_int(height, "height", minimum=1)


def _checked_corners(points: ArrayLike, name: str) -> Array:
    points = checked_array(points, name, (4, 2), hint="four points, x and y")
    for left_out in range(4):
        a, b, c = np.delete(points, left_out, axis=0)
        (ux, uy), (vx, vy) = b - a, c - a
        if abs(ux * vy - uy * vx) <= 1e-9 * np.hypot(ux, uy) * np.hypot(vx, vy):
            raise ValueError(
                f"{name} must have no three points on one line, got {[a.tolist(), b.tolist(), c.tolist()]}: "
                "choose four corners"
            )
    return points
