"""generation.py against sums by hand, SciPy, Keras, TensorFlow, and the laws of clouds and distances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.classification import top_k_accuracy
from cvlessons.datasets import load_fashion_mnist, load_photo, load_weights
from cvlessons.generation import (
    build_decoder,
    build_encoder,
    build_garment_classifier,
    frechet_distance,
    gaussian_kl,
    gram_matrix,
    reparametrise,
    style_vector,
    stylise,
)

seeds = st.integers(0, 10_000)


def clouds(seed, n=5, latents=3):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, latents)), rng.normal(size=(n, latents))


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-reparametrisation", "hand")
def test_points_worked_by_hand():
    # variances 1, 4 and 1/4: spreads 1, 2 and 1/2
    log_variance = np.log([[1.0, 4.0, 0.25]])
    points = reparametrise([[10.0, 20.0, 30.0]], log_variance, [[3.0, -1.0, 2.0]])
    assert_allclose(points, [[13, 18, 31]])


@pytest.mark.judge("eq-reparametrisation", "library")
def test_points_are_distributed_as_scipy_says(rng):
    stats = pytest.importorskip("scipy.stats")
    mean, log_variance = np.full((4000, 1), -2.0), np.full((4000, 1), np.log(9))
    points = reparametrise(mean, log_variance, rng.normal(size=(4000, 1)))
    assert stats.kstest(points[:, 0], stats.norm(-2, 3).cdf).pvalue > 0.01
    # and point by point: the quantile of the standard normal becomes the same quantile of the cloud
    shares = np.linspace(0.05, 0.95, 7)[:, None]
    points = reparametrise(mean[:7], log_variance[:7], stats.norm.ppf(shares))
    assert_allclose(points, stats.norm(-2, 3).ppf(shares), rtol=1e-9)


@pytest.mark.judge("eq-reparametrisation", "law")
@given(seeds)
def test_without_noise_the_mean_and_the_noise_comes_back(seed):
    mean, log_variance = clouds(seed)
    noise = np.random.default_rng(seed + 1).normal(size=mean.shape)
    assert_array_equal(reparametrise(mean, log_variance, 0 * noise), mean)
    points = reparametrise(mean, log_variance, noise)
    assert_allclose((points - mean) / np.sqrt(np.exp(log_variance)), noise, rtol=1e-9, atol=1e-9)


@pytest.mark.judge("eq-gaussian-kl", "hand")
def test_divergences_worked_by_hand():
    # mean 3: 9 / 2; variance e: (e - 1 - 1) / 2; variance 1/e: (1/e - 1 + 1) / 2
    mean, log_variance = [[3.0], [0.0], [0.0]], [[0.0], [1.0], [-1.0]]
    assert_allclose(gaussian_kl(mean, log_variance), [4.5, (np.e - 2) / 2, 1 / np.e / 2])
    assert_allclose(gaussian_kl([[3.0, 0.0]], [[0.0, 1.0]]), [4.5 + (np.e - 2) / 2])


@pytest.mark.judge("eq-gaussian-kl", "library")
def test_divergence_agrees_with_scipy_integrals():
    """The divergence is the mean log-ratio of the two densities; SciPy has the densities and the integral."""
    stats, integrate = pytest.importorskip("scipy.stats"), pytest.importorskip("scipy.integrate")
    for mean, variance in ((0.7, 0.3), (-1.5, 2.0), (0.0, 1.0)):
        cloud, standard = stats.norm(mean, np.sqrt(variance)), stats.norm()

        def ratio(z, cloud=cloud, standard=standard):
            return cloud.pdf(z) * (cloud.logpdf(z) - standard.logpdf(z))

        expected, _ = integrate.quad(ratio, -20, 20, points=[mean])
        assert_allclose(gaussian_kl([[mean]], [[np.log(variance)]])[0], expected, atol=1e-8)


@pytest.mark.judge("eq-gaussian-kl", "law")
@given(seeds)
def test_divergence_is_never_negative_and_adds_up(seed):
    mean, log_variance = clouds(seed)
    divergence = gaussian_kl(mean, log_variance)
    assert (divergence >= 0).all()
    apart = [gaussian_kl(mean[:, [k]], log_variance[:, [k]]) for k in range(3)]
    assert_allclose(divergence, np.sum(apart, axis=0), rtol=1e-9)
    assert_allclose(gaussian_kl(-mean, log_variance), divergence)
    assert_array_equal(gaussian_kl(0 * mean, 0 * mean), np.zeros(5))


@pytest.mark.judge("eq-gaussian-kl", "law")
def test_divergence_has_the_slopes_of_its_formula(rng):
    mean, log_variance, step = rng.normal(size=(1, 4)), rng.normal(size=(1, 4)), 1e-6
    for k in range(4):
        nudge = step * np.eye(4)[[k]]
        slope = (gaussian_kl(mean + nudge, log_variance) - gaussian_kl(mean - nudge, log_variance)) / 2
        assert_allclose(slope / step, mean[:, k], atol=1e-6)
        slope = (gaussian_kl(mean, log_variance + nudge) - gaussian_kl(mean, log_variance - nudge)) / 2
        assert_allclose(slope / step, (np.exp(log_variance[:, k]) - 1) / 2, atol=1e-6)


@pytest.mark.judge("eq-frechet-distance", "hand")
def test_distances_worked_by_hand():
    # means 0 and 3, spreads 1 and 2
    assert_allclose(frechet_distance([[-1.0], [1.0]], [[1.0], [5.0]]), 9 + 1)
    # two features that do not covary: spreads 1 and 2 against 3 and 1, the same means
    one = [[-1, -2], [-1, 2], [1, -2], [1, 2]]
    other = [[-3, -1], [-3, 1], [3, -1], [3, 1]]
    assert_allclose(frechet_distance(one, other), (3 - 1) ** 2 + (2 - 1) ** 2)


@pytest.mark.judge("eq-frechet-distance", "library")
def test_distance_agrees_with_the_root_of_scipy(rng):
    linalg = pytest.importorskip("scipy.linalg")
    one = rng.normal(size=(200, 5)) @ rng.normal(size=(5, 5)) + 2
    other = rng.normal(size=(300, 5)) @ rng.normal(size=(5, 5))
    spreads = [np.cov(features.T, bias=True) for features in (one, other)]
    root = linalg.sqrtm(spreads[0] @ spreads[1])
    shift = one.mean(axis=0) - other.mean(axis=0)
    expected = shift @ shift + np.trace(spreads[0] + spreads[1] - 2 * root.real)
    assert_allclose(frechet_distance(one, other), expected, rtol=1e-9)


@pytest.mark.judge("eq-frechet-distance", "law")
@given(seeds)
def test_distance_is_one_of_two_sets(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(20, 4)), rng.normal(size=(30, 4)) * 3
    shift = rng.normal(size=4)
    distance = frechet_distance(one, other)
    assert distance > 0
    assert_allclose(frechet_distance(other, one), distance, rtol=1e-9)
    assert_allclose(frechet_distance(one, one), 0, atol=1e-9)
    assert_allclose(frechet_distance(one, one + shift), shift @ shift, atol=1e-9)
    assert_allclose(frechet_distance(one, 3 * (one - one.mean(0)) + one.mean(0)), 4 * one.var(0).sum())
    turn = np.linalg.qr(rng.normal(size=(4, 4)))[0]
    assert_allclose(frechet_distance(one @ turn, other @ turn), distance, rtol=1e-9)
    assert_allclose(frechet_distance(rng.permutation(one), other), distance, rtol=1e-9)


def test_distance_of_fewer_pictures_than_features(rng):
    few = rng.normal(size=(3, 8))
    assert 0 <= frechet_distance(few, few) < 1e-6
    assert frechet_distance(few.astype(np.float32), few + 1) == pytest.approx(8, rel=1e-5)


@pytest.mark.judge("eq-gram-matrix", "hand")
def test_products_worked_by_hand():
    features = [[[1, 2], [3, 4]], [[0, 1], [-1, 0]]]
    # over four places: 1 + 9 + 0 + 1, 2 + 12 + 0 + 0, 4 + 16 + 1 + 0
    assert_allclose(gram_matrix(features), np.array([[11, 14], [14, 21]]) / 4)


@pytest.mark.judge("eq-gram-matrix", "library")
def test_gram_matrix_agrees_with_tensorflow(rng):
    tf = pytest.importorskip("tensorflow")
    features = rng.normal(size=(6, 7, 5))
    expected = tf.linalg.einsum("ijc,ijd->cd", features, features) / 42
    assert_allclose(gram_matrix(features), expected, rtol=1e-12)


@pytest.mark.judge("eq-gram-matrix", "law")
@given(seeds)
def test_gram_matrix_does_not_see_places(seed):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(4, 6, 3))
    gram = gram_matrix(features)
    shuffled = rng.permutation(features.reshape(-1, 3)).reshape(8, 3, 3)
    assert_allclose(gram_matrix(shuffled), gram, rtol=1e-9, atol=1e-12)
    assert_array_equal(gram, gram.T)
    assert np.linalg.eigvalsh(gram).min() > -1e-12
    assert_allclose(gram_matrix(2 * features), 4 * gram)
    assert_allclose(np.trace(gram), (features**2).sum() / 24)


# ---- the networks ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def weights():
    return load_weights("vae")


def part(weights, name):
    return [array for key, array in weights.items() if key.startswith(f"{name}/")]


@pytest.mark.parametrize("latents", [2, 16])
def test_the_stored_autoencoders_redraw_clothes(weights, latents):
    pytest.importorskip("keras")
    _, (x_test, _) = load_fashion_mnist()
    pictures = x_test[::20, :, :, None] / 255
    encoder, decoder = build_encoder(latents), build_decoder(latents)
    encoder.set_weights(part(weights, f"vae{latents}/encoder"))
    decoder.set_weights(part(weights, f"vae{latents}/decoder"))
    mean, log_variance = encoder.predict(pictures, verbose=0)
    assert mean.shape == log_variance.shape == (100, latents)
    drawn = decoder.predict(mean, verbose=0)
    assert drawn.min() >= 0
    assert drawn.max() <= 1
    missed = np.sqrt(np.mean((drawn - pictures) ** 2))
    (spread,) = part(weights, f"vae{latents}/std")
    assert missed == pytest.approx(float(spread.item()), abs=0.02)


def test_the_stored_classifier_names_clothes_by_its_features(weights):
    pytest.importorskip("keras")
    _, (x_test, y_test) = load_fashion_mnist()
    pictures = x_test[::10, :, :, None] / 255
    classifier, features = build_garment_classifier()
    classifier.set_weights(part(weights, "garments/classifier"))
    rated = classifier.predict(pictures, verbose=0)
    assert top_k_accuracy(rated, y_test[::10]) > 0.8
    last, bias = classifier.layers[-1].get_weights()
    scores = features.predict(pictures, verbose=0) @ last + bias
    assert_array_equal(scores.argmax(axis=1), rated.argmax(axis=1))


# ---- style ----------------------------------------------------------------------------------------


def test_style_comes_from_the_painting_and_content_from_the_photo():
    pytest.importorskip("onnxruntime")
    swan, painting = load_photo("swan"), load_photo("starry_night")
    style = style_vector(painting)
    assert style.shape == (100,)
    assert style.dtype == np.float32
    assert np.abs(style_vector(swan) - style).max() > 0.1
    painted = stylise(swan, style)
    assert painted.shape == (384, 384, 3)
    assert painted.dtype == np.uint8
    colours = [picture.reshape(-1, 3).mean(axis=0) for picture in (swan, painting, painted)]
    assert np.linalg.norm(colours[2] - colours[1]) < np.linalg.norm(colours[0] - colours[1])
    cv2 = pytest.importorskip("cv2")
    grey = [cv2.resize(p.mean(axis=2), (384, 384), interpolation=cv2.INTER_AREA) for p in (swan, painted)]
    assert np.corrcoef(grey[0].ravel(), grey[1].ravel())[0, 1] > 0.4


def test_a_picture_is_read_row_by_row_and_red_first():
    """A turned or swapped input would give another style."""
    pytest.importorskip("onnxruntime")
    painting = load_photo("starry_night")
    style = style_vector(painting)
    for other in (painting[..., ::-1], painting.swapaxes(0, 1)):
        assert np.linalg.norm(style_vector(np.ascontiguousarray(other)) - style) > 0.1


def test_the_repainted_picture_has_its_channels_in_order():
    pytest.importorskip("onnxruntime")
    photo = load_photo("astronaut")
    painted = stylise(photo, style_vector(photo))
    orange = painted[270:330, 60:100].reshape(-1, 3).mean(axis=0)  # a sleeve of the suit
    assert orange[0] > orange[1] > orange[2]
    assert orange[0] > 1.5 * orange[2]


# ---- edges ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("build", [build_encoder, build_decoder])
def test_a_bad_number_of_latents_is_explained(build):
    with pytest.raises(ValueError, match="latents must be at least 1, got 0"):
        build(0)
    with pytest.raises(TypeError, match=r"latents must be a whole number, got 2\.5"):
        build(2.5)


@pytest.mark.parametrize(
    ("mean", "log_variance", "error", "message"),
    [
        ([1.0], [1.0], ValueError, r"mean has shape \(n, latents\), got \(1,\)"),
        ([[1.0]], [[1.0, 2.0]], ValueError, r"log_variance has shape \(1, 1\), got \(1, 2\): one for each"),
        ([[np.nan]], [[1.0]], ValueError, "mean must hold finite numbers, got nan"),
        ([["a"]], [[1.0]], TypeError, "mean must hold real numbers"),
        ([[1e200]], [[0.0]], ValueError, r"mean must lie between -3e\+153 and 3e\+153, .*, got 1e\+200"),
        ([[0.0] * 4], [[709.0] * 4], ValueError, "log_variance must have a finite exponential, got 709"),
        (
            [[0.0]],
            [[800.0]],
            ValueError,
            "log_variance must have a finite exponential, got 800: the training",
        ),
    ],
)
def test_bad_clouds_are_explained(mean, log_variance, error, message):
    with pytest.raises(error, match=message):
        gaussian_kl(mean, log_variance)
    with pytest.raises(error, match=message):
        reparametrise(mean, log_variance, [[0.0]])


def test_bad_noise_is_explained():
    with pytest.raises(
        ValueError, match=r"noise has shape \(1, 1\), got \(1, 2\): one number for each latent"
    ):
        reparametrise([[0.0]], [[0.0]], [[1.0, 2.0]])
    with pytest.raises(ValueError, match=r"noise must lie between .*, got 1e\+308 in size: divide"):
        reparametrise([[0.0]], [[700.0]], [[1e308]])


def test_clouds_keep_32_bits():
    short = np.zeros((2, 3), np.float32)
    assert reparametrise(short, short, short).dtype == np.float32
    assert gaussian_kl(short, short).dtype == np.float32


@pytest.mark.parametrize(
    ("one", "other", "message"),
    [
        ([1.0, 2.0], [[1.0]], r"one has shape \(n, features\), got \(2,\)"),
        ([[1.0], [2.0]], [[1.0, 2.0]], r"other has shape \(n, 1\), got \(1, 2\): both sets need the same"),
        ([[1.0]], [[1.0], [2.0]], "one must hold at least two pictures, got 1: one has no spread"),
        ([[1.0], [2.0]], [[1.0]], "other must hold at least two pictures, got 1"),
        ([[1.0], [2.0]], [[1.0], [1e100]], r"other must lie between .*, got 1e\+100 in size"),
        ([[1.0], [np.inf]], [[1.0], [2.0]], "one must hold finite numbers, got inf"),
    ],
)
def test_bad_features_are_explained(one, other, message):
    with pytest.raises(ValueError, match=message):
        frechet_distance(one, other)


def test_a_bad_feature_map_is_explained():
    with pytest.raises(ValueError, match=r"features has shape \(height, width, channels\), got \(2, 2\)"):
        gram_matrix([[1, 2], [3, 4]])
    with pytest.raises(ValueError, match=r"features must lie between .*, got 1e\+200 in size"):
        gram_matrix([[[1e200]]])


@pytest.mark.parametrize("function", [style_vector, lambda photo: stylise(photo, np.zeros(100))])
@pytest.mark.parametrize(
    ("photo", "error", "message"),
    [
        (np.zeros((4, 4, 3)), TypeError, "photo must be an array of uint8, 0 to 255, got float64"),
        ([[0]], TypeError, "photo must be an array of uint8, 0 to 255, got list: try load_photo"),
        (np.zeros((4, 4), np.uint8), ValueError, r"photo has shape \(height, width, 3\), got \(4, 4\): red"),
        (np.zeros((0, 4, 3), np.uint8), ValueError, "photo is empty"),
    ],
)
def test_a_bad_photo_is_explained(function, photo, error, message):
    with pytest.raises(error, match=message):
        function(photo)


def test_a_bad_style_is_explained():
    with pytest.raises(ValueError, match=r"style has shape \(100,\), got \(99,\): take it from style_vector"):
        stylise(np.zeros((4, 4, 3), np.uint8), np.zeros(99))
    with pytest.raises(ValueError, match="style must hold finite numbers, got inf"):
        stylise(np.zeros((4, 4, 3), np.uint8), np.full(100, 1e300))
