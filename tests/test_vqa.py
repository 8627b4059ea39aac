"""vqa.py against bags and shares worked by hand, Keras and SciPy, and the laws of counts and of softmax."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons.datasets import load_easy_vqa, load_weights
from cvlessons.vqa import (
    KINDS,
    answer_probabilities,
    answer_shares,
    ask,
    bag_of_words,
    build_model,
    group_by_picture,
    question_kind,
    split_words,
    vocabulary_of,
)

WORDS = ("a", "circle", "is", "no", "red", "shape", "there")
questions = st.lists(st.sampled_from([*WORDS, "blue"]), min_size=1, max_size=8).map(" ".join)
vectors = arrays(float, 3, elements=st.floats(-3, 3))


@pytest.fixture(scope="module")
def easy_vqa():
    return load_easy_vqa()


@pytest.fixture(scope="module")
def vocabulary(easy_vqa):
    return vocabulary_of(easy_vqa[0]["questions"])


@pytest.fixture(scope="module")
def network(vocabulary):
    pytest.importorskip("keras")
    model = build_model(len(vocabulary), 13)
    model.set_weights(list(load_weights("vqa").values()))
    return model


# ---- judges ---------------------------------------------------------------------------------------


@pytest.mark.judge("eq-vqa-bag", "hand")
def test_bags_by_hand():
    assert bag_of_words("Is there a red shape?", WORDS).tolist() == [1, 0, 1, 0, 1, 1, 1]
    assert bag_of_words("a RED a red, a?", WORDS).tolist() == [3, 0, 0, 0, 2, 0, 0]
    assert bag_of_words("why?", WORDS).tolist() == [0] * 7


@pytest.mark.judge("eq-vqa-bag", "library")
def test_bags_agree_with_keras(easy_vqa, vocabulary):
    keras = pytest.importorskip("keras")
    theirs = keras.layers.TextVectorization(vocabulary=list(vocabulary), output_mode="count")
    asked = [*sorted(set(easy_vqa[0]["questions"])), "What is it? A red, RED shape", "who painted this?"]
    counts = np.asarray(theirs(asked))[:, 1:]  # their first counts the unknown words
    assert_array_equal([bag_of_words(text, vocabulary) for text in asked], counts)


@pytest.mark.judge("eq-vqa-bag", "law")
@given(questions, questions, st.randoms())
def test_order_does_not_count_and_questions_add_up(one, other, random):
    shuffled = one.split()
    random.shuffle(shuffled)
    assert_array_equal(bag_of_words(" ".join(shuffled), WORDS), bag_of_words(one, WORDS))
    both = bag_of_words(one, WORDS) + bag_of_words(other, WORDS)
    assert_array_equal(bag_of_words(f"{one} {other}", WORDS), both)
    unknown = one.split().count("blue")
    assert bag_of_words(one, WORDS).sum() == len(one.split()) - unknown


@pytest.mark.judge("eq-vqa-prior", "hand")
def test_shares_by_hand():
    shares = answer_shares(["red?", "red?", "red?", "blue?"], [1, 1, 0, 2], classes=4)
    assert list(shares) == ["red?", "blue?"]
    assert_allclose(shares["red?"], [1 / 3, 2 / 3, 0, 0], rtol=1e-15)
    assert shares["blue?"].tolist() == [0, 0, 1, 0]


@pytest.mark.judge("eq-vqa-prior", "library")
def test_shares_agree_with_scipy(easy_vqa):
    contingency = pytest.importorskip("scipy.stats.contingency")
    train = easy_vqa[0]
    shares = answer_shares(train["questions"], train["answers"], classes=13)
    names = sorted(set(train["questions"]))
    number = [names.index(text) for text in train["questions"]]
    table = contingency.crosstab(number, train["answers"], levels=(range(len(names)), range(13))).count
    assert_allclose([shares[name] for name in names], table / table.sum(axis=1, keepdims=True), rtol=1e-12)


@pytest.mark.judge("eq-vqa-prior", "law")
@given(st.lists(st.tuples(questions, st.integers(0, 4)), min_size=1, max_size=20))
def test_no_guesser_beats_the_largest_share(asked):
    texts, answers = [text for text, _ in asked], [answer for _, answer in asked]
    shares = answer_shares(texts, answers, classes=5)
    for share in shares.values():
        assert_allclose(share.sum(), 1, rtol=1e-12)

    def right(guess):
        return sum(guess(text) == answer for text, answer in asked)

    best = right(lambda text: shares[text].argmax())
    assert_allclose(best, sum(shares[text].max() for text in texts), rtol=1e-9)
    assert all(best >= right(lambda text, k=k: (len(text) + k) % 5) for k in range(5))


@pytest.mark.judge("eq-vqa-fusion", "hand")
def test_probabilities_by_hand():
    # products (2*3, 1*0) = (6, 0); scores 6/6 + 0 = 1 and 0 + 1 - 1 = 0; so e : 1
    p = answer_probabilities([2, 1], [3, 0], W=[[1 / 6, 5], [0, 7]], b=[0, 0])
    assert_allclose(p, [np.e / (np.e + 1), 1 / (np.e + 1)], rtol=1e-12)
    assert answer_probabilities([1], [0], W=[[9], [-9], [4]], b=[5, 5, 5]).tolist() == [1 / 3] * 3


@pytest.mark.judge("eq-vqa-fusion", "library")
def test_probabilities_agree_with_keras(rng):
    keras = pytest.importorskip("keras")
    v, q, W, b = rng.normal(size=8), rng.normal(size=8), rng.normal(size=(5, 8)), rng.normal(size=5)
    product = keras.ops.multiply(v[None], q[None])
    layer = keras.layers.Dense(5, activation="softmax", dtype="float64")
    layer.build((None, 8))
    layer.set_weights([W.T, b])
    assert_allclose(answer_probabilities(v, q, W, b), np.asarray(layer(product))[0], rtol=1e-9)


@pytest.mark.judge("eq-vqa-fusion", "law")
@given(vectors, vectors, arrays(float, (4, 3), elements=st.floats(-3, 3)), st.floats(-5, 5))
def test_picture_and_question_may_change_places_and_a_switch_that_is_off_hides(v, q, W, shift):
    b = np.arange(4.0)
    p = answer_probabilities(v, q, W, b)
    assert_allclose(p.sum(), 1, rtol=1e-12)
    assert_allclose(answer_probabilities(q, v, W, b), p, rtol=1e-12)
    assert_allclose(answer_probabilities(-v, -q, W, b + shift), p, rtol=1e-9)
    q[0] = 0
    changed = v + np.array([17, 0, 0])
    assert_allclose(answer_probabilities(changed, q, W, b), answer_probabilities(v, q, W, b), rtol=1e-12)


@pytest.mark.parametrize("size", [1e3, 1e150])
def test_large_scores_do_not_overflow(size):
    assert answer_probabilities([size], [1], W=[[1], [-1]], b=[0, 0]).tolist() == [1, 0]


# ---- words and questions --------------------------------------------------------------------------


def test_words_are_small_and_without_marks():
    assert split_words("What's the COLOR of it, 2-tone?") == [
        "what",
        "s",
        "the",
        "color",
        "of",
        "it",
        "2",
        "tone",
    ]


def test_the_vocabulary_has_every_word_once(vocabulary):
    assert vocabulary_of(["is it?", "it is", "A?"]) == ("a", "is", "it")
    assert len(vocabulary) == 26 and list(vocabulary) == sorted(set(vocabulary))


def test_the_kind_of_a_question_fits_its_answer(easy_vqa):
    _, test, names = easy_vqa
    by_kind = {kind: set() for kind in KINDS}
    for text, answer in zip(test["questions"], test["answers"], strict=True):
        by_kind[question_kind(text)].add(names[answer])
    assert by_kind["yes/no"] == {"yes", "no"} and by_kind["shape"] == {"circle", "rectangle", "triangle"}
    assert len(by_kind["colour"]) == 8 and not by_kind["colour"] & (by_kind["yes/no"] | by_kind["shape"])


def test_each_question_stands_at_its_picture(easy_vqa, vocabulary):
    test = easy_vqa[1]
    bags, index = group_by_picture(test, vocabulary)
    assert bags.shape == (*index.shape, len(vocabulary)) and bags.dtype == np.float32
    assert sorted(index[index >= 0]) == list(range(len(test["questions"])))
    rows, columns = np.nonzero(index >= 0)
    assert_array_equal(test["image_of"][index[rows, columns]], rows)
    assert not bags[index < 0].any()
    for row, column in [(0, 0), (7, 3), (999, 1)]:
        expected = bag_of_words(test["questions"][index[row, column]], vocabulary)
        assert_array_equal(bags[row, column], expected)


def test_a_picture_without_question_stays_empty():
    bags, index = group_by_picture({"images": [0, 1], "questions": ["a"], "image_of": [1]}, ("a",))
    assert index.tolist() == [[-1], [0]] and bags.tolist() == [[[0]], [[1]]]


# ---- the network ----------------------------------------------------------------------------------


def test_the_stored_network_achieves_what_is_said(easy_vqa, vocabulary, network):
    test = easy_vqa[1]
    bags, index = group_by_picture(test, vocabulary)
    given = network.predict([test["images"], bags], batch_size=100, verbose=0).argmax(axis=2)
    right = (given == test["answers"][index])[index >= 0]
    assert right.mean() > 0.998


def test_ask_gives_what_the_network_gives(easy_vqa, vocabulary, network):
    _, test, names = easy_vqa
    probabilities = ask(
        network, test["images"][4], ["what color is the shape?", "is there a circle?"], vocabulary
    )
    assert probabilities.shape == (2, 13)
    assert [names[k] for k in probabilities.argmax(axis=1)] == ["red", "yes"]
    assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_sizes_of_the_network():
    keras = pytest.importorskip("keras")
    model = build_model(5, 3, features=7)
    assert isinstance(model, keras.Model) and model.output_shape == (None, None, 3)
    assert model.get_layer("picture_features").output.shape == (None, 1, 7)
    answers = model([np.zeros((2, 64, 64, 3), np.float32), np.zeros((2, 4, 5), np.float32)])
    assert_allclose(np.asarray(answers), 1 / 3, atol=0.2)


# ---- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [split_words, question_kind, lambda text: bag_of_words(text, WORDS)])
@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (3, TypeError, "question must be a text, got 3: try 'is there a circle"),
        (" ?! ", ValueError, "question must hold a word, got ' [?]! '"),
    ],
)
def test_a_bad_question_is_explained(function, text, error, message):
    with pytest.raises(error, match=message):
        function(text)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: vocabulary_of("is it?"), TypeError, "questions must be a list of texts, got 'is it.'"),
        (
            lambda: vocabulary_of(3),
            TypeError,
            "questions must be a list of texts, got 3: put it into brackets",
        ),
        (lambda: vocabulary_of([]), ValueError, "questions is empty: give at least one text"),
        (lambda: bag_of_words("is", ()), ValueError, "vocabulary is empty"),
        (lambda: bag_of_words("is", "is"), TypeError, "vocabulary must be a list of texts, got 'is'"),
        (lambda: bag_of_words("is", {"is"}), TypeError, "vocabulary must be a list of texts, got {'is'}"),
        (lambda: bag_of_words("is", ("is", 2)), TypeError, "vocabulary must be a list of texts, got 2 in it"),
        (
            lambda: vocabulary_of([["is"]]),
            TypeError,
            r"questions must be a list of texts, got \['is'\] in it",
        ),
        (lambda: answer_shares([3], [0], classes=2), TypeError, "got 3 in it: put it into quotes"),
        (
            lambda: group_by_picture(3, ("a",)),
            TypeError,
            "part must be a dict with images, .*, got 3: try load_easy_vqa",
        ),
        (
            lambda: group_by_picture({"images": []}, ("a",)),
            TypeError,
            "got one without questions: try load_easy_vqa",
        ),
        (lambda: answer_shares([], [], classes=2), ValueError, "questions is empty"),
        (lambda: answer_shares(["a"], [1, 1], classes=2), ValueError, "got .2,.: one for each question"),
        (lambda: answer_shares(["a"], [2], classes=2), ValueError, "whole numbers from 0 to 1, got 2"),
        (lambda: answer_shares(["a"], [-1], classes=2), ValueError, "whole numbers from 0 to 1, got -1"),
        (lambda: answer_shares(["a"], [0.5], classes=2), ValueError, "whole numbers from 0 to 1, got 0.5"),
        (lambda: answer_shares(["a"], [0], classes=0), ValueError, "classes must be at least 1, got 0"),
        (lambda: build_model(0, 3), ValueError, "words must be at least 1, got 0"),
        (lambda: build_model(3, 1.5), TypeError, "answers must be a whole number, got 1.5"),
        (lambda: build_model(3, 3, features=0), ValueError, "features must be at least 1, got 0"),
    ],
)
def test_bad_arguments_are_explained(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(
    ("image_of", "message"),
    [
        ([0, 1], "image_of has shape .1,., got .2,.: one for each"),
        ([1], "image_of must be whole numbers from 0 to 0"),
    ],
)
def test_a_question_without_picture_is_explained(image_of, message):
    with pytest.raises(ValueError, match=message):
        group_by_picture({"images": [0], "questions": ["a"], "image_of": image_of}, ("a",))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ([1, 2], [1], [[1, 1]], [0]),
            r"question_features has shape \(2,\), got \(1,\): as many as of the pic",
        ),
        (
            ([1, 2], [1, 2], [[1]], [0]),
            r"W has shape \(answers, 2\), got \(1, 1\): one column for each feature",
        ),
        (([1], [1], [[1], [1]], [0]), r"b has shape \(2,\), got \(1,\): one for each answer"),
        (([np.nan], [1], [[1]], [0]), "picture_features must hold finite numbers, got nan"),
    ],
)
def test_shapes_that_do_not_fit_are_explained(arguments, message):
    with pytest.raises(ValueError, match=message):
        answer_probabilities(*arguments)


def test_scores_beyond_all_numbers_are_explained():
    with pytest.raises(ValueError, match=r"weighted sums must be finite, got .*: scale the features down"):
        answer_probabilities([1e200], [1e200], W=[[1], [-1]], b=[0, 0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_keep_their_precision(dtype):
    one = np.ones(1, dtype)
    assert answer_probabilities(one, one, one[None], one).dtype == dtype


def test_a_picture_of_another_size_is_explained(network, vocabulary):
    with pytest.raises(ValueError, match=r"image has shape \(64, 64, 3\), got \(32, 32, 3\): the size that"):
        ask(network, np.zeros((32, 32, 3)), ["is it?"], vocabulary)
    with pytest.raises(ValueError, match="questions is empty"):
        ask(network, np.zeros((64, 64, 3)), [], vocabulary)
