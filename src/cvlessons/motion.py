"""Motion: how far each point moved between two pictures, and what moves in front of a still scene.

Chapter: ``book/motion.md`` (slide 18). A flow has two numbers for each point: u, how many pixels it moved
to the right, and v, how many it moved down.
"""

from collections.abc import Iterable, Sequence

import numpy as np

from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = [
    "constancy_error",
    "endpoint_error",
    "flow_to_colour",
    "gradients",
    "join_boxes",
    "lucas_kanade",
    "moving_boxes",
    "structure_tensor",
    "track_points",
    "update_background",
]


def gradients(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array, Array]:
    """Return how the brightness changes to the right, downwards, and with time.

    Parameters
    ----------
    first, second : array_like of shape (height, width)
        Two grey pictures, one after the other. At least 3 × 3.

    Returns
    -------
    ix, iy, it : ndarrays of shape (height, width), float64
        In grey levels: a pixel, a pixel, a frame. The central difference in space, of the mean of both
        pictures; one-sided at the borders.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the two differ in shape, are smaller than 3 × 3, or hold NaN or infinity.

    References
    ----------
    B. K. P. Horn, B. G. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981.

    Examples
    --------
    A slope that rises by 2 at each column, and the same moved to the right by one pixel.

    >>> slope = np.tile([0.0, 2.0, 4.0, 6.0], (3, 1))
    >>> ix, iy, it = gradients(slope, slope - 2)
    >>> ix[1].tolist(), iy[1].tolist(), it[1].tolist()
    ([2.0, 2.0, 2.0, 2.0], [0.0, 0.0, 0.0, 0.0], [-2.0, -2.0, -2.0, -2.0])
    """
    first, second = _checked_pair(first, second)
    mean: Array = (first + second) / 2
    iy, ix = np.gradient(mean)
    return ix, iy, second - first


def constancy_error(ix: ArrayLike, iy: ArrayLike, it: ArrayLike, flow: ArrayLike) -> Array:
    """Return how far a flow is from keeping the brightness: the left side of the optical-flow equation.

    Formula: eq-optical-flow

    Parameters
    ----------
    ix, iy, it : array_like of shape (height, width)
        From `gradients`.
    flow : array_like of shape (2,) or (height, width, 2)
        u and v in pixels a frame: one for all, or one for each pixel.

    Returns
    -------
    ndarray of shape (height, width)
        In grey levels; 0 where the flow explains the change.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, or an array is empty or holds NaN or infinity.

    References
    ----------
    B. K. P. Horn, B. G. Schunck, "Determining optical flow", Artificial Intelligence 17, 1981, section 4.

    Examples
    --------
    A slope of 2 a pixel that gets darker by 2 a frame may have moved by (1, 0), or by (1, 7).

    >>> constancy_error([[2]], [[0]], [[-2]], [1, 0]), constancy_error([[2]], [[0]], [[-2]], [1, 7])
    (array([[0.]]), array([[0.]]))
    """
    ix = checked_array(ix, "ix", ("height", "width"))
    iy, it = checked_array(iy, "iy", ix.shape), checked_array(it, "it", ix.shape)
    flow = checked_array(flow, "flow")
    if flow.shape not in ((2,), (*ix.shape, 2)):
        raise ValueError(f"flow has shape (2,) or {(*ix.shape, 2)}, got {flow.shape}: u and v stand last")
    return ix * flow[..., 0] + iy * flow[..., 1] + it


def structure_tensor(image: ArrayLike, point: ArrayLike, *, radius: int = 10) -> Array:
    """Return the matrix of Lucas and Kanade: the gradients around a point, multiplied and added up.

    Parameters
    ----------
    image : array_like of shape (height, width)
        Grey levels, at least 3 × 3.
    point : array_like of shape (2,)
        x (column) and y (row) in pixels, inside the picture; need not be whole.
    radius : int, default 10
        The window has 2 * radius + 1 pixels a side.

    Returns
    -------
    ndarray of shape (2, 2)
        Symmetric. Both eigenvalues are large at a corner, one at an edge, none on a plain surface.

    Raises
    ------
    TypeError
        If an argument is not made of numbers.
    ValueError
        If a shape is wrong, the point is outside, or a number is NaN or infinite.

    References
    ----------
    J. Shi, C. Tomasi, "Good features to track", CVPR 1994.

    Examples
    --------
    A slope: one eigenvalue is 0, since nothing changes downwards.

    >>> slope = np.tile(np.arange(9.0), (9, 1))
    >>> structure_tensor(slope, [4, 4], radius=1).tolist()
    [[9.0, 0.0], [0.0, 0.0]]
    """
    image = _checked_grey(image, "image")
    point = _checked_points(point, "point", (2,), image.shape)
    radius = checked_int(radius, "radius", minimum=1)
    return _tensor(*_window_gradients(image, point, radius))


