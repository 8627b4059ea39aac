"""Keypoints: corners by Harris and by FAST, descriptors by comparison, matching, RANSAC, repeatability.

Chapter: ``book/keypoints.md`` (slide 26).

Points are rows (x, y): x to the right and y down, as in OpenCV. A pixel of an image is still image[y, x].
"""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cvlessons._types import Array, ArrayLike, AsGiven
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = [
    "CIRCLE",
    "binary_descriptor",
    "circle_values",
    "gradient_histograms",
    "hamming_distance",
    "harris_response",
    "local_maxima",
    "match_descriptors",
    "ransac_homography",
    "ransac_trials",
    "repeatability",
    "segment_test",
    "structure_tensor",
    "upright_patch",
]

CIRCLE = np.array(
    [
        [0, -3], [1, -3], [2, -2], [3, -1], [3, 0], [3, 1], [2, 2], [1, 3],
        [0, 3], [-1, 3], [-2, 2], [-3, 1], [-3, 0], [-3, -1], [-2, -2], [-1, -3],
    ]
)  # fmt: skip
"""The sixteen steps (x, y) from a pixel to FAST's circle of radius 3 around it, clockwise from the top."""

CIRCLE.setflags(write=False)  # so that no chapter can change it for the next


# ---- corners --------------------------------------------------------------------------------------


def structure_tensor(image: ArrayLike, *, window: int = 5) -> Array:
    """Return at each pixel how the brightness changes around it, as a matrix of two by two.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel, at least as large as the window.
    window : int, default 5
        The side of the square around a pixel over which the changes are averaged; odd.

    Returns
    -------
    ndarray of shape (height, width, 2, 2), float64
        The mean over the window of [[Ix Ix, Ix Iy], [Ix Iy, Iy Iy]], where Ix and Iy are the slopes to
        the right and down, in grey levels a pixel (Sobel's, divided by 8). At the border the image is
        mirrored.

    Raises
    ------
    TypeError
        If the image does not hold real numbers, or the window is no whole number.
    ValueError
        If the image is not of that shape, is smaller than the window or holds NaN or infinity, or the
        window is even.

    References
    ----------
    C. Harris, M. Stephens, "A combined corner and edge detector", Alvey Vision Conference, 1988.

    Examples
    --------
    A ramp that gets brighter by 2 at each step to the right changes in that direction only.

    >>> ramp = np.tile(2 * np.arange(9), (9, 1))
    >>> structure_tensor(ramp)[4, 4]
    array([[4., 0.],
           [0., 0.]])
    """
    window = _checked_odd(window, "window")
    image = checked_array(image, "image", ("height", "width")).astype(np.float64)
    if min(image.shape) < window:
        raise ValueError(
            f"image must be at least as large as the window of {window}, got {image.shape}: "
            "use a smaller window"
        )
    slopes = np.stack(_slopes(image), axis=-1)
    products = slopes[..., :, None] * slopes[..., None, :]
    return _window_mean(products, window)


def harris_response(image: ArrayLike, *, window: int = 5, k: float = 0.04) -> Array:
    """Return Harris's measure of every pixel: large at corners, negative at edges, near 0 where it is flat.

    Formula: eq-harris

    Parameters
    ----------
    image, window
        As in `structure_tensor`, and with its errors.
    k : float, default 0.04
        How much an edge is held against a pixel; from 0 to 0.25.

    Returns
    -------
    ndarray of shape (height, width), float64
        det M - k (trace M)^2 of the structure tensor M.

    Raises
    ------
    TypeError, ValueError
        Also if k is no number or out of its bounds.

    References
    ----------
    C. Harris, M. Stephens, "A combined corner and edge detector", Alvey Vision Conference, 1988.

    Examples
    --------
    A white square on black: its corner, its edge, its middle.

    >>> square = np.zeros((20, 20))
    >>> square[5:15, 5:15] = 100
    >>> response = harris_response(square)
    >>> response[5, 5] > 0, response[5, 10] < 0, response[10, 10] == 0
    (np.True_, np.True_, np.True_)
    """
    k = checked_number(k, "k", minimum=0, maximum=0.25)
    tensor = structure_tensor(image, window=window)
    determinant = tensor[..., 0, 0] * tensor[..., 1, 1] - tensor[..., 0, 1] ** 2
    trace = tensor[..., 0, 0] + tensor[..., 1, 1]
    return determinant - k * trace**2


