"""Convolution: a small kernel slid over an image, once to be read and once to be fast.

Chapter: ``book/convolution.md`` (slides 51 and 52).

What a CNN calls convolution is cross-correlation: the kernel is not flipped. `cross_correlate2d`
and `conv2d` follow the CNN; `convolve2d` is the mathematicians' convolution.
"""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cvlessons._memory import keep_at_hand
from cvlessons._types import Array, ArrayLike, Shape
from cvlessons._validate import checked_array, checked_int
from cvlessons.conv_shape import conv_output_shape

__all__ = [
    "BOX_BLUR_KERNEL",
    "EDGE_KERNEL",
    "GAUSSIAN_BLUR_KERNEL",
    "SHARPEN_KERNEL",
    "SOBEL_X_KERNEL",
    "SOBEL_Y_KERNEL",
    "conv2d",
    "conv2d_gradients",
    "convolve2d",
    "cross_correlate2d",
    "cross_correlate2d_by_loops",
    "pad",
]

keep_at_hand()


def _constant(rows: ArrayLike) -> Array:
    kernel = np.array(rows)
    kernel.setflags(write=False)  # so that no chapter can change it for the next
    return kernel


EDGE_KERNEL = _constant([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]])
"""The kernel of slide 51: eight times a pixel less its eight neighbours; 0 where all are alike."""

SHARPEN_KERNEL = _constant([[0, -1, 0], [-1, 5, -1], [0, -1, 0]])
"""The pixel, plus how far it stands out from its four neighbours."""

