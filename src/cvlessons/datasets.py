"""The data of the book: digits, clothes, small photographs, photos by name, videos, weights, results.

Every file lies inside the package and is compared with its SHA-256 checksum whenever it is read, so
that a chapter never computes with damaged data. Each call returns new arrays: write into them as you
like, the next call starts from the file again.

This is the only module that reads data.
"""

import difflib
import functools
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from cvlessons._types import Array
from cvlessons._validate import checked_choice

__all__ = [
    "CLASS_NAMES",
    "PHOTOS",
    "data_path",
    "load_cifar10",
    "load_easy_vqa",
    "load_fashion_mnist",
    "load_marks",
    "load_mnist",
    "load_photo",
    "load_results",
    "load_stereo",
    "load_table",
    "load_weights",
]

# (x_train, y_train), (x_test, y_test)
Splits = tuple[tuple[Array, Array], tuple[Array, Array]]

CLASS_NAMES = {
    "mnist": tuple("0123456789"),
    "fashion_mnist": (
        "T-shirt/top",
        "trouser",
        "pullover",
        "dress",
        "coat",
        "sandal",
        "shirt",
        "sneaker",
        "bag",
        "ankle boot",
    ),
    "cifar10": (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    ),
}
"""The ten names of each data set; the label k stands for the name at index k."""

_PHOTO_FILES = {
    "astronaut": "photos/skimage_astronaut.webp",
    "box": "photos/opencv_box.png",
    "box_in_scene": "photos/opencv_box_in_scene.png",
    "butterfly": "photos/opencv_butterfly.jpg",
    "cat": "photos/skimage_chelsea.png",
    "chessboard": "photos/opencv_chessboard.png",
    "coffee": "photos/skimage_coffee.webp",
    "coins": "photos/skimage_coins.png",
    "ducks": "swans/ducks_on_beam.jpg",
    "fruits": "photos/opencv_fruits.jpg",
    "home": "photos/opencv_home.jpg",
    "licenseplate_motion": "photos/opencv_licenseplate_motion.jpg",
    "lincoln": "photos/lincoln_16x12.png",
    "smarties": "photos/opencv_smarties.png",
    "solvay_1927": "photos/solvay_1927.jpg",
    "starry_night": "photos/opencv_starry_night.jpg",
    "sudoku": "photos/opencv_sudoku.png",
    "swan": "swans/mute_swan_swimming.png",
}

PHOTOS = tuple(sorted(_PHOTO_FILES))
"""The names that `load_photo` knows."""

_DATA = resources.files("cvlessons") / "data"
_CURE = "reinstall cvlessons (in a clone: git checkout -- src/cvlessons/data)"


def load_mnist() -> Splits:
    """Return MNIST: 70 000 handwritten digits, all of them.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images, uint8 ndarrays of shape (60000, 28, 28) and (10000, 28, 28): 0 is the black ground,
        255 the white ink. Labels, uint8 ndarrays of shape (60000,) and (10000,): the digit.

    Raises
    ------
    OSError
        If the file of the package is missing or damaged.

    References
    ----------
    Y. LeCun, L. Bottou, Y. Bengio, P. Haffner, "Gradient-based learning applied to document
    recognition", Proceedings of the IEEE 86(11), 1998.

    Examples
    --------
    >>> (x_train, y_train), (x_test, y_test) = load_mnist()
    >>> x_train.shape, y_train[:5].tolist()
    ((60000, 28, 28), [5, 0, 4, 1, 9])
    """
    return _split(_load_npz("digits/mnist.npz"))


def load_fashion_mnist() -> Splits:
    """Return a part of Fashion-MNIST: the first 1000 training and 200 test pictures of each class.

    The names of the classes are ``CLASS_NAMES["fashion_mnist"]``.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images, uint8 ndarrays of shape (10000, 28, 28) and (2000, 28, 28). Labels, uint8 ndarrays
        of shape (10000,) and (2000,).

    Raises
    ------
    OSError
        If the file of the package is missing or damaged.

    References
    ----------
    H. Xiao, K. Rasul, R. Vollgraf, "Fashion-MNIST: a novel image dataset for benchmarking machine
    learning algorithms", arXiv:1708.07747, 2017.

    Examples
    --------
    >>> (x_train, y_train), _ = load_fashion_mnist()
    >>> CLASS_NAMES["fashion_mnist"][y_train[0]]
    'ankle boot'
    """
    return _split(_load_npz("digits/fashion_mnist_10k_2k.npz"))