def local_maxima(
    response: ArrayLike, *, radius: int = 3, threshold: float = 0.0, most: int | None = None
) -> Array:
    """Return the places where a response is above a threshold and the largest of its neighbourhood.

    This is non-maximum suppression: of a heap of high responses only the top is kept.

    Parameters
    ----------
    response : array_like of shape (height, width)
    radius : int, default 3
        The neighbourhood of a pixel reaches so far in each direction. Of equals, all are kept.
    threshold : float, default 0
        Only responses above it count.
    most : int, optional
        How many to keep at most.

    Returns
    -------
    ndarray of shape (n, 2), int64
        The points (x, y), the strongest first.

    Raises
    ------
    TypeError, ValueError
        If the response is not of that shape, is empty or holds NaN or infinity, or an option is no number
        or below its least value.

    Examples
    --------
    >>> local_maxima([[1, 9, 2, 0], [0, 3, 0, 4]], radius=1).tolist()
    [[1, 0], [3, 1]]
    """
    response = checked_array(response, "response", ("height", "width"))
    radius = checked_int(radius, "radius", minimum=1)
    threshold = checked_number(threshold, "threshold")
    if most is not None:
        most = checked_int(most, "most", minimum=1)
    radius = min(radius, max(response.shape))  # beyond the image there is nothing to compare with
    padded = np.pad(response, radius, constant_values=-np.inf)
    side = 2 * radius + 1
    highest = sliding_window_view(sliding_window_view(padded, side, axis=1).max(axis=-1), side, axis=0)
    y, x = np.nonzero((response == highest.max(axis=-1)) & (response > threshold))
    strongest_first = np.argsort(-response[y, x], kind="stable")[:most]
    return np.stack([x, y], axis=1)[strongest_first]


def circle_values(image: ArrayLike, x: int, y: int) -> AsGiven:
    """Return the sixteen pixels of FAST's circle around a pixel, clockwise from the top.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel.
    x, y : int
        The pixel, at least 3 pixels from every border.

    Returns
    -------
    ndarray of shape (16,), float32 or float64

    Raises
    ------
    TypeError, ValueError
        If the image is not of that shape, is empty or holds NaN or infinity, or the circle does not fit.

    Examples
    --------
    >>> circle_values(np.arange(49).reshape(7, 7), 3, 3)[:4].tolist()
    [3.0, 4.0, 12.0, 20.0]
    """
    image = checked_array(image, "image", ("height", "width"))
    height, width = image.shape
    x, y = checked_int(x, "x", minimum=3), checked_int(y, "y", minimum=3)
    if x > width - 4 or y > height - 4:
        raise ValueError(
            f"the circle around (x, y) = ({x}, {y}) does not fit into an image of {image.shape}: "
            "keep 3 pixels away from the border"
        )
    columns, rows = (CIRCLE + np.array([x, y])).T
    return image[rows, columns]


def segment_test(image: ArrayLike, x: int, y: int, *, threshold: float, arc: int = 9) -> bool:
    """Return whether FAST calls a pixel a corner.

    It does if `arc` neighbours on the circle of sixteen, one after the other, are all brighter than the
    pixel by more than the threshold, or all darker.

    Parameters
    ----------
    image, x, y
        As in `circle_values`, and with its errors.
    threshold : float
        In grey levels, at least 0.
    arc : int, default 9
        From 1 to 16.

    Returns
    -------
    bool

    Raises
    ------
    TypeError, ValueError
        Also if the threshold or the arc is no number or out of its bounds.

    References
    ----------
    E. Rosten, T. Drummond, "Machine learning for high-speed corner detection", ECCV 2006.

    Examples
    --------
    The corner of a white square, and the middle of its edge.

    >>> square = np.zeros((20, 20))
    >>> square[8:, 8:] = 255
    >>> segment_test(square, 8, 8, threshold=50), segment_test(square, 8, 14, threshold=50)
    (True, False)
    """
    threshold = checked_number(threshold, "threshold", minimum=0)
    if checked_int(arc, "arc", minimum=1) > 16:
        raise ValueError(f"arc must be at most 16, got {arc}: the circle has 16 pixels")
    values = circle_values(image, x, y)
    centre = np.asarray(image)[y, x].astype(np.float64)
    longest = max(_longest_run(values > centre + threshold), _longest_run(values < centre - threshold))
    return longest >= arc


