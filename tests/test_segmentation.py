"""segmentation.py against masks worked by hand, SciPy, scikit-image, and the laws of areas and distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_marks, load_photo
from cvlessons.segmentation import (
    VOC_NAMES,
    mask_iou,
    outline,
    outline_distance,
    pixel_accuracy,
    segment,
)

masks = arrays(bool, (5, 6)).filter(np.any)


@pytest.fixture
def pair(rng):
    """Two masks that are alike but not equal."""
    field = rng.normal(size=(30, 40)).cumsum(axis=0).cumsum(axis=1)
    return field > np.median(field), np.roll(field, (2, 1), axis=(0, 1)) > np.median(field)


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-pixel-accuracy", "hand")
@pytest.mark.judge("eq-mask-iou", "hand")
def test_shares_worked_by_hand():
    mask = [[1, 1, 0, 0], [1, 1, 0, 0]]
    truth = [[0, 1, 1, 0], [0, 1, 1, 0]]
    # 8 pixels: 2 in both, 2 + 2 in one of them, 2 in none
    assert mask_iou(mask, truth) == 2 / 6
    assert pixel_accuracy(mask, truth) == 4 / 8
    assert mask_iou(mask, np.zeros((2, 4))) == 0
    assert mask_iou(np.multiply(mask, 7), mask) == 1  # any label that is not 0 is the thing
    assert pixel_accuracy([[3, 5]], [[3, 4]]) == 0.5


@pytest.mark.judge("eq-pixel-accuracy", "library")
@pytest.mark.judge("eq-mask-iou", "library")
def test_shares_agree_with_the_distances_of_scipy(pair):
    distance = pytest.importorskip("scipy.spatial.distance")
    mask, truth = (array.ravel() for array in pair)
    assert_allclose(mask_iou(*pair), 1 - distance.jaccard(mask, truth), rtol=1e-12)
    assert_allclose(pixel_accuracy(*pair), 1 - distance.hamming(mask, truth), rtol=1e-12)


@pytest.mark.judge("eq-pixel-accuracy", "law")
@pytest.mark.judge("eq-mask-iou", "law")
@given(masks, masks)
def test_shares_are_symmetric_and_relate_to_each_other(mask, truth):
    share, accuracy = mask_iou(mask, truth), pixel_accuracy(mask, truth)
    assert share == mask_iou(truth, mask)
    assert accuracy == pixel_accuracy(truth, mask) == pixel_accuracy(~mask, ~truth)
    wrong = 1 - accuracy
    assert_allclose(share, 1 - wrong / np.mean(mask | truth), atol=1e-12)
    assert (share == 1) == (accuracy == 1) == np.array_equal(mask, truth)


@pytest.mark.judge("eq-outline-distance", "hand")
def test_distances_worked_by_hand():
    point, corner = np.zeros((4, 5)), np.zeros((4, 5))
    point[0, 0], corner[3, 4] = 1, 1
    assert outline_distance(point, corner) == 5  # 3 down, 4 right
    two = point + corner
    # from the point 0; from the two 0 and 5
    assert_allclose(outline_distance(point, two), 5 / 3, rtol=1e-6)


@pytest.mark.judge("eq-outline-distance", "library")
def test_distances_agree_with_the_nearest_neighbours_of_scipy(pair):
    spatial = pytest.importorskip("scipy.spatial")
    points = [np.argwhere(outline(mask)) for mask in pair]
    there, _ = spatial.cKDTree(points[1]).query(points[0])
    back, _ = spatial.cKDTree(points[0]).query(points[1])
    assert_allclose(outline_distance(*pair), np.concatenate([there, back]).mean(), rtol=1e-5)


@pytest.mark.judge("eq-outline-distance", "law")
@given(masks, masks)
def test_distances_are_symmetric_and_move_along(mask, truth):
    distance = outline_distance(mask, truth)
    assert distance == outline_distance(truth, mask)
    assert (distance == 0) == np.array_equal(outline(mask), outline(truth))
    moved = [np.pad(array, ((4, 1), (0, 3))) for array in (np.pad(mask, 1), np.pad(truth, 1))]
    assert_allclose(outline_distance(*moved), distance, rtol=1e-6)
    assert distance <= np.hypot(5, 6)


@given(masks)
def test_outlines_agree_with_scipy(mask):
    ndimage = pytest.importorskip("scipy.ndimage")
    assert_array_equal(outline(mask), mask & ~ndimage.binary_erosion(mask))


def test_outlines_agree_with_scikit_image(pair):
    segmentation = pytest.importorskip("skimage.segmentation")
    mask = np.pad(pair[0], 1)  # it does not count the edge of the picture
    assert_array_equal(outline(mask), segmentation.find_boundaries(mask, mode="inner") & mask)


# ---- the network ----------------------------------------------------------------------------------


def test_the_classes_are_the_20_of_voc():
    assert len(VOC_NAMES) == len(set(VOC_NAMES)) == 21
    assert [VOC_NAMES[k] for k in (0, 3, 7, 8, 15, 20)] == [
        "background", "bird", "car", "cat", "person", "tv monitor"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "label"), [("swan", "bird"), ("cat", "cat"), ("licenseplate_motion", "car")]
)
def test_it_colours_the_one_thing_of_a_photo(name, label):
    photo = load_photo(name)
    labels = segment(photo)
    assert labels.shape == photo.shape[:2]
    assert labels.dtype == np.int64
    assert set(labels.ravel().tolist()) == {0, VOC_NAMES.index(label)}
    [left, top, right, bottom] = load_marks(name)[1][0].astype(int)
    thing = labels > 0
    assert thing[top:bottom, left:right].mean() > 0.4
    assert thing[top:bottom, left:right].sum() > 0.9 * thing.sum()


@pytest.mark.parametrize("shape", [(20, 700, 3), (1, 1, 3), (3, 2000, 3)])
def test_any_size_will_do(shape):
    assert segment(np.full(shape, 128, np.uint8)).shape == shape[:2]


# ---- edges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", [pixel_accuracy, mask_iou, outline_distance])
@pytest.mark.parametrize(
    ("mask", "truth", "error", "message"),
    [
        ([1, 0], [1, 0], ValueError, r"mask has shape \(height, width\), got \(2,\)"),
        ([[1, 0]], [[1]], ValueError, r"truth has shape \(1, 2\), got \(1, 1\): one label for each pixel"),
        ([[]], [[]], ValueError, "mask is empty"),
        ([[1]], [[np.nan]], ValueError, "truth must hold finite numbers, got nan"),
        ([["a"]], [[1]], TypeError, "mask must hold real numbers"),
    ],
)
def test_bad_masks_are_explained(measure, mask, truth, error, message):
    with pytest.raises(error, match=message):
        measure(mask, truth)


def test_two_empty_masks_are_explained():
    with pytest.raises(
        ValueError, match="mask and truth are both empty: their IoU would be 0 / 0; ask for a"
    ):
        mask_iou([[0]], [[0]])


@pytest.mark.parametrize(("mask", "truth"), [([[0]], [[1]]), ([[1]], [[0]])])
def test_a_mask_without_outline_is_explained(mask, truth):
    with pytest.raises(
        ValueError, match="mask and truth must both hold the thing: an empty mask has no outline"
    ):
        outline_distance(mask, truth)


def test_a_bad_outline_is_explained():
    with pytest.raises(ValueError, match=r"mask has shape \(height, width\), got \(1, 1, 1\)"):
        outline([[[1]]])


@pytest.mark.parametrize(
    ("image", "error", "message"),
    [
        (np.zeros((4, 4, 3)), TypeError, r"image must hold bytes \(uint8\), got float64"),
        (np.zeros((4, 4), np.uint8), ValueError, r"image has shape \(height, width, 3\), got \(4, 4\)"),
    ],
)
def test_a_bad_image_is_explained(image, error, message):
    with pytest.raises(error, match=message):
        segment(image)