def load_cifar10(*, full: bool = False) -> Splits:
    """Return CIFAR-10: small colour photographs of ten kinds of animals and vehicles.

    The names of the classes are ``CLASS_NAMES["cifar10"]``.

    Parameters
    ----------
    full : bool, default False
        False returns the part that comes with the package: the first 1000 training and 200 test
        pictures of each class. True returns all of it through Keras, which downloads 170 MB the
        first time and keeps them in its own folder.

    Returns
    -------
    (x_train, y_train), (x_test, y_test)
        Images, RGB, uint8 ndarrays of shape (10000, 32, 32, 3) and (2000, 32, 32, 3), or with `full`
        (50000, 32, 32, 3) and (10000, 32, 32, 3). Labels, uint8 ndarrays of shape (n,).

    Raises
    ------
    OSError
        If a file of the package is missing or damaged, or the full set cannot be fetched: then no
        half-written file is left behind.
    ImportError
        If `full` is asked for and Keras is not installed.
    ValueError
        If `full` is neither True nor False.

    References
    ----------
    A. Krizhevsky, "Learning multiple layers of features from tiny images", technical report,
    University of Toronto, 2009.

    Examples
    --------
    >>> (x_train, y_train), _ = load_cifar10()
    >>> x_train.shape, CLASS_NAMES["cifar10"][y_train[0]]
    ((10000, 32, 32, 3), 'frog')
    """
    if checked_choice(full, "full", (True, False)):
        return _load_full_cifar10()
    labels = _load_npz("objects/cifar10_labels_10k_2k.npz")
    x_train = _cut_mosaic(_decode("objects/cifar10_train_10k.webp"))
    x_test = _cut_mosaic(_decode("objects/cifar10_test_2k.webp"))
    return (x_train, labels["y_train"]), (x_test, labels["y_test"])


def load_photo(name: str, *, grey: bool = False) -> Array:
    """Return one of the photos of the book.

    Parameters
    ----------
    name : str
        One of `PHOTOS`.
    grey : bool, default False
        Whether to return grey levels in place of colours.

    Returns
    -------
    ndarray of shape (height, width, 3), or (height, width) if `grey`
        uint8, the channels red, green, blue.

    Raises
    ------
    TypeError
        If `name` is not a text.
    ValueError
        If there is no photo of that name, or `grey` is neither True nor False.
    OSError
        If the file of the package is missing or damaged.

    Examples
    --------
    >>> load_photo("fruits").shape
    (480, 512, 3)
    >>> load_photo("lincoln", grey=True)[0, :4].tolist()
    [157, 153, 174, 168]
    """
    if not isinstance(name, str):
        raise TypeError(f"name must be a text, got {name!r}: try 'fruits'")
    if name not in _PHOTO_FILES:
        near = difflib.get_close_matches(name.lower(), PHOTOS, n=1)
        guess = f": did you mean {near[0]!r}?" if near else "."
        raise ValueError(f"there is no photo {name!r}{guess} There are {', '.join(PHOTOS)}")
    grey = checked_choice(grey, "grey", (True, False))
    return _decode(_PHOTO_FILES[name], grey=grey)


def load_table() -> Array:
    """Return the table of slide 10: a face as 16 rows of 12 grey levels.

    Returns
    -------
    ndarray of shape (16, 12)
        uint8.

    Raises
    ------
    OSError
        If the file of the package is missing or damaged.

    References
    ----------
    Slide 10 of the workshop.

    Examples
    --------
    >>> load_table()[0, :4].tolist()
    [157, 153, 174, 168]
    """
    text = io.BytesIO(_read("photos/lincoln_16x12.csv"))
    return np.loadtxt(text, delimiter=",", dtype=np.uint8)


def load_stereo() -> tuple[Array, Array, Array]:
    """Return two photographs of a plant, taken side by side, and how far each pixel moved between them.

    Returns
    -------
    left, right : ndarrays of shape (1110, 1282, 3)
        uint8, the channels red, green, blue.
    disparity : ndarray of shape (1110, 1282)
        uint8, in pixels: a point at column x of `left` lies at column x - disparity of `right`. 0 where
        it is not known.

    Raises
    ------
    OSError
        If a file of the package is missing or damaged.

    References
    ----------
    H. Hirschmüller, D. Scharstein, "Evaluation of cost functions for stereo matching", CVPR 2007: the
    data set Aloe of Middlebury 2006.

    Examples
    --------
    >>> left, right, disparity = load_stereo()
    >>> left.shape, disparity.shape
    ((1110, 1282, 3), (1110, 1282))
    """
    left, right = (_decode(f"stereo/{name}") for name in ("aloeL.jpg", "aloeR.jpg"))
    return left, right, _decode("stereo/aloeGT.png", grey=True)