# ---- descriptors ----------------------------------------------------------------------------------


def upright_patch(
    image: ArrayLike, x: float, y: float, *, width: float, angle: float = 0.0, side: int = 32
) -> Array:
    """Cut a square out of an image around a point, turned upright and brought to a fixed size.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel.
    x, y : float
        The middle of the square.
    width : float
        The side of the square in pixels of the image.
    angle : float, default 0
        The direction in the image that shall point to the right in the patch, in degrees, clockwise from
        the right, as OpenCV's keypoints have it.
    side : int, default 32
        The side of the patch in pixels.

    Returns
    -------
    ndarray of shape (side, side), float32
        What lies outside of the image is taken from its border.

    Raises
    ------
    TypeError, ValueError
        If the image is not of that shape, is empty or holds NaN or infinity, or a number is no number or
        out of its bounds.

    Examples
    --------
    An arrow that points down, seen from the side it points to.

    >>> picture = np.zeros((9, 9))
    >>> picture[4:8, 4] = 1
    >>> upright_patch(picture, 4, 4, width=7, angle=90, side=7)[3].round(2).tolist()
    [0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1.0]
    """
    import cv2

    image = checked_array(image, "image", ("height", "width")).astype(np.float32)
    x, y, angle = (checked_number(v, name) for v, name in ((x, "x"), (y, "y"), (angle, "angle")))
    width = checked_number(width, "width", above=0)
    side = checked_int(side, "side", minimum=1)
    step = width / side  # from one pixel of the patch to the next
    right = step * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))])
    down = np.array([-right[1], right[0]])
    corner = np.array([x, y]) - (side - 1) / 2 * (right + down)
    backwards = np.stack([right, down, corner], axis=1)  # from the patch to the image
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cv2.warpAffine(image, backwards, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)


def gradient_histograms(patch: ArrayLike, *, cells: int = 4, bins: int = 8) -> Array:
    """Describe a patch by the directions of its slopes: a histogram for each cell of a grid, as SIFT does.

    Parameters
    ----------
    patch : array_like of shape (side, side)
        One channel; `cells` divides its side.
    cells : int, default 4
        The grid has cells times cells cells.
    bins : int, default 8
        Directions are counted in so many bins: the middle of bin 0 points to the right, and they go on
        counterclockwise.

    Returns
    -------
    ndarray of shape (cells, cells, bins), float64
        Each slope counts as much as it is steep, and the less the farther it is from the middle. As one
        long vector it has length 1, after numbers above 0.2 were cut to 0.2; a patch without any slope
        gives zeros. SIFT also shares each slope out among the nearest cells and bins; this does not.

    Raises
    ------
    TypeError, ValueError
        If the patch is not square, is empty or holds NaN or infinity, a number is no whole number or below
        1, or the grid does not divide the patch.

    References
    ----------
    D. G. Lowe, "Distinctive image features from scale-invariant keypoints", International Journal of
    Computer Vision 60(2), 2004, section 6.

    Examples
    --------
    A ramp that gets brighter to the right has one direction.

    >>> gradient_histograms(np.tile(np.arange(8), (8, 1)), cells=1).round(2).tolist()
    [[[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]]
    """
    patch = checked_array(patch, "patch", ("side", "side"))
    side = len(patch)
    patch = checked_array(patch, "patch", (side, side), hint="cut a square").astype(np.float64)
    cells, bins = checked_int(cells, "cells", minimum=1), checked_int(bins, "bins", minimum=1)
    if side % cells:
        raise ValueError(f"patch must divide into {cells} x {cells} cells, got a side of {side}: cut another")
    right, down = _slopes(patch)
    turn = np.arctan2(-down, right) / (2 * np.pi) % 1  # of a full turn, counterclockwise
    bin_of = np.round(turn * bins).astype(int) % bins
    offset = (np.arange(side) - (side - 1) / 2) / (side / 2)  # -1 to 1
    weight = np.hypot(right, down) * np.exp(-(offset[:, None] ** 2 + offset**2) / 2)
    cell_of = np.arange(side) * cells // side
    histograms = np.zeros((cells, cells, bins))
    np.add.at(histograms, (cell_of[:, None], cell_of[None, :], bin_of), weight)
    clipped = np.minimum(_unit(histograms), 0.2)  # so that one bright edge does not speak for all
    return _unit(clipped)


