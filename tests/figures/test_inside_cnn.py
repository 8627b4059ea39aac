"""Inside the CNN, in Chromium: every map, every sum, the view in space, the camera that may be refused."""

import json
import re

import numpy as np
import pytest

from cvlessons.datasets import load_mnist
from cvlessons.digits import digit_network, to_input
from cvlessons.engine import Flatten

pytestmark = [pytest.mark.site, pytest.mark.browser]
ID = "live-fig-inside_cnn-walk"
PHONE = {"width": 390, "height": 844}
MAPS = [1, 12, 12, 12, 32, 32, 32, 48, 48, 48, 10, 10]


@pytest.fixture(scope="module")
def maps():
    """Of the first four of the test set: what each layer of the package's network gives."""
    images, labels = load_mnist()[1]
    x = to_input(images[[int(np.argmax(labels == 4))]])
    network = digit_network()
    outputs = zip(network.outputs(x), network.layers, strict=True)
    kept = [np.reshape(out[0], (*out.shape[1:-1], out.shape[-1])) for out, layer in outputs
            if not isinstance(layer, Flatten)]  # fmt: skip
    return [x[0], *kept, network.probabilities(x)[0]]


def unit_of(figure):
    return figure.evaluate("(f) => ['layer', 'map', 'row', 'column'].map((name) => f.model.state[name])")


def shown_value(figure):
    return float(figure.locator(".unit-panel .heading .number").inner_text().replace("−", "-"))


def expected_value(maps, layer, k, row, column):
    return float(maps[layer][k] if maps[layer].ndim == 1 else maps[layer][row, column, k])


def test_every_map_of_every_layer_is_there_and_one_stop_of_the_tab_key_for_each_layer(open_figure):
    page, figure = open_figure("inside_cnn")
    sheets = figure.locator(".sheet")
    assert [sheet.locator(".map").count() for sheet in sheets.all()] == MAPS
    assert [sheet.locator(".map[tabindex='0']").count() for sheet in sheets.all()] == [1] * len(MAPS)
    names = figure.locator(".map").evaluate_all("(all) => all.map((map) => map.ariaLabel)")
    assert len(set(names)) == sum(MAPS)
    sheets.nth(4).locator(".map").first.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    name = figure.evaluate(
        "(f) => f.querySelector('.cv-figure-live > div').shadowRoot.activeElement.ariaLabel"
    )
    assert name == "Convolution 2, map 18"


def test_enter_on_a_map_takes_its_strongest_unit_and_arrows_walk_from_there(open_figure, maps):
    page, figure = open_figure("inside_cnn")
    figure.get_by_role("button", name="ReLU 2, map 7", exact=True).focus()
    page.keyboard.press("Enter")
    layer, k, row, column = unit_of(figure)
    assert (layer, k) == (5, 7)
    assert maps[5][row, column, 7] == maps[5][:, :, 7].max()
    large = figure.get_by_role("application", name="ReLU 2, map 7, enlarged")
    large.focus()
    for key, step in (("ArrowDown", (1, 0)), ("ArrowLeft", (0, -1)), ("ArrowUp", (-1, 0))):
        page.keyboard.press(key)
        row, column = row + step[0], column + step[1]
        assert unit_of(figure) == [5, 7, row, column]
        assert abs(shown_value(figure) - expected_value(maps, 5, 7, row, column)) < 0.0051


def test_units_that_a_link_names_show_the_numbers_of_the_package(open_figure, maps):
    _, figure = open_figure("inside_cnn")
    for unit in (
        (1, 0, 23, 0),
        (3, 11, 5, 6),
        (4, 31, 0, 11),
        (7, 20, 2, 5),
        (9, 40, 1, 1),
        (10, 4, 0, 0),
        (11, 4, 0, 0),
    ):
        figure.evaluate("(f, unit) => ['layer', 'map', 'row', 'column'].forEach("
                        "(name, k) => f.model.set(name, unit[k]))", list(unit))  # fmt: skip
        assert abs(shown_value(figure) - expected_value(maps, *unit)) < 0.0051, unit
        terms = [float(chip.replace("−", "-")) for chip in figure.locator(".chip").all_inner_texts()]
        if terms:
            bias, total = (
                float(re.sub(r"\s", "", number).replace("−", "-"))
                for number in re.search(r"([+−] [\d.]+) \(bias\) = (−?[\d.]+)",
                                        figure.locator(".total").inner_text()).groups()
            )  # fmt: skip
            assert abs(sum(terms) + bias - total) <= 0.0051 * len(terms) + 0.001
            assert abs(total - expected_value(maps, *unit)) < 0.00051


def test_a_press_takes_the_unit_under_the_pointer_and_the_way_in_ends_in_the_picture(open_figure):
    _, figure = open_figure("inside_cnn")
    chosen = figure.get_by_role("button", name="Pooling 3, map 10", exact=True)
    box = chosen.bounding_box()
    chosen.click(position={"x": box["width"] * 0.9, "y": box["height"] * 0.5})
    assert unit_of(figure) == [9, 10, 1, 2]
    back = figure.get_by_role("button", name="Into the layer before")
    layers = []
    while back.is_enabled():
        back.click()
        layers.append(unit_of(figure)[0])
    assert layers == list(range(8, -1, -1))
    on = figure.get_by_role("button", name="On to the next layer")
    while on.is_enabled():
        on.click()
    assert unit_of(figure)[0] == len(MAPS) - 1


