"""The interactive figures: on the built pages, one and all; and as widgets of a notebook.

What only one figure does is tested in tests/figures/; Node tests its arithmetic (figures/<stem>/*.test.js).
"""

import json
import re
import subprocess
from pathlib import Path
from urllib.parse import quote

import pytest

from cvlessons import figures
from machine import node_folder

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
STEMS = sorted(
    path.parent.name for path in (ROOT / "figures").glob("*/figure.js") if path.parent.name != "lib"
)
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}
on_pages = pytest.mark.parametrize("stem", STEMS)


def test_every_test_of_node_passes():
    """The arithmetic of the figures, without a page: `node --test`."""
    done = subprocess.run(
        [node_folder() / "node", "--test", *sorted((ROOT / "figures").glob("*/*.test.js"))],
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"^# pass (\d+)$|^ℹ pass (\d+)$", done.stdout, re.M)[0].split()[-1]) >= len(STEMS)


@on_pages
def test_a_figure_has_arithmetic_with_tests(stem):
    assert list((ROOT / "figures" / stem).glob("*.test.js"))


WIDGETS = [getattr(figures, name) for name in figures.__all__ if name != "Figure"]
each_widget = pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: widget.__name__)


def test_each_figure_has_its_widget():
    assert sorted(widget.stem for widget in WIDGETS) == STEMS


@each_widget
def test_a_widget_starts_as_the_page_does_and_shares_nothing(widget):
    one, other = widget(), widget()
    for name, start in widget.state.items():
        assert getattr(one, name) == start
        assert one.traits()[name].metadata["sync"]
        if isinstance(start, (list, dict)):
            assert getattr(one, name) is not getattr(other, name)
            assert getattr(one, name) is not start


@each_widget
def test_a_widget_says_what_its_state_means(widget):
    told = widget.__doc__
    assert not [name for name in widget.state if not re.search(rf"\b{name}\b", told)]


@each_widget
def test_a_state_that_a_figure_has_not_is_refused_by_name(widget):
    with pytest.raises(ValueError, match=rf"{widget.__name__} has no nonsense; its state is "):
        widget(nonsense=1)


def test_a_figure_without_bundle_is_refused_with_the_cure():
    with pytest.raises(ImportError, match="the figure no_such_figure is not bundled: run `make figures`"):

        class NoSuchFigure(figures.Figure, stem="no_such_figure"):
            pass