def binary_descriptor(patch: ArrayLike, pairs: ArrayLike) -> Array:
    """Describe a patch by comparing pairs of its pixels, one bit for each pair, as BRIEF does.

    Parameters
    ----------
    patch : array_like of shape (height, width)
        One channel; smooth it before, or the bits follow its noise.
    pairs : array_like of int, shape (bits, 4)
        For each bit two pixels of the patch: x, y of the one and x, y of the other. The bits must fill
        whole bytes.

    Returns
    -------
    ndarray of shape (bits / 8,), uint8
        A bit is 1 where the first pixel of its pair is darker than the second.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, is empty, holds NaN or infinity, or a pixel that the patch does
        not have; or the number of pairs cannot be divided by 8.

    References
    ----------
    M. Calonder, V. Lepetit, C. Strecha, P. Fua, "BRIEF: binary robust independent elementary features",
    ECCV 2010.

    Examples
    --------
    >>> pairs = [[0, 0, 1, 0]] * 4 + [[1, 0, 0, 0]] * 4
    >>> np.unpackbits(binary_descriptor([[10, 20]], pairs)).tolist()
    [1, 1, 1, 1, 0, 0, 0, 0]
    """
    patch = checked_array(patch, "patch", ("height", "width"))
    pairs = checked_array(pairs, "pairs", ("bits", 4))
    if len(pairs) % 8:
        raise ValueError(f"pairs must fill whole bytes, got {len(pairs)} of them: use a multiple of 8")
    limits = np.array([*patch.shape[::-1]] * 2)
    wrong = (pairs != np.floor(pairs)) | (pairs < 0) | (pairs >= limits)
    if wrong.any():
        raise ValueError(
            f"pairs must be pixels of a patch of {patch.shape}, got {pairs[wrong][0]:g}: count them from 0"
        )
    x1, y1, x2, y2 = pairs.astype(int).T
    return np.packbits(patch[y1, x1] < patch[y2, x2])


def hamming_distance(one: ArrayLike, other: ArrayLike) -> int:
    """Return in how many bits two binary descriptors differ.

    Formula: eq-hamming

    Parameters
    ----------
    one, other : array_like of shape (bytes,)
        Whole numbers from 0 to 255, as `binary_descriptor` and OpenCV's ORB give them.

    Returns
    -------
    int
        0 if they are equal, 8 times the number of bytes if one is the other's negative.

    Raises
    ------
    TypeError, ValueError
        If they differ in length, are empty, or hold anything but bytes.

    References
    ----------
    R. W. Hamming, "Error detecting and error correcting codes", Bell System Technical Journal 29(2), 1950.

    Examples
    --------
    >>> hamming_distance([0b1010], [0b0110])
    2
    """
    one = _checked_bytes(one, "one", ("bytes",))
    other = _checked_bytes(other, "other", one.shape)
    return int(np.unpackbits(np.bitwise_xor(one, other)).sum())


# ---- matching and RANSAC --------------------------------------------------------------------------