def lucas_kanade(
    first: ArrayLike, second: ArrayLike, point: ArrayLike, *, radius: int = 10, guess: ArrayLike = (0, 0)
) -> Array:
    """Return where a point moved, as the least-squares answer of all the pixels around it: one step.

    Formula: eq-lucas-kanade

    Parameters
    ----------
    first, second : array_like of shape (height, width)
        Two grey pictures, at least 3 × 3.
    point : array_like of shape (2,)
        x (column) and y (row) of the point in `first`, in pixels.
    radius : int, default 10
        The window has 2 * radius + 1 pixels a side.
    guess : array_like of shape (2,), default (0, 0)
        A flow that is known to be near; the step improves it.

    Returns
    -------
    ndarray of shape (2,)
        u and v. Where the window leaves the flow open, along an edge or on a plain surface, the part that
        cannot be seen is taken as that of `guess`: of all the answers, the nearest to it.

    Raises
    ------
    TypeError
        If an argument is not made of numbers.
    ValueError
        If a shape is wrong, the point is outside, or a number is NaN or infinite.

    References
    ----------
    B. D. Lucas, T. Kanade, "An iterative image registration technique with an application to stereo
    vision", IJCAI 1981.

    Examples
    --------
    >>> y, x = np.mgrid[:40, :40]
    >>> first, second = np.cos(x / 4) + np.cos(y / 5), np.cos((x - 0.3) / 4) + np.cos((y + 0.2) / 5)
    >>> lucas_kanade(first, second, [20, 20]).round(2).tolist()
    [0.3, -0.2]
    """
    first, second = _checked_pair(first, second)
    point = _checked_points(point, "point", (2,), first.shape)
    guess = checked_array(guess, "guess", (2,), hint="u and v")
    return _refine(first, second, point, checked_int(radius, "radius", minimum=1), guess, steps=1)


def track_points(
    first: ArrayLike,
    second: ArrayLike,
    points: ArrayLike,
    *,
    levels: int = 3,
    radius: int = 10,
    steps: int = 10,
) -> Array:
    """Return where many points moved: Lucas and Kanade on a pyramid, coarse to fine, step after step.

    Parameters
    ----------
    first, second : array_like of shape (height, width)
        Two grey pictures. Each level halves them; the smallest must have at least 3 × 3 pixels.
    points : array_like of shape (n, 2)
        x (column) and y (row) in `first`, in pixels.
    levels : int, default 3
        How often the pictures are halved. 0: no pyramid.
    radius : int, default 10
        As in `lucas_kanade`.
    steps : int, default 10
        At most so many at each level; a step below a thousandth of a pixel is the last.

    Returns
    -------
    ndarray of shape (n, 2)
        u and v of each point.

    Raises
    ------
    TypeError
        If an argument is not made of numbers.
    ValueError
        As `lucas_kanade`; also if the pictures are too small for so many levels.

    References
    ----------
    J.-Y. Bouguet, "Pyramidal implementation of the Lucas Kanade feature tracker", Intel, 2000: what
    OpenCV's calcOpticalFlowPyrLK follows.

    Examples
    --------
    >>> y, x = np.mgrid[:60, :80]
    >>> first, second = np.cos(x / 8) + np.cos(y / 9), np.cos((x - 9) / 8) + np.cos((y - 4) / 9)
    >>> track_points(first, second, [[40, 30]], levels=2).round(1).tolist()
    [[9.0, 4.0]]
    """
    first, second = _checked_pair(first, second)
    points = _checked_points(points, "points", ("n", 2), first.shape)
    levels = checked_int(levels, "levels", minimum=0)
    radius, steps = checked_int(radius, "radius", minimum=1), checked_int(steps, "steps", minimum=1)
    pyramid = list(zip(_halved(first, levels), _halved(second, levels), strict=True))
    flow = np.zeros_like(points)
    for level, (one, other) in reversed(list(enumerate(pyramid))):
        for i, point in enumerate(points / 2**level):
            guess = flow[i] / 2**level
            flow[i] = _refine(one, other, point, radius, guess, steps) * 2**level
    return flow


