"""datasets.py: the right pictures with the right labels, and no damaged or half-written file in silence."""

import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import urllib.error
from importlib import resources
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from cvlessons import datasets
from cvlessons.datasets import (
    CLASS_NAMES,
    PHOTOS,
    data_path,
    load_cifar10,
    load_easy_vqa,
    load_fashion_mnist,
    load_marks,
    load_mnist,
    load_photo,
    load_results,
    load_stereo,
    load_table,
    load_weights,
)

DATA = Path(str(resources.files("cvlessons"))) / "data"
ROOT = Path(__file__).parents[1]
LOADERS = [load_mnist, load_fashion_mnist, load_cifar10]
FOLDERS = sorted(path.name for path in DATA.iterdir() if path.is_dir() and path.name != "licences")


# --- what is in the sets -------------------------------------------------------------------------------


def test_mnist_is_all_of_it():
    """The counts of each digit, mean and deviation of the full set are known from many a paper."""
    (x_train, y_train), (x_test, y_test) = load_mnist()
    assert (x_train.shape, x_test.shape) == ((60000, 28, 28), (10000, 28, 28))
    assert np.bincount(y_train).tolist() == [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]
    assert np.bincount(y_test).tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert round(x_train.mean() / 255, 4) == 0.1307
    assert round(x_train.std() / 255, 4) == 0.3081


@pytest.mark.parametrize(
    ("load", "shape", "first"),
    [
        # The first labels of the full sets; none of them is a later one of its class than the 1000th.
        (load_fashion_mnist, (28, 28), [9, 0, 0, 3, 0, 2, 7, 2, 5, 5]),
        (load_cifar10, (32, 32, 3), [6, 9, 9, 4, 1, 1, 2, 7, 8, 3]),
    ],
)
def test_the_parts_are_balanced_and_in_order(load, shape, first):
    (x_train, y_train), (x_test, y_test) = load()
    assert (x_train.shape, x_test.shape) == ((10000, *shape), (2000, *shape))
    assert np.bincount(y_train).tolist() == [1000] * 10
    assert np.bincount(y_test).tolist() == [200] * 10
    assert y_train[:10].tolist() == first


def test_the_channels_of_cifar10_are_red_green_blue():
    """The means of the full set are known; blue and red change places in BGR."""
    (x_train, _), _ = load_cifar10()
    np.testing.assert_allclose(x_train.mean(axis=(0, 1, 2)) / 255, [0.4914, 0.4822, 0.4465], atol=0.004)