def test_in_space_every_map_can_be_reached_and_the_scene_turned(open_figure, state_of):
    page, figure = open_figure("inside_cnn", {"view": "space"})
    assert figure.locator(".space .map").count() == sum(MAPS)
    frame = figure.locator(".scene").bounding_box()
    for sheet in figure.locator(".sheet .atlas").all():  # all of it is in the frame
        box = sheet.bounding_box()
        assert frame["x"] <= box["x"]
        assert box["x"] + box["width"] <= frame["x"] + frame["width"]
        assert frame["y"] <= box["y"]
        assert box["y"] + box["height"] <= frame["y"] + frame["height"]
    figure.get_by_role("button", name="Convolution 2, map 9", exact=True).focus()
    page.keyboard.press("Enter")
    assert unit_of(figure)[:2] == [4, 9]
    assert figure.locator(".strip").count() == 12  # one from each map of the layer before
    figure.get_by_role("slider", name="Turn").press("ArrowRight")
    turn, tilt = (state_of(figure)[name] for name in ("turn", "tilt"))
    middle = frame["x"] + frame["width"] / 2, frame["y"] + 30
    unit = unit_of(figure)
    page.mouse.move(*middle)
    page.mouse.down()
    page.mouse.move(middle[0] + 100, middle[1] + 40, steps=5)
    page.mouse.up()
    assert state_of(figure)["turn"] == turn + 30
    assert state_of(figure)["tilt"] == tilt - 12
    assert unit_of(figure) == unit  # a drag presses nothing


def test_on_a_phone_a_finger_turns_the_scene_and_presses_maps(open_figure, drag_finger):
    page, figure = open_figure("inside_cnn", {"view": "space"}, viewport=PHONE, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    figure.locator(".scene").scroll_into_view_if_needed()
    # Playwright's own tap looks for a place on the page, not in space.
    x, y = figure.get_by_role("button", name="Convolution 1, map 3", exact=True).evaluate(
        "(map) => { const box = map.getBoundingClientRect();"
        " return [box.x + box.width / 2, box.y + box.height / 2]; }"
    )
    page.touchscreen.tap(x, y)
    assert unit_of(figure)[:2] == [1, 3]
    frame = figure.locator(".scene").bounding_box()
    y = frame["y"] + frame["height"] - 12
    drag_finger(page, [(frame["x"] + 100 + 10 * k, y) for k in range(11)])
    page.wait_for_function(f"document.getElementById('{ID}').model.state.turn > -30")


def test_who_wants_no_motion_gets_steps(open_figure):
    page, figure = open_figure("inside_cnn", {"view": "space"}, reduced_motion="reduce")
    figure.evaluate("(f) => { f.turns = 0; f.model.on('change:turn', () => f.turns++); }")
    figure.get_by_role("button", name="Turn around").click()
    page.wait_for_timeout(1500)
    assert 1 <= figure.evaluate("(f) => f.turns") <= 3
    figure.get_by_role("button", name="Pause").click()


def test_a_drawn_digit_goes_through_all_layers(open_figure, state_of):
    page, figure = open_figure("inside_cnn")
    box = figure.locator(".pad").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 190, steps=10)
    page.mouse.up()
    assert figure.locator(".said").inner_text() == "1"
    assert state_of(figure)["source"] == "drawing"
    assert "centred and scaled" in figure.locator(".says").inner_text()
    figure.get_by_role("button", name="Clear").click()
    assert figure.locator(".said").inner_text() == "–"
    figure.get_by_role("button", name="test digit: a 3", exact=True).click()
    assert figure.locator(".said").inner_text() == "3"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotAllowedError", "was refused"),
        ("NotFoundError", "finds no camera"),
        ("NotReadableError", "is busy: another program has it"),
        ("SomethingElse", r"did not start \(SomethingElse\)"),
    ],
)
def test_a_camera_that_cannot_be_had_is_explained(open_figure, name, words):
    page, figure = open_figure("inside_cnn")
    page.evaluate(
        "(name) => { navigator.mediaDevices.getUserMedia = () => "
        "Promise.reject(Object.assign(new Error(), { name })); }",
        name,
    )
    figure.get_by_role("button", name="Use the camera").click()
    told = figure.locator(".told")
    page.wait_for_function(
        "(e) => /press|permissions/.test(e.textContent.toLowerCase())", arg=told.element_handle()
    )
    assert re.search(words, told.inner_text())
    assert figure.get_by_role("button", name="Use the camera").is_visible()


def test_the_camera_is_read_live_and_its_picture_goes_nowhere(open_figure, state_of):
    page, figure = open_figure("inside_cnn", permissions=["camera"])
    figure.get_by_role("button", name="Use the camera").click()
    figure.get_by_role("button", name="Take this picture").wait_for()
    page.wait_for_function(
        "(f) => f.querySelector('.cv-figure-live > div').shadowRoot.querySelector('.pad').width === 112",
        arg=figure.element_handle(),
    )
    assert "stays in this page" in figure.locator(".told").inner_text()
    figure.get_by_role("button", name="Take this picture").click()
    assert state_of(figure)["source"] == "camera"
    assert len(json.dumps(state_of(figure))) < 400  # no picture in it
    assert figure.locator(".said").inner_text() in "0123456789–"
    figure.get_by_role("button", name="Reset").click()
    assert figure.locator(".said").inner_text() == "4"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"layer": 3, "row": 12}, "row of Pooling 1 must be a whole number from 0 to 11, got 12"),
        ({"layer": 12}, "layer must be a whole number from 0 to 11"),
        ({"map": 40}, "map of Convolution 1 must be a whole number from 0 to 11"),
        ({"turn": 120}, "turn must be from -85 to 85, got 120: move its slider"),
        ({"part": 1}, "from 0 to 0, got 1: choose one of the sum"),
    ],
)
def test_units_that_are_not_are_explained_and_the_last_right_one_stays(open_figure, state, words):
    _, figure = open_figure("inside_cnn", state)
    assert words in figure.locator(".wrong").inner_text()
    assert figure.locator(".said").inner_text() == "4"