def endpoint_error(flow: ArrayLike, truth: ArrayLike) -> Array:
    """Return how far the end of each flow arrow is from where it should be.

    Formula: eq-endpoint-error

    Parameters
    ----------
    flow, truth : array_like of shape (..., 2)
        u and v, in pixels.

    Returns
    -------
    ndarray of shape (...)
        In pixels.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the two differ in shape, do not end in u and v, are empty, or hold NaN or infinity.

    References
    ----------
    S. Baker et al., "A database and evaluation methodology for optical flow", International Journal of
    Computer Vision 92, 2011.

    Examples
    --------
    >>> endpoint_error([[3, 4], [1, 1]], [[0, 0], [1, 1]]).tolist()
    [5.0, 0.0]
    """
    flow = _checked_flow(flow, "flow")
    truth = checked_array(truth, "truth", flow.shape, hint="one true arrow for each")
    return np.hypot(*np.moveaxis(flow - truth, -1, 0))


def flow_to_colour(flow: ArrayLike, *, largest: float | None = None) -> Array:
    """Return a flow as a picture: the direction as the hue, the length as how strong the colour is.

    Parameters
    ----------
    flow : array_like of shape (height, width, 2)
        u and v, in pixels.
    largest : number, optional
        The length that gets the full colour; what is longer does too. By default the longest there is.

    Returns
    -------
    ndarray of shape (height, width, 3)
        uint8: red, green, blue. White where nothing moves; red to the right, then, clockwise, yellow,
        green, cyan (to the left), blue and magenta.

    Raises
    ------
    TypeError
        If an argument is not made of numbers.
    ValueError
        If the shape is wrong, a number is NaN or infinite, or `largest` is not above 0.

    References
    ----------
    S. Baker et al., "A database and evaluation methodology for optical flow", International Journal of
    Computer Vision 92, 2011, whose wheel has the same plan and other hues.

    Examples
    --------
    >>> flow_to_colour([[[0, 0], [2, 0], [-2, 0]]]).tolist()
    [[[255, 255, 255], [255, 0, 0], [0, 255, 255]]]
    """
    import cv2

    flow = checked_array(flow, "flow", ("height", "width", 2), hint="u and v stand last")
    length = np.hypot(flow[..., 0], flow[..., 1])
    longest = length.max() or 1.0 if largest is None else checked_number(largest, "largest", above=0)
    hue = np.degrees(np.arctan2(flow[..., 1], flow[..., 0])) % 360
    hsv = np.stack([hue, np.minimum(length / longest, 1), np.ones_like(hue)], axis=-1)
    return np.rint(cv2.cvtColor(hsv.astype(np.float32), cv2.COLOR_HSV2RGB) * 255).astype(np.uint8)


def update_background(background: ArrayLike, frame: ArrayLike, *, step: float = 1) -> Array:
    """Return the background moved one step towards a frame, and so, in time, towards the median.

    Formula: eq-running-median

    Parameters
    ----------
    background, frame : array_like of shape (height, width) or (height, width, channels)
    step : number, default 1
        In grey levels; above 0.

    Returns
    -------
    ndarray of the same shape
        float64 or float32.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the two differ in shape, are empty or hold NaN or infinity, or `step` is not above 0.

    References
    ----------
    N. J. B. McFarlane, C. P. Schofield, "Segmentation and tracking of piglets in images", Machine Vision
    and Applications 8, 1995.

    Examples
    --------
    >>> update_background([[10, 10, 10]], [[200, 10, 0]])
    array([[11., 10.,  9.]])
    """
    background = checked_array(background, "background")
    frame = checked_array(frame, "frame", background.shape, hint="the background has the size of a frame")
    return background + checked_number(step, "step", above=0) * np.sign(frame - background)