def match_descriptors(descriptors: ArrayLike, others: ArrayLike, *, ratio: float = 0.75) -> Array:
    """Find for each descriptor the nearest of the others, and keep it if it is clearly the nearest.

    Parameters
    ----------
    descriptors : array_like of shape (n, numbers)
    others : array_like of shape (m, numbers)
        At least two.
    ratio : float, default 0.75
        The nearest must be nearer than so many times the distance of the second nearest; above 0, and 1
        at most.

    Returns
    -------
    ndarray of shape (matches, 2), int64
        The index of the descriptor and of its match among the others.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, is empty or holds NaN or infinity, there is only one other, or
        the ratio is no number or out of its bounds.

    References
    ----------
    D. G. Lowe, "Distinctive image features from scale-invariant keypoints", International Journal of
    Computer Vision 60(2), 2004, section 7.1.

    Examples
    --------
    The first has one near match; the second has two that are about as near.

    >>> match_descriptors([[0, 0], [5, 5]], [[0, 1], [5, 6], [6, 5]]).tolist()
    [[0, 0]]
    """
    ratio = checked_number(ratio, "ratio", above=0, maximum=1)
    descriptors = checked_array(descriptors, "descriptors", ("n", "numbers")).astype(np.float64)
    others = checked_array(
        others, "others", ("m", descriptors.shape[1]), hint="as many numbers as each descriptor"
    ).astype(np.float64)
    if len(others) < 2:
        raise ValueError(f"others must be at least 2, got {len(others)}: the nearest needs a second nearest")
    distances = _distances(descriptors, others)
    nearest, second = np.argsort(distances, axis=1, kind="stable")[:, :2].T
    rows = np.arange(len(descriptors))
    clear = distances[rows, nearest] < ratio * distances[rows, second]
    return np.stack([rows, nearest], axis=1)[clear]


def ransac_trials(inlier_share: float, *, sample: int = 4, confidence: float = 0.99) -> int:
    """Return how many random samples must be drawn for one of them to hold right matches only.

    Formula: eq-ransac-trials

    Parameters
    ----------
    inlier_share : float
        The share of right matches: above 0, and 1 at most.
    sample : int, default 4
        How many matches a sample has: 4 for a homography.
    confidence : float, default 0.99
        How sure one wants to be, between 0 and 1, both excluded.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If an argument is no number.
    ValueError
        If an argument is out of its bounds, or right samples are so rare that no computer draws one.

    References
    ----------
    M. A. Fischler, R. C. Bolles, "Random sample consensus", Communications of the ACM 24(6), 1981.

    Examples
    --------
    >>> ransac_trials(0.5), ransac_trials(0.9)
    (72, 5)
    """
    inlier_share = checked_number(inlier_share, "inlier_share", above=0, maximum=1)
    sample = checked_int(sample, "sample", minimum=1)
    confidence = checked_number(confidence, "confidence", above=0)
    if confidence >= 1:
        raise ValueError(f"confidence must be below 1, got {confidence}: chance never makes it certain")
    all_right = inlier_share**sample
    if all_right < 1e-15:
        raise ValueError(
            f"a sample of {sample} is right with a chance of {all_right:.1e} only: "
            "find better matches, or draw smaller samples"
        )
    if all_right == 1:
        return 1
    return int(np.ceil(np.log1p(-confidence) / np.log1p(-all_right)))