def load_easy_vqa() -> tuple[Any, ...]:
    """Return easy-VQA: small drawings of one shape each, and questions about them with their answers.

    Returns
    -------
    train, test : dicts
        ``images``: uint8 ndarray of shape (n, 64, 64, 3), red, green and blue; n is 4000 and 1000.
        ``questions``: list of texts. ``image_of``: the index of the picture of each question.
        ``answers``: the index of the answer to each question.
    answer_names : tuple of str
        The thirteen answers.

    Raises
    ------
    OSError
        If a file of the package is missing or damaged.

    References
    ----------
    V. Zhou, "Easy visual question answering", 2019, https://victorzhou.com/blog/easy-vqa/.

    Examples
    --------
    >>> train, test, answer_names = load_easy_vqa()
    >>> train["questions"][0], answer_names[train["answers"][0]]
    ('what is the blue shape?', 'rectangle')
    """
    table = _load_npz("vqa/easy_vqa_questions.npz")
    texts = table["texts"].tolist()
    parts = [
        {
            "images": _cut_mosaic(_decode(f"vqa/easy_vqa_{part}.webp"), size=64),
            "questions": [texts[index] for index in table[f"{part}_questions"]],
            "image_of": table[f"{part}_pictures"].astype(int),
            "answers": table[f"{part}_answers"].astype(int),
        }
        for part in ("train", "test")
    ]
    return *parts, tuple(table["answers"].tolist())


def load_marks(name: str) -> tuple[tuple[str, ...], Array]:
    """Return the boxes that we drew by hand around the things of a picture: the truth for a detector.

    Parameters
    ----------
    name : str
        The name of a file in the package's ``data/marks`` without its ending, such as
        ``"solvay_1927_faces"``.

    Returns
    -------
    labels : tuple of str
        What each box holds.
    boxes : ndarray of shape (n, 4)
        float64, in pixels: left, top, right, bottom.

    Raises
    ------
    ValueError
        If there are no marks of that name.
    OSError
        If the file of the package is missing or damaged.

    Examples
    --------
    >>> labels, boxes = load_marks("solvay_1927_faces")
    >>> len(labels), boxes.shape
    (29, (29, 4))
    """
    rows = _read(_named("marks", name, ".csv")).decode().splitlines()[1:]
    labels = tuple(row.split(",")[0] for row in rows)
    boxes = [[float(number) for number in row.split(",")[1:]] for row in rows]
    return labels, np.array(boxes)


def load_weights(name: str) -> dict[str, Array]:
    """Return the stored weights of a network that one of the project's scripts trained.

    ``data/weights/WEIGHTS.md`` names the script, its seed and what the network achieves.

    Parameters
    ----------
    name : str
        The name of a file in the package's ``data/weights`` without its ending.

    Returns
    -------
    dict of str to ndarray
        float32, in the order in which they were stored: in 16 bits, or, where a network has many weights, in
        8. Then the file holds whole numbers from -127 to 127 under the name, and under the name with
        ``.scale`` one float32 for each column; what is returned is their product.

    Raises
    ------
    ValueError
        If there are no weights of that name.
    OSError
        If the file of the package is missing or damaged.

    Examples
    --------
    >>> weights = load_weights("classifier")
    >>> {array.dtype.name for array in weights.values()}
    {'float32'}
    """
    arrays = _load_npz(_named("weights", name, ".npz"))
    scales = {key: arrays.pop(key) for key in list(arrays) if key.endswith(".scale")}
    # A float16 array has no scale: times 1, which changes nothing.
    return {
        key: array.astype(np.float32) * scales.get(f"{key}.scale", np.float32(1))
        for key, array in arrays.items()
    }


def load_results(name: str) -> dict[str, Any]:
    """Return what a training script of the project measured: accuracies, learning curves, confusions.

    Parameters
    ----------
    name : str
        The name of a file in the package's ``data/results`` without its ending: mostly that of the
        network, as for `load_weights`.

    Returns
    -------
    dict
        What the script wrote; its lists are lists.

    Raises
    ------
    TypeError
        If the name is no text.
    ValueError
        If there are no results of that name.
    OSError
        If the file of the package is missing or damaged.
    """
    return json.loads(_read(_named("results", name, ".json")))