def moving_boxes(mask: ArrayLike, *, smallest: int = 1) -> Array:
    """Return the box around each connected piece of a mask.

    Parameters
    ----------
    mask : array_like of shape (height, width)
        Nonzero where something moves.
    smallest : int, default 1
        Pieces of fewer pixels are left out.

    Returns
    -------
    ndarray of shape (n, 4), float64
        Left, top, right, bottom in pixels, right and bottom just outside; ordered by left, then top.

    Raises
    ------
    TypeError
        If the mask does not hold numbers, or `smallest` is not whole.
    ValueError
        If the mask has another shape, is empty or holds NaN or infinity, or `smallest` is below 1.

    Examples
    --------
    >>> moving_boxes([[0, 1, 1, 0, 0], [0, 1, 0, 0, 1]], smallest=2).tolist()
    [[1.0, 0.0, 3.0, 2.0]]
    """
    import cv2

    mask = checked_array(mask, "mask", ("height", "width"))
    smallest = checked_int(smallest, "smallest", minimum=1)
    _, _, stats, _ = cv2.connectedComponentsWithStats((mask != 0).astype(np.uint8))
    left, top, width, height, area = stats[1:].T.astype(float)  # the first piece is the ground
    boxes = np.stack([left, top, left + width, top + height], axis=1)[area >= smallest]
    return boxes[np.lexsort((boxes[:, 1], boxes[:, 0]))]


def join_boxes(boxes_of_frames: Sequence[ArrayLike], *, reach: float) -> list[Array]:
    """Return the tracks: each box joined to the nearest box of the frame before, if that is near enough.

    The nearest pair is joined first, and each box has at most one successor. A track that finds none ends.

    Parameters
    ----------
    boxes_of_frames : sequence of array_like of shape (n, 4)
        For each frame its boxes: left, top, right, bottom. A frame may have none.
    reach : number
        How far a centre may move from one frame to the next, in pixels; above 0.

    Returns
    -------
    list of ndarray of shape (length, 3), float64
        For each track the frame, and x and y of the centre. In the order in which they begin.

    Raises
    ------
    TypeError
        If an argument is not made of numbers.
    ValueError
        If the boxes have another shape, hold NaN or infinity, or `reach` is not above 0.

    Examples
    --------
    One walks to the right; the other appears in the second frame, too far away to be the first.

    >>> walk = [[[0, 0, 2, 2]], [[1, 0, 3, 2], [50, 0, 52, 2]], [[2, 0, 4, 2]]]
    >>> [track[:, 1].tolist() for track in join_boxes(walk, reach=5)]
    [[1.0, 2.0, 3.0], [51.0]]
    """
    reach = checked_number(reach, "reach", above=0)
    if not isinstance(boxes_of_frames, Iterable):
        raise TypeError(
            f"boxes_of_frames must hold the boxes of each frame, got {boxes_of_frames!r:.60}: a list"
        )
    tracks: list[list[tuple[float, ...]]] = []
    alive: list[list[tuple[float, ...]]] = []
    for number, boxes in enumerate(boxes_of_frames):
        centres = _centres(boxes, number)
        pairs = _nearest_pairs([track[-1][1:] for track in alive], centres, reach)
        for index, centre in enumerate(centres):
            if index not in pairs:
                tracks.append([])
            track = alive[pairs[index]] if index in pairs else tracks[-1]
            track.append((number, *centre))
        alive = [track for track in tracks if track[-1][0] == number]
    return [np.array(track) for track in tracks]


def _refine(first: Array, second: Array, point: Array, radius: int, guess: Array, steps: int) -> Array:
    """Return the guess, improved by so many solutions of the 2 × 2 system."""
    ix, iy = _window_gradients(first, point, radius)
    # The pseudo-inverse drops a direction in which the window shows nothing; there the guess is kept.
    inverse = np.linalg.pinv(_tensor(ix, iy), rcond=1e-6, hermitian=True)
    before = _window(first, point, radius)
    for _ in range(steps):
        it = _window(second, point + guess, radius) - before
        step = inverse @ -np.array([np.sum(ix * it), np.sum(iy * it)])
        guess = guess + step
        if np.abs(step).max() < 1e-3:  # pixels: near enough
            break
    return guess


