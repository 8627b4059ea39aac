"""The figure of the five steps: what it shows at a known state, how it plays, and what it refuses."""

import pytest

from cvlessons.datasets import load_results

pytestmark = [pytest.mark.site, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}


def test_a_link_shows_the_numbers_of_the_log(open_figure):
    _, figure = open_figure("keras_workflow", {"run": "workshop_cnn", "epoch": 18})
    history = load_results("workshop_cnn")["history"]
    name = figure.get_by_role("img", name="loss, epoch 18").get_attribute("aria-label")
    assert f"loss {history['loss'][17]:.3f}, validation {history['val_loss'][17]:.3f}" in name
    assert f"validation {history['val_accuracy'][17]:.1%}".replace("%", " %") in name


def test_what_is_marked_follows_the_patience(open_figure):
    page, figure = open_figure("keras_workflow", {"patience": 1})
    told = figure.locator(".says")
    assert "ended it after epoch 5, and gone back to epoch 4, though epoch 6 is better" in told.inner_text()
    figure.get_by_label("Early stopping, patience").focus()
    page.keyboard.press("ArrowRight")
    assert "ended it after epoch 8, and gone back to epoch 6, the best of all" in told.inner_text()


def test_play_goes_through_all_five_steps(open_figure, state_of):
    page, figure = open_figure("keras_workflow", {"run": "workshop_ann", "step": 1, "epoch": 0})
    figure.get_by_role("button", name="Play").click()
    page.wait_for_timeout(1200)
    figure.get_by_role("button", name="Pause").click()
    paused = state_of(figure)
    assert paused["step"] == 3 and 0 < paused["epoch"] < 20
    page.wait_for_timeout(400)
    assert state_of(figure) == paused
    once = figure.get_by_role("button", name="Step")
    for _ in range(20 - paused["epoch"]):
        once.click()
    assert state_of(figure)["epoch"] == 20
    once.click()
    assert state_of(figure)["step"] == 4
    assert "49.0 % are right" in figure.locator(".says").inner_text()
    assert figure.locator("pre[aria-current]").inner_text() == "model.evaluate(x_test, y_test)"
    once.click()
    once.click()
    assert state_of(figure)["step"] == 5
    figure.get_by_role("button", name="Play").click()
    assert state_of(figure)["step"] < 4, "from the end it begins anew"


def test_a_class_is_judged_by_touch_on_a_phone(open_figure):
    _, figure = open_figure("keras_workflow", viewport=PHONE, has_touch=True)
    figure.get_by_role("button", name="5 predict").tap()
    figure.get_by_label("True class").select_option("5")
    row = load_results("few_digits")["confusion"][5]
    assert f"calls {row[5]} so" in figure.locator(".says").inner_text()
    assert figure.locator(".bars .right .number").inner_text() == str(row[5])


def test_an_epoch_that_a_log_does_not_have_is_explained(open_figure, state_of):
    _, figure = open_figure("keras_workflow", {"run": "workshop_ann", "epoch": 40})
    assert "from 0 to 20, as this log has them, got 40" in figure.locator(".wrong").inner_text()
    figure.get_by_label("Log").select_option("workshop_cnn")
    assert not figure.locator(".wrong").is_visible()
    assert state_of(figure)["epoch"] == 20
