"""Pictures in files and in memory: reading, writing, cutting out a region, blending.

Chapter: ``book/images.md`` (slide 22).
"""

from pathlib import Path

import numpy as np

from cvlessons._types import Array, ArrayLike, PathLike, Shape
from cvlessons._validate import checked_array, checked_choice, checked_int

__all__ = ["blend", "read_image", "region", "write_image"]

_MODES = ("colour", "grey", "unchanged")
_ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff", ".bmp")
_LOSSY = (".jpg", ".jpeg", ".webp")
_WITH_ALPHA = (".png", ".tif", ".tiff", ".webp")
_WITH_16_BITS = (".png", ".tif", ".tiff")


def read_image(path: PathLike, *, mode: str = "colour") -> Array:
    """Return the picture in a file, or say why there is none.

    Parameters
    ----------
    path : str or path-like
        A file in a format that OpenCV reads: JPEG, PNG, WebP, TIFF, BMP and more. The content counts,
        not the name's ending.
    mode : {"colour", "grey", "unchanged"}, default "colour"
        "colour" and "grey" give 8 bits, turned as the camera was held (the EXIF orientation), whatever
        the file holds. "unchanged" gives what is stored: 16 bits stay 16 bits, alpha stays, and the
        picture is not turned.

    Returns
    -------
    ndarray of shape (height, width), (height, width, 3) or (height, width, 4)
        uint8, or uint16 or float32 if the file holds that and `mode` is "unchanged". The channels are
        red, green, blue and alpha, in this order.

    Raises
    ------
    TypeError
        If `path` is no path.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is empty, cut off, or not a picture, or there is no such mode.
    OSError
        If the file cannot be read: it is a folder, or not yours.

    References
    ----------
    OpenCV, "Image file reading and writing", https://docs.opencv.org/4.x/d4/da8/group__imgcodecs.html.

    Examples
    --------
    >>> from cvlessons.datasets import data_path
    >>> read_image(data_path("photos/opencv_fruits.jpg")).shape
    (480, 512, 3)
    >>> read_image("fruit.jpg")
    Traceback (most recent call last):
    FileNotFoundError: there is no file 'fruit.jpg': check the spelling, and the folder you are in
    """
    import cv2

    mode = checked_choice(mode, "mode", _MODES)
    flags = {"colour": cv2.IMREAD_COLOR, "grey": cv2.IMREAD_GRAYSCALE, "unchanged": cv2.IMREAD_UNCHANGED}
    content = _content(path)
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags[mode])
    except cv2.error:  # such as a header that promises more pixels than OpenCV will hold
        image = None
    if image is None:
        raise ValueError(f"{str(path)!r} is no picture that can be read: it is damaged, or something else")
    return _swap_red_and_blue(image)


def write_image(path: PathLike, image: Array, *, quality: int | None = None) -> int:
    """Write a picture into a file, and return how many bytes the file has.

    The picture is encoded before the file is opened: if that fails, a file of the same name is kept.

    Parameters
    ----------
    path : str or path-like
        Its ending chooses the format: .png, .tif, .bmp and .webp (without `quality`) keep every number,
        .jpg does not.
    image : ndarray of shape (height, width), (height, width, 3) or (height, width, 4)
        uint8, or uint16 for PNG and TIFF. Red, green, blue and alpha.
    quality : int from 1 to 100, optional
        For JPEG, where OpenCV's own choice is 95, and WebP, which without it loses nothing.

    Returns
    -------
    int
        The size of the file in bytes.

    Raises
    ------
    TypeError
        If `path` is no path, or `image` does not hold uint8 or uint16.
    ValueError
        If the format is not known, cannot hold the picture without loss of bits or alpha, or has no
        quality; or the picture has another shape, is empty, or is too large for the format.
    FileNotFoundError
        If there is no such folder.
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     size = write_image(f"{folder}/black.png", np.zeros((2, 3, 3), np.uint8))
    ...     read_image(f"{folder}/black.png").shape
    (2, 3, 3)
    """
    import cv2

    path = _checked_path(path)
    ending = path.suffix.lower()
    if ending not in _ENDINGS:
        raise ValueError(f"cannot write a picture as {ending!r} ({path.name}): use .png, .jpg or .webp")
    _check_fits(image, ending)
    options = [] if quality is None else _quality_options(quality, ending)
    done, encoded = cv2.imencode(ending, _swap_red_and_blue(image), options)
    if not done:
        raise ValueError(
            f"{ending} cannot hold a picture of shape {image.shape}: use .png, or make it smaller"
        )
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}: make it first, or use another")
    path.write_bytes(encoded)
    return len(encoded)


def region(image: Array, left: int, top: int, width: int, height: int) -> Array:
    """Return a rectangle of a picture: a view, so that writing into it writes into the picture.

    Parameters
    ----------
    image : ndarray of shape (picture_height, picture_width, ...)
        Any numbers.
    left, top : int
        The first column and the first row, counted from 0.
    width, height : int
        At least 1.

    Returns
    -------
    ndarray of shape (height, width, ...)
        A view of `image`.

    Raises
    ------
    TypeError
        If `image` is no array, or a number is not whole.
    ValueError
        If the rectangle is not inside the picture. A slice would be cut off without a word.

    Examples
    --------
    >>> picture = np.arange(12).reshape(3, 4)
    >>> region(picture, left=2, top=0, width=2, height=1)
    array([[2, 3]])
    """
    if not isinstance(image, np.ndarray) or image.ndim < 2:
        raise TypeError(f"image must be an array of shape (height, width, ...), got {image!r:.60}")
    left, top = checked_int(left, "left", minimum=0), checked_int(top, "top", minimum=0)
    width, height = checked_int(width, "width", minimum=1), checked_int(height, "height", minimum=1)
    rows, columns = image.shape[:2]
    if left + width > columns or top + height > rows:
        raise ValueError(
            f"the region ends at column {left + width} and row {top + height}, the picture at {columns} and "
            f"{rows}: make the region smaller, or move it"
        )
    return image[top : top + height, left : left + width]