def _tensor(ix: Array, iy: Array) -> Array:
    return np.array([[np.sum(ix * ix), np.sum(ix * iy)], [np.sum(ix * iy), np.sum(iy * iy)]])


def _window_gradients(image: Array, point: Array, radius: int) -> tuple[Array, Array]:
    iy, ix = np.gradient(_window(image, point, radius + 1))
    return ix[1:-1, 1:-1], iy[1:-1, 1:-1]


def _window(image: Array, point: Array, radius: int) -> Array:
    """Return the pixels around a point that may lie between pixels: weighted means of the nearest four."""
    # A wild guess may lie anywhere; this far out all is border already.
    point = np.clip(point, -radius - 2, np.add(image.shape[::-1], radius + 2))
    x0, y0 = np.floor(point).astype(int)
    fx, fy = point[0] - x0, point[1] - y0
    around = np.arange(-radius, radius + 2)
    rows = np.clip(y0 + around, 0, image.shape[0] - 1)  # beyond the border, the border goes on
    columns = np.clip(x0 + around, 0, image.shape[1] - 1)
    block = image[np.ix_(rows, columns)]
    above_below = (1 - fy) * block[:-1] + fy * block[1:]
    return (1 - fx) * above_below[:, :-1] + fx * above_below[:, 1:]


def _halved(image: Array, levels: int) -> list[Array]:
    """Return a picture, and it halved again and again."""
    import cv2

    pyramid = [image]
    for _ in range(levels):
        pyramid.append(cv2.pyrDown(pyramid[-1]))
        if min(pyramid[-1].shape) < 3:
            raise ValueError(
                f"levels must leave 3 × 3 pixels of a picture of {image.shape}, got {levels}: use fewer"
            )
    return pyramid


def _nearest_pairs(old: Sequence[Sequence[float]], new: Array, reach: float) -> dict[int, int]:
    """Return for each new place the old one that it continues, nearest pairs first."""
    distances = {
        (i, j): float(np.hypot(x - p, y - q)) for i, (p, q) in enumerate(old) for j, (x, y) in enumerate(new)
    }
    pairs: dict[int, int] = {}
    for i, j in sorted(distances, key=distances.__getitem__):
        if distances[i, j] <= reach and j not in pairs and i not in pairs.values():
            pairs[j] = i
    return pairs


def _centres(boxes: ArrayLike, number: int) -> Array:
    if (isinstance(boxes, np.ndarray) and boxes.size == 0) or (
        isinstance(boxes, (list, tuple)) and not boxes
    ):
        return np.empty((0, 2))
    boxes = checked_array(boxes, f"frame {number} of boxes_of_frames", ("n", 4))
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _checked_grey(image: ArrayLike, name: str) -> Array:
    image = checked_array(image, name, ("height", "width"), hint="one channel, such as image.mean(axis=2)")
    if min(image.shape) < 3:
        raise ValueError(f"{name} must have at least 3 × 3 pixels, got {image.shape}: use a larger picture")
    return image.astype(np.float64, copy=False)


def _checked_pair(first: ArrayLike, second: ArrayLike) -> tuple[Array, Array]:
    first, second = _checked_grey(first, "first"), _checked_grey(second, "second")
    if first.shape != second.shape:
        raise ValueError(f"second has shape {first.shape}, got {second.shape}: use frames of one video")
    return first, second


def _checked_points(points: ArrayLike, name: str, shape: tuple[int | str, ...], size: Shape) -> Array:
    points = checked_array(points, name, shape, hint="x and y").astype(np.float64, copy=False)
    height, width = size
    if (points < 0).any() or (points > (width - 1, height - 1)).any():
        raise ValueError(
            f"{name} must lie inside the picture, x up to {width - 1} and y up to {height - 1}, got "
            f"{points.tolist()!s:.60}: x is the column"
        )
    return points


def _checked_flow(flow: ArrayLike, name: str) -> Array:
    flow = checked_array(flow, name)
    if flow.ndim == 0 or flow.shape[-1] != 2:
        raise ValueError(f"{name} has shape (..., 2), got {flow.shape}: u and v stand last")
    return flow
