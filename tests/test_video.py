"""video.py against frames whose content is known, OpenCV's own parts, and files that are broken."""

import functools
import json
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_array_equal

from cvlessons.datasets import data_path
from cvlessons.video import difference_mask, frame_at, frames, properties, write_video

cv2 = pytest.importorskip("cv2")

rows = arrays(np.uint8, (3, 5))


@pytest.fixture(scope="module")
def clip():
    """Twenty frames that can be told apart by their brightness."""
    return [np.full((48, 64, 3), 10 + 12 * k, np.uint8) for k in range(20)]


@pytest.fixture(scope="module")
def film(tmp_path_factory, clip):
    """The same frames as a file."""
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    assert write_video(path, clip, fps=25) == 20
    return path


def number_of(frame):
    """Return which frame of the clip this is."""
    return round((float(frame.mean()) - 10) / 12)


class Capture:
    """A capture that remembers whether it was let go."""

    def __init__(self, made, path, real=cv2.VideoCapture):
        self.capture, self.released = real(path), 0
        made.append(self)

    def __getattr__(self, name):
        return getattr(self.capture, name)

    def release(self):
        self.released += 1
        self.capture.release()


@pytest.fixture
def watched(monkeypatch):
    made = []
    monkeypatch.setattr(cv2, "VideoCapture", functools.partial(Capture, made))
    return made


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-frame-difference", "hand")
def test_three_frames_by_hand():
    before, now, after = [[0, 9, 5, 5]], [[9, 9, 8, 5]], [[0, 0, 8, 9]]
    # 9 and 9; 0 and 9; 3 and 0; 0 and 4: only the first changed both times
    assert difference_mask(before, now, after, threshold=2).tolist() == [[True, False, False, False]]
    # the difference must be above the threshold, not at it
    assert not difference_mask([[0]], [[9]], [[0]], threshold=9).any()
    assert difference_mask([[0]], [[9]], [[0]], threshold=8.9).all()


@pytest.mark.judge("eq-frame-difference", "library")
@given(rows, rows, rows)
def test_the_mask_agrees_with_opencv(before, now, after):
    def moved(one, other):
        return cv2.threshold(cv2.absdiff(one, other), 40, 255, cv2.THRESH_BINARY)[1]

    expected = cv2.bitwise_and(moved(before, now), moved(now, after)) > 0
    assert_array_equal(difference_mask(before, now, after, threshold=40), expected)


@pytest.mark.judge("eq-frame-difference", "law")
@given(rows, rows, rows)
def test_laws_of_the_mask(before, now, after):
    mask = difference_mask(before, now, after)
    assert_array_equal(difference_mask(after, now, before), mask)  # backwards in time
    assert not difference_mask(now, now, after).any()  # what did not move
    brighter = [frame.astype(float) + 1000 for frame in (before, now, after)]
    assert_array_equal(difference_mask(*brighter), mask)  # how bright it is as a whole does not matter
    assert np.all(difference_mask(before, now, after, threshold=60) <= mask)  # a higher bar lets fewer pass


@pytest.mark.parametrize(
    ("images", "options", "error", "message"),
    [
        (
            ([[1]], [[1, 2]], [[1, 2]]),
            {},
            ValueError,
            r"previous has shape \(1, 2\), got \(1, 1\): frames of",
        ),
        (([[1, 2]], [[1, 2]], [[1]]), {}, ValueError, r"following has shape \(1, 2\), got \(1, 1\)"),
        (([1], [1], [1]), {}, ValueError, r"current has shape \(height, width\), got \(1,\)"),
        (([[1]], [[np.nan]], [[1]]), {}, ValueError, "current must hold finite numbers"),
        (([["a"]], [[1]], [[1]]), {}, TypeError, "previous must hold real numbers"),
        (([[1]], [[1]], [[1]]), {"threshold": -1}, ValueError, "threshold must be at least 0, got -1"),
        (([[1]], [[1]], [[1]]), {"threshold": "1"}, TypeError, "threshold must be a number"),
    ],
)
def test_a_bad_difference_is_explained(images, options, error, message):
    with pytest.raises(error, match=message):
        difference_mask(*images, **options)


