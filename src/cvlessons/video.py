"""Videos, frame by frame: reading, seeking, writing, and what changed between two frames.

Chapter: ``book/video.md`` (slide 22).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from cvlessons._types import Array, ArrayLike, PathLike, Shape
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["difference_mask", "frame_at", "frames", "properties", "write_video"]


def frames(path: PathLike, *, start: int = 0, stop: int | None = None, step: int = 1) -> Iterator[Array]:
    """Yield the frames of a video, one at a time, and let go of the file however the loop ends.

    Parameters
    ----------
    path : str or path-like
    start, stop, step : int
        As in ``range``: the first frame, the frame before which to stop (by default the end), and the
        stride. What is left out is skipped, not stored.

    Yields
    ------
    ndarray of shape (height, width, 3)
        uint8: red, green, blue.

    Raises
    ------
    TypeError
        If `path` is no path, or a number is not whole.
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file is no video that can be read, has no frame at `start`, or a frame is damaged. As with
        every generator, an error comes when the first frame is asked for.

    References
    ----------
    OpenCV, "Getting Started with Videos", https://docs.opencv.org/4.x/dd/d43/tutorial_py_video_display.html.

    Examples
    --------
    >>> from cvlessons.datasets import data_path
    >>> sum(1 for frame in frames(data_path("video/vtest_120f.mp4"), step=10))
    12
    """
    import cv2

    start, step = checked_int(start, "start", minimum=0), checked_int(step, "step", minimum=1)
    stop = None if stop is None else checked_int(stop, "stop", minimum=start + 1)
    capture = _opened(path)
    try:
        index = 0
        while (stop is None or index < stop) and capture.grab():
            if index >= start and (index - start) % step == 0:
                found, frame = capture.retrieve()
                if not found:
                    raise ValueError(f"frame {index} of {str(path)!r} cannot be decoded: the file is damaged")
                yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
            index += 1
        if index <= start:
            raise ValueError(f"{str(path)!r} has {index} frames, got start={start}: start earlier")
    finally:
        capture.release()


def properties(path: PathLike) -> dict[str, float]:
    """Return what the header of a video says about it. None of it is measured.

    Parameters
    ----------
    path : str or path-like

    Returns
    -------
    dict
        ``width`` and ``height`` in pixels, ``fps`` in frames a second, ``frame_count``, and ``codec``,
        four letters.

    Raises
    ------
    TypeError, FileNotFoundError, ValueError
        As `frames`.

    Examples
    --------
    >>> from cvlessons.datasets import data_path
    >>> properties(data_path("video/vtest_120f.mp4"))
    {'width': 576, 'height': 432, 'fps': 10.0, 'frame_count': 120, 'codec': 'FMP4'}
    """
    import cv2

    capture = _opened(path)
    try:
        return {
            "width": int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)),
            "height": int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT)),
            "fps": capture.get(cv2.CAP_PROP_FPS),
            "frame_count": int(capture.get(cv2.CAP_PROP_FRAME_COUNT)),
            "codec": int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1"),
        }
    finally:
        capture.release()


def frame_at(path: PathLike, index: int) -> Array:
    """Return one frame of a video by seeking: without decoding all that stand before it.

    Parameters
    ----------
    path : str or path-like
    index : int
        Counted from 0.

    Returns
    -------
    ndarray of shape (height, width, 3)
        uint8: red, green, blue.

    Raises
    ------
    TypeError, FileNotFoundError
        As `frames`.
    ValueError
        As `frames`; also if there is no such frame.

    Examples
    --------
    >>> from cvlessons.datasets import data_path
    >>> frame_at(data_path("video/vtest_120f.mp4"), 100).shape
    (432, 576, 3)
    """
    import cv2

    index = checked_int(index, "index", minimum=0)
    capture = _opened(path)
    try:
        capture.set(cv2.CAP_PROP_POS_FRAMES, index)
        there = int(capture.get(cv2.CAP_PROP_POS_FRAMES)) == index  # OpenCV stops at the end, silently
        found, frame = capture.read() if there else (False, None)
        if not found:
            count = int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
            raise ValueError(f"{str(path)!r} has no frame {index}: its header counts {count}, from 0")
        return cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
    finally:
        capture.release()


def write_video(path: PathLike, frames: Iterable[Array], *, fps: float, codec: str = "mp4v") -> int:
    """Write frames into a video and return how many.

    Parameters
    ----------
    path : str or path-like
        Its ending chooses the container: .mp4, .avi. A file that was there is replaced, and only
        after the last frame is written.
    frames : iterable of ndarrays of shape (height, width, 3)
        uint8: red, green, blue. All of one size, height and width even: most codecs halve the colours,
        and OpenCV would cut off the odd row or column.
    fps : number
        How many of them make a second.
    codec : str of four letters, default "mp4v"
        Which codecs there are depends on how OpenCV was built.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If `path` is no path, `frames` cannot be looped over, or a frame is not an array of uint8.
    FileNotFoundError
        If there is no such folder.
    ValueError
        If there are no frames, a frame has another shape than the first, or an odd size, `fps` is not
        above 0, `codec` does not have four letters, or the codec does not go with the container.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_video(f"{folder}/black.mp4", [np.zeros((48, 64, 3), np.uint8)] * 5, fps=10)
    5
    """
    path, fps = _checked_path(path), checked_number(fps, "fps", above=0)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {str(path.parent)!r}: make it first, or use another")
    if not isinstance(codec, str) or len(codec) != 4:
        raise ValueError(f"codec must be four letters, got {codec!r:.60}: try 'mp4v'")
    if not isinstance(frames, Iterable):
        raise TypeError(f"frames must be a list or a generator of frames, got {frames!r:.60}: try [frame]")
    unfinished = path.with_name(f"unfinished-{path.name}")
    try:
        count = _write_all(unfinished, frames, fps, codec)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return count


def difference_mask(
    previous: ArrayLike, current: ArrayLike, following: ArrayLike, *, threshold: float = 25
) -> Array:
    """Return where a frame differs both from the one before it and from the one after it.

    Formula: eq-frame-difference

    Parameters
    ----------
    previous, current, following : array_like of shape (height, width)
        Grey levels of three frames.
    threshold : number, default 25
        A difference must be above it, in grey levels. At least 0.

    Returns
    -------
    ndarray of shape (height, width), bool

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the frames differ in shape, are empty, hold NaN or infinity, or the threshold is below 0.

    References
    ----------
    R. T. Collins et al., "A system for video surveillance and monitoring", CMU-RI-TR-00-12, 2000.

    Examples
    --------
    A bright pixel walks to the right. Two frames would show it twice, where it was and where it is.

    >>> difference_mask([[99, 0, 0]], [[0, 99, 0]], [[0, 0, 99]])
    array([[False,  True, False]])
    """
    current = checked_array(current, "current", ("height", "width"))
    previous = checked_array(previous, "previous", current.shape, hint="frames of one video have one size")
    following = checked_array(following, "following", current.shape, hint="frames of one video have one size")
    threshold = checked_number(threshold, "threshold", minimum=0)
    return (np.abs(current - previous) > threshold) & (np.abs(following - current) > threshold)


def _checked_path(path: PathLike) -> Path:
    try:
        return Path(path)
    except TypeError as error:
        raise TypeError(f"path must be a text or a Path, got {path!r:.60}: try 'video.mp4'") from error


def _opened(path: PathLike) -> Any:
    """Return a capture of a file that is there and that OpenCV can open."""
    import cv2

    file = _checked_path(path)
    if not file.is_file():
        cure = "check the spelling, and the folder you are in"
        raise FileNotFoundError(f"there is no file {str(path)!r}: {cure}")
    capture = cv2.VideoCapture(str(file))
    if not capture.isOpened():
        raise ValueError(
            f"{str(path)!r} is no video that can be read: it is damaged or cut off, something else, or in a "
            "format that this OpenCV does not know"
        )
    return capture


def _write_all(path: Path, frames: Iterable[Array], fps: float, codec: str) -> int:
    """Write each frame, the first of which says how large all are."""
    writer, shape, count = None, None, 0
    try:
        for count, frame in enumerate(frames, start=1):
            shape = _checked_shape(frame, count, shape)
            writer = writer or _opened_writer(path, fps, codec, shape)
            writer.write(frame[:, :, ::-1].copy())
    finally:
        if writer is not None:
            writer.release()
    if count == 0:
        raise ValueError("frames is empty: give at least one (a generator that was used up gives none)")
    return count


def _checked_shape(frame: Array, number: int, shape: Shape | None) -> Shape:
    """Return the frame's shape; OpenCV would drop a frame of another one, or an odd row, without a word."""
    if getattr(frame, "dtype", None) != np.uint8:
        got = getattr(frame, "dtype", type(frame).__name__)
        raise TypeError(
            f"frame {number} must be an array of uint8, got {got}: np.rint(frame).astype(np.uint8)"
        )
    wanted = shape or ("height", "width", 3)
    if frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0 or (shape and frame.shape != shape):
        spelt = ", ".join(map(str, wanted))
        raise ValueError(
            f"frame {number} has shape ({spelt}), got {frame.shape}: make all frames of one size"
        )
    if frame.shape[0] % 2 or frame.shape[1] % 2:
        raise ValueError(
            f"height and width must be even, got {frame.shape[:2]}: cut off a row or column, or add one"
        )
    return frame.shape


def _opened_writer(path: Path, fps: float, codec: str, shape: Shape) -> Any:
    import cv2

    height, width, _ = shape
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (width, height))
    if not writer.isOpened():
        raise ValueError(
            f"this OpenCV cannot write the codec {codec!r} into {path.suffix!r}: try 'mp4v' with .mp4, or "
            "'MJPG' with .avi"
        )
    return writer