def data_path(name: str) -> str:
    """Return the path of a data file, for a library that opens files itself (a video, a model).

    Parameters
    ----------
    name : str
        Folder and file, such as ``"video/vtest_120f.mp4"`` or ``"models/coco_ssd.onnx"``.

    Returns
    -------
    str

    Raises
    ------
    ValueError
        If the package has no such file.
    OSError
        If the file is missing or damaged.

    Examples
    --------
    >>> data_path("video/vtest_120f.mp4").endswith("vtest_120f.mp4")
    True
    """
    _named("", name, "")
    _read(name)
    return str(_DATA / name)


def _named(folder: str, name: str, ending: str) -> str:
    """Return the file of that name in a folder of the data, if the package lists it."""
    if not isinstance(name, str):
        raise TypeError(f"name must be a text, got {name!r}")
    start = f"{folder}/" if folder else ""
    known = [file.removeprefix(start).removesuffix(ending) for file in _checksums() if file.startswith(start)]
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        guess = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
        raise ValueError(f"the package has no {folder or 'data file'} {name!r}: {guess}")
    return f"{start}{name}{ending}"


def _read(name: str) -> bytes:
    """Return the bytes of a file of the package, checked."""
    file = _DATA / name
    try:
        content = file.read_bytes()
    except OSError as error:
        raise FileNotFoundError(f"the data file {file} cannot be read ({error}): {_CURE}") from error
    if name != "SHA256SUMS" and hashlib.sha256(content).hexdigest() != _checksums().get(name):
        raise OSError(f"the data file {file} is damaged, its SHA-256 is not the one in SHA256SUMS: {_CURE}")
    return content


@functools.cache
def _checksums() -> dict[str, str]:
    """Return the SHA-256 of each file, from a list as coreutils' sha256sum writes and checks it."""
    lines = _read("SHA256SUMS").decode(errors="replace").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}


def _load_npz(name: str) -> dict[str, Array]:
    with np.load(io.BytesIO(_read(name)), allow_pickle=False) as arrays:
        return dict(arrays)


def _split(arrays: Mapping[str, Array]) -> Splits:
    return (arrays["x_train"], arrays["y_train"]), (arrays["x_test"], arrays["y_test"])


def _decode(name: str, *, grey: bool = False) -> Array:
    import cv2

    bgr = cv2.imdecode(np.frombuffer(_read(name), np.uint8), cv2.IMREAD_COLOR)
    return cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY if grey else cv2.COLOR_BGR2RGB)


def _cut_mosaic(mosaic: Array, size: int = 32) -> Array:
    """Return the pictures (n, size, size, 3) of a mosaic, row by row."""
    height, width, channels = mosaic.shape
    tiles = mosaic.reshape(height // size, size, width // size, size, channels).swapaxes(1, 2)
    return tiles.reshape(-1, size, size, channels)


def _load_full_cifar10() -> Splits:
    try:
        from keras.datasets import cifar10
    except ImportError as error:
        raise ImportError('the full CIFAR-10 needs Keras: pip install "cvlessons[keras]"') from error
    before = _keras_files()
    try:
        (x_train, y_train), (x_test, y_test) = cifar10.load_data()
    except BaseException as error:  # an interrupt, too, must not leave half a file
        _remove_new(before)
        if not isinstance(error, Exception):
            raise
        raise OSError(
            f"the full CIFAR-10 could not be fetched ({error}): look at the network and the disk and try "
            "again, or use the part that is in the package, load_cifar10()"
        ) from None
    return (_channels_last(x_train), y_train.ravel()), (_channels_last(x_test), y_test.ravel())


def _keras_files() -> dict[Path, int]:
    """Return what Keras keeps of CIFAR-10, with the time of its last change."""
    homes = {
        Path(os.environ.get("KERAS_HOME", "~/.keras")).expanduser(),
        Path(tempfile.gettempdir(), ".keras"),
    }
    return {path: path.stat().st_mtime_ns for home in homes for path in home.glob("datasets/cifar-10*")}


def _remove_new(before: Mapping[Path, int]) -> None:
    for path, changed in _keras_files().items():
        if before.get(path) != changed:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _channels_last(x: Array) -> Array:
    """Return the pictures as (n, 32, 32, 3), also when Keras is set to channels first."""
    return np.ascontiguousarray(np.moveaxis(x, 1, -1) if x.shape[1] == 3 else x)