@pytest.mark.site
@pytest.mark.browser
@on_pages
class TestOnItsPage:
    def test_it_comes_when_the_reader_comes_and_asks_nothing_of_anybody(self, open_page, places, stem):
        open_it, wrong = open_page
        key, path = next(iter(places[stem].items()))
        asked = []
        page = open_it("search.html", viewport=DESK)
        page.on("request", lambda request: asked.append(request.url))
        page.goto(page.url.replace("search.html", path), wait_until="networkidle")
        far = page.evaluate(f"document.getElementById('{key}').getBoundingClientRect().top > 1300")
        assert not (far and any(f"/{stem}.mjs" in url for url in asked))
        page.locator(f"#{key}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{key}[data-ready]")
        assert any(f"/{stem}.mjs" in url for url in asked)
        assert not wrong

    def test_it_fits_a_phone_and_obeys_the_theme(self, open_figure, stem):
        for scheme in ("light", "dark"):
            page, figure = open_figure(stem, viewport=PHONE, color_scheme=scheme, has_touch=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= 390
            is_dark = figure.evaluate("(f) => f.querySelector('.cv-figure-live > div').shadowRoot"
                                      ".querySelector('.all').classList.contains('dark')")  # fmt: skip
            assert is_dark == (scheme == "dark")

    def test_axe_finds_nothing_to_mend(self, open_figure, stem):
        for scheme, size in (("light", DESK), ("dark", PHONE)):
            page, figure = open_figure(stem, viewport=size, color_scheme=scheme, bypass_csp=True)
            page.add_script_tag(path=AXE)
            key = figure.get_attribute("id")
            violations = page.evaluate(f"axe.run('#{key}').then(result => result.violations)")
            told = [(v["id"], v["help"], [node["html"][:200] for node in v["nodes"][:3]]) for v in violations]
            assert not told, json.dumps(told, indent=1)

    def test_targets_are_large_enough_for_a_finger(self, open_figure, stem):
        """WCAG 2.2: 24 by 24 pixels, or room around."""
        _, figure = open_figure(stem, viewport=PHONE, has_touch=True)
        small = figure.locator("button:visible, select:visible, input[type=range]:visible").evaluate_all(
            "(all) => all.map((e) => [e.outerHTML.slice(0, 80), e.getBoundingClientRect()])"
            ".filter(([, r]) => r.width < 24 || r.height < 24).map(([html]) => html)"
        )
        assert not small

    def test_the_keyboard_alone_changes_its_state_and_the_link_carries_it(self, open_figure, state_of, stem):
        page, figure = open_figure(stem)
        start = state_of(figure)
        figure.locator("button, input, select, [tabindex='0']").first.focus()
        for _ in range(60):
            for key in ("ArrowRight", "ArrowDown", "Enter"):
                page.keyboard.press(key)
                if state_of(figure) != start:
                    break
            if state_of(figure) != start:
                break
            page.keyboard.press("Tab")
        changed = state_of(figure)
        assert changed != start, "no key changes anything"
        page.wait_for_function("location.hash.length > 1")
        link = page.url
        figure.get_by_role("button", name="Reset").focus()
        page.keyboard.press("Enter")
        assert state_of(figure) == start
        page.wait_for_function("!location.hash.includes('live-')")
        fresh = page.context.browser.new_context(viewport=PHONE).new_page()
        fresh.goto(link)
        fresh.wait_for_selector(f"#{figure.get_attribute('id')}[data-ready]")
        assert state_of(fresh.locator(f"#{figure.get_attribute('id')}")) == changed
        fresh.context.close()

    def test_a_link_with_nonsense_is_answered_in_words(self, open_figure, state_of, stem):
        """Whatever it carries, nothing freezes; what the figure cannot use it says, and Reset helps."""
        page, figure = open_figure(stem, viewport=PHONE)
        key, start, alert = figure.get_attribute("id"), state_of(figure), figure.locator(".wrong")
        reset = figure.get_by_role("button", name="Reset")
        for name in start:
            for bad in (None, "no such thing", -(10**9), [], {}):
                page.evaluate("(hash) => { location.hash = hash }", f"{key}={quote(json.dumps({name: bad}))}")
                page.wait_for_function(
                    "([key, name, bad]) => "
                    "JSON.stringify(document.getElementById(key).model.state[name]) === bad",
                    arg=[key, name, json.dumps(bad)],
                )
                shown = alert.inner_text() if alert.is_visible() else ""
                assert not {"undefined", "NaN", "[object"} & set(shown.split()), shown
                reset.click()
                assert state_of(figure) == start
                assert not alert.is_visible()

    def test_print_and_readers_without_scripts_get_the_still(self, open_figure, open_page, places, stem):
        page, figure = open_figure(stem)
        page.emulate_media(media="print")
        assert figure.locator(".cv-figure-still img").is_visible()
        assert not figure.locator(".cv-figure-live").is_visible()
        key, path = next(iter(places[stem].items()))
        bare = open_page[0](path, viewport=PHONE, java_script_enabled=False)
        picture = bare.locator(f"#{key} > img")
        picture.scroll_into_view_if_needed()
        assert picture.is_visible()
        assert len(picture.get_attribute("alt").split()) >= 8

    def test_it_goes_on_without_a_network(self, open_figure, stem):
        page, figure = open_figure(stem)
        # The pictures of the chapter come late, when they are near: they must be there before.
        page.evaluate(
            "() => Promise.all([...document.images].map((image) => "
            "{ image.loading = 'eager'; return image.decode().catch(() => {}); }))"
        )
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        figure.get_by_role("button", name="Reset").click()
        figure.locator("button, input, select, [tabindex='0']").first.focus()
        for key in ("ArrowRight", "Enter", "Tab", "ArrowRight", "Enter"):
            page.keyboard.press(key)

    def test_for_who_wants_no_motion_it_plays_one_step_a_second(self, open_figure, stem):
        page, figure = open_figure(stem, reduced_motion="reduce")
        play = figure.locator("button.play:not([disabled]):visible").first
        if not play.count():
            pytest.skip("there is nothing to play")
        play.scroll_into_view_if_needed()
        figure.evaluate(
            "(figure) => { window.changes = 0; const saved = figure.model.saved;"
            "figure.model.saved = () => { window.changes++; saved(); }; }"
        )
        play.click()
        page.wait_for_timeout(700)
        assert page.evaluate("window.changes") <= 1

    def test_it_stands_alone_where_it_is_embedded(self, open_page, places, stem):
        open_it, wrong = open_page
        key, path = next(iter(places[stem].items()))
        page = open_it(f"{path}?embed={key}", viewport=PHONE)
        page.wait_for_selector(f"#{key}[data-ready]")
        assert not page.locator("h1:visible, nav:visible, .bd-header-article:visible").count()
        figure = page.locator("figure", has=page.locator(f"#{key}"))
        assert figure.bounding_box()["y"] < 100
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert not wrong