# ---- reading --------------------------------------------------------------------------------------


def test_frames_come_in_order_and_in_rgb(film, clip, tmp_path):
    found = list(frames(film))
    assert [number_of(frame) for frame in found] == list(range(20))
    assert found[0].shape == (48, 64, 3)
    assert found[0].dtype == np.uint8
    write_video(tmp_path / "red.mp4", [np.full((48, 64, 3), (200, 60, 20), np.uint8)], fps=5)
    red, green, blue = next(frames(tmp_path / "red.mp4")).mean(axis=(0, 1))
    assert red > 150 > green > blue


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"start": 17}, [17, 18, 19]),
        ({"stop": 3}, [0, 1, 2]),
        ({"step": 8}, [0, 8, 16]),
        ({"start": 4, "stop": 9, "step": 3}, [4, 7]),
        ({"start": 18, "stop": 99}, [18, 19]),
        ({"start": 19}, [19]),
    ],
)
def test_a_part_of_the_frames(film, options, expected):
    assert [number_of(frame) for frame in frames(film, **options)] == expected


def test_the_book_s_video_by_reading_and_by_seeking():
    path = data_path("video/vtest_120f.mp4")
    found = list(frames(path, start=20, stop=28))
    for index in (27, 20, 24):  # 24 is a key frame, 20 and 27 are not
        assert_array_equal(frame_at(path, index), found[index - 20])


def test_the_frame_at_either_end(film):
    assert number_of(frame_at(film, 0)) == 0
    assert number_of(frame_at(film, 19)) == 19


def test_properties_are_those_that_were_written(film):
    said = properties(film)
    assert {key: said[key] for key in ("width", "height", "fps", "frame_count")} == {
        "width": 64,
        "height": 48,
        "fps": 25,
        "frame_count": 20,
    }
    assert len(said["codec"]) == 4


def stop_early(path):
    for _ in frames(path):
        break


def fail_inside(path):
    with pytest.raises(ZeroDivisionError):
        for _ in frames(path):
            _ = 1 / 0


def ask_beyond_the_end(path):
    with pytest.raises(ValueError, match="no frame 20"):
        frame_at(path, 20)


@pytest.mark.parametrize(
    "use",
    [
        lambda path: list(frames(path)),
        stop_early,
        fail_inside,
        properties,
        lambda path: frame_at(path, 3),
        ask_beyond_the_end,
    ],
)
def test_the_file_is_always_let_go(film, watched, use):
    use(film)
    assert [capture.released for capture in watched] == [1]


def test_nothing_is_opened_before_the_first_frame_is_asked_for(film, watched):
    stream = frames(film)
    assert watched == []
    next(stream)
    stream.close()
    assert [capture.released for capture in watched] == [1]


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"start": 20}, ValueError, "'.*film.mp4' has 20 frames, got start=20: start earlier"),
        ({"start": -1}, ValueError, "start must be at least 0, got -1"),
        ({"step": 0}, ValueError, "step must be at least 1, got 0"),
        ({"start": 5, "stop": 5}, ValueError, "stop must be at least 6, got 5"),
        ({"stop": 2.5}, TypeError, "stop must be a whole number"),
    ],
)
def test_a_bad_part_is_explained(film, options, error, message):
    with pytest.raises(error, match=message):
        list(frames(film, **options))


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (20, ValueError, "'.*film.mp4' has no frame 20: its header counts 20, from 0"),
        (500, ValueError, "no frame 500"),
        (-1, ValueError, "index must be at least 0, got -1"),
        (1.0, TypeError, "index must be a whole number"),
    ],
)
def test_a_frame_that_is_not_there(film, index, error, message):
    with pytest.raises(error, match=message):
        frame_at(film, index)


def test_a_capture_that_stops_at_the_last_frame_is_found_out(film, monkeypatch):
    class Clamping(Capture):
        """Goes to the last frame when asked for one beyond it, as some of OpenCV's back ends do."""

        def set(self, property, value):
            return self.capture.set(property, min(value, 19))

    monkeypatch.setattr(cv2, "VideoCapture", functools.partial(Clamping, []))
    assert number_of(frame_at(film, 19)) == 19
    with pytest.raises(ValueError, match="no frame 20"):
        frame_at(film, 20)


