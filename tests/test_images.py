"""images.py against mixes worked by hand, OpenCV and scikit-image, and files that are broken in every way."""

import pathlib
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.images import blend, read_image, region, write_image

cv2 = pytest.importorskip("cv2")

bytes_pictures = arrays(np.uint8, (3, 4, 3))
shares = st.floats(0, 1)


@pytest.fixture
def photo(rng):
    """A smooth picture, so that JPEG keeps it well."""
    noise = rng.uniform(0, 255, size=(48, 64, 3)).astype(np.float32)
    return np.rint(cv2.GaussianBlur(noise, (0, 0), 4)).astype(np.uint8)


def orientation(jpeg, turn):
    """Return the bytes of a JPEG file with a note on how the camera was held."""
    entry = b"\x01\x12\0\x03\0\0\0\x01\0" + bytes([turn]) + b"\0\0"
    exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x01" + entry + bytes(4)
    return jpeg[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + jpeg[2:]


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-blend", "hand")
def test_mixes_worked_by_hand():
    first, second = np.uint8([[200, 0], [10, 11]]), np.uint8([[100, 255], [20, 11]])
    # three quarters of the first, one of the second; 63.75 and 12.5 are rounded, 12.5 to the even number
    assert blend(first, second, 0.25).tolist() == [[175, 64], [12, 11]]
    # a mask: all of the first, all of the second, half, anything
    assert blend(first, second, [[0, 1], [0.5, 0.3]]).tolist() == [[200, 255], [15, 11]]
    colour = blend(np.zeros((1, 2, 3)), np.full((1, 2, 3), [10.0, 20, 30]), [[0.5, 1]])
    assert colour.tolist() == [[[5, 10, 15], [10, 20, 30]]]


@pytest.mark.judge("eq-blend", "library")
@given(bytes_pictures, bytes_pictures, shares)
def test_blend_agrees_with_opencv(first, second, alpha):
    expected = cv2.addWeighted(first, 1 - alpha, second, alpha, 0)
    assert_allclose(blend(first, second, alpha).astype(int), expected, atol=1)  # OpenCV rounds floats


@pytest.mark.judge("eq-blend", "library")
def test_blend_with_a_mask_agrees_with_opencv(rng):
    first, second = rng.normal(size=(2, 20, 30)).astype(np.float32)
    alpha = rng.uniform(size=(20, 30)).astype(np.float32)
    expected = cv2.blendLinear(first, second, 1 - alpha, alpha)
    assert_allclose(blend(first, second, alpha), expected, atol=1e-4)


@pytest.mark.judge("eq-blend", "law")
@given(bytes_pictures, bytes_pictures, shares)
def test_a_blend_lies_between_and_turns_round(first, second, alpha):
    mix = blend(first.astype(float), second, alpha)
    assert np.all(mix >= np.minimum(first, second) - 1e-9)
    assert np.all(mix <= np.maximum(first, second) + 1e-9)
    assert_allclose(mix, blend(second.astype(float), first, 1 - alpha), atol=1e-9)
    assert_array_equal(blend(first, second, 0), first)
    assert_array_equal(blend(first, second, 1), second)
    assert_array_equal(blend(first, first, alpha), first)


# ---- blend ----------------------------------------------------------------------------------------


def test_the_kind_of_number_of_a_blend():
    bytes_, floats = np.zeros((2, 2), np.uint8), np.zeros((2, 2), np.float32)
    assert blend(bytes_, bytes_, 0.5).dtype == np.uint8
    assert blend(bytes_, floats, 0.5).dtype == np.float64
    assert blend(floats, floats, 0.5).dtype == np.float32
    assert blend(floats, floats, np.full((2, 2), 0.5)).dtype == np.float32
    assert blend([[1, 2]], [[3, 4]], 0.5).tolist() == [[2, 3]]


@pytest.mark.parametrize(
    ("first", "second", "alpha", "error", "message"),
    [
        ([[1, 2]], [[1]], 0.5, ValueError, r"second has shape \(1, 2\), got \(1, 1\): blend pictures of one"),
        ([[1, 2]], [[1, 2]], 1.5, ValueError, "alpha must be from 0 to 1, got 1.5 to 1.5: divide it by 255"),
        ([[1, 2]], [[1, 2]], [[-1, 0]], ValueError, "alpha must be from 0 to 1, got -1 to 0"),
        (
            [[1, 2]],
            [[1, 2]],
            [1, 0],
            ValueError,
            r"alpha has shape \(2,\), and the picture \(1, 2\): give one",
        ),
        ([[[1, 2]]], [[[1, 2]]], [[[1, 0]]], ValueError, r"alpha has shape \(1, 1, 2\)"),
        ([[np.nan]], [[1]], 0.5, ValueError, "first must hold finite numbers"),
        ([["a"]], [[1]], 0.5, TypeError, "first must hold real numbers"),
        ([[1]], [[1]], "half", TypeError, "alpha must hold real numbers"),
        ([[]], [[]], 0.5, ValueError, "first is empty"),
        (
            [1, 2],
            [3, 4],
            0.5,
            ValueError,
            r"first has two or three axes, got shape \(2,\): blend grey or col",
        ),
    ],
)
def test_a_bad_blend_is_explained(first, second, alpha, error, message):
    with pytest.raises(error, match=message):
        blend(first, second, alpha)


# ---- reading and writing --------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".png", ".bmp", ".tiff", ".TIF", ".webp"])
def test_what_is_written_without_loss_is_read_as_it_was(tmp_path, photo, ending):
    path = tmp_path / f"photo{ending}"
    assert write_image(path, photo) == path.stat().st_size
    assert_array_equal(read_image(path), photo)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_bits_and_alpha_stay_when_asked_for(tmp_path, rng, shape, dtype):
    image = rng.integers(0, np.iinfo(dtype).max, size=shape, dtype=dtype, endpoint=True)
    write_image(tmp_path / "kept.png", image)
    assert_array_equal(read_image(tmp_path / "kept.png", mode="unchanged"), image)
    assert read_image(tmp_path / "kept.png").shape == (5, 7, 3)
    assert read_image(tmp_path / "kept.png", mode="grey").shape == (5, 7)
    assert read_image(tmp_path / "kept.png", mode="grey").dtype == np.uint8


def test_scikit_image_reads_the_same_colours(tmp_path, photo):
    io = pytest.importorskip("skimage.io")
    write_image(tmp_path / "photo.png", photo)
    assert_array_equal(io.imread(tmp_path / "photo.png"), photo)


def test_the_channels_are_in_order(tmp_path):
    reddish = np.full((8, 8, 4), (200, 100, 50, 25), np.uint8)
    write_image(tmp_path / "red.png", reddish)
    assert cv2.imread(str(tmp_path / "red.png"), cv2.IMREAD_UNCHANGED)[0, 0].tolist() == [50, 100, 200, 25]
    assert read_image(tmp_path / "red.png")[0, 0].tolist() == [200, 100, 50]
    assert read_image(tmp_path / "red.png").flags.c_contiguous  # OpenCV's functions want it


@pytest.mark.parametrize("ending", [".jpg", ".JPEG", ".webp"])
def test_quality_trades_bytes_for_likeness(tmp_path, photo, ending):
    path = tmp_path / f"photo{ending}"
    sizes, losses = [], []
    for quality in (5, 50, 95):
        sizes.append(write_image(path, photo, quality=quality))
        losses.append(cv2.PSNR(read_image(path), photo))
    assert sizes == sorted(set(sizes))
    assert losses == sorted(set(losses))


def test_the_camera_is_turned_but_not_when_unchanged(tmp_path, photo):
    write_image(tmp_path / "held.jpg", photo)
    plain = read_image(tmp_path / "held.jpg")
    held = tmp_path / "held.jpg"
    held.write_bytes(orientation(held.read_bytes(), 6))
    assert_array_equal(read_image(held), np.rot90(plain, -1))
    assert read_image(held, mode="grey").shape == (64, 48)
    assert_array_equal(read_image(held, mode="unchanged"), plain)


@pytest.fixture
def broken(tmp_path, photo):
    """A folder of files that are not whole pictures, and paths of some that are."""
    write_image(tmp_path / "good.jpg", photo)
    write_image(tmp_path / "good.png", photo)
    jpeg, png = (tmp_path / "good.jpg").read_bytes(), (tmp_path / "good.png").read_bytes()
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.png").write_text("not a picture")
    (tmp_path / "half.png").write_bytes(png[: len(png) // 2])
    (tmp_path / "half.jpg").write_bytes(jpeg[: len(jpeg) // 2])
    (tmp_path / "head.jpg").write_bytes(jpeg[:40])
    # a header of 60000 × 60000 pixels, more than OpenCV will hold
    size = struct.pack(">II", 60000, 60000) + png[24:29]
    (tmp_path / "huge.png").write_bytes(
        png[:16] + size + struct.pack(">I", zlib.crc32(b"IHDR" + size)) + png[33:]
    )
    (tmp_path / "shaved.jpg").write_bytes(jpeg[:-1])
    # a preview with an end of its own in a header does not count as the end
    comment = b"\xff\xfe\x00\x08\xff\xda\xff\xd9!!"
    (tmp_path / "preview.jpg").write_bytes(jpeg[:2] + comment + jpeg[2 : len(jpeg) // 2])
    return tmp_path


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        ("none.jpg", FileNotFoundError, "there is no file '.*none.jpg': check the spelling, and the folder"),
        ("empty.jpg", ValueError, "'.*empty.jpg' is empty: copy or download it again"),
        ("text.png", ValueError, "'.*text.png' is no picture that can be read: it is damaged, or something"),
        ("half.png", ValueError, "'.*half.png' is no picture that can be read"),
        ("huge.png", ValueError, "'.*huge.png' is no picture that can be read"),
        ("half.jpg", ValueError, "'.*half.jpg' is a JPEG picture without its end: copy or download it again"),
        ("head.jpg", ValueError, "without its end"),
        ("shaved.jpg", ValueError, "without its end"),
        ("preview.jpg", ValueError, "without its end"),
    ],
)
def test_a_bad_file_is_explained(broken, name, error, message):
    with pytest.raises(error, match=message):
        read_image(broken / name)


def test_a_whole_file_is_never_called_cut_off(broken):
    jpeg = (broken / "good.jpg").read_bytes()
    expected = read_image(broken / "good.jpg")
    for name, content in {
        "padded.jpg": jpeg[:2] + b"\xff\xff\xff" + jpeg[2:],  # any number of FF may stand before a mark
        "film.jpg": jpeg + b"\xff\xda a film may follow",
        "preview.jpg": jpeg[:2] + b"\xff\xfe\x00\x08\xff\xda\xff\xd9!!" + jpeg[2:],
    }.items():
        (broken / name).write_bytes(content)
        assert_array_equal(read_image(broken / name), expected, err_msg=name)


def test_a_folder_is_no_picture(tmp_path):
    with pytest.raises(OSError, match=r"directory|denied"):
        read_image(tmp_path)


@pytest.mark.parametrize("function", [read_image, lambda path: write_image(path, np.zeros((2, 2), np.uint8))])
def test_what_is_no_path_is_explained(function):
    with pytest.raises(TypeError, match=r"path must be a text or a Path, got 7: try 'photo.png'"):
        function(7)


def test_an_unknown_mode_is_explained(broken):
    with pytest.raises(ValueError, match="mode must be one of 'colour', 'grey', 'unchanged', got 'gray'"):
        read_image(broken / "good.png", mode="gray")


picture = np.zeros((4, 5, 3), np.uint8)


@pytest.mark.parametrize(
    ("name", "image", "quality", "error", "message"),
    [
        ("a.xyz", picture, None, ValueError, r"cannot write a picture as '.xyz' \(a.xyz\): use .png"),
        ("a", picture, None, ValueError, r"cannot write a picture as '' \(a\)"),
        # OpenCV writes these, and a picture would lose its colours or its numbers
        ("a.pgm", picture, None, ValueError, r"cannot write a picture as '.pgm' \(a.pgm\)"),
        ("a.avif", picture, None, ValueError, "cannot write a picture as '.avif'"),
        (
            "a.webp",
            np.zeros((2, 17000, 3), np.uint8),
            None,
            ValueError,
            r"webp cannot hold a picture of shape \(2, 17000, 3\): use .png, or make it smaller",
        ),
        ("no/a.png", picture, None, FileNotFoundError, "there is no folder '.*no': make it first"),
        ("a.png", picture / 255, None, TypeError, r"got float64: scale it to 0 to 255, then np.rint"),
        ("a.png", [[1]], None, TypeError, r"image must hold uint8 \(or uint16\), got list"),
        ("a.png", picture[0, 0], None, ValueError, r"image has shape \(height, width\), .*, got \(3,\)"),
        ("a.png", picture[..., :2], None, ValueError, r"got \(4, 5, 2\)"),
        ("a.png", picture[None], None, ValueError, r"got \(1, 4, 5, 3\)"),
        ("a.png", picture[:0], None, ValueError, r"got \(0, 5, 3\)"),
        ("a.jpg", picture.astype(np.uint16), None, ValueError, "jpg holds 8 bits, got uint16: use .png, or"),
        ("a.jpg", np.zeros((4, 5, 4), np.uint8), None, ValueError, "jpg has no alpha, and the picture has"),
        ("a.png", picture, 90, ValueError, "png has no quality, it loses nothing: leave quality out"),
        ("a.jpg", picture, 101, ValueError, "quality must be at most 100, got 101"),
        ("a.jpg", picture, 0, ValueError, "quality must be at least 1, got 0"),
        ("a.jpg", picture, 90.5, TypeError, "quality must be a whole number"),
    ],
)
def test_a_bad_write_is_explained_and_leaves_nothing(tmp_path, name, image, quality, error, message):
    with pytest.raises(error, match=message):
        write_image(tmp_path / name, image, quality=quality)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_file(tmp_path):
    write_image(tmp_path / "a.png", picture)
    with pytest.raises(TypeError):
        write_image(tmp_path / "a.png", picture / 2)
    assert_array_equal(read_image(tmp_path / "a.png"), picture)


def test_a_path_may_be_a_text(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_image("here.png", picture)
    assert pathlib.Path("here.png").is_file()
    assert_array_equal(read_image("here.png"), picture)


# ---- regions --------------------------------------------------------------------------------------


def test_a_region_is_a_view_with_x_before_y():
    image = np.arange(20).reshape(4, 5)
    part = region(image, left=3, top=1, width=2, height=3)
    assert part.tolist() == [[8, 9], [13, 14], [18, 19]]
    part[:] = 0
    assert image.sum() == np.arange(20).sum() - (8 + 9 + 13 + 14 + 18 + 19)
    assert region(image, 0, 0, 5, 4).shape == (4, 5)
    assert region(np.zeros((4, 5, 3)), 0, 0, 1, 2).shape == (2, 1, 3)


@pytest.mark.parametrize(
    ("box", "error", "message"),
    [
        ((4, 0, 2, 1), ValueError, "the region ends at column 6 and row 1, the picture at 5 and 4: make the"),
        ((0, 3, 1, 2), ValueError, "the region ends at column 1 and row 5"),
        ((-1, 0, 1, 1), ValueError, "left must be at least 0, got -1"),
        ((0, -1, 1, 1), ValueError, "top must be at least 0, got -1"),
        ((0, 0, 0, 1), ValueError, "width must be at least 1, got 0"),
        ((0, 0, 1, 0), ValueError, "height must be at least 1, got 0"),
        ((0.5, 0, 1, 1), TypeError, "left must be a whole number, got 0.5"),
    ],
)
def test_a_bad_region_is_explained(box, error, message):
    with pytest.raises(error, match=message):
        region(np.zeros((4, 5)), *box)


@pytest.mark.parametrize("image", [[[1, 2]], np.zeros(5)])
def test_a_region_needs_a_picture(image):
    with pytest.raises(TypeError, match=r"image must be an array of shape \(height, width, ...\), got"):
        region(image, 0, 0, 1, 1)
