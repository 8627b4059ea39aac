"""A filter's response: how strongly a patch of an image looks like a small pattern.

Chapter: ``book/filters.md`` (slides 46 to 50).
"""

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array

__all__ = [
    "CURVE_FILTER",
    "MATCHING_FIELD",
    "OTHER_FIELD",
    "normalised_response",
    "response",
    "response_map",
]

CURVE_FILTER = np.array(
    [
        [0, 0, 0, 0, 0, 30, 0],
        [0, 0, 0, 0, 30, 0, 0],
        [0, 0, 0, 30, 0, 0, 0],
        [0, 0, 0, 30, 0, 0, 0],
        [0, 0, 0, 30, 0, 0, 0],
        [0, 0, 0, 30, 0, 0, 0],
        [0, 0, 0, 0, 0, 0, 0],
    ]
)
"""The filter of slide 48: a line that stands upright and bends to the right at its top."""

MATCHING_FIELD = np.array(
    [
        [0, 0, 0, 0, 0, 0, 30],
        [0, 0, 0, 0, 50, 50, 50],
        [0, 0, 0, 20, 50, 0, 0],
        [0, 0, 0, 50, 50, 0, 0],
        [0, 0, 0, 50, 50, 0, 0],
        [0, 0, 0, 50, 50, 0, 0],
        [0, 0, 0, 50, 50, 0, 0],
    ]
)
"""The receptive field of slide 49: the back of a drawn mouse, which has the filter's shape."""

OTHER_FIELD = np.array(
    [
        [0, 0, 0, 0, 0, 0, 0],
        [0, 40, 0, 0, 0, 0, 0],
        [40, 0, 40, 0, 0, 0, 0],
        [40, 20, 0, 0, 0, 0, 0],
        [0, 50, 0, 0, 0, 0, 0],
        [0, 0, 50, 0, 0, 0, 0],
        [25, 25, 0, 50, 0, 0, 0],
    ]
)
"""The receptive field of slide 50: another part of the mouse, without the filter's shape."""

for _constant in (CURVE_FILTER, MATCHING_FIELD, OTHER_FIELD):
    _constant.setflags(write=False)  # so that no chapter can change it for the next


def response(receptive_field: ArrayLike, filter: ArrayLike) -> float:
    """Return the sum of the products of the pixels and the weights that lie on them.

    Formula: eq-filter-response

    Parameters
    ----------
    receptive_field : array_like of shape (height, width)
        The patch of the image that the filter lies on.
    filter : array_like of shape (height, width)
        One weight for each pixel of the patch.

    Returns
    -------
    float
        Large and positive where the patch is bright and has the filter's pattern; negative where
        the patch is bright under the filter's negative weights.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the two differ in shape, are empty, or hold NaN or infinity.

    References
    ----------
    Slides 49 and 50 of the workshop.

    Examples
    --------
    >>> response(MATCHING_FIELD, CURVE_FILTER)
    6600.0
    >>> response(OTHER_FIELD, CURVE_FILTER)
    0.0
    """
    field, weights = _checked(receptive_field, filter)
    return float(np.sum(field * weights))


def normalised_response(receptive_field: ArrayLike, filter: ArrayLike) -> float:
    """Return the cosine of the angle between the patch and the filter: likeness, whatever the brightness.

    Formula: eq-normalised-response

    Parameters
    ----------
    receptive_field, filter
        As in `response`, and with its errors.

    Returns
    -------
    float
        1 if the patch is the filter times a positive number, -1 if it is the filter times a negative
        number, 0 if they share nothing. A patch of zeros resembles nothing: 0.

    Raises
    ------
    ValueError
        Also if every weight of the filter is zero: such a filter has no pattern.

    References
    ----------
    OpenCV, "Object Detection", TemplateMatchModes: the same measure is called TM_CCORR_NORMED there.

    Examples
    --------
    Ten times as bright, the same likeness.

    >>> dim, bright = CURVE_FILTER / 30, CURVE_FILTER * 10
    >>> normalised_response(dim, CURVE_FILTER), normalised_response(bright, CURVE_FILTER)
    (1.0, 1.0)
    >>> round(normalised_response(MATCHING_FIELD, CURVE_FILTER), 3)
    0.508
    """
    field, weights = _checked(receptive_field, filter)
    if not weights.any():
        raise ValueError("filter must not be all zeros: it has no pattern; give it a weight")
    if not field.any():
        return 0.0
    cosine = np.sum(_unit(field) * _unit(weights))
    return float(np.clip(cosine, -1, 1))  # rounding may overstep a little


def response_map(image: ArrayLike, filter: ArrayLike, *, normalised: bool = False) -> Array:
    """Return the filter's response at every place of an image where all of the filter fits.

    Parameters
    ----------
    image : array_like of shape (height, width)
        One channel.
    filter : array_like of shape (filter_height, filter_width)
        Not larger than the image.
    normalised : bool, default False
        Whether to use `normalised_response` in place of `response`.

    Returns
    -------
    ndarray of shape (height - filter_height + 1, width - filter_width + 1), float64
        Entry (m, n) belongs to the patch whose top left pixel is (m, n).

    Raises
    ------
    TypeError, ValueError
        As in `response` and `normalised_response`; also if the filter is larger than the image.

    References
    ----------
    Slides 49 and 50 of the workshop. It is written to be read: for a fast one, and what it is called,
    see `cvlessons.convolution.cross_correlate2d`.

    Examples
    --------
    The filter looks for a bright pixel to the right of a dark one.

    >>> response_map([[0, 0, 9, 9]], [[-1, 1]])
    array([[0., 9., 0.]])
    """
    image = checked_array(image, "image", ("height", "width"))
    filter = checked_array(filter, "filter", ("filter_height", "filter_width"))
    if np.any(np.greater(filter.shape, image.shape)):
        raise ValueError(
            f"filter must fit into the image, got a filter of {filter.shape} and an image of "
            f"{image.shape}: use a smaller filter"
        )
    measure = normalised_response if normalised else response
    height, width = filter.shape
    found = np.zeros((image.shape[0] - height + 1, image.shape[1] - width + 1))
    for m, n in np.ndindex(found.shape):
        found[m, n] = measure(image[m : m + height, n : n + width], filter)
    return found


def _checked(receptive_field: ArrayLike, filter: ArrayLike) -> tuple[Array, Array]:
    field = checked_array(receptive_field, "receptive_field", ("height", "width"))
    return field, checked_array(filter, "filter", field.shape, hint="one weight for each pixel")


def _unit(array: Array) -> Array:
    """Return the array divided by its length."""
    array = array / np.abs(array).max()  # so that no square overflows or vanishes
    return array / np.linalg.norm(array)