SOBEL_X_KERNEL = _constant([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
"""Right less left: positive where it gets brighter to the right."""

SOBEL_Y_KERNEL = _constant([[-1, -2, -1], [0, 0, 0], [1, 2, 1]])
"""Below less above: positive where it gets brighter downwards."""

BOX_BLUR_KERNEL = _constant(np.full((3, 3), 1 / 9))
"""The mean of the nine pixels."""

GAUSSIAN_BLUR_KERNEL = _constant(np.outer([1, 2, 1], [1, 2, 1]) / 16)
"""A mean in which near pixels count more."""


# ---- one channel ----------------------------------------------------------------------------------


def cross_correlate2d_by_loops(image: ArrayLike, kernel: ArrayLike) -> Array:
    """Slide a kernel over an image, C[m][n] = sum over u, v of A[m + u][n + v] H[u][v], term by term.

    Formula: eq-cross-correlation

    Parameters
    ----------
    image : array_like of shape (height, width)
        A: one channel.
    kernel : array_like of shape (kernel_height, kernel_width)
        H: not larger than the image. It is not flipped.

    Returns
    -------
    ndarray of shape (height - kernel_height + 1, width - kernel_width + 1)
        C: one number for each place where all of the kernel lies on the image. float32 if the image
        and the kernel are (whole numbers go with the other of the two), else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If an argument has another shape, is empty or holds NaN or infinity; if the kernel is larger
        than the image.

    References
    ----------
    Slide 52 of the workshop, which calls it convolution; I. Goodfellow, Y. Bengio and A. Courville,
    Deep Learning, 2016, equation 9.6.

    Examples
    --------
    Right pixel less left pixel.

    >>> cross_correlate2d_by_loops([[1, 2, 4, 8]], [[-1, 1]])
    array([[1., 2., 4.]])
    """
    A, H = _checked_channel(image, kernel)
    C = np.zeros(_valid_shape(A, H), A.dtype)
    for m, n in np.ndindex(C.shape):
        for u, v in np.ndindex(H.shape):
            C[m, n] += A[m + u, n + v] * H[u, v]
    return C


def cross_correlate2d(image: ArrayLike, kernel: ArrayLike) -> Array:
    """Slide a kernel over an image: the same numbers as `cross_correlate2d_by_loops`, fast.

    Each row of the kernel becomes a band matrix that computes 16 neighbouring outputs at once, so
    that one matrix product for each kernel row does the work of all the loops.

    Formula: eq-cross-correlation

    Parameters
    ----------
    image, kernel
        As in `cross_correlate2d_by_loops`, and with its errors.

    Returns
    -------
    ndarray of shape (height - kernel_height + 1, width - kernel_width + 1)

    References
    ----------
    Slide 52 of the workshop.

    Examples
    --------
    The edge kernel says nothing where all is alike, and speaks up around a dot.

    >>> dot = np.zeros((4, 5))
    >>> dot[1, 2] = 1
    >>> cross_correlate2d(dot, EDGE_KERNEL)
    array([[-1.,  8., -1.],
           [-1., -1., -1.]])
    """
    A, H = _checked_channel(image, kernel)
    height, width = _valid_shape(A, H)
    outputs = min(16, width)  # more: sparser bands; fewer: more strips
    length = H.shape[1] + outputs - 1
    strips = _strips(A[None, :, :, None], -(-width // outputs), outputs, length)[0]
    C = np.zeros((height, strips.shape[1], outputs), A.dtype)
    for u, row in enumerate(H):
        C += strips[u : u + height] @ _band(row[:, None, None], outputs, 1)
    return np.ascontiguousarray(C.reshape(height, -1)[:, :width])


def convolve2d(image: ArrayLike, kernel: ArrayLike) -> Array:
    """Slide a flipped kernel over an image: convolution as mathematics has it.

    C[m][n] = sum over u, v of A[m - u][n - v] H[u][v], at the places where all of the kernel lies on
    the image. For the whole of it, `pad` the image by one less than the kernel first.

    Formula: eq-convolution

    Parameters
    ----------
    image, kernel
        As in `cross_correlate2d_by_loops`, and with its errors.

    Returns
    -------
    ndarray of shape (height - kernel_height + 1, width - kernel_width + 1)

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, equations 9.4 and 9.5.

    Examples
    --------
    A dot becomes a copy of the kernel; cross-correlation makes a flipped copy.

    >>> dot = np.array([[0, 0, 1, 0, 0]])
    >>> convolve2d(dot, [[1, 2, 3]]), cross_correlate2d(dot, [[1, 2, 3]])
    (array([[1., 2., 3.]]), array([[3., 2., 1.]]))
    """
    A, H = _checked_channel(image, kernel)
    return cross_correlate2d(A, H[::-1, ::-1])


# ---- many channels, many kernels ------------------------------------------------------------------


def pad(image: ArrayLike, padding: int) -> Array:
    """Put zeros around an image: `padding` rows above and below, as many columns left and right.

    Parameters
    ----------
    image : array_like of shape (height, width), (height, width, channels) or \
(batch, height, width, channels)
    padding : int
        P, on each side.

    Returns
    -------
    ndarray
        `height` and `width` grown by 2 P; always a new array, float32 if `image` is, else float64.

    Raises
    ------
    TypeError
        If `image` does not hold real numbers or `padding` is not a whole number.
    ValueError
        If `image` has another number of axes, is empty or holds NaN or infinity; if `padding` is
        negative.

    References
    ----------
    Slide 56 of the workshop.

    Examples
    --------
    >>> pad([[5]], 1)
    array([[0., 0., 0.],
           [0., 5., 0.],
           [0., 0., 0.]])
    """
    image, P = checked_array(image, "image"), checked_int(padding, "padding", minimum=0)
    if image.ndim not in (2, 3, 4):
        raise ValueError(
            "image has shape (height, width), (height, width, channels) or (batch, height, width, channels), "
            f"got {image.shape}"
        )
    first = 1 if image.ndim == 4 else 0
    inside = (slice(None),) * first + tuple(slice(P, P + n) for n in image.shape[first : first + 2])
    around = [n + 2 * P if first <= axis < first + 2 else n for axis, n in enumerate(image.shape)]
    padded = np.zeros(around, image.dtype)
    padded[inside] = image
    return padded


def conv2d(
    image: ArrayLike,
    kernels: ArrayLike,
    bias: ArrayLike = 0.0,
    *,
    stride: int = 1,
    padding: int = 0,
    floor: bool = False,
) -> Array:
    """Return the feature maps of a convolution layer: each kernel slid over all channels, plus its bias.

    Formula: eq-conv2d

    Parameters
    ----------
    image : array_like of shape (height, width, in_channels) or (batch, height, width, in_channels)
    kernels : array_like of shape (kernel_height, kernel_width, in_channels, out_channels)
        Not flipped.
    bias : float or array_like of shape (out_channels,), default 0.0
        Added to every number of a feature map.
    stride : int, default 1
        S, the pixels from one place of the kernel to the next, along both axes.
    padding : int, default 0
        P, the zeros added on each side of both axes.
    floor : bool, default False
        Whether to leave out the pixels at the end that the last step does not reach.

    Returns
    -------
    ndarray of shape (out_height, out_width, out_channels) or (batch, out_height, ...)
        The sizes are those of `cvlessons.conv_shape.conv_output_shape`. float32 if the image and the
        kernels are (whole numbers go with the other of the two), else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers, or a size is not a whole number.
    ValueError
        If an argument has another shape, is empty or holds NaN or infinity; if a kernel does not fit
        into the padded image; if the stride does not divide: the message names the sizes for which
        it does.

    References
    ----------
    Slides 52 and 55 of the workshop; I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016,
    equation 9.7 (without stride) and 9.8 (with). As one matrix product: K. Chellapilla, S. Puri and
    P. Simard, "High performance convolutional neural networks for document processing", 2006.

    Examples
    --------
    One kernel that adds the channels of a pixel, one that takes the first only.

    >>> image = np.array([[[1, 10], [2, 20]]])
    >>> kernels = np.array([[[[1, 1], [1, 0]]]])
    >>> conv2d(image, kernels, bias=[0, 0.5])
    array([[[11. ,  1.5],
            [22. ,  2.5]]])
    """
    batch, kernels = _checked_layer(image, kernels)
    bias = _checked_bias(bias, kernels)
    height, width, _, out_channels = kernels.shape
    options: dict[str, Any] = {"stride": stride, "padding": padding, "floor": floor}
    shape = conv_output_shape(batch.shape[1:], out_channels, (height, width), **options)
    out_height, out_width, stride = *shape[:2], int(stride)
    outputs = max(1, min(16, out_width, 64 // out_channels))  # neighbours that share a strip
    length = width + (outputs - 1) * stride
    strips = _strips(
        pad(batch, padding) if padding else batch, -(-out_width // outputs), outputs * stride, length
    )
    maps = np.empty((len(batch), out_height, strips.shape[2], outputs, out_channels), strips.dtype)
    maps[...] = bias
    maps = maps.reshape(*maps.shape[:3], -1)
    for u, row in enumerate(kernels):
        maps += strips[:, u : u + stride * (out_height - 1) + 1 : stride] @ _band(row, outputs, stride)
    maps = maps.reshape(len(batch), out_height, -1, out_channels)[:, :, :out_width]
    return _like(image, np.ascontiguousarray(maps))


def conv2d_gradients(
    image: ArrayLike,
    kernels: ArrayLike,
    upstream: ArrayLike,
    *,
    stride: int = 1,
    padding: int = 0,
    floor: bool = False,
) -> tuple[Array, Array, Array]:
    """Return the gradients of a loss by a convolution layer's image, kernels and bias.

    Formula: eq-conv2d-image-gradient
    Formula: eq-conv2d-kernel-gradient
    Formula: eq-conv2d-bias-gradient

    Parameters
    ----------
    image, kernels, stride, padding, floor
        As they were given to `conv2d`, and with its errors.
    upstream : array_like of the shape of ``conv2d(image, kernels, ...)``
        dL/dC: the gradient of the loss by each number of the feature maps.

    Returns
    -------
    d_image : ndarray of the shape of `image`
        A pixel that no window reached has gradient 0.
    d_kernels : ndarray of the shape of `kernels`
        Summed over the batch.
    d_bias : ndarray of shape (out_channels,)
        Summed over the batch; for a single number as bias, its sum.

    References
    ----------
    I. Goodfellow, Y. Bengio and A. Courville, Deep Learning, 2016, equations 9.11 and 9.13.

    Examples
    --------
    Every pixel met the one weight 3 once, and that weight met all four pixels.

    >>> image = np.array([[[1.0], [2.0]], [[3.0], [4.0]]])
    >>> d_image, d_kernels, d_bias = conv2d_gradients(image, [[[[3.0]]]], np.ones((2, 2, 1)))
    >>> d_image[:, :, 0], float(d_kernels.item()), d_bias
    (array([[3., 3.],
           [3., 3.]]), 10.0, array([4.]))
    """
    batch, kernels = _checked_layer(image, kernels)
    columns, shape = _columns(batch, kernels.shape, stride, padding, floor)
    upstream = _checked_upstream(upstream, image, shape).astype(kernels.dtype, copy=False)
    flat = upstream.reshape(-1, shape[3])
    # int, because a NumPy whole number of 8 bits would wrap around in stride * out_height
    d_image = _image_gradient(batch, kernels, upstream, int(stride), int(padding))
    d_kernels = (columns.T @ flat).reshape(kernels.shape)
    d_bias = flat.sum(axis=0)
    return _like(image, d_image), d_kernels, d_bias


def _image_gradient(batch: Array, kernels: Array, upstream: Array, stride: int, padding: int) -> Array:
    """Give each output's gradient back to the pixels that made it, weight by weight."""
    _, height, width, _ = batch.shape
    _, out_height, out_width, _ = upstream.shape
    gradient = pad(np.zeros_like(batch), padding)
    for u, v in np.ndindex(kernels.shape[:2]):
        # the pixels that lay under weight (u, v), one for each output: no two are the same
        rows = slice(u, u + stride * out_height, stride)
        columns = slice(v, v + stride * out_width, stride)
        gradient[:, rows, columns] += upstream @ kernels[u, v].T
    return gradient[:, padding : padding + height, padding : padding + width]


# ---- windows --------------------------------------------------------------------------------------


def _strips(batch: Array, count: int, step: int, length: int) -> Array:
    """Return, for each row of each image, `count` pieces of so many pixels, a step apart, channels and all.

    The shape is (batch, height, count, length * in_channels); zeros stand in beyond the right edge.
    """
    images, height, _, channels = batch.shape
    rows = batch.reshape(images, height, -1)
    strips = np.zeros((images, height, count, length * channels), batch.dtype)
    whole = sliding_window_view(rows, length * channels, axis=2)[:, :, :: step * channels][:, :, :count]
    strips[:, :, : whole.shape[2]] = whole  # copied, for a product of a view with overlaps is slow
    for i in range(whole.shape[2], count):
        rest = rows[:, :, i * step * channels :]
        strips[:, :, i, : rest.shape[2]] = rest
    return strips


def _band(row: Array, outputs: int, stride: int) -> Array:
    """Return the matrix that makes neighbouring outputs: the weights of a kernel row, moved down for each.

    `row` has the shape (kernel_width, in_channels, out_channels).
    """
    width, in_channels, out_channels = row.shape
    band = np.zeros((width + (outputs - 1) * stride, in_channels, outputs, out_channels), row.dtype)
    for i in range(outputs):
        band[i * stride : i * stride + width, :, i] = row
    return band.reshape(-1, outputs * out_channels)


def _columns(
    batch: Array, kernel_shape: Shape, stride: int, padding: int, floor: bool
) -> tuple[Array, Shape]:
    """Return every window of a batch as a row of one matrix, and the shape of the feature maps.

    The matrix has shape (batch * out_height * out_width, kernel_height * kernel_width * in_channels).
    """
    *size, _, out_channels = kernel_shape
    options: dict[str, Any] = {"stride": stride, "padding": padding, "floor": floor}
    shape = conv_output_shape(batch.shape[1:], out_channels, size, **options)
    padded = pad(batch, padding) if padding else batch
    windows = sliding_window_view(padded, size, axis=(1, 2))[:, ::stride, ::stride]
    windows = windows.transpose(0, 1, 2, 4, 5, 3)  # channel last, as in the kernels
    return windows.reshape(-1, np.prod(kernel_shape[:3])), (len(batch), *shape)


# ---- checks ---------------------------------------------------------------------------------------


def _checked_channel(image: ArrayLike, kernel: ArrayLike) -> tuple[Array, Array]:
    """Return one channel and one kernel, as floats of one type."""
    A = checked_array(image, "image", ("height", "width"), hint="one channel, for example image[:, :, 0]")
    H = checked_array(kernel, "kernel", ("kernel_height", "kernel_width"))
    if H.shape[0] > A.shape[0] or H.shape[1] > A.shape[1]:
        raise ValueError(
            f"kernel must fit into the image, got a kernel of {H.shape} and an image of {A.shape}: "
            "use a smaller kernel, or pad the image"
        )
    return _in_one_type((A, H), (image, kernel))


def _checked_layer(image: ArrayLike, kernels: ArrayLike) -> tuple[Array, Array]:
    """Return a batch of images and the kernels, as floats of one type."""
    image_, kernels_ = checked_array(image, "image"), checked_array(kernels, "kernels")
    if image_.ndim not in (3, 4):
        raise ValueError(
            "image has shape (height, width, channels) or (batch, height, width, channels), "
            f"got {image_.shape}: a grey image needs a last axis of 1, image[:, :, None]"
        )
    if kernels_.ndim != 4 or kernels_.shape[2] != image_.shape[-1]:
        raise ValueError(
            f"kernels has shape (kernel_height, kernel_width, in_channels, out_channels), with in_channels = "
            f"{image_.shape[-1]} for this image, got {kernels_.shape}"
        )
    batch = image_ if image_.ndim == 4 else image_[None]
    return _in_one_type((batch, kernels_), (image, kernels))


def _checked_bias(bias: ArrayLike, kernels: Array) -> Array:
    bias, out_channels = checked_array(bias, "bias"), kernels.shape[3]
    if bias.shape not in ((), (out_channels,)):
        raise ValueError(
            f"bias is one number, or one for each of the {out_channels} kernels, got {bias.shape}"
        )
    return bias.astype(kernels.dtype, copy=False)


def _checked_upstream(upstream: ArrayLike, image: ArrayLike, shape: Shape) -> Array:
    """Return the upstream gradient as a batch, if it has the shape of the feature maps."""
    wanted = shape if np.ndim(image) == 4 else shape[1:]
    upstream = checked_array(upstream, "upstream", wanted, hint="the shape of the feature maps")
    return upstream.reshape(shape)


def _in_one_type(checked: tuple[Array, Array], given: tuple[ArrayLike, ArrayLike]) -> Any:
    """Return the arrays as float32 if all floats that were given are; whole numbers have no say."""
    kinds = {np.asarray(value).dtype for value in given if np.asarray(value).dtype.kind == "f"}
    dtype = np.float32 if kinds == {np.dtype(np.float32)} else np.float64
    return tuple(array.astype(dtype, copy=False) for array in checked)


def _valid_shape(A: Array, H: Array) -> Shape:
    """Return at how many places all of the kernel lies on the image."""
    return A.shape[0] - H.shape[0] + 1, A.shape[1] - H.shape[1] + 1


def _like(image: ArrayLike, batch: Array) -> Array:
    """Return the batch if a batch was given, its one image if an image was."""
    return batch if np.ndim(image) == 4 else batch[0]
