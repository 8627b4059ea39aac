"""keypoints.py against numbers worked by hand, OpenCV, SciPy, scikit-image, and laws of geometry."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.keypoints import (
    CIRCLE,
    binary_descriptor,
    circle_values,
    gradient_histograms,
    hamming_distance,
    harris_response,
    local_maxima,
    match_descriptors,
    ransac_homography,
    ransac_trials,
    repeatability,
    segment_test,
    structure_tensor,
    upright_patch,
)

SHIFT = np.array([[1.0, 0, 10], [0, 1, 0], [0, 0, 1]])
HOMOGRAPHY = np.array([[0.9, -0.2, 15], [0.1, 0.8, 20], [2e-4, 1e-4, 1]])
grey = arrays(float, (8, 9), elements=st.integers(0, 255).map(float))
some_bytes = arrays(np.uint8, 32)


@pytest.fixture
def picture(rng):
    return rng.integers(0, 256, size=(40, 50)).astype(np.uint8)


def moved(points, homography):
    """Points under a homography, worked out apart from the package."""
    x, y, w = homography @ np.vstack([points.T, np.ones(len(points))])
    return np.stack([x / w, y / w], axis=1)


# ---- corners --------------------------------------------------------------------------------------


def test_the_slopes_of_a_plane():
    # 3 a step to the right and -2 a step down: the same products everywhere but at the mirrored border
    y, x = np.mgrid[:11, :12]
    tensor = structure_tensor(3 * x - 2 * y, window=3)
    inside = tensor[2:-2, 2:-2]
    assert_allclose(inside, np.broadcast_to([[9, -6], [-6, 4]], inside.shape), atol=1e-12)


@pytest.mark.judge("eq-harris", "hand")
def test_harris_worked_by_hand():
    # A window of one pixel sees one slope only: the determinant is 0, the trace (3^2 + 4^2).
    y, x = np.mgrid[:7, :7]
    assert_allclose(harris_response(3 * x + 4 * y, window=1, k=0.1)[3, 3], -0.1 * 25**2)
    # A single pixel of 8 in a window of 3: Sobel / 8 gives slopes of 2 beside it and of 1 at the diagonals.
    # Ix^2: 2 * 4 + 4 * 1 = 12, Iy^2 likewise, Ix Iy cancels; the mean is over 9 pixels.
    dot = np.zeros((9, 9))
    dot[4, 4] = 8
    mean = 12 / 9
    assert_allclose(harris_response(dot, window=3, k=0.05)[4, 4], mean**2 - 0.05 * (2 * mean) ** 2)


@pytest.mark.judge("eq-harris", "library")
@pytest.mark.parametrize(("window", "k"), [(1, 0.04), (3, 0.04), (5, 0.06), (7, 0.0)])
def test_harris_agrees_with_opencv(picture, window, k):
    cv2 = pytest.importorskip("cv2")
    expected = cv2.cornerHarris(picture.astype(np.float32), window, 3, k)
    ours = 16 * harris_response(picture, window=window, k=k)  # its slopes are twice ours: 2^4
    assert_allclose(ours, expected, atol=2e-5 * np.abs(expected).max())


def test_the_tensor_agrees_with_scipy(picture):
    ndimage = pytest.importorskip("scipy.ndimage")
    picture = picture.astype(float)
    down, right = (ndimage.sobel(picture, axis=axis, mode="mirror") / 8 for axis in (0, 1))
    tensor = structure_tensor(picture, window=5)
    for (i, one), (j, other) in itertools.product(enumerate((right, down)), repeat=2):
        assert_allclose(tensor[..., i, j], ndimage.uniform_filter(one * other, 5, mode="mirror"), atol=1e-9)


@pytest.mark.judge("eq-harris", "law")
@settings(max_examples=25)
@given(grey, st.floats(-5, 5), st.floats(-100, 100))
def test_harris_turns_with_the_picture_and_ignores_brightness(image, contrast, brightness):
    response = harris_response(image, window=3)
    scale = max(np.abs(response).max(), 1)
    turned = harris_response(np.rot90(image), window=3)
    assert_allclose(turned, np.rot90(response), atol=1e-9 * scale)
    changed = harris_response(contrast * image + brightness, window=3)
    assert_allclose(changed, contrast**4 * response, atol=1e-6 * scale * max(contrast**4, 1))
    # det = product and trace = sum of the eigenvalues
    small, large = np.moveaxis(np.linalg.eigvalsh(structure_tensor(image, window=3)), -1, 0)
    assert_allclose(response, small * large - 0.04 * (small + large) ** 2, atol=1e-8 * scale)


def test_local_maxima_agree_with_a_search(rng):
    response = rng.normal(size=(15, 17))
    expected = set()
    for y, x in np.ndindex(response.shape):
        around = response[max(y - 2, 0) : y + 3, max(x - 2, 0) : x + 3]
        if response[y, x] == around.max() and response[y, x] > 0.3:
            expected.add((x, y))
    found = local_maxima(response, radius=2, threshold=0.3)
    assert set(map(tuple, found.tolist())) == expected
    heights = response[found[:, 1], found[:, 0]]
    assert (np.diff(heights) <= 0).all()
    assert_array_equal(local_maxima(response, radius=2, threshold=0.3, most=3), found[:3])


def test_local_maxima_agree_with_scikit_image(picture):
    feature = pytest.importorskip("skimage.feature")
    response = harris_response(picture)
    expected = feature.peak_local_max(response, min_distance=3, threshold_abs=0, exclude_border=False)
    found = local_maxima(response, radius=3)
    assert len(found) > 5
    assert_array_equal(found, expected[:, ::-1])  # it gives rows and columns


def test_equal_maxima_are_all_kept():
    assert local_maxima([[5, 5, 0, 0, 5]], radius=2).tolist() == [[0, 0], [1, 0], [4, 0]]
    assert local_maxima([[5.0]], threshold=5).shape == (0, 2)


def test_a_radius_beyond_the_image_is_the_whole_image():
    assert local_maxima([[1, 9, 2, 0], [0, 3, 0, 4]], radius=10**9).tolist() == [[1, 0]]


# ---- FAST -----------------------------------------------------------------------------------------


def test_the_circle_is_one():
    assert_allclose(np.hypot(*CIRCLE.T), 3, atol=0.2)
    steps = np.diff(np.vstack([CIRCLE, CIRCLE[:1]]), axis=0)
    assert np.abs(steps).max() == 1  # each is a neighbour of the next
    assert len({tuple(step) for step in CIRCLE.tolist()}) == 16
    clockwise = np.unwrap(np.arctan2(CIRCLE[:, 1], CIRCLE[:, 0]))
    assert (np.diff(clockwise) > 0).all()  # y points down
    with pytest.raises(ValueError, match="read-only"):
        CIRCLE[0, 0] = 1


def test_circle_values_are_read_clockwise_from_the_top():
    image = np.zeros((9, 9))
    for i, (dx, dy) in enumerate(CIRCLE):
        image[5 + dy, 4 + dx] = i + 1
    assert circle_values(image, 4, 5).tolist() == list(range(1, 17))


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("start", [0, 5, 12])
def test_nine_in_a_row_are_a_corner_and_eight_are_not(sign, start):
    for length in (8, 9):
        image = np.full((7, 7), 100.0)
        for i in range(start, start + length):
            dx, dy = CIRCLE[i % 16]
            image[3 + dy, 3 + dx] += 21 * sign
        assert segment_test(image, 3, 3, threshold=20) is (length == 9)
        assert not segment_test(image, 3, 3, threshold=21)  # more than the threshold, not equal
        assert segment_test(image, 3, 3, threshold=20, arc=8)


def test_a_whole_circle_is_sixteen():
    image = np.full((7, 7), 9.0)
    image[3, 3] = 0
    assert segment_test(image, 3, 3, threshold=1, arc=16)


@pytest.mark.parametrize(("arc", "name"), [(9, "TYPE_9_16"), (5, None)])
def test_the_segment_test_agrees_with_opencv(picture, arc, name):
    cv2 = pytest.importorskip("cv2")
    smooth = cv2.GaussianBlur(picture, (0, 0), 1.2)
    if name is None:  # fewer in a row: at least as many corners
        wider = sum(
            segment_test(smooth, x, y, threshold=8, arc=arc) for x in range(3, 47) for y in range(3, 37)
        )
        assert wider > len(cv2.FastFeatureDetector_create(8, False).detect(smooth))
        return
    detector = cv2.FastFeatureDetector_create(8, False, cv2.FastFeatureDetector_TYPE_9_16)
    expected = {(int(k.pt[0]), int(k.pt[1])) for k in detector.detect(smooth)}
    ours = {(x, y) for x in range(3, 47) for y in range(3, 37) if segment_test(smooth, x, y, threshold=8)}
    assert ours == expected
    assert len(ours) > 20


# ---- descriptors ----------------------------------------------------------------------------------


def test_a_patch_of_the_same_size_is_a_cut(picture):
    cut = upright_patch(picture, 20, 15, width=7, side=7)
    assert_allclose(cut, picture[12:19, 17:24], atol=1e-3)


@pytest.mark.parametrize(("angle", "turns"), [(90, 1), (180, 2), (-90, 3)])
def test_the_direction_of_the_angle_points_to_the_right(picture, angle, turns):
    cut = upright_patch(picture, 20, 15, width=7, side=7, angle=angle)
    assert_allclose(cut, np.rot90(picture[12:19, 17:24], turns), atol=0.5)


def test_a_patch_is_scaled_and_taken_from_the_border_outside():
    ramp = np.tile(np.arange(60.0), (60, 1))
    patch = upright_patch(ramp, 30, 30, width=20, side=5)
    assert_allclose(patch[2], [22, 26, 30, 34, 38], atol=0.1)
    assert_allclose(upright_patch(ramp, -50, 30, width=10, side=2), 0)


def test_histograms_of_slopes_in_each_direction():
    # counterclockwise from the right: 0 right, 2 up, 4 left, 6 down
    y, x = np.mgrid[:12, :12].astype(float)
    for slope, bin_ in ((x, 0), (x - y, 1), (-y, 2), (-x, 4), (y, 6)):
        histogram = gradient_histograms(slope, cells=1)[0, 0]
        assert histogram.argmax() == bin_
    assert_allclose(gradient_histograms(x, cells=1)[0, 0], np.eye(8)[0], atol=1e-9)


def test_each_cell_has_its_own_slopes():
    patch = np.zeros((8, 8))
    patch[5:7, 5:7] = 100  # in the lower right cell only
    histograms = gradient_histograms(patch, cells=2, bins=4)
    assert histograms.shape == (2, 2, 4)
    assert histograms[1, 1].sum() > 0
    assert histograms[0, 0].sum() == 0
    wide = np.zeros((8, 8))
    wide[1:3, 5:7] = 100  # rows are rows: the upper right cell
    assert gradient_histograms(wide, cells=2)[0, 1].sum() > 0
    assert gradient_histograms(wide, cells=2)[1, 0].sum() == 0


@settings(max_examples=25)
@given(grey.map(lambda image: image[:, :8]), st.floats(0.1, 10), st.floats(-50, 50))
def test_a_descriptor_has_length_one_and_ignores_brightness(patch, contrast, brightness):
    histograms = gradient_histograms(patch)
    length = np.linalg.norm(histograms)
    assert length == pytest.approx(1) or not histograms.any()
    assert_allclose(gradient_histograms(contrast * patch + brightness), histograms, atol=1e-6)


def test_no_number_of_a_descriptor_dominates():
    patch = np.zeros((16, 16))
    patch[:, 8:] = 1
    patch += np.random.default_rng(0).normal(size=patch.shape) / 100
    largest = gradient_histograms(patch).max()
    assert largest < 0.5  # without the cut at 0.2 it is above
    histograms = gradient_histograms(patch).ravel()
    assert (np.isclose(histograms, largest)).sum() > 1  # several were cut to the same number


def test_the_middle_counts_more_than_the_border():
    ramp = np.tile(np.arange(16.0), (16, 1))
    weights = gradient_histograms(ramp, cells=8, bins=1)[:, :, 0]
    assert weights[3, 3] > weights[0, 3] > weights[0, 0]
    assert weights[3, 3] == pytest.approx(weights[4, 4])
    # a Gaussian that falls to exp(-1/2) at the middle of a side
    row = gradient_histograms(ramp, cells=16, bins=1)[8, 1:15, 0]  # the slopes of the border are 0
    offset = (np.arange(1, 15) - 7.5) / 8
    assert_allclose(row / row.max(), np.exp(-(offset**2) / 2) / np.exp(-(offset**2).min() / 2))


def test_histograms_come_near_to_sift():
    cv2 = pytest.importorskip("cv2")
    blobs = cv2.GaussianBlur(np.random.default_rng(1).uniform(0, 255, (90, 90)), (0, 0), 3)
    image = cv2.normalize(blobs, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)
    keypoints, descriptors = cv2.SIFT_create().detectAndCompute(image, None)
    assert len(keypoints) > 15
    for keypoint, descriptor in zip(keypoints, descriptors, strict=True):
        blurred = cv2.GaussianBlur(image.astype(np.float32), (0, 0), keypoint.size / 2)
        patch = upright_patch(blurred, *keypoint.pt, width=6 * keypoint.size, angle=keypoint.angle)
        ours = gradient_histograms(patch).ravel()
        cosine = ours @ descriptor / np.linalg.norm(descriptor)
        inside = min(keypoint.pt) > 3 * keypoint.size and max(keypoint.pt) < 90 - 3 * keypoint.size
        assert cosine > 0.8 or not inside


def test_bits_compare_the_right_pixels():
    patch = [[1, 2, 3], [6, 5, 4]]
    pairs = [
        [0, 0, 2, 0],  # 1 < 3
        [2, 0, 0, 0],  # 3 < 1, no
        [0, 0, 0, 0],  # equal, no
        [2, 1, 0, 1],  # 4 < 6
        [0, 1, 2, 1],  # 6 < 4, no
        [1, 0, 1, 1],  # 2 < 5
        [1, 1, 1, 0],  # 5 < 2, no
        [2, 0, 2, 1],  # 3 < 4
    ]
    bits = binary_descriptor(patch, pairs)
    assert bits.dtype == np.uint8
    assert np.unpackbits(bits).tolist() == [1, 0, 0, 1, 0, 1, 0, 1]


@pytest.mark.judge("eq-hamming", "hand")
def test_hamming_worked_by_hand():
    assert hamming_distance([0b10110100], [0b10011100]) == 2
    assert hamming_distance([255, 0, 7], [0, 0, 1]) == 8 + 0 + 2


@pytest.mark.judge("eq-hamming", "library")
@settings(max_examples=25)
@given(some_bytes, some_bytes)
def test_hamming_agrees_with_opencv_and_scipy(one, other):
    cv2 = pytest.importorskip("cv2")
    distance = pytest.importorskip("scipy.spatial.distance")
    found = hamming_distance(one, other)
    assert found == cv2.norm(one, other, cv2.NORM_HAMMING)
    assert found == pytest.approx(256 * distance.hamming(np.unpackbits(one), np.unpackbits(other)))


@pytest.mark.judge("eq-hamming", "law")
@settings(max_examples=25)
@given(some_bytes, some_bytes, some_bytes)
def test_hamming_is_a_distance(one, other, third):
    assert hamming_distance(one, one) == 0
    assert hamming_distance(one, ~one) == 256
    assert hamming_distance(one, other) == hamming_distance(other, one)
    assert hamming_distance(one, third) <= hamming_distance(one, other) + hamming_distance(other, third)


# ---- matching and RANSAC --------------------------------------------------------------------------


@pytest.mark.parametrize("ratio", [0.7, 0.9, 1.0])
def test_matches_agree_with_opencv(rng, ratio):
    cv2 = pytest.importorskip("cv2")
    one, other = (rng.normal(size=(n, 6)).astype(np.float32) for n in (40, 30))
    pairs = cv2.BFMatcher(cv2.NORM_L2).knnMatch(one, other, k=2)
    expected = [[a.queryIdx, a.trainIdx] for a, b in pairs if a.distance < ratio * b.distance]
    found = match_descriptors(one, other, ratio=ratio)
    assert 0 < len(found) <= 40
    assert found.tolist() == expected


def test_a_tie_is_no_match():
    assert match_descriptors([[0.0]], [[1.0], [-1.0]], ratio=1).shape == (0, 2)
    assert match_descriptors([[3.0]], [[3.0], [9.0]], ratio=0.01).tolist() == [[0, 0]]


@pytest.mark.judge("eq-ransac-trials", "hand")
def test_trials_worked_by_hand():
    # half right, samples of one, sure to 3/4: 1 - (1/2)^2 = 3/4
    assert ransac_trials(0.5, sample=1, confidence=0.75) == 2
    # half right, samples of two: a chance of 1/4; (3/4)^N <= 1/2 needs N = 3, since 9/16 > 1/2 > 27/64
    assert ransac_trials(0.5, sample=2, confidence=0.5) == 3
    assert ransac_trials(1, confidence=0.999) == 1


@pytest.mark.judge("eq-ransac-trials", "library")
@settings(max_examples=25)
@given(st.floats(0.05, 0.99), st.integers(1, 5), st.floats(0.01, 0.999))
def test_trials_agree_with_the_geometric_distribution(share, sample, confidence):
    stats = pytest.importorskip("scipy.stats")
    # how long one waits for the first right sample
    expected = stats.geom.ppf(confidence, share**sample)
    assert ransac_trials(share, sample=sample, confidence=confidence) == pytest.approx(expected, abs=1)
    assert ransac_trials(share, sample=sample, confidence=confidence) >= expected - 1e-9


@pytest.mark.judge("eq-ransac-trials", "law")
@settings(max_examples=50)
@given(st.floats(0.1, 0.99), st.integers(1, 4), st.floats(0.01, 0.999))
def test_so_many_trials_suffice_and_one_less_does_not(share, sample, confidence):
    trials = ransac_trials(share, sample=sample, confidence=confidence)
    all_bad = 1 - share**sample
    assert all_bad**trials <= (1 - confidence) * (1 + 1e-9)
    assert trials == 1 or all_bad ** (trials - 1) >= (1 - confidence) * (1 - 1e-9)


def test_ransac_finds_the_homography_among_wrong_matches(rng):
    cv2 = pytest.importorskip("cv2")
    source = rng.uniform(0, 200, size=(60, 2))
    target = moved(source, HOMOGRAPHY)
    target[::2] += rng.uniform(30, 90, size=(30, 2))  # every other match is wrong
    homography, inliers = ransac_homography(source, target, tolerance=1, trials=200)
    assert_array_equal(np.flatnonzero(inliers), np.arange(1, 60, 2))
    assert_allclose(homography / homography[2, 2], HOMOGRAPHY, atol=1e-3)
    expected, mask = cv2.findHomography(source, target, cv2.RANSAC, 1.0)
    assert_allclose(homography / homography[2, 2], expected, atol=1e-3)
    assert_array_equal(inliers, mask.ravel() == 1)


def test_ransac_gives_the_same_each_time_and_the_tolerance_counts(rng):
    source = rng.uniform(0, 200, size=(30, 2))
    target = moved(source, HOMOGRAPHY) + rng.normal(0, 1, size=(30, 2))
    runs = [ransac_homography(source, target, trials=30, seed=5) for _ in range(2)]
    assert_array_equal(runs[0][0], runs[1][0])
    narrow = ransac_homography(source, target, tolerance=0.5, trials=30)[1].sum()
    assert narrow < ransac_homography(source, target, tolerance=5, trials=30)[1].sum()


@pytest.mark.parametrize("seed", range(4))
def test_ransac_keeps_the_best_sample_and_fits_to_all_inliers(rng, seed):
    cv2 = pytest.importorskip("cv2")
    source = rng.uniform(0, 200, size=(40, 2))
    target = moved(source, HOMOGRAPHY) + rng.normal(0, 0.5, size=(40, 2))
    target[::2] += rng.uniform(40, 90, size=(20, 2))
    homography, inliers = ransac_homography(source, target, trials=150, seed=seed)
    assert inliers[1::2].sum() >= 18
    assert not inliers[::2].any()
    assert_allclose(homography, cv2.findHomography(source[inliers], target[inliers], 0)[0])


@pytest.mark.parametrize(("tolerance", "agrees"), [(2.4, False), (2.6, True)])
def test_a_match_agrees_within_the_tolerance(rng, tolerance, agrees):
    source = rng.uniform(0, 200, size=(25, 2)).round()
    target = source + np.array([30, 10])
    target[7, 0] += 2.5
    target[:3] += [[90, 0], [0, 90], [90, 90]]
    _, inliers = ransac_homography(source, target, tolerance=tolerance, trials=60)
    assert inliers.tolist() == [False] * 3 + [True] * 4 + [agrees] + [True] * 17


@pytest.mark.parametrize("side", ["source", "target"])
def test_points_on_a_line_define_no_homography(side):
    line = np.array([[i, 2 * i] for i in range(6)], float)
    spread = np.array([[0, 0], [9, 0], [9, 9], [0, 9], [3, 5], [7, 2]], float)
    both = {"source": spread, "target": spread} | {side: line}
    with pytest.raises(ValueError, match="none of 20 samples defines a homography within 3 pixels: three"):
        ransac_homography(both["source"], both["target"], trials=20)


def test_a_tolerance_below_the_rounding_is_named(rng):
    source = rng.uniform(0, 200, size=(9, 2))
    with pytest.raises(ValueError, match=r"within 1e-12 pixels: .*, or the tolerance is too small; give"):
        ransac_homography(source, moved(source, HOMOGRAPHY), tolerance=1e-12, trials=5)


# ---- repeatability --------------------------------------------------------------------------------


@pytest.mark.judge("eq-repeatability", "hand")
def test_repeatability_worked_by_hand():
    sizes = {"shape": (100, 100), "shape_after": (100, 100)}
    points = np.array([[5, 5], [20, 50], [95, 50]])
    # moved by 10 to the right the third leaves the picture; (3, 3) came from outside; (30, 52) is 2 off
    after = np.array([[15, 5], [30, 52], [3, 3], [70, 70]])
    assert repeatability(points, after, SHIFT, **sizes) == 2 / 2
    assert repeatability(points, after, SHIFT, tolerance=1.9, **sizes) == 1 / 2
    assert repeatability(points, after, SHIFT, tolerance=2, **sizes) == 2 / 2
    # one point cannot be the partner of two
    twins = np.array([[5, 5], [6, 5], [60, 60]])
    assert repeatability(twins, [[15, 5], [80, 80], [40, 20]], SHIFT, **sizes) == 1 / 3


def test_the_common_part_ends_with_the_picture():
    sizes = {"shape": (50, 80), "shape_after": (50, 80)}
    same = np.eye(3)
    assert repeatability([[79, 49]], [[79, 49]], same, **sizes) == 1
    for outside in ([80, 0], [0, 50], [-1, 0], [0, -1]):
        assert repeatability([outside], [outside], same, **sizes) == 0
    # the two shapes are of different pictures
    assert repeatability([[5, 5]], [[15, 5]], SHIFT, shape=(10, 10), shape_after=(10, 20)) == 1
    assert repeatability([[5, 5]], [[15, 5]], SHIFT, shape=(10, 10), shape_after=(10, 15)) == 0
    assert repeatability([[5, 5]], [[15, 5]], SHIFT, shape=(10, 5), shape_after=(10, 20)) == 0


@pytest.mark.judge("eq-repeatability", "library")
def test_repeatability_agrees_with_opencv_and_scipy(rng):
    cv2 = pytest.importorskip("cv2")
    spatial = pytest.importorskip("scipy.spatial")
    points = rng.uniform(0, 100, size=(80, 2))
    after = np.vstack(
        [moved(points[:50], HOMOGRAPHY) + rng.normal(0, 1.5, (50, 2)), rng.uniform(0, 120, (30, 2))]
    )
    back = moved(after, np.linalg.inv(HOMOGRAPHY))

    def seen(places):
        return ((places >= 0) & (places <= 99)).all(axis=1)

    there, here = points[seen(moved(points, HOMOGRAPHY))], back[seen(back)]
    pairs = cv2.BFMatcher(cv2.NORM_L2, crossCheck=True).match(there.astype("f4"), here.astype("f4"))
    expected = sum(pair.distance <= 2 for pair in pairs) / min(len(there), len(here))
    sizes = {"shape": (100, 100), "shape_after": (100, 100)}
    found = repeatability(points, after, HOMOGRAPHY, tolerance=2, **sizes)
    assert found == expected
    near, nearest = spatial.KDTree(here).query(there)
    mutual = spatial.KDTree(there).query(here[nearest])[1] == np.arange(len(there))
    assert found == (mutual & (near <= 2)).sum() / min(len(there), len(here))
    assert 0.2 < found < 0.9


@pytest.mark.judge("eq-repeatability", "law")
@settings(max_examples=25)
@given(st.integers(0, 1000), st.floats(0.5, 2), st.floats(0.5, 8))
def test_repeatability_keeps_its_bounds_and_is_one_for_the_same_points(seed, factor, tolerance):
    points = np.random.default_rng(seed).uniform(0, 60, size=(20, 2))
    scale = np.diag([factor, factor, 1])
    sizes = {"shape": (61, 61), "shape_after": (140, 140)}
    options = sizes | {"tolerance": tolerance}
    assert repeatability(points, factor * points, scale, **options) == 1
    other = np.random.default_rng(seed + 1).uniform(0, 60 * factor, size=(20, 2))
    score = repeatability(points, other, scale, **options)
    assert 0 <= score <= 1
    assert repeatability(points, other, scale, **options | {"tolerance": 2 * tolerance}) >= score
    # a homography is the same times any number
    for number in (3, 1e-6, 1e6):
        assert repeatability(points, other, number * scale, **options) == pytest.approx(score)


# ---- what is refused ------------------------------------------------------------------------------

SIZES = {"shape": (9, 9), "shape_after": (9, 9)}
FLAT = np.zeros((9, 9))
FOUR = [[0, 0], [1, 0], [1, 1], [0, 1]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: structure_tensor(FLAT, window=4), ValueError, "window must be odd, got 4: only then"),
        (lambda: structure_tensor(FLAT, window=0), ValueError, "window must be at least 1, got 0"),
        (lambda: structure_tensor(FLAT, window=2.0), TypeError, "window must be a whole number, got 2.0"),
        (
            lambda: structure_tensor(FLAT[:4]),
            ValueError,
            r"at least as large as the window of 5, got \(4, 9\)",
        ),
        (lambda: structure_tensor(FLAT[:, :4]), ValueError, r"got \(9, 4\): use a smaller window"),
        (lambda: structure_tensor(np.zeros((9, 9, 3))), ValueError, r"image has shape \(height, width\)"),
        (lambda: structure_tensor(FLAT * np.nan), ValueError, "image must hold finite numbers, got nan"),
        (lambda: structure_tensor([["a"]]), TypeError, "image must hold real numbers"),
        (lambda: harris_response(FLAT, k=0.3), ValueError, "k must be at most 0.25, got 0.3"),
        (lambda: harris_response(FLAT, k=-1), ValueError, "k must be at least 0, got -1"),
        (lambda: harris_response(FLAT, k="0"), TypeError, "k must be a number"),
        (lambda: local_maxima([1, 2]), ValueError, r"response has shape \(height, width\), got \(2,\)"),
        (lambda: local_maxima(FLAT, radius=0), ValueError, "radius must be at least 1, got 0"),
        (lambda: local_maxima(FLAT, most=0), ValueError, "most must be at least 1, got 0"),
        (lambda: local_maxima(FLAT, threshold=np.inf), ValueError, "threshold must be finite"),
        (lambda: circle_values(FLAT, 2, 4), ValueError, "x must be at least 3, got 2"),
        (lambda: circle_values(FLAT, 4, 2), ValueError, "y must be at least 3, got 2"),
        (
            lambda: circle_values(FLAT, 6, 4),
            ValueError,
            r"\(x, y\) = \(6, 4\) does not fit into an image of \(9, 9\)",
        ),
        (lambda: circle_values(FLAT, 4, 6), ValueError, "keep 3 pixels away from the border"),
        (lambda: circle_values(FLAT, 4.5, 4), TypeError, "x must be a whole number"),
        (lambda: circle_values([], 4, 4), ValueError, r"image has shape \(height, width\), got \(0,\)"),
        (lambda: segment_test(FLAT, 4, 4, threshold=-1), ValueError, "threshold must be at least 0, got -1"),
        (lambda: segment_test(FLAT, 4, 4, threshold=1, arc=17), ValueError, "arc must be at most 16, got 17"),
        (lambda: segment_test(FLAT, 4, 4, threshold=1, arc=0), ValueError, "arc must be at least 1, got 0"),
        (lambda: upright_patch(FLAT, 4, 4, width=0), ValueError, "width must be above 0, got 0"),
        (lambda: upright_patch(FLAT, 4, 4, width=5, side=0), ValueError, "side must be at least 1, got 0"),
        (lambda: upright_patch(FLAT, np.nan, 4, width=5), ValueError, "x must be finite, got nan"),
        (lambda: upright_patch(FLAT, 4, 4, width=5, angle=np.inf), ValueError, "angle must be finite"),
        (lambda: upright_patch([1], 4, 4, width=5), ValueError, r"image has shape \(height, width\)"),
        (
            lambda: gradient_histograms(FLAT),
            ValueError,
            "divide into 4 x 4 cells, got a side of 9: cut another",
        ),
        (
            lambda: gradient_histograms(FLAT[:8]),
            ValueError,
            r"patch has shape \(8, 8\), got \(8, 9\): cut a square",
        ),
        (lambda: gradient_histograms(FLAT, cells=0), ValueError, "cells must be at least 1, got 0"),
        (lambda: gradient_histograms(FLAT, cells=3, bins=0), ValueError, "bins must be at least 1, got 0"),
        (
            lambda: binary_descriptor(FLAT, [[0, 0, 1, 1]]),
            ValueError,
            "whole bytes, got 1 of them: use a multiple",
        ),
        (
            lambda: binary_descriptor(FLAT, [[0, 0, 1]] * 8),
            ValueError,
            r"pairs has shape \(bits, 4\), got \(8, 3\)",
        ),
        (
            lambda: binary_descriptor(FLAT, [[0, 0, 9, 1]] * 8),
            ValueError,
            r"patch of \(9, 9\), got 9: count them",
        ),
        (lambda: binary_descriptor(FLAT[:5], [[0, 5, 1, 1]] * 8), ValueError, r"patch of \(5, 9\), got 5"),
        (lambda: binary_descriptor(FLAT, [[0, 0, -1, 1]] * 8), ValueError, "got -1"),
        (lambda: binary_descriptor(FLAT, [[0, 0, 0.5, 1]] * 8), ValueError, "got 0.5"),
        (
            lambda: hamming_distance([1, 2], [1]),
            ValueError,
            r"other has shape \(2,\), got \(1,\): as many bytes",
        ),
        (
            lambda: hamming_distance([256], [1]),
            ValueError,
            "one must hold bytes, whole numbers from 0 to 255, got 256",
        ),
        (lambda: hamming_distance([1], [-1]), ValueError, "other must hold bytes, .* got -1"),
        (lambda: hamming_distance([1.5], [1]), ValueError, "got 1.5"),
        (lambda: hamming_distance([], []), ValueError, "one is empty"),
        (
            lambda: match_descriptors([[1]], [[1]]),
            ValueError,
            "others must be at least 2, got 1: the nearest needs",
        ),
        (
            lambda: match_descriptors([[1]], [[1, 2]] * 2),
            ValueError,
            r"others has shape \(m, 1\), got \(2, 2\)",
        ),
        (lambda: match_descriptors([1], [[1]] * 2), ValueError, r"descriptors has shape \(n, numbers\)"),
        (lambda: match_descriptors([[1]], [[1]] * 2, ratio=0), ValueError, "ratio must be above 0, got 0"),
        (
            lambda: match_descriptors([[1]], [[1]] * 2, ratio=1.1),
            ValueError,
            "ratio must be at most 1, got 1.1",
        ),
        (lambda: ransac_trials(0), ValueError, "inlier_share must be above 0, got 0"),
        (lambda: ransac_trials(1.5), ValueError, "inlier_share must be at most 1, got 1.5"),
        (lambda: ransac_trials(0.5, sample=0), ValueError, "sample must be at least 1, got 0"),
        (lambda: ransac_trials(0.5, confidence=0), ValueError, "confidence must be above 0, got 0"),
        (
            lambda: ransac_trials(0.5, confidence=1),
            ValueError,
            "confidence must be below 1, got 1.0: chance never",
        ),
        (
            lambda: ransac_trials(1e-5),
            ValueError,
            "a sample of 4 is right with a chance of 1.0e-20 only: find better",
        ),
        (
            lambda: ransac_homography(FOUR[:3], FOUR[:3]),
            ValueError,
            "needs at least 4 matches, got 3: find more",
        ),
        (
            lambda: ransac_homography(FOUR, FOUR[:3]),
            ValueError,
            r"target has shape \(4, 2\), got \(3, 2\): one for",
        ),
        (lambda: ransac_homography(FOUR, FOUR, trials=0), ValueError, "trials must be at least 1, got 0"),
        (lambda: ransac_homography(FOUR, FOUR, tolerance=0), ValueError, "tolerance must be above 0, got 0"),
        (lambda: ransac_homography(FOUR, FOUR, seed=-1), ValueError, "seed must be at least 0, got -1"),
        (
            lambda: repeatability([1, 2], FOUR, SHIFT, **SIZES),
            ValueError,
            r"points has shape \(n, 2\), got \(2,\)",
        ),
        (lambda: repeatability(FOUR, [[1]], SHIFT, **SIZES), ValueError, r"points_after has shape \(m, 2\)"),
        (lambda: repeatability(FOUR, FOUR, SHIFT[:2], **SIZES), ValueError, r"homography has shape \(3, 3\)"),
        (
            lambda: repeatability(FOUR, FOUR, 0 * SHIFT, **SIZES),
            ValueError,
            "homography must have an inverse, got one that flattens .*: fit it",
        ),
        (
            lambda: repeatability(FOUR, FOUR, SHIFT, shape=(9.5, 9), shape_after=(9, 9)),
            TypeError,
            "shape must be a whole number, got 9.5",
        ),
        (
            lambda: repeatability(FOUR, FOUR, SHIFT, shape=(9, 9), shape_after=(0, 9)),
            ValueError,
            "shape_after must be at least 1, got 0",
        ),
        (
            lambda: repeatability(FOUR, FOUR, SHIFT, tolerance=0, **SIZES),
            ValueError,
            "tolerance must be above 0",
        ),
        (
            lambda: repeatability(FOUR, FOUR, SHIFT, shape=(9, 9, 3), shape_after=(9, 9)),
            ValueError,
            r"shape has shape \(2,\), got \(3,\): \(height, width\)",
        ),
    ],
)
def test_bad_input_is_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()