def ransac_homography(
    source: ArrayLike, target: ArrayLike, *, tolerance: float = 3.0, trials: int = 500, seed: int = 0
) -> tuple[Array, Array]:
    """Find the homography that most of the matches agree on, by trying random samples of four.

    Parameters
    ----------
    source, target : array_like of shape (n, 2)
        Points (x, y) of one picture, and their matches in the other; at least four. Many may be wrong.
    tolerance : float, default 3
        A match agrees if the homography takes its source to within so many pixels of its target.
    trials : int, default 500
        How many samples to draw; `ransac_trials` says how many it takes.
    seed : int, default 0
        For the random numbers.

    Returns
    -------
    homography : ndarray of shape (3, 3)
        Fitted to the largest group of matches that agree with one sample.
    inliers : ndarray of shape (n,), bool
        Which matches agree with that sample.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, is empty or holds NaN or infinity, there are fewer than four
        matches, a number is no number or out of its bounds, or no sample defines a homography: three of
        its points lie on a line, or the tolerance is smaller than the rounding.

    References
    ----------
    M. A. Fischler, R. C. Bolles, "Random sample consensus", Communications of the ACM 24(6), 1981.

    Examples
    --------
    Five points moved by (10, 20), and a sixth that went astray.

    >>> source = [[0, 0], [9, 0], [9, 9], [0, 9], [3, 5], [7, 2]]
    >>> target = [[10, 20], [19, 20], [19, 29], [10, 29], [13, 25], [50, 50]]
    >>> homography, inliers = ransac_homography(source, target)
    >>> inliers.tolist()
    [True, True, True, True, True, False]
    """
    import cv2

    source = checked_array(source, "source", ("n", 2)).astype(np.float64)
    target = checked_array(target, "target", source.shape, hint="one for each source").astype(np.float64)
    if len(source) < 4:
        raise ValueError(f"a homography needs at least 4 matches, got {len(source)}: find more of them")
    tolerance = checked_number(tolerance, "tolerance", above=0)
    rng = np.random.default_rng(checked_int(seed, "seed", minimum=0))
    best = np.zeros(len(source), bool)
    for _ in range(checked_int(trials, "trials", minimum=1)):
        sample = rng.choice(len(source), 4, replace=False)
        if _in_line(source[sample]) or _in_line(target[sample]):
            continue
        few = [points[sample].astype(np.float32) for points in (source, target)]
        homography = cv2.getPerspectiveTransform(*few)
        agree = _transfer_errors(source, target, homography) <= tolerance
        if agree.sum() > best.sum():
            best = agree
    if best.sum() < 4:
        raise ValueError(
            f"none of {trials} samples defines a homography within {tolerance:g} pixels: three of the four "
            "points were on a line, or the tolerance is too small; give points that spread over the picture, "
            "more trials or a larger tolerance"
        )
    return cv2.findHomography(source[best], target[best], 0)[0], best


# ---- repeatability --------------------------------------------------------------------------------


def repeatability(
    points: ArrayLike,
    points_after: ArrayLike,
    homography: ArrayLike,
    *,
    shape: tuple[int, int],
    shape_after: tuple[int, int],
    tolerance: float = 3.0,
) -> float:
    """Return the share of keypoints that a detector finds again after the picture was changed.

    Formula: eq-repeatability

    Parameters
    ----------
    points, points_after : array_like of shape (n, 2) and (m, 2)
        The keypoints (x, y) of the picture and of the changed picture. Only those count whose place is
        seen in both.
    homography : array_like of shape (3, 3)
        Takes a point of the picture to its place in the changed picture.
    shape, shape_after : (int, int)
        Height and width of the two pictures.
    tolerance : float, default 3
        Two keypoints are the same if they are each other's nearest and so many pixels apart at most,
        measured in the first picture.

    Returns
    -------
    float
        From 0 to 1; 0 if one of the pictures has no keypoint in the common part.

    Raises
    ------
    TypeError, ValueError
        If an argument is not of that shape, is empty or holds NaN or infinity, the homography cannot be
        inverted, a shape is not of whole numbers above 0, or the tolerance is not above 0.

    References
    ----------
    C. Schmid, R. Mohr, C. Bauckhage, "Evaluation of interest point detectors", International Journal of
    Computer Vision 37(2), 2000.

    Examples
    --------
    One of two is found again, after a shift to the right by 10.

    >>> shift = [[1, 0, 10], [0, 1, 0], [0, 0, 1]]
    >>> shape = (50, 50)
    >>> repeatability([[5, 5], [20, 8]], [[15, 6], [40, 40]], shift, shape=shape, shape_after=shape)
    0.5
    """
    points = checked_array(points, "points", ("n", 2)).astype(np.float64)
    points_after = checked_array(points_after, "points_after", ("m", 2)).astype(np.float64)
    homography = checked_array(homography, "homography", (3, 3)).astype(np.float64)
    if np.linalg.matrix_rank(homography) < 3:  # the determinant would depend on its scale
        raise ValueError(
            "homography must have an inverse, got one that flattens the picture to a line or a point: "
            "fit it to points that do not lie on a line"
        )
    tolerance = checked_number(tolerance, "tolerance", above=0)
    back = _project(points_after, np.linalg.inv(homography))
    points = points[_inside(_project(points, homography), shape_after, "shape_after")]
    back = back[_inside(back, shape, "shape")]
    if len(points) == 0 or len(back) == 0:
        return 0.0
    distances = np.linalg.norm(points[:, None] - back, axis=2)
    mutual = distances.argmin(axis=0)[distances.argmin(axis=1)] == np.arange(len(points))
    again = mutual & (distances.min(axis=1) <= tolerance)
    return float(again.sum() / min(len(points), len(back)))