@pytest.mark.parametrize(
    ("part", "file"), list(enumerate(["cifar10_train_10k.webp", "cifar10_test_2k.webp"]))
)
def test_cifar10_is_cut_at_the_right_places(part, file):
    """Another library decodes the mosaic, and picture k is cut out by hand."""
    x, _ = load_cifar10()[part]
    mosaic = np.asarray(Image.open(DATA / "objects" / file).convert("RGB"))
    for k in (0, 1, 99, 100, 777, len(x) - 1):
        top, left = 32 * (k // 100), 32 * (k % 100)
        np.testing.assert_array_equal(x[k], mosaic[top : top + 32, left : left + 32])


@pytest.mark.parametrize("load", LOADERS)
def test_pictures_and_labels_are_bytes_one_label_for_each_picture(load):
    for x, y in load():
        assert x.dtype == y.dtype == np.uint8
        assert x.flags.c_contiguous
        assert (x.min(), x.max()) == (0, 255)
        assert len(x) == len(y)


@pytest.mark.parametrize("load", LOADERS)
def test_who_writes_into_the_pictures_does_not_spoil_the_next_load(load):
    before = load()
    kept = [array.copy() for part in before for array in part]
    for part in before:
        for array in part:
            array[:] = 7
    after = [array for part in load() for array in part]
    for old, new in zip(kept, after, strict=True):
        np.testing.assert_array_equal(old, new)


def test_there_are_ten_names_for_each_set():
    assert list(CLASS_NAMES) == ["mnist", "fashion_mnist", "cifar10"]
    assert all(len(set(names)) == 10 for names in CLASS_NAMES.values())
    with np.load(DATA / "objects/cifar10_labels_10k_2k.npz") as source:
        assert CLASS_NAMES["cifar10"] == tuple(source["names"].tolist())
    # As Zalando's table has them, whatever the capitals.
    assert ",".join(CLASS_NAMES["fashion_mnist"]).lower() == (
        "t-shirt/top,trouser,pullover,dress,coat,sandal,shirt,sneaker,bag,ankle boot"
    )


# --- photos --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_is_what_another_library_reads(name):
    photo = load_photo(name)
    file = DATA / datasets._PHOTO_FILES[name]
    theirs = np.asarray(Image.open(file).convert("RGB"))
    assert photo.dtype == np.uint8
    assert photo.shape == theirs.shape
    # Two JPEG decoders may round differently; swapped channels would be far off.
    step = 1 + len(photo) // 1000  # of a very large photo every so many rows and columns will do
    assert np.abs(photo[::step, ::step].astype(int) - theirs[::step, ::step]).mean() < (
        0.7 if file.suffix == ".jpg" else 1e-9
    )


@pytest.mark.parametrize("name", PHOTOS)
def test_grey_is_the_weighted_mean_of_the_channels(name):
    grey = load_photo(name, grey=True)
    colour = load_photo(name)
    assert grey.dtype == np.uint8
    assert grey.shape == colour.shape[:2]
    step = 1 + len(grey) // 1000
    np.testing.assert_allclose(grey[::step, ::step], colour[::step, ::step] @ [0.299, 0.587, 0.114], atol=1)


def test_every_photo_in_the_folder_has_a_name():
    files = [*(DATA / "photos").iterdir(), *(DATA / "swans").iterdir()]
    pictures = {file.relative_to(DATA).as_posix() for file in files} - {"photos/lincoln_16x12.csv"}
    assert pictures == set(datasets._PHOTO_FILES.values())
    assert list(PHOTOS) == sorted(datasets._PHOTO_FILES)


def test_a_photo_may_be_written_into():
    load_photo("box")[:] = 0
    assert load_photo("box").max() == 242


@pytest.mark.parametrize(
    ("name", "error", "message"),
    [
        (
            "butterfy",
            ValueError,
            "there is no photo 'butterfy': did you mean 'butterfly'? There are astronaut, box, ",
        ),
        (
            "SUDOKU",
            ValueError,
            "there is no photo 'SUDOKU': did you mean 'sudoku'? There are astronaut, box, ",
        ),
        (
            "lena",
            ValueError,
            "there is no photo 'lena'. There are astronaut, box, ",
        ),
        (3, TypeError, "name must be a text, got 3: try 'fruits'"),
    ],
)
def test_an_unknown_photo_is_explained(name, error, message):
    with pytest.raises(error) as caught:
        load_photo(name)
    assert str(caught.value).startswith(message)
    assert error is TypeError or str(caught.value).endswith(", ".join(PHOTOS))


def test_options_are_true_or_false():
    with pytest.raises(ValueError, match="grey must be one of True, False, got 'yes'"):
        load_photo("box", grey="yes")
    with pytest.raises(ValueError, match="full must be one of True, False, got None"):
        load_cifar10(full=None)


def test_the_table_is_the_slides_and_the_picture_of_it():
    table = load_table()
    assert table.shape == (16, 12)
    assert table.dtype == np.uint8
    # First and last row of slide 10.
    assert table[0].tolist() == [157, 153, 174, 168, 150, 152, 129, 151, 172, 161, 155, 156]
    assert table[-1].tolist() == [195, 206, 123, 207, 177, 121, 123, 200, 175, 13, 96, 218]
    np.testing.assert_array_equal(table, load_photo("lincoln", grey=True))


# --- pairs, questions, marks, weights, paths ------------------------------------------------------------


def test_the_truth_of_the_stereo_pair_moves_the_right_picture_onto_the_left():
    """Another judge of the disparity: a pixel and its partner look alike, a pixel and its neighbour less."""
    left, right, disparity = load_stereo()
    assert (left.shape, right.shape, disparity.shape) == ((1110, 1282, 3), (1110, 1282, 3), (1110, 1282))
    assert left.dtype == right.dtype == disparity.dtype == np.uint8
    rows, columns = np.nonzero(disparity)
    partners = columns - disparity[rows, columns]
    inside = partners >= 0
    rows, columns, partners = rows[inside], columns[inside], partners[inside]
    mine = left[rows, columns].astype(int)
    theirs = np.abs(mine - right[rows, partners]).mean(axis=1)
    same_place = np.abs(mine - right[rows, columns]).mean(axis=1)
    assert np.median(theirs) < 5 < 20 < np.median(same_place)


def test_the_questions_of_easy_vqa_are_answered_by_the_pictures():
    """The shapes have a colour of their own on a paler ground; the answer names it."""
    train, test, names = load_easy_vqa()
    assert (train["images"].shape, test["images"].shape) == ((4000, 64, 64, 3), (1000, 64, 64, 3))
    assert (len(train["questions"]), len(test["questions"])) == (38575, 9673)
    assert len(set(names)) == 13
    asked = [k for k, question in enumerate(test["questions"]) if question == "what color is the shape?"]
    strongest = {"red": 0, "green": 1, "blue": 2}
    seen = 0
    for k in asked:
        answer = names[test["answers"][k]]
        if answer in strongest:
            picture = test["images"][test["image_of"][k]].reshape(-1, 3).astype(int)
            # Of all pixels the one of the strongest colour: the largest channel far above the smallest.
            pixel = picture[np.argmax(np.ptp(picture, axis=1))]
            assert np.argmax(pixel) == strongest[answer]
            seen += 1
    assert seen > 100


@pytest.mark.parametrize("part", [0, 1])
def test_each_question_has_its_picture_and_its_answer(part):
    data = load_easy_vqa()[part]
    assert len(data["questions"]) == len(data["image_of"]) == len(data["answers"])
    assert set(data["image_of"]) == set(range(len(data["images"])))
    assert set(data["answers"]) == set(range(13))
    kinds = {question.split()[0] for question in data["questions"]}
    assert kinds == {"does", "is", "what"}


MARKS = sorted(file.stem for file in (DATA / "marks").glob("*.csv"))


@pytest.mark.parametrize("name", MARKS)
def test_marks_are_boxes_with_a_name(name):
    labels, boxes = load_marks(name)
    assert (DATA / f"marks/{name}.csv").read_text().startswith("label,left,top,right,bottom\n")
    assert boxes.shape == (len(labels), 4)
    assert all(labels)
    assert (boxes[:, :2] >= 0).all()
    assert (boxes[:, 2:] > boxes[:, :2]).all()


WEIGHTS = sorted(file.stem for file in (DATA / "weights").glob("*.npz"))


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_float32_stored_in_16_or_8_bits_and_their_script_is_named(name):
    weights = load_weights(name)
    with np.load(DATA / f"weights/{name}.npz") as stored:
        scaled = [key.removesuffix(".scale") for key in stored.files if key.endswith(".scale")]
        for key in weights:
            assert stored[key].dtype == (np.int8 if key in scaled else np.float16)
        assert list(weights) == [key for key in stored.files if not key.endswith(".scale")]
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    assert all(np.isfinite(array).all() for array in weights.values())
    [row] = [
        line
        for line in (DATA / "weights/WEIGHTS.md").read_text(encoding="utf-8").splitlines()
        if f"`{name}.npz`" in line
    ]
    [script] = re.findall(r"`(scripts/[\w.]+)`", row)
    assert (ROOT / script).exists()


def _put(copy, name, content):
    """Write a file into the copy, with its checksum."""
    (copy / name).parent.mkdir(exist_ok=True)
    (copy / name).write_bytes(content)
    (copy / "SHA256SUMS").write_text(f"{hashlib.sha256(content).hexdigest()}  {name}\n")


def test_weights_in_8_bits_come_back_times_the_scale_of_their_column(copy):
    file = io.BytesIO()
    whole = np.array([[127, -2, 0], [1, 127, -127]], np.int8)
    scale = np.array([0.5, 0.25, 2], np.float32)
    np.savez(file, **{"00": whole, "00.scale": scale, "01": np.array([1.5, -2], np.float16)})
    _put(copy, "weights/small.npz", file.getvalue())
    weights = load_weights("small")
    assert list(weights) == ["00", "01"]
    assert {array.dtype for array in weights.values()} == {np.dtype(np.float32)}
    assert weights["00"].tolist() == [[63.5, -0.5, 0], [0.5, 31.75, -254]]
    assert weights["01"].tolist() == [1.5, -2]


def test_results_are_what_the_script_wrote(copy):
    _put(copy, "results/small.json", b'{"test_accuracy": 0.75, "history": {"loss": [2.5, 1.25]}}\n')
    assert load_results("small") == {"test_accuracy": 0.75, "history": {"loss": [2.5, 1.25]}}
    load_results("small")["history"]["loss"].clear()
    assert load_results("small")["history"]["loss"] == [2.5, 1.25]
    (copy / "results/small.json").write_bytes(b'{"test_accuracy": 0.95}')
    with pytest.raises(OSError, match=r"small\.json is damaged, its SHA-256 is not the one in SHA256SUMS"):
        load_results("small")


RESULTS = sorted(file.stem for file in (DATA / "results").glob("*.json"))


@pytest.mark.parametrize("name", RESULTS)
def test_results_are_what_another_reader_of_json_finds(name):
    results = load_results(name)
    assert results == json.loads((DATA / f"results/{name}.json").read_text(encoding="utf-8"))
    assert {"seed", "seeds"} & set(results)  # so that it can be made again


def test_a_path_is_that_of_the_file():
    path = data_path("video/vtest_120f.mp4")
    assert Path(path) == DATA / "video/vtest_120f.mp4"


@pytest.mark.parametrize(
    ("load", "name", "error", "message"),
    [
        (
            data_path,
            "video/vtest.mp4",
            ValueError,
            "the package has no data file 'video/vtest.mp4': did you mean",
        ),
        (data_path, "../datasets.py", ValueError, "the package has no data file '../datasets.py': "),
        (data_path, 3, TypeError, "name must be a text, got 3"),
        (load_marks, "solvay", ValueError, "the package has no marks 'solvay': "),
        (
            load_weights,
            "clasifier",
            ValueError,
            "the package has no weights 'clasifier': did you mean 'class",
        ),
        (load_weights, "zzz", ValueError, "the package has no weights 'zzz': there are "),
        (load_results, "zzz", ValueError, "the package has no results 'zzz': there are "),
        (load_results, None, TypeError, "name must be a text, got None"),
    ],
)
def test_an_unknown_name_is_explained(load, name, error, message):
    with pytest.raises(error) as caught:
        load(name)
    assert str(caught.value).startswith(message)


def test_a_damaged_video_is_not_handed_on(copy):
    (copy / "video").mkdir()
    (copy / "video/vtest_120f.mp4").write_bytes(b"half")
    with pytest.raises(OSError, match="damaged"):
        data_path("video/vtest_120f.mp4")


# --- checksums -----------------------------------------------------------------------------------------


def test_the_list_of_checksums_is_complete_and_true():
    lines = (DATA / "SHA256SUMS").read_text().splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    files = [file for folder in FOLDERS for file in sorted((DATA / folder).iterdir())]
    files = [file for file in files if file.name != "WEIGHTS.md"]
    assert list(listed) == [file.relative_to(DATA).as_posix() for file in files]
    assert list(listed.values()) == [hashlib.sha256(file.read_bytes()).hexdigest() for file in files]


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no coreutils here")
def test_coreutils_can_check_the_list():
    run = subprocess.run(["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"], cwd=DATA, check=False)
    assert run.returncode == 0


def test_every_file_has_its_source_and_licence():
    sources = (DATA / "SOURCES.md").read_text(encoding="utf-8")
    for line in (DATA / "SHA256SUMS").read_text().splitlines():
        assert f"| `{line[66:]}` |" in sources
    for licence in (DATA / "licences").iterdir():
        assert f"`licences/{licence.name}`" in sources


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the small data files, which a test may damage; `datasets` reads it."""
    shutil.copytree(DATA / "photos", tmp_path / "photos")
    shutil.copy(DATA / "SHA256SUMS", tmp_path)
    monkeypatch.setattr(datasets, "_DATA", tmp_path)
    datasets._checksums.cache_clear()
    yield tmp_path
    datasets._checksums.cache_clear()


def test_the_copy_is_read(copy):
    assert load_photo("fruits").shape == (480, 512, 3)


def _truncate(content):
    return content[: len(content) // 2]


def _flip_one_bit(content):
    return content[:-1] + bytes([content[-1] ^ 1])


@pytest.mark.parametrize("damage", [_truncate, _flip_one_bit, lambda content: b""])
@pytest.mark.parametrize(
    ("file", "load"),
    [("photos/opencv_fruits.jpg", lambda: load_photo("fruits")), ("photos/lincoln_16x12.csv", load_table)],
)
def test_a_damaged_file_is_named_and_the_cure(copy, file, load, damage):
    (copy / file).write_bytes(damage((copy / file).read_bytes()))
    with pytest.raises(OSError, match="damaged") as caught:
        load()
    assert str(caught.value) == (
        f"the data file {copy / file} is damaged, its SHA-256 is not the one in SHA256SUMS: "
        "reinstall cvlessons (in a clone: git checkout -- src/cvlessons/data)"
    )


@pytest.mark.parametrize("load", [*LOADERS, lambda: load_photo("box"), load_table])
def test_a_missing_file_is_named_and_the_cure(copy, load):
    shutil.rmtree(copy / "photos")
    with pytest.raises(
        FileNotFoundError, match=r"^the data file .* cannot be read .*: reinstall cvlessons"
    ) as e:
        load()
    assert str(copy) in str(e.value)
    assert isinstance(e.value.__cause__, OSError)


def test_a_missing_list_of_checksums_is_named(copy):
    (copy / "SHA256SUMS").unlink()
    with pytest.raises(FileNotFoundError, match=r"SHA256SUMS cannot be read .*: reinstall cvlessons"):
        load_table()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\n\n", b"no checksum at all\n"])
def test_a_damaged_list_of_checksums_trusts_no_file(copy, content):
    (copy / "SHA256SUMS").write_bytes(content)
    with pytest.raises(
        OSError, match=r"lincoln_16x12\.csv is damaged, its SHA-256 is not the one in SHA256SUMS"
    ):
        load_table()


def test_a_file_that_is_damaged_later_in_the_process_is_seen(copy):
    load_table()
    (copy / "photos/lincoln_16x12.csv").write_text("1,2,3\n")
    with pytest.raises(OSError, match="damaged"):
        load_table()


# --- the full CIFAR-10, without a network --------------------------------------------------------------


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty home for Keras, in which something of another data set lies already."""
    config = pytest.importorskip("keras.src.backend.config")
    monkeypatch.setattr(config, "_KERAS_DIR", str(tmp_path))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets/mnist.npz").write_text("not ours to remove")
    return tmp_path


def _files(home):
    return sorted(path.name for path in (home / "datasets").iterdir())


def _download(monkeypatch, content, error=None):
    """Let Keras's download write `content`, and then stop with `error`."""

    def urlretrieve(origin, target, reporthook):
        assert origin.endswith("cifar-10-python.tar.gz")
        Path(target).write_bytes(content)
        if error is not None:
            raise error

    monkeypatch.setattr("keras.src.utils.file_utils.urlretrieve", urlretrieve)


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        (b"", urllib.error.URLError("Name or service not known"), "Name or service not known"),
        (b"half", urllib.error.ContentTooShortError("got 4 of 170 MB", b""), "got 4 of 170 MB"),
        (b"half", TimeoutError("timed out"), "timed out"),
        (b"a login page of the hotel", None, "Incomplete or corrupted file detected"),
    ],
)
def test_a_download_that_fails_says_so_and_leaves_nothing(home, monkeypatch, content, error, reason, capsys):
    _download(monkeypatch, content, error)
    with pytest.raises(OSError, match="the full CIFAR-10 could not be fetched") as caught:
        load_cifar10(full=True)
    message = str(caught.value)
    assert reason in message
    assert message.endswith("use the part that is in the package, load_cifar10()")
    assert "\n" not in message
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert _files(home) == ["mnist.npz"]


