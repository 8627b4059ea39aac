"""The pooling figure: one window after the other, ReLU, the gradient's way back, and sizes in words."""

import numpy as np
import pytest

from cvlessons.activations import relu
from cvlessons.convolution import SOBEL_Y_KERNEL, conv2d
from cvlessons.datasets import load_mnist
from cvlessons.pooling import average_pool, max_pool

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def seven():
    """The map of the first seven of the test set under the filter for brighter downwards."""
    _, (x_test, _) = load_mnist()
    return conv2d(x_test[0][:, :, None] / 255, SOBEL_Y_KERNEL[:, :, None, None], padding=1)


def written(figure):
    texts = figure.locator(".lower b").all_inner_texts()
    return [float(text.replace("−", "-")) for text in texts]


@pytest.mark.parametrize("kind", ["max", "average"])
@pytest.mark.parametrize("on", [True, False])
def test_a_link_shows_the_numbers_of_the_package(open_figure, seven, kind, on):
    _, figure = open_figure("pooling", {"kind": kind, "relu": on, "place": [6, 9]})
    before = relu(seven) if on else seven
    window = before[12:14, 18:20, 0].ravel()
    assert written(figure) == pytest.approx(window.tolist(), abs=0.006)
    value = (max_pool if kind == "max" else average_pool)(before)[6, 9, 0]
    told = figure.get_by_role("slider", name="Window").get_attribute("aria-valuetext")
    assert float(told.split()[-1].replace("−", "-")) == pytest.approx(value, abs=0.006)
    shares = figure.locator(".lower small").all_inner_texts()
    if kind == "max":
        assert shares.index("gets 1") == window.argmax()
        assert shares.count("gets 1") == 1
    else:
        assert shares == ["gets 1/4"] * 4


def test_keys_mouse_and_finger_move_the_window(open_figure, state_of):
    page, figure = open_figure("pooling", {"place": [0, 0]}, viewport=PHONE, has_touch=True)
    pooled = figure.get_by_role("slider", name="Window")
    pooled.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
    assert state_of(figure)["place"] == [1, 1]
    box = pooled.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] * 12.5 / 14, box["y"] + box["height"] * 3.5 / 14)
    assert state_of(figure)["place"] == [3, 12]
    feature_map = figure.get_by_role("img", name="The feature map of the digit")
    feature_map.scroll_into_view_if_needed()
    box = feature_map.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 9.5 / 28, box["y"] + box["height"] * 6.5 / 28)
    assert state_of(figure)["place"] == [3, 4]


def test_what_is_lost_is_counted(open_figure, seven):
    _, figure = open_figure("pooling")
    said = figure.locator(".lower ul").inner_text()
    assert "784 numbers become 196: 25 % are left." in said
    assert "Pool first, then ReLU: the very same numbers." in said
    figure.get_by_label("pooling").select_option("average")
    there, other = average_pool(relu(seven)), relu(average_pool(seven))
    differs = f"{abs(there - other).sum() / abs(there).sum() * 100:.0f} %"
    assert f"Pool first, then ReLU: {differs}" in figure.locator(".lower ul").inner_text()


def test_the_learned_filters_are_shown_and_chosen(open_figure, state_of):
    page, figure = open_figure("pooling")
    figure.get_by_label("filters").select_option("learned")
    maps = figure.get_by_role("group", name="The maps of this layer").get_by_role("button")
    assert maps.count() == 12
    maps.first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert state_of(figure)["map"] == 1
    assert "24 × 24" in figure.locator(".maps").inner_text()


def test_a_window_that_does_not_divide_is_explained_and_mended(open_figure):
    _, figure = open_figure("pooling")
    figure.get_by_role("slider", name="size F").fill("3")
    words = "height: a window of 3 with stride 2 does not end at the edge of an input of 28"
    assert words in figure.locator(".wrong").inner_text()
    figure.get_by_role("button", name="floor=True").click()
    assert not figure.locator(".wrong").is_visible()
    assert np.all([strip.is_visible() for strip in figure.locator(".rest").all()[:2]])
    assert "13 × 13" in figure.locator(".maps").inner_text()