def blend(first: ArrayLike, second: ArrayLike, alpha: ArrayLike) -> Array:
    """Return a mix of two pictures: alpha says how much of the second, pixel by pixel if it is a mask.

    Formula: eq-blend

    Parameters
    ----------
    first, second : array_like of shape (height, width) or (height, width, channels)
        Of one shape.
    alpha : number, or array_like of shape (height, width)
        From 0, the first picture, to 1, the second.

    Returns
    -------
    ndarray of the same shape
        uint8, rounded, if both pictures are uint8; float32 if both are float32; else float64.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes differ, an array is empty or holds NaN or infinity, or alpha leaves 0 to 1.

    References
    ----------
    T. Porter, T. Duff, "Compositing digital images", SIGGRAPH 1984: their operator "over", for a second
    picture whose alpha is the mask. OpenCV's ``addWeighted`` is the same for one number.

    Examples
    --------
    >>> blend(np.uint8([[0, 100]]), np.uint8([[200, 100]]), 0.25)
    array([[ 50, 100]], dtype=uint8)
    """
    bytes_only = all(getattr(image, "dtype", None) == np.uint8 for image in (first, second))
    first = checked_array(first, "first")
    if first.ndim not in (2, 3):
        raise ValueError(
            f"first has two or three axes, got shape {first.shape}: blend grey or colour pictures"
        )
    second = checked_array(second, "second", first.shape, hint="blend pictures of one size")
    alpha = _checked_alpha(alpha, first.shape).astype(np.result_type(first, second))
    mixed = (1 - alpha) * first + alpha * second
    return np.rint(mixed).astype(np.uint8) if bytes_only else mixed


def _checked_path(path: PathLike) -> Path:
    try:
        return Path(path)
    except TypeError as error:
        raise TypeError(f"path must be a text or a Path, got {path!r:.60}: try 'photo.png'") from error


def _content(path: PathLike) -> bytes:
    """Return the bytes of a file of which at least the end is there."""
    file = _checked_path(path)
    try:
        content = file.read_bytes()
    except FileNotFoundError as error:
        cure = "check the spelling, and the folder you are in"
        raise FileNotFoundError(f"there is no file {str(path)!r}: {cure}") from error
    if not content:
        raise ValueError(f"{str(path)!r} is empty: copy or download it again")
    if content.startswith(b"\xff\xd8") and _is_cut_off(content):
        raise ValueError(f"{str(path)!r} is a JPEG picture without its end: copy or download it again")
    return content


def _is_cut_off(jpeg: bytes) -> bool:
    """Return whether the mark for the end (FF D9) is missing after the mark for the pixels (FF DA)."""
    at = 2
    # Step over the headers by their lengths: a preview in one of them has an end of its own.
    while jpeg[at : at + 2] not in (b"\xff\xda", b""):
        padded = jpeg[at + 1 : at + 2] == b"\xff"
        at += 1 if padded else 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg.find(b"\xff\xd9", at) < 0


def _swap_red_and_blue(image: Array) -> Array:
    """Return a picture with OpenCV's order of channels in ours, or the other way round."""
    if image.ndim == 2:
        return image
    order = [2, 1, 0, 3][: image.shape[2]]
    return np.ascontiguousarray(image[:, :, order])


def _check_fits(image: Array, ending: str) -> None:
    """Refuse what a format would change without a word."""
    if getattr(image, "dtype", None) not in (np.uint8, np.uint16):
        got = getattr(image, "dtype", type(image).__name__)
        raise TypeError(
            f"image must hold uint8 (or uint16), got {got}: scale it to 0 to 255, then "
            "np.rint(image).astype(np.uint8)"
        )
    shape = image.shape
    if image.size == 0 or not (len(shape) == 2 or (len(shape) == 3 and shape[2] in (3, 4))):
        raise ValueError(
            f"image has shape (height, width), (height, width, 3) or (height, width, 4), got {shape}"
        )
    if image.dtype == np.uint16 and ending not in _WITH_16_BITS:
        raise ValueError(f"{ending} holds 8 bits, got uint16: use .png, or divide by 256")
    if len(shape) == 3 and shape[2] == 4 and ending not in _WITH_ALPHA:
        raise ValueError(f"{ending} has no alpha, and the picture has: use .png, or image[:, :, :3]")


def _quality_options(quality: int, ending: str) -> list[int]:
    import cv2

    if ending not in _LOSSY:
        raise ValueError(f"{ending} has no quality, it loses nothing: leave quality out, or use .jpg")
    quality = checked_int(quality, "quality", minimum=1)
    if quality > 100:
        raise ValueError(f"quality must be at most 100, got {quality}")
    flag = cv2.IMWRITE_WEBP_QUALITY if ending == ".webp" else cv2.IMWRITE_JPEG_QUALITY
    return [flag, quality]


def _checked_alpha(alpha: ArrayLike, shape: Shape) -> Array:
    alpha = checked_array(alpha, "alpha")
    if alpha.ndim and alpha.shape != shape[:2]:
        hint = f"one number, or one for each pixel: {shape[:2]}"
        raise ValueError(f"alpha has shape {alpha.shape}, and the picture {shape}: give {hint}")
    if alpha.min() < 0 or alpha.max() > 1:
        raise ValueError(
            f"alpha must be from 0 to 1, got {alpha.min():g} to {alpha.max():g}: divide it by 255?"
        )
    return alpha[:, :, None] if alpha.ndim == 2 and len(shape) == 3 else alpha
