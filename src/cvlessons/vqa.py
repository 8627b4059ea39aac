"""Visual question answering: a bag of words, the features of a picture, and their product.

Chapter: ``book/vqa.md`` (slide 19).
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int

if TYPE_CHECKING:
    import keras

__all__ = [
    "KINDS",
    "answer_probabilities",
    "answer_shares",
    "ask",
    "bag_of_words",
    "build_model",
    "group_by_picture",
    "question_kind",
    "split_words",
    "vocabulary_of",
]

KINDS = ("yes/no", "colour", "shape")
"""What a question of easy-VQA can ask for."""


def split_words(question: str) -> list[str]:
    """Return the words of a question, in small letters and without marks.

    Parameters
    ----------
    question : str

    Returns
    -------
    list of str

    Raises
    ------
    TypeError
        If `question` is not a text.
    ValueError
        If it holds no word.

    Examples
    --------
    >>> split_words("Is there a red shape?")
    ['is', 'there', 'a', 'red', 'shape']
    """
    if not isinstance(question, str):
        raise TypeError(f"question must be a text, got {question!r:.60}: try 'is there a circle?'")
    words = "".join(sign if sign.isalnum() else " " for sign in question.lower()).split()
    if not words:
        raise ValueError(f"question must hold a word, got {question!r:.60}: try 'is there a circle?'")
    return words


def vocabulary_of(questions: Sequence[str]) -> tuple[str, ...]:
    """Return every word of the questions once, in the order of the alphabet.

    Parameters
    ----------
    questions : list of str

    Returns
    -------
    tuple of str

    Raises
    ------
    TypeError
        If `questions` is no list of texts.
    ValueError
        If there is no question, or one has no word.

    Examples
    --------
    >>> vocabulary_of(["is there a circle?", "is there no circle?"])
    ('a', 'circle', 'is', 'no', 'there')
    """
    questions = _checked_questions(questions)
    return tuple(sorted({word for question in set(questions) for word in split_words(question)}))


def bag_of_words(question: str, vocabulary: Sequence[str]) -> Array:
    """Return how often each word of the vocabulary stands in a question; their order is lost.

    Formula: eq-vqa-bag

    Parameters
    ----------
    question : str
    vocabulary : tuple of str
        From `vocabulary_of`. A word of the question that is not in it counts nowhere.

    Returns
    -------
    ndarray of shape (words,), float64

    Raises
    ------
    TypeError, ValueError
        As in `split_words`; and if the vocabulary is empty or no list of texts.

    References
    ----------
    Z. Harris, "Distributional structure", Word 10, 1954, has the name: "language is not merely a bag of
    words".

    Examples
    --------
    >>> bag_of_words("is the circle red?", ("circle", "is", "red", "triangle"))
    array([1., 1., 1., 0.])
    """
    words = split_words(question)
    return np.array([words.count(known) for known in _checked_questions(vocabulary, "vocabulary")], float)


def question_kind(question: str) -> str:
    """Return what a question of easy-VQA asks for.

    Parameters
    ----------
    question : str

    Returns
    -------
    str
        One of `KINDS`. What does not begin with "what" is a yes/no question.

    Raises
    ------
    TypeError, ValueError
        As in `split_words`.

    Examples
    --------
    >>> [question_kind(text) for text in ("is there a circle?", "what color is it?", "what is it?")]
    ['yes/no', 'colour', 'shape']
    """
    words = split_words(question)
    if words[0] != "what":
        return "yes/no"
    return "colour" if "color" in words else "shape"


_PART = ("images", "questions", "image_of")


def group_by_picture(part: Mapping[str, Any], vocabulary: Sequence[str]) -> tuple[Array, Array]:
    """Return the questions of each picture side by side, so that a network looks at each picture once.

    Parameters
    ----------
    part : dict
        With ``images``, ``questions`` and ``image_of``, as `cvlessons.datasets.load_easy_vqa` gives it.
    vocabulary : tuple of str

    Returns
    -------
    bags : ndarray of shape (pictures, most, words), float32
        `most` is the largest number of questions that a picture has. Places without question are 0.
    index : ndarray of shape (pictures, most), int64
        Which question of `part` it is, and -1 at places without question.

    Raises
    ------
    TypeError, ValueError
        As in `bag_of_words`; if `part` is no dict with these entries; and if there is not one picture for
        each question.

    Examples
    --------
    >>> part = {"images": np.zeros((2, 1, 1, 3)), "questions": ["a?", "b?", "b a?"], "image_of": [1, 0, 1]}
    >>> bags, index = group_by_picture(part, ("a", "b"))
    >>> index.tolist(), bags[1].tolist()
    ([[1, -1], [0, 2]], [[1.0, 0.0], [1.0, 1.0]])
    """
    if not isinstance(part, dict):
        raise TypeError(
            f"part must be a dict with {', '.join(_PART)}, got {part!r:.60}: try load_easy_vqa()[0]"
        )
    missing = [name for name in _PART if name not in part]
    if missing:
        raise TypeError(
            f"part must be a dict with {', '.join(_PART)}, got one without {missing[0]}: "
            "try load_easy_vqa()[0]"
        )
    questions = _checked_questions(part["questions"])
    pictures = len(part["images"])
    image_of = _checked_indices(part["image_of"], "image_of", (len(questions),), pictures)
    known = {text: bag_of_words(text, vocabulary) for text in set(questions)}
    place, taken = np.zeros(len(questions), int), np.zeros(pictures, int)
    for question, picture in enumerate(image_of):
        place[question] = taken[picture]
        taken[picture] += 1
    index = np.full((pictures, taken.max()), -1)
    index[image_of, place] = np.arange(len(questions))
    bags = np.zeros((*index.shape, len(vocabulary)), np.float32)
    bags[image_of, place] = [known[text] for text in questions]
    return bags, index


def answer_shares(questions: Sequence[str], answers: ArrayLike, *, classes: int) -> dict[str, Array]:
    """Return for each question how often it had which answer: what can be known without looking.

    Formula: eq-vqa-prior

    Parameters
    ----------
    questions : list of str
    answers : array_like of shape (len(questions),)
        The index of the answer to each.
    classes : int
        How many answers there are.

    Returns
    -------
    dict of str to ndarray of shape (classes,)
        The shares of each question add up to 1.

    Raises
    ------
    TypeError
        If `questions` is no list of texts, or an answer is no whole number.
    ValueError
        If there is no question, not one answer for each, or an answer is not from 0 to classes - 1.

    References
    ----------
    Y. Goyal et al., "Making the V in VQA matter", CVPR 2017, call such a guesser "prior".

    Examples
    --------
    >>> shares = answer_shares(["red?", "red?", "red?", "blue?"], [1, 1, 0, 0], classes=2)
    >>> shares["red?"].round(2).tolist(), shares["blue?"].tolist()
    ([0.33, 0.67], [1.0, 0.0])
    """
    questions = _checked_questions(questions)
    classes = checked_int(classes, "classes", minimum=1)
    answers = _checked_indices(answers, "answers", (len(questions),), classes)
    counts = {question: np.zeros(classes) for question in questions}
    for question, answer in zip(questions, answers, strict=True):
        counts[question][answer] += 1
    return {question: count / count.sum() for question, count in counts.items()}


def answer_probabilities(
    picture_features: ArrayLike, question_features: ArrayLike, W: ArrayLike, b: ArrayLike
) -> Array:
    """Return the probability of each answer: product of the two, weighted sums, softmax.

    Formula: eq-vqa-fusion

    Parameters
    ----------
    picture_features, question_features : array_like of shape (features,)
    W : array_like of shape (answers, features)
    b : array_like of shape (answers,)

    Returns
    -------
    ndarray of shape (answers,), float64
        They add up to 1. If all arguments are float32, so is the result.

    Raises
    ------
    TypeError
        If an argument does not hold real numbers.
    ValueError
        If the shapes do not fit, something is empty, or a number or a weighted sum is not finite.

    References
    ----------
    S. Antol et al., "VQA: visual question answering", ICCV 2015, section 4: fusion by element-wise product.

    Examples
    --------
    The second feature of the picture is large, but the question does not ask for it.

    >>> answer_probabilities([1, 9], [1, 0], W=[[1, 1], [-1, -1]], b=[0, 0]).round(2)
    array([0.88, 0.12])
    """
    v = checked_array(picture_features, "picture_features", ("features",))
    q = checked_array(question_features, "question_features", v.shape, hint="as many as of the picture")
    W = checked_array(W, "W", ("answers", v.size), hint="one column for each feature")
    b = checked_array(b, "b", (len(W),), hint="one for each answer")
    with np.errstate(over="ignore", invalid="ignore"):
        scores = W @ (v * q) + b
    if not np.isfinite(scores).all():
        raise ValueError(f"the weighted sums must be finite, got {scores}: scale the features down")
    powers = np.exp(scores - scores.max())  # so that no power overflows
    return powers / powers.sum()


def build_model(words: int, answers: int, *, features: int = 64) -> "keras.Model":
    """Return the untrained network of the chapter: 35 thousand weights at its usual size.

    Parameters
    ----------
    words : int
        The size of the vocabulary.
    answers : int
        How many answers there are.
    features : int, default 64
        How many numbers picture and question are turned into before they are multiplied.

    Returns
    -------
    keras.Model
        Inputs: pictures (batch, 64, 64, 3), from 0 to 255, and bags (batch, questions, words), any number
        of questions to each picture. Output: probabilities (batch, questions, answers).

    Raises
    ------
    TypeError
        If a size is no whole number.
    ValueError
        If a size is less than 1.

    References
    ----------
    After V. Zhou, "Easy visual question answering", 2019, https://victorzhou.com/blog/easy-vqa/, with
    global pooling in place of a dense layer on all places.

    Examples
    --------
    >>> build_model(26, 13).count_params()
    35421
    """
    import keras

    layers = keras.layers
    words, answers = checked_int(words, "words", minimum=1), checked_int(answers, "answers", minimum=1)
    features = checked_int(features, "features", minimum=1)
    picture = keras.Input((64, 64, 3), name="picture")
    x = layers.Rescaling(-1 / 127.5, offset=1.0)(picture)  # white is -1: the light ground must not shout
    for channels in (8, 16, 32):
        x = layers.Conv2D(channels, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D()(x)
    x = layers.Conv2D(64, 3, padding="same", activation="relu")(x)
    v = layers.Dense(features, activation="relu")(layers.GlobalMaxPooling2D()(x))
    v = layers.Reshape((1, features), name="picture_features")(v)
    question = keras.Input((None, words), name="question")
    q = layers.Dense(64, activation="relu")(question)
    q = layers.Dense(features, name="question_features")(q)
    answer = layers.Dense(answers, activation="softmax", name="answer")(layers.Multiply()([v, q]))
    return keras.Model([picture, question], answer)


def ask(model: "keras.Model", image: Array, questions: Sequence[str], vocabulary: Sequence[str]) -> Array:
    """Return what the network thinks of each answer to each question about one picture.

    Parameters
    ----------
    model : keras.Model
        From `build_model`.
    image : array_like of shape (64, 64, 3)
        From 0 to 255, RGB.
    questions : list of str
    vocabulary : tuple of str
        The one that the network was trained with.

    Returns
    -------
    ndarray of shape (len(questions), answers), float32
        The probabilities of each row add up to 1.

    Raises
    ------
    TypeError, ValueError
        As in `bag_of_words`; and if the picture has another shape.

    Examples
    --------
    An untrained network answers, too.

    >>> ask(build_model(2, 13), np.zeros((64, 64, 3)), ["a?", "b?"], ("a", "b")).shape
    (2, 13)
    """
    image = checked_array(image, "image", (64, 64, 3), hint="the size that the network was made for")
    bags = np.array([bag_of_words(text, vocabulary) for text in _checked_questions(questions)], np.float32)
    return np.asarray(model([image[None].astype(np.float32), bags[None]]))[0]


def _checked_questions(texts: Sequence[str], name: str = "questions") -> Sequence[str]:
    if not isinstance(texts, (list, tuple, np.ndarray)):
        raise TypeError(f"{name} must be a list of texts, got {texts!r:.60}: put it into brackets")
    if len(texts) == 0:
        raise ValueError(f"{name} is empty: give at least one text")
    for text in texts:
        if not isinstance(text, str):
            raise TypeError(f"{name} must be a list of texts, got {text!r:.60} in it: put it into quotes")
    return texts


def _checked_indices(values: ArrayLike, name: str, shape: tuple[int | str, ...], count: int) -> Array:
    array = checked_array(values, name, shape, hint="one for each question")
    wrong = (array != np.floor(array)) | (array < 0) | (array >= count)
    if wrong.any():
        raise ValueError(f"{name} must be whole numbers from 0 to {count - 1}, got {array[wrong][0]:g}")
    return array.astype(np.int64)
