"""The book's interactive figures as notebook widgets: the very files that its pages show.

Needs ``pip install 'cvlessons[notebook]'``. The state goes both ways: what a reader moves is an attribute
here, and an attribute that is set here moves the figure. The names are those of the figure on the page:
``ConvStepper.state`` says with which values it starts.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("the figures need anywidget: pip install 'cvlessons[notebook]'") from error

if TYPE_CHECKING:
    from cvlessons._types import Array, Pairs
    from cvlessons.conv_shape import CnnTable
    from cvlessons.sequential import Sequential

__all__ = [
    "Activations",
    "BackpropSteps",
    "Camera",
    "ColorPicker",
    "ConvStepper",
    "Descent",
    "DigitPad",
    "Figure",
    "InsideCNN",
    "NetworkKnobs",
    "NeuronKnobs",
    "PixelGrid",
    "Playground",
    "Pooling",
    "ShiftExperiment",
    "SizeCalculator",
    "SwanThresholds",
    "TrainingLogs",
]

_STATIC = Path(__file__).parent / "static"
_KINDS = {bool: traitlets.Bool, int: traitlets.Float, float: traitlets.Float, str: traitlets.Unicode}


@cache
def _defaults() -> dict[str, dict[str, Any]]:
    """Return stem -> the state that its figure starts with, as the bundler wrote it down."""
    path = _STATIC / "defaults.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def _start(stem: str) -> dict[str, Any]:
    if stem not in _defaults():
        raise ImportError(
            f"the figure {stem} is not bundled: run `make figures` in the checkout, or install a wheel"
        )
    return _defaults()[stem]


def _trait(value: Any) -> Any:
    """Return a synced trait that starts with this value; a field left empty is None."""
    kind = _KINDS.get(type(value))
    trait = kind(value, allow_none=True) if kind else traitlets.Any(value)
    return trait.tag(sync=True)


class Figure(anywidget.AnyWidget):
    """What all figures have in common: a subclass names its stem, and its state becomes its attributes.

    Parameters
    ----------
    **state : JSON values
        What differs from the start, by the names of ``state``.

    Raises
    ------
    ValueError
        If the figure's state has no such name.
    """

    if TYPE_CHECKING:  # what is in a figure's state is known only when it is made
        stem: str
        state: dict[str, Any]

        def __getattr__(self, name: str) -> Any: ...

    def __init_subclass__(cls, *, stem: str | None = None, **options: Any) -> None:
        if stem is not None:  # None: a class that ipywidgets itself derives, which keeps its parent's
            cls.stem, cls.state = stem, _start(stem)
            cls._esm = _STATIC / f"{stem}.mjs"
        super().__init_subclass__(**options)

    def __init__(self, **state: Any) -> None:
        unknown = sorted(state.keys() - self.state.keys())
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no {', '.join(unknown)}; its state is {', '.join(self.state)}"
            )
        self.add_traits(**{name: _trait(value) for name, value in self.state.items()})
        super().__init__(**{**deepcopy(self.state), **state})


class PixelGrid(Figure, stem="pixels"):
    """Walk through the numbers of a picture, and take some of them away.

    Parameters
    ----------
    picture : {"face", "cat", "own"}
        The table of slide 10, a photograph, or one that the reader opens: it stays in the page.
    row, column : int
        The pixel in question.
    step : {1, 2, 4, 8}
        Of step by step pixels one number is left: their mean or one of them, as `way` says.
    way : {"means", "every"}
    bits : int from 1 to 8
        Of each number.
    drawn : {"squares", "smooth"}
        How the picture is drawn.
    painted : bool
        Whether the numbers stand on their shades.
    """


class Camera(Figure, stem="video"):
    """The reader's camera, or a short film, through six filters that give OpenCV's very numbers.

    The picture stays in the browser: Python gets the settings, never a frame. Only the button in the figure
    starts the camera.

    Parameters
    ----------
    filter : "grey", "blur", "sobel", "canny", "hue" or "difference"
    blur : int
        The side of the Gaussian window before all but the hue mask: odd, at most 15.
    direction : "both", "right" or "down"
        Of Sobel's slope.
    low, high : int
        Canny's thresholds.
    hue, tolerance : int
        In degrees; of the hue mask.
    saturation, value : int
        The least of each, 0 to 255.
    frames : "two" or "three"
        How many frames are compared; `apart` from each other, by more than `threshold` grey levels.
    apart, threshold : int
    frame : int or None
        Where the film stands; None: it plays.
    """


class ColorPicker(Figure, stem="color"):
    """Choose pixels by hue, saturation and value, counted as OpenCV does; the mask follows.

    Parameters
    ----------
    picture : {"sweets", "own"}
        The sweets, or a picture that the reader opens: it stays in the page.
    hue_from, hue_to : int from 0 to 179
        In steps of two degrees. A band that begins above its end goes through 0.
    saturation_from, saturation_to, value_from, value_to : int from 0 to 255
    row, column : int
        Where the cross is.
    view : {"mask", "colours"}
        How what is chosen is shown.
    """


class SwanThresholds(Figure, stem="swan"):
    """The six thresholds of the swan detector, on the eight scenes of the chapter.

    Parameters
    ----------
    whiteness, body_oval, neck_slenderness, head_oval, beak_area, beak_hue_error : float
        As in `cvlessons.swan.Thresholds`.
    scene : str
        The name of the scene that is explained, such as "hidden neck".
    searched : bool
        Whether every setting was tried.
    """


class NetworkKnobs(Figure, stem="networks"):
    """A whole small network, every weight a knob: two inputs, a few hidden neurons, one yes or no.

    Parameters
    ----------
    question : {"and", "or", "xor", "island"}
    activation : {"relu", "tanh", "sigmoid", "step", "linear"}
        Of the hidden neurons; the output has the sigmoid.
    W1, b1, W2, b2 : lists of shapes (n, 2), (n,), (1, n) and (1,)
        The knobs, from -8 to 8, with n from 1 to 4. Give a new list to turn one: a change inside a list is
        not noticed.
    hints : bool
        Whether each knob shows which way lowers the loss.
    """

    def parameters(self) -> Pairs:
        """Return the pairs (W, b) of its two layers, as `cvlessons.backprop.forward` takes them."""
        import numpy as np

        W1, b1, W2, b2 = (np.array(array, float) for array in (self.W1, self.b1, self.W2, self.b2))
        return [(W1, b1), (W2, b2)]


class NeuronKnobs(Figure, stem="neuron"):
    """One neuron of two or three inputs: its weights, its line in the plane, its sum written out.

    Parameters
    ----------
    inputs : {2, 3}
    w1, w2, w3, b : float
        The weights, from -4 to 4, and the bias, from -6 to 6; of two inputs `w3` is not used.
    x1, x2, x3 : float from -0.5 to 1.5
        Where the neuron is asked.
    activation : {"step", "sigmoid"}
    question : {"and", "or", "nand", "most", "xor", "own"}
    own : str of eight 0 and 1
        The answers of a question of one's own, for the inputs 000, 001, ..., 111.
    """

    def weighted_sum(self) -> float:
        """Return z where the neuron is asked, by `cvlessons.neuron.weighted_sum`."""
        from cvlessons.neuron import weighted_sum

        numbers = range(1, int(self.inputs) + 1)
        x, w = ([getattr(self, f"{letter}{i}") for i in numbers] for letter in "xw")
        return weighted_sum(x, w, self.b)


class Activations(Figure, stem="activations"):
    """A function, its tangent and its slope at a point; and two layers that collapse into one.

    Parameters
    ----------
    view : {"slope", "layers"}
        Which of the two.
    activation : {"step", "linear", "sigmoid", "tanh", "relu", "leaky_relu"}
    z : float from -8 to 8
        The point of the tangent.
    between : {"linear", "sigmoid", "tanh", "relu"}
        The activation between the two layers.
    w1, b1, w2, b2, v1, v2, c : float from -6 to 6
        Their weights: v1 g(w1 x + b1) + v2 g(w2 x + b2) + c.
    """

    def collapsed(self) -> tuple[Array, Array]:
        """Return the one layer (W, b) of its two, by `cvlessons.activations.collapse_linear`."""
        from cvlessons.activations import collapse_linear

        first = [[self.w1], [self.w2]], [self.b1, self.b2]
        return collapse_linear([first, ([[self.v1, self.v2]], [self.c])])


class Descent(Figure, stem="descent"):
    """Gradient descent on a curve or a surface: the walk, its numbers, the largest rate that works.

    Parameters
    ----------
    shape : {"parabola", "dips", "plain", "bowl", "valley", "saddle", "bend"}
        The landscape: three curves, four surfaces.
    w1, w2 : float from -1000 to 1000
        Where the walk starts; a curve needs only `w1`.
    rate : float above 0, at most 10
        α, the learning rate.
    momentum : float from 0 to 0.99
        μ, as in `cvlessons.descent.gradient_descent`.
    steps : int from 0 to 300
    compare : bool
        Whether the walk without momentum is shown too.
    """


class BackpropSteps(Figure, stem="backprop"):
    """Forward and backward through a 2-2-1 network, one number at a time, and steps downhill.

    Parameters
    ----------
    step : int from 0 to 24
        How many numbers are found: 8 on the way forward, 15 on the way back, then the update.
    X : list of shape (2, 2)
        Two examples, one a column; `target`, of shape (1, 2), is what is right. Give a new list to change
        one number: a change inside a list is not noticed.
    W1, b1, W2, b2 : lists of shapes (2, 2), (2,), (1, 2) and (1,)
        The weights and biases that the network starts with.
    hidden, output : {"relu", "leaky_relu", "tanh", "sigmoid", "linear"}
        The activations, as in `cvlessons.activations.ACTIVATIONS`.
    rate : float above 0, at most 10
        α, the learning rate.
    updates : int from 0 to 200
        How many steps downhill were taken since.
    """


class Playground(Figure, stem="playground"):
    """Points in the plane, a network of any shape, and its training, live: ``book/playground.md``.

    Its state says how the network was trained, to the last step:

    - ``data``, ``points``, ``noise``, ``draw``: the data set (`cvlessons.playground.DATA`), how many points,
      the standard deviation of their noise, and the seed that draws them; ``test`` is the share of them
      that is only for judging;
    - ``features``, ``units``, ``activations``: what the network is given (`cvlessons.playground.FEATURES`),
      and how many units each hidden layer has, with which activation;
    - ``optimizer``, ``rate``, ``batch``, ``dropout``, and ``penalty`` ("none", "l1", "l2") with its price
      ``strength``;
    - ``seed``, ``start``, ``before``: of the first weights and of the order; or weights to start from, and
      how many steps went before them;
    - ``steps``: how far it has come from there; ``pace``: how fast it plays.
    """

    def network(self) -> Sequential:
        """Return the network as the figure shows it: a `cvlessons.sequential.Sequential`."""
        from cvlessons.playground import replay

        run = {name: getattr(self, name) for name in self.state}
        whole = {name: int(v) for name, v in run.items() if isinstance(v, float) and v == int(v)}
        return replay(run | whole)


class ShiftExperiment(Figure, stem="mlp_limits"):
    """Move a digit, and see what an MLP, a CNN and a CNN with global pooling make of it.

    Parameters
    ----------
    digit : int
        Which one: 0 to 9.
    right, down : int
        By how many pixels it is moved, from -8 to 8, as in `cvlessons.mlp_limits.shift`.
    map : "all" or "one"
        Whether the maps count many digits, or show where this one is read.
    """


class ConvStepper(Figure, stem="convolution"):
    """Slide a kernel over a small picture, step by step, with every sum written out.

    Parameters
    ----------
    picture : list of shape (height, width)
        At most 14 × 14 numbers. Give a new list to change one: a change inside a list is not noticed.
    kernel : list of shape (F, F)
        At most 7 × 7 weights, all divided by `divisor`.
    divisor : float
    stride, padding : int
        S and P, as in `cvlessons.convolution.conv2d`.
    turned : bool
        Whether the kernel is turned by 180° first: true convolution.
    floor : bool
        Whether a rest that the last step does not reach is left out.
    place : list [row, column]
        The output whose window and sum are shown.
    """

    def output(self) -> Array:
        """Return what `cvlessons.convolution.conv2d` makes of it: an array of shape (height, width)."""
        import numpy as np

        from cvlessons.convolution import conv2d

        kernel = np.array(self.kernel, float) / self.divisor
        upright = kernel[::-1, ::-1] if self.turned else kernel
        options = {"stride": int(self.stride), "padding": int(self.padding), "floor": self.floor}
        image = np.array(self.picture, float)
        return conv2d(image[:, :, None], upright[:, :, None, None], **options)[:, :, 0]


class SizeCalculator(Figure, stem="conv_shape"):
    """A stack of layers: their sizes, weights, multiplications, and how much of the picture they see.

    Parameters
    ----------
    input : list [height, width, channels]
    layers : list of dict
        Each with its kind and its sizes, by the letters of the slides:
        ``{"layer": "CONV", "K": 8, "F": 5, "S": 1, "P": 0}``, ``{"layer": "POOL", "F": 2, "S": 2}``,
        ``{"layer": "RELU"}``, ``{"layer": "FLATTEN"}``, ``{"layer": "FC", "n": 10}``. Give a new list to
        change one: a change inside a list is not noticed.
    floor : bool
        Whether sizes that do not divide are rounded down, as the frameworks do.
    selected : int
        The layer that is explained, counted from 0.
    """

    def table(self) -> CnnTable:
        """Return the same network as a `cvlessons.conv_shape.CnnTable`."""
        from cvlessons.conv_shape import Conv, Dense, Flatten, Pool, ReLU, cnn_table

        make: dict[str, Any] = {
            "CONV": lambda layer: Conv(layer["K"], layer["F"], layer["S"], layer["P"], self.floor),
            "POOL": lambda layer: Pool(layer["F"], layer["S"], self.floor),
            "RELU": lambda layer: ReLU(),
            "FLATTEN": lambda layer: Flatten(),
            "FC": lambda layer: Dense(layer["n"]),
        }
        return cnn_table(self.input, [make[layer["layer"]](layer) for layer in self.layers])


class Pooling(Figure, stem="pooling"):
    """Pooling and ReLU on feature maps of digits: what is lost, and where the gradient goes.

    Parameters
    ----------
    digit : int from 0 to 9
        The first such digit of MNIST's test set.
    filters : {"hand", "learned"}
        Four Sobel filters, or the first layer of the network of `cvlessons.digits`.
    map : int
        Which of their maps, counted from 0.
    relu : bool
    kind : {"max", "average"}
    size, stride : int
        F and S, as in `cvlessons.pooling.max_pool`.
    floor : bool
        Whether a rest that the last window does not reach is left out.
    shift : int from -3 to 3
        How many pixels the digit is moved to the right.
    place : list [row, column]
        The window that is explained.
    """


class TrainingLogs(Figure, stem="keras_workflow"):
    """Keras's five steps, played on the logs of real trainings: `cvlessons.datasets.load_results`.

    Parameters
    ----------
    run : "few_digits", "small_steps", "workshop_ann", "workshop_cnn" or "residual_network"
        Whose log.
    step : int
        1 create, 2 configure, 3 train, 4 evaluate, 5 predict.
    epoch : int
        The last one that is shown.
    patience : int
        Of early stopping: after so many epochs without a better validation loss it ends the training.
    truth : int
        In the last step: the true class of the pictures.
    """


class DigitPad(Figure, stem="digits"):
    """Draw a digit: the network reads the pad made small, and the same strokes in MNIST's form.

    Parameters
    ----------
    strokes : list of list of int
        What was drawn: x and y in turn, in pixels of a pad of 280 x 280.
    pen : int from 1 to 60
        Its width.
    tool : {"pen", "hand"}
        Whether the mouse and the arrow keys draw, or move the drawing.
    drawings : int from 0 to 1000
        How many drawings by rule were read for comparison.
    """


class InsideCNN(Figure, stem="inside_cnn"):
    """Every map of every layer for a digit, and one unit with its window, its weights and its sum.

    Parameters
    ----------
    source : {"test", "drawing", "camera"}
        Where the digit comes from. A camera's picture is no part of the state: it stays in the page.
    digit : int from 0 to 12
        Of the test set: the first of each kind, then three that the network misreads.
    strokes : list of list of int
        What was drawn, as for `DigitPad`.
    pen : int from 1 to 60
    layer, map, row, column : int
        The unit: layer 0 is the picture, 1 the first convolution, 11 the probabilities.
    part : int
        Which map of the layer before is written out; -1 is the one that counts most.
    view : {"sheets", "space"}
        The maps layer by layer, or one behind the other.
    turn, tilt, near : float
        How they stand in space, in degrees, and how large they are, in percent.
    """