# ---- parts ----------------------------------------------------------------------------------------


def _slopes(image: Array) -> tuple[Array, Array]:
    """Return the slopes to the right and down, smoothed across (Sobel's kernels divided by 8)."""
    image = np.pad(image, 1, mode="reflect" if min(image.shape) > 1 else "edge")
    across, along = image[:, 2:] - image[:, :-2], image[2:] - image[:-2]
    right = (across[:-2] + 2 * across[1:-1] + across[2:]) / 8
    down = (along[:, :-2] + 2 * along[:, 1:-1] + along[:, 2:]) / 8
    return right, down


def _window_mean(array: Array, window: int) -> Array:
    """Return the mean over a square around each pixel; at the border the array is mirrored."""
    half = window // 2
    array = np.pad(array, [(half, half), (half, half), (0, 0), (0, 0)], mode="reflect")
    array = sliding_window_view(array, window, axis=0).mean(axis=-1)
    return sliding_window_view(array, window, axis=1).mean(axis=-1)


def _unit(array: Array) -> Array:
    """Return the array divided by its length; zeros stay zeros."""
    return array / (np.linalg.norm(array) or 1.0)


def _longest_run(flags: Array) -> int:
    """Return how many of a circle of flags are set one after the other, at most."""
    longest = run = 0
    for flag in [*flags, *flags]:  # twice around, for a run that passes the start
        run = run + 1 if flag else 0
        longest = max(longest, run)
    return min(longest, len(flags))


def _distances(points: Array, others: Array) -> Array:
    """Return the distance of each point to each of the others."""
    squares = (points**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * points @ others.T
    return np.sqrt(np.maximum(squares, 0))  # rounding may make a square slightly negative


def _project(points: Array, homography: Array) -> Array:
    """Return where a homography takes points; not a finite place where it divides by 0."""
    moved = np.column_stack([points, np.ones(len(points))]) @ homography.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return moved[:, :2] / moved[:, 2:]


def _transfer_errors(source: Array, target: Array, homography: Array) -> Array:
    return np.linalg.norm(_project(source, homography) - target, axis=1)


def _in_line(points: Array) -> bool:
    """Return whether three of four points lie on a line."""
    for left_out in range(4):
        a, b, c = np.delete(points, left_out, axis=0)
        if abs(np.linalg.det(np.stack([b - a, c - a]))) < 1e-6:
            return True
    return False


def _inside(points: Array, shape: tuple[int, int], name: str) -> Array:
    checked_array(shape, name, (2,), hint="(height, width)")
    height, width = (checked_int(size, name, minimum=1) for size in shape)
    x, y = points.T
    return (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)


def _checked_odd(value: int, name: str) -> int:
    value = checked_int(value, name, minimum=1)
    if value % 2 == 0:
        raise ValueError(f"{name} must be odd, got {value}: only then does it have a middle")
    return value


def _checked_bytes(values: ArrayLike, name: str, shape: tuple[int | str, ...]) -> Array:
    array = checked_array(values, name, shape, hint="as many bytes as the other")
    wrong = (array != np.floor(array)) | (array < 0) | (array > 255)
    if wrong.any():
        raise ValueError(f"{name} must hold bytes, whole numbers from 0 to 255, got {array[wrong][0]:g}")
    return array.astype(np.uint8)
