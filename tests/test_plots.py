"""plots.py: what is drawn is what was given, it can be read, and nothing else changes."""

import subprocess
import sys
from itertools import combinations
from types import SimpleNamespace

import matplotlib as mpl
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import to_rgb
from numpy.testing import assert_allclose, assert_array_equal

from cvlessons import plots
from cvlessons.plots import (
    COLOURS,
    confusion_matrix,
    draw_network,
    plot_confusion_matrix,
    plot_curve_path,
    plot_functions,
    plot_history,
    plot_surface,
    show_boxes,
    show_examples,
    show_feature_maps,
    show_image,
    show_mask,
    show_pixels,
)

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20
COLOUR = np.arange(36, dtype=np.uint8).reshape(3, 4, 3) * 7
HISTORY = {
    "loss": [2.0, 1.0, 0.5],
    "accuracy": [0.2, 0.6, 0.8],
    "val_loss": [2.1, 1.2, 0.9],
    "val_accuracy": [0.1, 0.5, 0.7],
}

# Every function that takes axes, with arguments that suit it.
ONE_AXES = {
    "show_image": lambda **to: show_image(GREY, **to),
    "show_pixels": lambda **to: show_pixels(GREY, **to),
    "show_boxes": lambda **to: show_boxes(GREY, {"right": [[0, 0, 2, 2]], "missed": []}, **to),
    "show_mask": lambda **to: show_mask(GREY, GREY > 100, **to),
    "draw_network": lambda **to: draw_network([3, 20, 2], highlight=(1, 0), **to),
    "plot_functions": lambda **to: plot_functions({"tanh": np.tanh}, [-1, 0, 1], **to),
    "plot_curve_path": lambda **to: plot_curve_path(np.square, [2, 1, 0], **to),
    "plot_surface": lambda **to: plot_surface(lambda w: w @ w, [[2, 1], [1, 0]], **to),
    "plot_confusion_matrix": lambda **to: plot_confusion_matrix([[3, 1], [0, 2]], **to),
}
MANY_AXES = {
    "show_feature_maps": lambda: show_feature_maps(COLOUR),
    "show_examples": lambda: show_examples([GREY, COLOUR]),
    "plot_history": lambda: plot_history(HISTORY),
}


@pytest.fixture(autouse=True)
def no_traces():
    """No test, and no function, may change matplotlib's settings; figures are closed for the next test."""
    plt.close("all")
    before = dict(mpl.rcParams)
    yield
    assert dict(mpl.rcParams) == before
    plt.close("all")


@pytest.fixture
def ax():
    return plt.subplots()[1]


def _texts(ax):
    return [text.get_text() for text in ax.texts]


def _shown(ax):
    """Return the numbers of the picture on the axes, and the ends of its scale."""
    [image] = ax.images
    return np.asarray(image.get_array()), image.get_clim()


def _drawn_boxes(artists):
    """Return where artists are on the finished drawing, in pixels."""
    figure = artists[0].figure
    figure.canvas.draw()
    return [artist.get_window_extent() for artist in artists]