@pytest.mark.parametrize("moment", ["urlretrieve", "validate_file"])
def test_an_interrupt_leaves_nothing_and_stays_an_interrupt(home, monkeypatch, moment, capsys):
    """While it loads, or while Keras computes the checksum: then Keras alone would leave the file."""

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    _download(monkeypatch, b"not checked yet")
    monkeypatch.setattr(f"keras.src.utils.file_utils.{moment}", interrupt)
    with pytest.raises(KeyboardInterrupt):
        load_cifar10(full=True)
    assert _files(home) == ["mnist.npz"]


def test_a_full_disk_leaves_no_half_unpacked_folder_and_keeps_the_good_archive(home, monkeypatch):
    archive = home / "datasets/cifar-10-batches-py-target_archive"
    archive.write_bytes(b"good")

    def extract(archive, folder, archive_format):
        (Path(folder) / "cifar-10-batches-py").mkdir(parents=True)
        (Path(folder) / "cifar-10-batches-py/data_batch_1").write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("keras.src.utils.file_utils.validate_file", lambda *_, **__: True)
    monkeypatch.setattr("keras.src.utils.file_utils.extract_archive", extract)
    with pytest.raises(OSError, match="No space left on device"):
        load_cifar10(full=True)
    assert _files(home) == ["cifar-10-batches-py-target_archive", "mnist.npz"]
    assert archive.read_bytes() == b"good"