def test_a_frame_that_cannot_be_decoded_is_no_end(film, monkeypatch):
    class Damaged(Capture):
        """Finds the frames, and can decode none."""

        def retrieve(self):
            return False, None

    monkeypatch.setattr(cv2, "VideoCapture", functools.partial(Damaged, []))
    with pytest.raises(ValueError, match=r"frame 4 of '.*film.mp4' cannot be decoded: the file is damaged"):
        next(frames(film, start=4))


READERS = [lambda path: list(frames(path)), properties, lambda path: frame_at(path, 0)]


@pytest.mark.parametrize("read", READERS)
def test_files_that_cannot_be_read(film, tmp_path, read, capfd):
    with pytest.raises(FileNotFoundError, match=r"there is no file '.*none.mp4': check the spelling"):
        read(tmp_path / "none.mp4")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        read(tmp_path)  # a folder
    content = film.read_bytes()
    (tmp_path / "half.mp4").write_bytes(content[: len(content) // 2])
    (tmp_path / "text.mp4").write_text("not a film")
    for name in ("half.mp4", "text.mp4"):
        with pytest.raises(
            ValueError, match=f"'.*{name}' is no video that can be read: it is damaged or cut"
        ):
            read(tmp_path / name)
    with pytest.raises(TypeError, match=r"path must be a text or a Path, got 0: try 'video.mp4'"):
        read(0)


def test_half_a_film_may_still_give_half_its_frames(tmp_path, rng):
    noise = list(rng.integers(0, 256, size=(20, 48, 64, 3), dtype=np.uint8))
    write_video(tmp_path / "film.avi", noise, fps=10, codec="MJPG")
    content = (tmp_path / "film.avi").read_bytes()
    (tmp_path / "half.avi").write_bytes(content[: len(content) // 2])
    assert properties(tmp_path / "half.avi")["frame_count"] == 20
    assert 5 < len(list(frames(tmp_path / "half.avi"))) < 15


# ---- writing --------------------------------------------------------------------------------------


def test_a_codec_without_loss_gives_the_frames_back(tmp_path, rng):
    noise = list(rng.integers(0, 256, size=(3, 48, 64, 3), dtype=np.uint8))
    write_video(tmp_path / "film.avi", noise, fps=10, codec="FFV1")
    assert_array_equal(list(frames(tmp_path / "film.avi")), noise)


def test_frames_may_come_one_at_a_time_from_another_video(film, tmp_path):
    path = tmp_path / "lapse.avi"
    assert write_video(path, frames(film, step=5), fps=12.5, codec="FFV1") == 4
    assert [number_of(frame) for frame in frames(path)] == [0, 5, 10, 15]
    assert properties(path)["fps"] == 12.5


def fails_on_the_way(clip):
    yield clip[0]
    raise KeyError("something else")


black = np.zeros((48, 64, 3), np.uint8)


@pytest.mark.parametrize(
    ("name", "stream", "options", "error", "message"),
    [
        ("a.mp4", [], {}, ValueError, "frames is empty: give at least one"),
        (
            "a.mp4",
            [black, black[:40]],
            {},
            ValueError,
            r"frame 2 has shape \(48, 64, 3\), got \(40, 64, 3\): make",
        ),
        ("a.mp4", [black[..., 0]], {}, ValueError, r"frame 1 has shape \(height, width, 3\), got \(48, 64\)"),
        ("a.mp4", [np.zeros((48, 64, 4), np.uint8)], {}, ValueError, r"got \(48, 64, 4\)"),
        ("a.mp4", [black[:0]], {}, ValueError, r"got \(0, 64, 3\)"),
        (
            "a.mp4",
            [black[1:]],
            {},
            ValueError,
            r"height and width must be even, got \(47, 64\): cut off a row",
        ),
        ("a.mp4", [black[:, 1:]], {}, ValueError, r"must be even, got \(48, 63\)"),
        ("a.mp4", None, {}, TypeError, r"frames must be a list or a generator of frames, got None: try"),
        ("a.mp4", [black / 255], {}, TypeError, "frame 1 must be an array of uint8, got float64: np.rint"),
        ("a.mp4", [black, [1]], {}, TypeError, "frame 2 must be an array of uint8, got list"),
        ("a.mp4", [black], {"codec": "ZZZZ"}, ValueError, "cannot write the codec 'ZZZZ' into '.mp4': try"),
        ("a.xyz", [black], {}, ValueError, "cannot write the codec 'mp4v' into '.xyz'"),
        ("a.mp4", [black], {"codec": "mp4"}, ValueError, "codec must be four letters, got 'mp4': try 'mp4v'"),
        ("a.mp4", [black], {"codec": 7}, ValueError, "codec must be four letters, got 7"),
        ("a.mp4", [black], {"fps": 0}, ValueError, "fps must be above 0, got 0"),
        ("a.mp4", fails_on_the_way([black]), {}, KeyError, "something else"),
        ("no/a.mp4", [black], {}, FileNotFoundError, "there is no folder '.*no': make it first"),
    ],
)
def test_a_bad_write_is_explained_and_leaves_nothing(tmp_path, name, stream, options, error, message, capfd):
    with pytest.raises(error, match=message):
        write_video(tmp_path / name, stream, **{"fps": 10} | options)
    assert list(tmp_path.iterdir()) == []


def test_a_failed_write_keeps_the_old_film(tmp_path, clip):
    path = tmp_path / "film.mp4"
    write_video(path, clip[:5], fps=10)
    with pytest.raises(ValueError, match="frame 2"):
        write_video(path, [clip[9], clip[9][1:]], fps=10)
    assert [number_of(frame) for frame in frames(path)] == [0, 1, 2, 3, 4]
    assert [file.name for file in tmp_path.iterdir()] == ["film.mp4"]


def test_the_size_is_not_swapped(tmp_path):
    write_video(tmp_path / "wide.mp4", [np.zeros((32, 96, 3), np.uint8)] * 2, fps=10)
    said = properties(tmp_path / "wide.mp4")
    assert (said["width"], said["height"]) == (96, 32)
    assert re.fullmatch(".{4}", said["codec"])


# ---- the camera's filters (JavaScript reads the same file) ----------------------------------------

FILTER_CASES = json.loads((Path(__file__).parent / "cases/video_filters.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", FILTER_CASES, ids=lambda case: case["name"])
def test_the_figures_cases_are_what_opencv_computes(case):
    def stored(rows, channels=1):
        array = np.frombuffer(bytes.fromhex("".join(rows)), np.uint8).reshape(case["height"], -1, channels)
        return array[:, :, 0] if channels == 1 else array

    rgb, grey = stored(case["rgb"], 3), stored(case["grey"])
    assert_array_equal(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), grey)
    for size, rows in case["blur"].items():
        assert_array_equal(cv2.GaussianBlur(grey, (int(size), int(size)), 0), stored(rows))
    slopes = (cv2.convertScaleAbs(cv2.Sobel(grey, cv2.CV_16S, *way)) for way in ((1, 0), (0, 1)))
    assert_array_equal(cv2.addWeighted(next(slopes), 0.5, next(slopes), 0.5, 0), stored(case["sobel"]))
    for canny in case["canny"]:
        assert_array_equal(cv2.Canny(grey, canny["low"], canny["high"]), stored(canny["edges"]))
    hsv, wanted = cv2.cvtColor(rgb, cv2.COLOR_RGB2HSV), case["hue_mask"]
    assert_array_equal(hsv, stored(case["hsv"], 3))
    H, S, V = cv2.split(hsv)
    hue, tolerance, saturation, value = (wanted[n] for n in ("hue", "tolerance", "saturation", "value"))
    apart = np.abs(2 * H.astype(int) - hue)
    mask = (np.minimum(apart, 360 - apart) <= tolerance) & (saturation <= S) & (value <= V)
    assert 0 < mask.sum() < mask.size
    assert_array_equal(255 * mask, stored(wanted["mask"]))