def _luminance(colour):
    """Relative luminance, by the text of WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted([_luminance(one), _luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


# --- axes, figures, state ------------------------------------------------------------------------------


@pytest.mark.parametrize("draw", ONE_AXES.values(), ids=ONE_AXES)
def test_it_draws_on_the_axes_that_it_is_given(draw):
    _, (left, right) = plt.subplots(1, 2)
    plt.sca(left)
    assert draw(ax=right) is right
    assert len(plt.get_fignums()) == 1
    assert plt.gca() is left
    assert right.has_data()
    assert not left.has_data()
    right.figure.canvas.draw()


@pytest.mark.parametrize("draw", ONE_AXES.values(), ids=ONE_AXES)
def test_without_axes_it_opens_one_figure(draw):
    ax = draw()
    assert isinstance(ax, mpl.axes.Axes)
    assert ax.has_data()
    assert [plt.figure(number) for number in plt.get_fignums()] == [ax.figure]
    ax.figure.canvas.draw()


@pytest.mark.parametrize("draw", MANY_AXES.values(), ids=MANY_AXES)
def test_with_many_axes_it_opens_one_figure(draw):
    axes = draw()
    assert axes.dtype == object
    assert len({ax.figure for ax in axes}) == len(plt.get_fignums()) == 1
    assert all(ax.has_data() for ax in axes)
    axes[0].figure.canvas.draw()


@pytest.mark.parametrize("draw", ONE_AXES.values(), ids=ONE_AXES)
def test_what_is_no_axes_is_explained(draw):
    with pytest.raises(
        TypeError, match=r"^ax must be matplotlib axes, got 'here': make them with fig, ax = plt"
    ):
        draw(ax="here")


def test_importing_the_module_does_not_load_matplotlib():
    code = "import sys, cvlessons.plots; print('matplotlib' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "False\n"


def test_the_colours_are_those_of_okabe_and_ito():
    rgb = {name: tuple(round(255 * part) for part in to_rgb(code)) for name, code in COLOURS.items()}
    assert rgb == {
        "black": (0, 0, 0),
        "orange": (230, 159, 0),
        "sky blue": (86, 180, 233),
        "bluish green": (0, 158, 115),
        "yellow": (240, 228, 66),
        "blue": (0, 114, 178),
        "vermillion": (213, 94, 0),
        "reddish purple": (204, 121, 167),
    }


def test_curves_differ_in_style_and_stand_out_from_the_page():
    for (_, one), (_, other) in combinations(plots._STYLES, 2):
        assert one != other
    assert all(_contrast(colour, "white") >= 3 for colour, _ in plots._STYLES)


# --- pictures ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "limits", "ends", "signed"),
    [
        (GREY, None, (0, 255), False),
        (GREY, (20, 200), (20, 200), False),
        ([[0, 30], [30, 0]], None, (0, 30), False),
        ([[0.2, 0.5]], None, (0, 1), False),
        ([[False, True]], None, (0, 1), False),
        ([[0.0]], None, (0, 1), False),
        ([[5, 7]], None, (0, 7), False),
        ([[-1, 8]], None, (-8, 8), True),
        ([[-9, 0.5]], None, (-9, 9), True),
        ([[-0.5, 0.25]], None, (-0.5, 0.5), True),
        ([[-3, -2]], None, (-3, 3), True),
        ([[0.1]], (-1, 2), (-2, 2), True),
        ([[-5, 5]], (0, 4), (0, 4), False),
    ],
)
def test_the_scale_of_one_channel(image, limits, ends, signed):
    for draw in (show_image, show_pixels):
        ax = draw(image, limits=limits)
        numbers, scale = _shown(ax)
        assert_array_equal(numbers, image)
        assert scale == ends
        [picture] = ax.images
        red, green, blue, _ = picture.to_rgba(ends[1])
        assert bool(red > 2 * blue) is signed  # the brightest is red, or white
        if signed:
            assert_allclose(picture.to_rgba(0.0), 1, atol=0.04)
            assert picture.to_rgba(ends[0])[2] > 2 * picture.to_rgba(ends[0])[0]
        else:
            assert (red, green, blue) == (1, 1, 1)
            assert picture.to_rgba(ends[0])[:3] == (0, 0, 0)


@pytest.mark.parametrize(
    ("image", "limits", "expected"),
    [
        (COLOUR, None, COLOUR / 255),
        (COLOUR / 255, None, COLOUR / 255),
        (COLOUR, (0, 245), COLOUR / 245),
        ([[[0, 50, 200]]], (50, 100), [[[0, 0, 1]]]),
        ([[[-2, 0, 1]]], None, [[[0, 0.5, 0.75]]]),
    ],
)
def test_the_scale_of_colours(image, limits, expected):
    assert_allclose(_shown(show_image(image, limits=limits))[0], expected, atol=1e-12)


def test_a_picture_is_seen_the_right_way_up():
    """Colours on the finished drawing: row 0 above, column 0 left, channels red, green, blue."""
    picture = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 0, 255], [255, 255, 0]]], np.uint8)
    figure = show_image(picture).figure
    figure.canvas.draw()
    drawn = np.asarray(figure.canvas.buffer_rgba())[:, :, :3]
    quarters = drawn[[120, 360]][:, [120, 360]]
    assert drawn.shape == (480, 480, 3)
    assert_array_equal(quarters, picture)


def test_show_image_has_a_title_and_no_axes():
    ax = show_image(GREY, title="Twelve pixels")
    assert ax.get_title() == "Twelve pixels"
    assert not ax.axison
    assert show_image(GREY[:, :, None]).get_title() == ""
    assert _texts(ax) == []


def test_a_large_photo_is_not_turned_into_floats(monkeypatch):
    """Forty million numbers would take 300 megabytes for nothing."""
    monkeypatch.setattr(plots, "checked_array", None)
    assert _shown(show_image(np.zeros((4000, 4000), np.uint8)))[0].dtype == np.uint8


def test_a_figure_has_the_shape_of_its_picture_within_reason():
    assert show_image(np.zeros((30, 40))).figure.get_size_inches().tolist() == [4.8, 3.6]
    assert show_image(np.zeros((1, 999))).figure.get_size_inches().tolist() == [4.8, 0.5]
    assert show_image(np.zeros((999, 1))).figure.get_size_inches().tolist() == [4.8, 9.6]


def test_each_pixel_carries_its_number():
    ax = show_pixels(GREY)
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (j, i): str(GREY[i, j]) for i in range(3) for j in range(4)
    }


def test_a_colour_pixel_carries_red_green_and_blue():
    ax = show_pixels(COLOUR)
    assert {text.get_position(): text.get_text() for text in ax.texts}[1, 0] == "21\n28\n35"
    assert len(ax.texts) == 12


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (3.0, "3"),
        (6600.0, "6600"),
        (0.125, "0.12"),
        (0.7, "0.7"),
        (-1, "\N{MINUS SIGN}1"),
        (-0.256, "\N{MINUS SIGN}0.26"),
        (9.96, "10"),
        (12.34, "12"),
        (-1234.5, "\N{MINUS SIGN}1234"),
        (0.00001, "1e\N{MINUS SIGN}05"),
        (np.float32(0.1), "0.1"),
    ],
)
def test_how_a_number_is_written(number, text):
    assert _texts(show_pixels([[number]])) == [text]


@pytest.mark.parametrize(
    "image",
    [
        np.arange(256, dtype=np.uint8).reshape(16, 16)[:, :10],
        np.full((20, 8), 255, np.uint8),
        np.linspace(-1, 1, 25).reshape(5, 5),
        np.full((4, 12, 3), 200, np.uint8),
        [[7]],
    ],
)
@pytest.mark.parametrize("layout", ["own", None, "constrained"])
def test_a_number_fits_into_its_pixel(image, layout):
    ax = None if layout == "own" else plt.subplots(1, 2, figsize=(9, 4), layout=layout)[1][1]
    ax = show_pixels(image, ax=ax)
    boxes = _drawn_boxes(ax.texts)
    for text, box in zip(ax.texts, boxes, strict=True):
        j, i = text.get_position()
        (left, bottom), (right, top) = ax.transData.transform([(j - 0.5, i + 0.5), (j + 0.5, i - 0.5)])
        assert left < box.x0 < box.x1 < right
        assert bottom < box.y0 < box.y1 < top
    # And it is no smaller than it must be.
    tallest = max(box.height for box in boxes) / (top - bottom)
    widest = max(box.width for box in boxes) / (right - left)
    assert max(tallest, widest) > 0.6 or ax.texts[0].get_fontsize() == 14


def test_a_number_fits_into_its_pixel_where_a_layout_makes_it_small():
    """The layout is done when the figure is drawn: before that, these axes are much larger."""
    _, (above, below) = plt.subplots(2, 1, figsize=(4, 4), layout="constrained")
    above.set_title("\n".join("a title of many lines"), fontsize=8)
    below = show_pixels(np.full((8, 8), 200, np.uint8), ax=below)
    boxes = _drawn_boxes(below.texts)
    pixel = below.get_window_extent().height / 8
    assert all(box.height < pixel and box.width < pixel for box in boxes)


@pytest.mark.parametrize(
    "image",
    [
        np.arange(256, dtype=np.uint8).reshape(16, 16),
        np.random.default_rng(0).integers(0, 256, (12, 12, 3), np.uint8),
        np.linspace(-1, 1, 121).reshape(11, 11),
    ],
)
def test_a_number_can_be_read_on_its_pixel(image):
    """4.5 to 1 is what WCAG 2.2 asks of text; no colour is too far from both black and white."""
    ax = show_pixels(image)
    colours = ax.images[0].to_rgba(ax.images[0].get_array())
    for text in ax.texts:
        j, i = text.get_position()
        assert _contrast(text.get_color(), colours[i, j, :3]) > 4.5


def test_numbers_can_be_left_out_and_then_any_size_goes():
    ax = show_pixels(np.zeros((50, 60)), numbers=False)
    assert _texts(ax) == []
    assert show_pixels(np.zeros((32, 32))).texts
    assert show_pixels(np.zeros((12, 12, 3))).texts


def test_lines_part_the_pixels():
    ax = show_pixels(GREY)
    upright, level = ax.collections
    assert [line[:, 0].tolist() for line in upright.get_segments()] == [[j - 0.5] * 2 for j in range(5)]
    assert [line[:, 1].tolist() for line in upright.get_segments()] == [[-0.5, 2.5]] * 5
    assert [line[:, 1].tolist() for line in level.get_segments()] == [[i - 0.5] * 2 for i in range(4)]
    assert [line[:, 0].tolist() for line in level.get_segments()] == [[-0.5, 3.5]] * 4


# --- networks ------------------------------------------------------------------------------------------


def _network(ax):
    """Return the edges with their widths, the circles with theirs, and the dots."""
    collections = [c for c in ax.collections if isinstance(c, LineCollection)]
    edges = [
        (tuple(map(tuple, line)), c.get_linewidths()[0]) for c in collections for line in c.get_segments()
    ]
    points = [c for c in ax.collections if isinstance(c, PathCollection)]
    circles = [c for c in points if c.get_sizes()[0] > 100]
    dots = [c for c in points if c.get_sizes()[0] < 10]
    return edges, circles, dots


def test_a_small_network_is_drawn_whole():
    edges, circles, dots = _network(draw_network([3, 4, 1]))
    assert [c.get_offsets().tolist() for c in circles] == [
        [[0, 1], [0, 0], [0, -1]],
        [[1, 1.5], [1, 0.5], [1, -0.5], [1, -1.5]],
        [[2, 0]],
    ]
    assert len({edge for edge, _ in edges}) == 3 * 4 + 4 * 1
    assert {edge[0] for edge, _ in edges} == {
        (0, 1),
        (0, 0),
        (0, -1),
        (1, 1.5),
        (1, 0.5),
        (1, -0.5),
        (1, -1.5),
    }
    assert {width for _, width in edges} == {0.6}
    assert dots == []


@pytest.mark.parametrize(
    ("size", "most", "drawn"), [(9, 8, 6), (8, 8, 8), (784, 8, 6), (4, 3, 2), (10, 5, 4)]
)
def test_a_large_layer_is_abbreviated(size, most, drawn):
    ax = draw_network([size, 1], most=most)
    edges, circles, dots = _network(ax)
    heights = circles[0].get_offsets()[:, 1].tolist()
    assert len(edges) == len(heights) == drawn
    assert heights == sorted(heights, reverse=True)
    assert_allclose(heights, [-height for height in reversed(heights)])
    assert len(dots) == (drawn < size)
    if dots:
        inner = max(abs(dots[0].get_offsets()[:, 1]))
        assert inner < min(abs(height) for height in heights) - 0.4
        assert dots[0].get_offsets()[:, 0].tolist() == [0, 0, 0]
    assert _texts(ax) == [str(size), "1"]


def test_labels_stand_under_their_layers_above_the_sizes():
    ax = draw_network([2, 30, 1], labels=["input", "hidden", "output"])
    assert _texts(ax) == ["input\n2", "hidden\n30", "output\n1"]
    assert [text.xy[0] for text in ax.texts] == [0, 1, 2]
    boxes = _drawn_boxes(ax.texts)
    lowest = ax.transData.transform((0, -3))[1]
    assert all(box.y1 < lowest - 5 for box in boxes)
    assert all(one.x1 < other.x0 for one, other in combinations(boxes, 2))
    assert min(box.y0 for box in boxes) >= 0
    assert ax.get_ylim() == (-3.5, 3.5)


def test_a_neuron_is_highlighted_with_the_weights_that_lead_to_it():
    edges, circles, _ = _network(draw_network([3, 4, 2], highlight=(1, 2)))
    assert {edge for edge, width in edges if width == 2} == {((0, y), (1, -0.5)) for y in (1, 0, -1)}
    assert [list(c.get_linewidths()) for c in circles] == [[1.5] * 3, [1.5, 1.5, 4, 1.5], [1.5] * 2]
    assert to_rgb(circles[1].get_edgecolors()[2]) == to_rgb(COLOURS["vermillion"])
    assert to_rgb(circles[1].get_edgecolors()[1]) == to_rgb(COLOURS["blue"])


def test_the_last_neuron_of_a_large_layer_and_an_input_can_be_highlighted():
    _, circles, _ = _network(draw_network([784, 10], highlight=(0, 783)))
    assert list(circles[0].get_linewidths()) == [1.5] * 5 + [4]


def test_a_network_grows_with_its_layers():
    assert draw_network([1, 1]).figure.get_size_inches().tolist() == [4.8, 1]
    assert draw_network([5, 2, 2, 2, 2, 2]).figure.get_size_inches().tolist() == pytest.approx([7.2, 2.6])


# --- several pictures ----------------------------------------------------------------------------------


def test_feature_maps_share_one_signed_scale(rng):
    maps = rng.normal(size=(5, 4, 11))
    axes = show_feature_maps(maps)
    assert axes.shape == (11,)
    reach = abs(maps).max()
    for k, ax in enumerate(axes):
        numbers, scale = _shown(ax)
        assert_array_equal(numbers, maps[:, :, k])
        assert scale == (-reach, reach)
        assert_allclose(ax.images[0].to_rgba(0.0), 1, atol=0.04)
        assert ax.get_title() == str(k)
        assert ax.get_xticks().size == ax.get_yticks().size == 0
    [bar] = set(axes[0].figure.axes) - set(axes)
    assert bar.get_xlabel() == "value, the same scale for all"
    assert_allclose(bar.get_xlim(), (-reach, reach))


def test_feature_maps_of_nothing_but_zeros_have_a_scale_too():
    assert _shown(show_feature_maps(np.zeros((2, 2, 1)))[0])[1] == (-1, 1)


def _places(axes):
    """Return row and column of axes in their grid."""
    return [(ax.get_subplotspec().rowspan.start, ax.get_subplotspec().colspan.start) for ax in axes]


@pytest.mark.parametrize(
    "draw",
    [
        lambda n, **to: show_feature_maps(np.ones((2, 2, n)), **to),
        lambda n, **to: show_examples([GREY] * n, **to),
    ],
)
def test_pictures_stand_in_rows(draw):
    assert _places(draw(10)) == [(0, k) for k in range(8)] + [(1, 0), (1, 1)]
    assert _places(draw(4, columns=3)) == [(0, 0), (0, 1), (0, 2), (1, 0)]
    assert _places(draw(2, columns=99)) == [(0, 0), (0, 1)]
    assert _places(draw(6, titles=["automobile"] * 6)) == [(0, k) for k in range(5)] + [(1, 0)]
    assert _places(draw(6, titles=["it is a cat\nnot a bird"] * 6)) == [(0, k) for k in range(5)] + [(1, 0)]
    assert _places(draw(2, titles=["a very long title " * 5, ""])) == [(0, 0), (1, 0)]


@pytest.mark.parametrize(
    "title", ["8", "sneaker", "automobile", "true: cat,\nguess: dog", "T-shirt/top (99%)"]
)
def test_titles_do_not_run_into_each_other(title):
    axes = show_examples([GREY] * 9, titles=[title] * 9)
    boxes = _drawn_boxes([ax.title for ax in axes])
    assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))
    pictures = [ax.get_window_extent() for ax in axes]
    assert not any(box.overlaps(picture) for box in boxes for picture in pictures)


@pytest.mark.parametrize(
    ("title", "columns", "points"),
    [
        ("photograph", 2, 10),
        ("photograph", 3, 10),
        ("ground taken away", 3, 9.3),
        ("a rather long title", 4, 8),
    ],
)
def test_titles_are_as_large_as_a_phone_wants_where_they_fit(title, columns, points):
    axes = show_examples([GREY] * columns, titles=[title] * columns, columns=columns)
    assert axes[0].title.get_fontsize() == pytest.approx(points, abs=0.1)


def test_examples_are_shown_in_order_with_their_titles():
    axes = show_examples(np.stack([GREY, GREY[::-1]]), titles=np.array([5, 0], np.uint8))
    assert [ax.get_title() for ax in axes] == ["5", "0"]
    assert_array_equal(_shown(axes[0])[0], GREY)
    assert_array_equal(_shown(axes[1])[0], GREY[::-1])


def test_examples_may_differ_in_shape_and_share_limits():
    axes = show_examples([GREY, COLOUR, [[-1.0, 2.0]]], limits=(0, 100))
    assert [ax.get_title() for ax in axes] == ["", "", ""]
    assert_array_equal(_shown(axes[1])[0], np.clip(COLOUR / 100, 0, 1))
    assert [_shown(axes[k])[1] for k in (0, 2)] == [(0, 100), (0, 100)]
    assert [_shown(ax)[1] for ax in show_examples([GREY, [[-1.0, 2.0]]])] == [(0, 255), (-2, 2)]


# --- curves --------------------------------------------------------------------------------------------


def test_functions_are_drawn_with_their_names():
    functions = {"tanh": np.tanh, "sine": np.sin, "itself": lambda z: z}
    z = np.linspace(-2, 2, 9)
    ax = plot_functions(functions, z, names=("$x$", "$f(x)$"))
    curves = ax.lines[:3]
    for line, (name, f) in zip(curves, functions.items(), strict=True):
        assert line.get_label() == name
        assert_array_equal(line.get_xydata(), np.column_stack([z, f(z)]))
    assert len({line.get_linestyle() for line in curves}) == 3
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(functions)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$x$", "$f(x)$")
    # The two axes of coordinates, at zero.
    assert [line.get_ydata() for line in ax.lines[3:4]] == [[0, 0]]
    assert [line.get_xdata() for line in ax.lines[4:]] == [[0, 0]]


def test_six_functions_are_the_most():
    ax = plot_functions({str(k): np.sin for k in range(6)}, [0, 1])
    assert len(ax.get_legend().get_texts()) == 6


def test_a_path_on_a_curve():
    path = [2.0, 1.0, -0.5]
    ax = plot_curve_path(lambda w: w**2, path)
    curve, steps = ax.lines
    assert_allclose(curve.get_ydata(), curve.get_xdata() ** 2)
    assert_array_equal(steps.get_xydata(), [[2, 4], [1, 1], [-0.5, 0.25]])
    assert ax.get_xlim() == pytest.approx((-0.5 - 0.625, 2 + 0.625))
    assert curve.get_xdata()[[0, -1]] == pytest.approx(ax.get_xlim())
    low, high = ax.get_ylim()
    assert low < 0
    assert high > 2.625**2
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w$", "loss")
    assert [(text.get_text(), text.xy) for text in ax.texts] == [("start", (2, 4)), ("end", (-0.5, 0.25))]
    # Outside the bowl: to the right where it climbs, to the left where it falls, and always below.
    assert [text.get_ha() for text in ax.texts] == ["left", "right"]
    assert all(text.xyann[1] < 0 for text in ax.texts)


def test_a_curve_shows_the_range_that_is_asked_for():
    ax = plot_curve_path(lambda w: w**2, np.array([[1.0], [-50.0]]), x_range=(-2, 2), names=("a", "b"))
    assert ax.get_xlim() == (-2, 2)
    assert ax.get_ylim() == pytest.approx((-0.48, 4.48))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("a", "b")
    assert_array_equal(ax.lines[1].get_xydata(), [[1, 1], [-50, 2500]])


def test_a_path_that_stands_still_on_a_flat_curve():
    ax = plot_curve_path(lambda w: 3.0, [1, 1])
    assert ax.get_xlim() == (0, 2)
    assert ax.get_ylim() == pytest.approx((2.88, 3.12))


def _levels(ax):
    [filled, lines] = [c for c in ax.collections if isinstance(c, mpl.contour.QuadContourSet)]
    return filled, lines


def test_a_surface_has_the_heights_of_the_function():
    def bowl(w):
        assert w.shape == (2,)
        return w[0] ** 2 + 10 * w[1]

    ax = plot_surface(bowl, x_range=(0, 2), y_range=(-1, 3), names=("a", "b", "c"))
    filled, lines = _levels(ax)
    assert (filled.zmin, filled.zmax) == (-10, 34)
    assert_array_equal(filled.levels, lines.levels)
    # Every point of a contour has the height that the contour stands for.
    for level, path in zip(lines.levels, lines.get_paths(), strict=True):
        for x, y in path.vertices:
            assert bowl(np.array([x, y])) == pytest.approx(level, abs=0.01)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 2), (-1, 3))
    [bar] = set(ax.figure.axes) - {ax}
    assert (ax.get_xlabel(), ax.get_ylabel(), bar.get_ylabel()) == ("a", "b", "c")
    assert len(ax.lines) == len(ax.texts) == 0


def test_a_path_on_a_surface():
    path = np.array([[1.0, 2.0], [0.5, 0.0], [0.0, 0.0]])
    ax = plot_surface(lambda w: w @ w, path)
    [steps] = ax.lines
    assert_array_equal(steps.get_xydata(), path)
    assert ax.get_xlim() == pytest.approx((-0.25, 1.25))
    assert ax.get_ylim() == pytest.approx((-0.5, 2.5))
    assert [(text.get_text(), tuple(text.xy)) for text in ax.texts] == [("start", (1, 2)), ("end", (0, 0))]
    # Away from the path: to the upper right of the start, and to the left of the end.
    assert (np.array(ax.texts[0].xyann) > 0).all()
    assert ax.texts[1].xyann == pytest.approx((-8, 0))
    assert [text.get_ha() for text in ax.texts] == ["left", "right"]
    # White around it, so that it stands out from the dark contours too.
    assert all(len(artist.get_path_effects()) == 1 for artist in [steps, *ax.texts])


def test_without_a_path_a_surface_goes_from_minus_one_to_one():
    ax = plot_surface(lambda w: w[0])
    assert (ax.get_xlim(), ax.get_ylim()) == ((-1, 1), (-1, 1))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("$w_1$", "$w_2$")


def test_a_surface_is_measured_by_one_rule_unless_asked_otherwise():
    assert plot_surface(lambda w: w[0]).get_aspect() == 1
    assert plot_surface(lambda w: w[0], aspect="auto").get_aspect() == "auto"
    wide = plot_surface(lambda w: w[0], x_range=(0, 4)).figure
    tall = plot_surface(lambda w: w[0], y_range=(0, 4)).figure
    assert wide.get_figheight() == pytest.approx(0.6 + 3.3 / 2)
    assert tall.get_figheight() == pytest.approx(0.6 + 3.3 * 2)
    assert plot_surface(lambda w: w[0], x_range=(0, 4), aspect="auto").figure.get_figheight() == 3.9


@pytest.mark.parametrize("path", [[[1, 1]], [[1, 1], [1, 1]]])
def test_a_path_that_stands_still_on_a_surface(path):
    ax = plot_surface(lambda w: w[0], path)
    assert (ax.get_xlim(), ax.get_ylim()) == ((0, 2), (0, 2))
    assert _texts(ax) == ["start", "end"]


def test_the_direction_of_the_end_of_a_path_that_creeps():
    """The last steps are too short to be seen: what counts is where the path as one sees it came from."""
    path = np.array([[5.0, 0.0], [0.0, 0.0], [1e-9, -1e-9], [0.0, 1e-9]])
    ends = plots._outward(path, np.array([10.0, 10.0]))
    assert_allclose(ends, [[1, 0], [-1, 0]], atol=1e-6)


# --- training ------------------------------------------------------------------------------------------


def test_a_history_is_drawn_epoch_by_epoch():
    axes = plot_history(HISTORY | {"learning_rate": [1, 1, 1]})
    assert [ax.get_ylabel() for ax in axes] == ["loss", "accuracy"]
    assert [ax.get_xlabel() for ax in axes] == ["", "epoch"]
    for ax, measure in zip(axes, ("loss", "accuracy"), strict=True):
        training, validation = ax.lines
        assert_array_equal(training.get_xydata(), np.column_stack([[1, 2, 3], HISTORY[measure]]))
        assert_array_equal(validation.get_xydata(), np.column_stack([[1, 2, 3], HISTORY[f"val_{measure}"]]))
        assert training.get_linestyle() != validation.get_linestyle()
        assert [text.get_text() for text in ax.get_legend().get_texts()] == ["training", "validation"]
    axes[0].figure.canvas.draw()
    assert all(tick == round(tick) for tick in axes[1].get_xticks())


@pytest.mark.parametrize(
    ("keys", "labels"),
    [
        (["loss"], {"loss": ["training"]}),
        (["val_loss"], {"loss": ["validation"]}),
        (["accuracy", "val_accuracy"], {"accuracy": ["training", "validation"]}),
        (["val_accuracy", "loss"], {"loss": ["training"], "accuracy": ["validation"]}),
    ],
)
def test_a_history_draws_what_there_is(keys, labels):
    axes = plot_history({key: HISTORY[key] for key in keys})
    assert {ax.get_ylabel(): [line.get_label() for line in ax.lines] for ax in axes} == labels
    assert axes[-1].get_xlabel() == "epoch"
    # The validation looks the same with and without the training.
    style = {"training": "-", "validation": "--"}
    assert all(line.get_linestyle() == style[line.get_label()] for ax in axes for line in ax.lines)


def test_a_history_may_come_from_keras_and_go_on_given_axes():
    _, given = plt.subplots(2, 1)
    axes = plot_history(SimpleNamespace(history=HISTORY), axes=given)
    assert list(axes) == list(given)
    assert len(plt.get_fignums()) == 1
    ax = plt.subplots()[1]
    assert list(plot_history({"loss": [1, 2]}, axes=ax)) == [ax]


# --- confusion -----------------------------------------------------------------------------------------


def test_a_confusion_matrix_counted_by_hand():
    labels, predictions = [0, 0, 0, 1, 1, 2], [0, 2, 2, 1, 0, 2]
    counts = confusion_matrix(labels, predictions, classes=4)
    assert counts.tolist() == [[1, 0, 2, 0], [1, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]]
    assert counts.dtype == np.int64
    assert confusion_matrix(np.array([255], np.uint8), np.array([255], np.uint8), classes=256)[255, 255] == 1


pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=40)


@given(pairs)
def test_laws_of_the_confusion_matrix(examples):
    labels, predictions = np.array(examples).T
    counts = confusion_matrix(labels, predictions, classes=5)
    assert_array_equal(counts.sum(axis=1), np.bincount(labels, minlength=5))
    assert_array_equal(counts.sum(axis=0), np.bincount(predictions, minlength=5))
    assert counts.trace() == (labels == predictions).sum()
    assert_array_equal(confusion_matrix(predictions, labels, classes=5), counts.T)


def test_tensorflow_counts_the_same(rng):
    tf = pytest.importorskip("tensorflow")
    labels, predictions = rng.integers(0, 7, (2, 200))
    theirs = tf.math.confusion_matrix(labels, predictions, num_classes=7).numpy()
    assert_array_equal(confusion_matrix(labels, predictions, classes=7), theirs)


def test_a_confusion_matrix_is_drawn_with_its_counts():
    ax = plot_confusion_matrix([[3, 1], [0, 0]], ["cat", "dog"])
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (0, 0): "3",
        (1, 0): "1",
        (0, 1): "0",
        (1, 1): "0",
    }
    shares, scale = _shown(ax)
    assert_array_equal(shares, [[0.75, 0.25], [0, 0]])
    assert scale == (0, 1)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted class", "true class")
    assert [label.get_text() for label in ax.get_xticklabels()] == ["cat", "dog"]
    assert [label.get_text() for label in ax.get_yticklabels()] == ["cat", "dog"]
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {90}


def test_a_small_share_is_no_total_of_one():
    assert_array_equal(_shown(plot_confusion_matrix([[0.25, 0.25], [0, 1]]))[0], [[0.5, 0.5], [0, 1]])


def test_classes_without_names_are_numbered():
    ax = plot_confusion_matrix(np.eye(3))
    assert [label.get_text() for label in ax.get_xticklabels()] == ["0", "1", "2"]
    assert {label.get_rotation() for label in ax.get_xticklabels()} == {0}


def test_a_count_can_be_read_on_its_field(rng):
    ax = plot_confusion_matrix(rng.integers(0, 9, (10, 10)) + np.diag(9 * np.arange(10) ** 2))
    colours = ax.images[0].to_rgba(ax.images[0].get_array())
    for text in ax.texts:
        j, i = text.get_position()
        assert _contrast(text.get_color(), colours[i, j, :3]) > 4.5


def test_ten_names_do_not_run_into_each_other():
    names = ["T-shirt/top", "trouser", "pullover", "ankle boot", "dress"] * 2
    ax = plot_confusion_matrix(np.full((10, 10), 1000), names)
    for labels in (ax.get_xticklabels(), ax.get_yticklabels(), ax.texts):
        boxes = _drawn_boxes(labels)
        assert not any(one.overlaps(other) for one, other in combinations(boxes, 2))


# --- boxes and masks -----------------------------------------------------------------------------------


def _rectangles(ax):
    return [patch.get_bbox().extents.tolist() for patch in ax.patches]


def test_a_box_lies_on_the_edges_of_its_pixels():
    ax = show_boxes(GREY, [[0, 0, 1, 1], [1, 2, 4, 3]])
    assert _rectangles(ax) == [[-0.5, -0.5, 0.5, 0.5], [0.5, 1.5, 3.5, 2.5]]
    assert _texts(ax) == []
    assert ax.get_legend() is None
    assert_array_equal(_shown(ax)[0], GREY)


def test_no_boxes_is_a_picture_without_boxes():
    assert _rectangles(show_boxes(GREY, [])) == []
    assert _rectangles(show_boxes(GREY, np.zeros((0, 4)), [])) == []


def test_kinds_of_boxes_differ_in_line_and_colour_and_are_named():
    box = [0, 0, 2, 2]
    ax = show_boxes(
        COLOUR, {"right": [box, box], "false alarm": [box], "missed": []}, {"right": ["a", "b"]}, title="All"
    )
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "right (2)", "false alarm (1)", "missed (0)"
    ]  # fmt: skip
    assert len(ax.patches) == 3
    looks = [(patch.get_edgecolor(), patch.get_linestyle()) for patch in ax.patches]
    assert looks[0] == looks[1]
    assert looks[0][0] != looks[2][0]
    assert looks[0][1] != looks[2][1]
    assert _texts(ax) == ["a", "b"]
    assert ax.get_title() == "All"
    for (colour, line), (other, style) in combinations(plots._BOX_STYLES, 2):
        assert colour != other
        assert line != style


def test_a_label_stays_within_the_picture():
    photo = np.zeros((100, 100), np.uint8)
    corners = [[0, 0, 30, 30], [80, 0, 100, 20], [0, 80, 20, 100], [75, 80, 99, 99]]
    ax = show_boxes(photo, corners, ["a swan 0.9"] * 4)
    frame, *boxes = [artist.get_window_extent() for artist in (ax, *ax.texts)]
    ax.figure.canvas.draw()
    for box in boxes:
        assert frame.x0 - 3 <= box.x0 < box.x1 <= frame.x1 + 3
        assert frame.y0 - 3 <= box.y0 < box.y1 <= frame.y1 + 3


def test_a_mask_darkens_the_rest_and_outlines_the_part():
    mask = np.zeros((3, 4), bool)
    mask[0, :2] = True
    ax = show_mask(GREY, mask, title="part")
    picture, shade = ax.images
    assert_array_equal(picture.get_array(), GREY)
    assert_array_equal(shade.get_alpha(), np.where(mask, 0, 0.6))
    [outline] = ax.collections[-1].get_paths()
    assert_allclose(outline.get_extents().extents, [-0.5, -0.5, 1.5, 0.5])
    assert (ax.get_xlim(), ax.get_ylim(), ax.get_title()) == ((-0.5, 3.5), (2.5, -0.5), "part")


def test_an_empty_mask_has_no_outline():
    ax = show_mask(COLOUR, np.zeros((3, 4)))
    assert len(ax.collections) == 0
    assert_array_equal(ax.images[1].get_alpha(), np.full((3, 4), 0.6))


# --- errors --------------------------------------------------------------------------------------------


BAD_PICTURES = [
    (np.zeros(4), "image has shape (height, width), (height, width, 1) or (height, width, 3), got (4,)"),
    (
        np.zeros((2, 2, 4)),
        "image has shape (height, width), (height, width, 1) or (height, width, 3), got (2, 2, 4)",
    ),
    (
        np.zeros((2, 2, 2, 3), np.uint8),
        "image has shape (height, width), (height, width, 1) or (height, width, 3)",
    ),
    (
        np.zeros((0, 3), np.uint8),
        "image has shape (height, width), (height, width, 1) or (height, width, 3), got (0, 3)",
    ),
    (np.zeros((0, 3)), "image is empty (shape (0, 3)): give at least one number"),
    ([[np.nan]], "image must hold finite numbers, got nan at index (0, 0)"),
]


@pytest.mark.parametrize("draw", [show_image, show_pixels])
@pytest.mark.parametrize(("image", "message"), BAD_PICTURES)
def test_a_bad_picture_is_explained(draw, image, message):
    with pytest.raises(ValueError, match="image") as caught:
        draw(image)
    assert str(caught.value).startswith(message)
    assert plt.get_fignums() == []


IMAGE_HINT = "choose one picture, or one channel of it"
BAD = [
    (lambda: show_image(np.zeros((2, 2, 4))), ValueError, IMAGE_HINT),
    (lambda: show_image("cat"), TypeError, "image must hold real numbers, got <U3 in 'cat'"),
    (
        lambda: show_image(GREY, limits=(3, 3)),
        ValueError,
        "limits must be the lower number and the higher one, got 3 and 3",
    ),
    (
        lambda: show_pixels(GREY, limits=(5, 1)),
        ValueError,
        "limits must be the lower number and the higher one, got 5 and 1",
    ),
    (lambda: show_image(GREY, limits=[1]), ValueError, "limits has shape (2,), got (1,)"),
    (
        lambda: show_pixels(np.zeros((33, 2))),
        ValueError,
        "the numbers of at most 32 x 32 pixels can be read, got 33 x 2: cut out a part, image[:32, :32], "
        "or set numbers=False",
    ),
    (
        lambda: show_pixels(np.zeros((2, 13, 3))),
        ValueError,
        "the numbers of at most 12 x 12 pixels can be read, got 2 x 13: cut out a part, image[:12, :12], "
        "or set numbers=False",
    ),
    (
        lambda: show_boxes(GREY, [[0, 0, 1]]),
        ValueError,
        "boxes has shape (n, 4), got (1, 3): left, top, right, bottom",
    ),
    (lambda: show_boxes(GREY, {"found": [1, 2, 3, 4]}), ValueError, "found has shape (n, 4), got (4,)"),
    (lambda: show_boxes(GREY, {}), ValueError, "boxes must hold 1 to 3 kinds, got 0"),
    (
        lambda: show_boxes(GREY, dict.fromkeys("abcd", ())),
        ValueError,
        "boxes must hold 1 to 3 kinds, got 4",
    ),
    (
        lambda: show_boxes(GREY, [[0, 0, 1, 1]], ["a", "b"]),
        ValueError,
        "labels must hold 1 texts, got 2: one for each",
    ),
    (
        lambda: show_boxes(GREY, [], ["a"]),
        ValueError,
        "labels must hold 0 texts, got 1: one for each",
    ),
    (
        lambda: show_boxes(GREY, {"found": [[0, 0, 1, 1]]}, {"fuond": ["a"]}),
        ValueError,
        "a key of labels must be one of 'found', got 'fuond'",
    ),
    (
        lambda: show_boxes(GREY, {"found": [[0, 0, 1, 1], [9, 0, 3, 4]]}),
        ValueError,
        "found must have left <= right and top <= bottom, got [9.0, 0.0, 3.0, 4.0]: "
        "give left, top, right, bottom, not left, top, width, height",
    ),
    (lambda: show_boxes(GREY, [[0], [0, 1]]), ValueError, "boxes must be a regular array"),
    (lambda: show_boxes(GREY, [[0, 0, 1, np.nan]]), ValueError, "boxes must hold finite numbers, got nan"),
    (lambda: show_boxes(np.zeros((2, 2, 4)), []), ValueError, IMAGE_HINT),
    (
        lambda: show_mask(GREY, [[1, 0]]),
        ValueError,
        "mask has shape (3, 4), got (1, 2): one answer for each pixel",
    ),
    (lambda: show_mask(np.zeros(4), [[1]]), ValueError, IMAGE_HINT),
    (lambda: draw_network(784), TypeError, "sizes must be a list, got 784"),
    (lambda: draw_network("3, 2"), TypeError, "sizes must be a list, got '3, 2'"),
    (lambda: draw_network([]), ValueError, "sizes is empty: give at least one"),
    (
        lambda: draw_network([3]),
        ValueError,
        "a network has at least two layers, got sizes [3]: try [784, 16, 10]",
    ),
    (lambda: draw_network([3, 0]), ValueError, "sizes[1] must be at least 1, got 0"),
    (lambda: draw_network([3, 2.5]), TypeError, "sizes[1] must be a whole number, got 2.5: use an int"),
    (
        lambda: draw_network([3, 2], labels=["in"]),
        ValueError,
        "labels must hold 2 texts, got 1: one for each",
    ),
    (lambda: draw_network([3, 2], labels="io"), TypeError, "labels must be a list, got 'io'"),
    (lambda: draw_network([3, 2], most=2), ValueError, "most must be at least 3, got 2"),
    (
        lambda: draw_network([3, 2], highlight=3),
        ValueError,
        "highlight has shape (2,), got (): (layer, neuron)",
    ),
    (
        lambda: draw_network([3, 2], highlight=(2, 0)),
        ValueError,
        "drawn, counted from 0, got (2, 0): choose another",
    ),
    (lambda: draw_network([3, 2], highlight=(-1, 0)), ValueError, "drawn, counted from 0, got (-1, 0)"),
    (lambda: draw_network([3, 2], highlight=(1, 2)), ValueError, "drawn, counted from 0, got (1, 2)"),
    (lambda: draw_network([3, 2], highlight=(0.5, 0)), ValueError, "drawn, counted from 0, got (0.5, 0)"),
    (
        lambda: draw_network([99, 2], highlight=(0, 50)),
        ValueError,
        "got (0, 50): choose another, or draw more with most=",
    ),
    (lambda: show_feature_maps(GREY), ValueError, "maps has shape (height, width, channels), got (3, 4)"),
    (
        lambda: show_feature_maps(COLOUR, titles=["a"]),
        ValueError,
        "titles must hold 3 texts, got 1: one for each",
    ),
    (lambda: show_feature_maps(COLOUR, columns=0), ValueError, "columns must be at least 1, got 0"),
    (
        lambda: show_feature_maps(np.ones((1, 1, 129))),
        ValueError,
        "at most 128 pictures fit into a figure, got 129: choose some of them",
    ),
    (lambda: show_examples([]), ValueError, "images is empty: give at least one"),
    (lambda: show_examples(7), TypeError, "images must be a list, got 7"),
    (lambda: show_examples(GREY), ValueError, "images[0] has shape (height, width), (height, width, 1) or"),
    (lambda: show_examples([GREY, [[np.inf]]]), ValueError, "images[1] must hold finite numbers, got inf"),
    (lambda: show_examples([GREY], titles=[]), ValueError, "titles is empty: give at least one"),
    (lambda: show_examples([GREY] * 129), ValueError, "at most 128 pictures fit into a figure, got 129"),
    (
        lambda: plot_functions(np.tanh, [0]),
        TypeError,
        "functions must be a dict, got <ufunc 'tanh'>: try {'tanh': np.tanh}",
    ),
    (lambda: plot_functions({}, [0]), ValueError, "functions must hold 1 to 6 functions, got 0"),
    (
        lambda: plot_functions({str(k): np.sin for k in range(7)}, [0]),
        ValueError,
        "1 to 6 functions, got 7: draw two",
    ),
    (
        lambda: plot_functions({"tanh": "tanh"}, [0]),
        TypeError,
        "tanh must be a function, got 'tanh': try np.tanh",
    ),
    (lambda: plot_functions({"sum": np.sum}, [0, 1]), ValueError, "sum(z) has shape (2,), got ()"),
    (
        lambda: plot_functions({"log": lambda z: z * np.inf}, [1]),
        ValueError,
        "log(z) must hold finite numbers, got inf",
    ),
    (lambda: plot_functions({"sin": np.sin}, [[0]]), ValueError, "z has shape (n,), got (1, 1)"),
    (lambda: plot_functions({"sin": np.sin}, [0], names=["a"]), ValueError, "names must hold 2 texts, got 1"),
    (lambda: plot_curve_path(np.sin, [[1, 2]]), ValueError, "path has shape (steps + 1,), got (1, 2)"),
    (lambda: plot_curve_path(np.sin, []), ValueError, "path is empty"),
    (lambda: plot_curve_path("sin", [1]), TypeError, "f must be a function, got 'sin': try np.tanh"),
    (
        lambda: plot_curve_path(lambda w: [w, w], [1]),
        TypeError,
        "f must give one number for a point, got (2,)",
    ),
    (
        lambda: plot_curve_path(lambda w: np.nan, [1]),
        ValueError,
        "what f gives must hold finite numbers, got nan",
    ),
    (
        lambda: plot_curve_path(np.sin, [1], x_range=(1, 0)),
        ValueError,
        "x_range must be the lower number and the higher",
    ),
    (lambda: plot_curve_path(np.sin, [1], names=["w"]), ValueError, "names must hold 2 texts, got 1"),
    (lambda: plot_surface(np.sum, [1, 2]), ValueError, "path has shape (steps + 1, 2), got (2,)"),
    (lambda: plot_surface(lambda w: w), TypeError, "f must give one number for a point, got (2,)"),
    (
        lambda: plot_surface(np.sum, y_range=(1, 1)),
        ValueError,
        "y_range must be the lower number and the higher",
    ),
    (lambda: plot_surface(np.sum, names=("a", "b")), ValueError, "names must hold 3 texts, got 2"),
    (lambda: plot_surface(np.sum, aspect=2), ValueError, "aspect must be one of 'equal', 'auto', got 2"),
    (
        lambda: plot_history([1, 2]),
        TypeError,
        "history must be a dict, got [1, 2]: try {'loss': [2.3, 0.7, 0.4]}",
    ),
    (
        lambda: plot_history({"error": [1]}),
        ValueError,
        "history must hold 'loss' or 'accuracy', got ['error']",
    ),
    (lambda: plot_history({"loss": []}), ValueError, "history['loss'] is empty"),
    (
        lambda: plot_history({"val_loss": [[1]]}),
        ValueError,
        "history['val_loss'] has shape (epochs,), got (1, 1)",
    ),
    (lambda: plot_history({"loss": [1]}, axes="here"), TypeError, "ax must be matplotlib axes, got "),
    (
        lambda: plot_confusion_matrix([[1, 2]]),
        ValueError,
        "matrix has shape (1, 1), got (1, 2): as many columns as rows",
    ),
    (lambda: plot_confusion_matrix([1]), ValueError, "matrix has shape (classes, classes), got (1,)"),
    (
        lambda: plot_confusion_matrix([[-1]]),
        ValueError,
        "matrix must hold counts, got -1: none can be negative",
    ),
    (
        lambda: plot_confusion_matrix([[1]], ["a", "b"]),
        ValueError,
        "class_names must hold 1 texts, got 2: one for each",
    ),
    (
        lambda: confusion_matrix([0], [0, 1], 2),
        ValueError,
        "predictions has shape (1,), got (2,): one prediction for each",
    ),
    (lambda: confusion_matrix([[0]], [0], 2), ValueError, "labels has shape (n,), got (1, 1)"),
    (lambda: confusion_matrix([2], [0], 2), ValueError, "labels must be whole numbers from 0 to 1, got 2"),
    (
        lambda: confusion_matrix([0], [-1], 2),
        ValueError,
        "predictions must be whole numbers from 0 to 1, got -1",
    ),
    (
        lambda: confusion_matrix([0.5], [0], 2),
        ValueError,
        "labels must be whole numbers from 0 to 1, got 0.5",
    ),
    (lambda: confusion_matrix([0], [0], 0), ValueError, "classes must be at least 1, got 0"),
    (lambda: confusion_matrix(["cat"], ["cat"], 2), TypeError, "labels must hold real numbers"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD, ids=[message[:40] for *_, message in BAD])
def test_bad_input_is_explained_and_opens_no_figure(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert message in str(caught.value)
    assert plt.get_fignums() == []


@pytest.mark.parametrize(("history", "count"), [({"loss": [1]}, 1), (HISTORY, 2)])
def test_the_wrong_number_of_axes_is_explained(history, count):
    _, given = plt.subplots(1, 3)
    with pytest.raises(
        ValueError, match=f"axes must be one for each of loss and accuracy that there is, {count}, got 3"
    ):
        plot_history(history, axes=given)
    assert not any(ax.has_data() for ax in given)


def test_a_function_that_writes_into_z_spoils_neither_z_nor_the_next_curve():
    z = np.array([-1.0, 0.0, 1.0])
    ax = plot_functions({"relu": lambda z: np.maximum(z, 0, out=z), "line": lambda z: z}, z)
    assert z.tolist() == [-1, 0, 1]
    assert ax.lines[1].get_ydata().tolist() == [-1, 0, 1]
