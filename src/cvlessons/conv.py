"""The short name of `cvlessons.convolution`, so that ``from cvlessons.conv import conv2d`` works."""

from cvlessons.convolution import (
    BOX_BLUR_KERNEL,
    EDGE_KERNEL,
    GAUSSIAN_BLUR_KERNEL,
    SHARPEN_KERNEL,
    SOBEL_X_KERNEL,
    SOBEL_Y_KERNEL,
    conv2d,
    conv2d_gradients,
    convolve2d,
    cross_correlate2d,
    cross_correlate2d_by_loops,
    pad,
)

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