@pytest.mark.parametrize("layout", ["channels_last", "channels_first"])
def test_the_full_set_comes_in_the_books_layout(home, monkeypatch, layout, rng):
    pictures = rng.integers(0, 256, (6, 32, 32, 3), np.uint8)
    labels = np.array([[6], [9], [9], [4], [1], [1]], np.uint8)
    # In memory Keras has the channels first, and for channels last gives a view of that.
    keras_has = np.ascontiguousarray(pictures.transpose(0, 3, 1, 2))
    keras_has = keras_has.transpose(0, 2, 3, 1) if layout == "channels_last" else keras_has
    answer = (keras_has, labels), (keras_has[:2], labels[:2])
    monkeypatch.setattr("keras.datasets.cifar10.load_data", lambda: answer)
    (x_train, y_train), (x_test, y_test) = load_cifar10(full=True)
    np.testing.assert_array_equal(x_train, pictures)
    np.testing.assert_array_equal(x_test, pictures[:2])
    assert y_train.tolist() == [6, 9, 9, 4, 1, 1]
    assert y_test.tolist() == [6, 9]
    assert x_train.flags.c_contiguous


def test_without_keras_the_cure_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "keras", None)
    monkeypatch.setitem(sys.modules, "keras.datasets", None)
    with pytest.raises(ImportError) as caught:
        load_cifar10(full=True)
    assert str(caught.value) == 'the full CIFAR-10 needs Keras: pip install "cvlessons[keras]"'


def test_importing_the_module_is_cheap():
    code = "import sys, cvlessons.datasets; print(sorted({'cv2', 'keras', 'matplotlib'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_pickled_objects_are_never_loaded(copy):
    """Even with a matching checksum: unpickling can run any code."""
    (copy / "digits").mkdir()
    content = io.BytesIO()
    np.savez(content, x_train=np.array([{}], object))
    (copy / "digits/mnist.npz").write_bytes(content.getvalue())
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    (copy / "SHA256SUMS").write_text(f"{digest}  digits/mnist.npz\n")
    with pytest.raises(ValueError, match="allow_pickle=False"):
        load_mnist()
