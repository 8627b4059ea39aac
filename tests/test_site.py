"""The built pages in Chromium: nothing is asked of a third party, nothing fails, nothing overflows."""

import os
from pathlib import Path

import pytest

pytestmark = [pytest.mark.site, pytest.mark.browser]

ROOT = Path(__file__).parents[1]
SITE = Path(os.environ.get("CVLESSONS_SITE", ROOT / "_build/html"))
AXE = ROOT / "node_modules/axe-core/axe.min.js"
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if "_static" not in path.parts and path.name != "index.html"
)


def test_there_are_pages():
    assert "book/neuron.html" in PAGES
    assert len(PAGES) > 15


@pytest.mark.parametrize(
    ("width", "scheme"), [(1280, "light"), (390, "light"), (390, "dark")], ids=["desk", "phone", "phone-dark"]
)
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole(open_page, path, width, scheme):
    """It asks nothing of anybody, has no error, fits, says what its pictures show, and axe is content."""
    open_it, wrong = open_page
    page = open_it(path, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True)
    assert page.evaluate("document.documentElement.dataset.theme") == scheme
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not broken_pictures(page)
    texts = page.evaluate("[...document.querySelectorAll('main img')].map(i => i.alt)")
    assert all(len(text.split()) >= 8 for text in texts), texts
    if width == 1280 or scheme == "dark":  # axe is slow, and what it finds depends little on the width
        assert not violations(page)
    assert not wrong


def broken_pictures(page):
    """Ask for all pictures, also for those far below, which come late; return the addresses that failed."""
    page.evaluate(
        """() => Promise.all([...document.images].map(image => {
            image.loading = 'eager';
            return image.decode().catch(() => {});
        }))"""
    )
    # A figure's own still waits for the printer.
    return page.evaluate(
        "[...document.images].filter(i => !i.naturalWidth && i.checkVisibility()).map(i => i.src)"
    )


def violations(page):
    page.add_script_tag(path=AXE)
    found = page.evaluate("axe.run().then(result => result.violations)")
    return [(v["id"], v["help"], [node["html"][:200] for node in v["nodes"][:3]]) for v in found]


def test_tabs_turn_by_keyboard_and_are_all_printed(open_page):
    open_it, wrong = open_page
    page = open_it("book/keras_workflow.html", viewport={"width": 390, "height": 844})
    tabs = page.locator(".sd-tab-set .sd-tab-content")
    page.locator(".sd-tab-set > input").first.focus()
    page.keyboard.press("ArrowRight")
    shown = [tab.is_visible() for tab in tabs.all()]
    assert shown == [k == 1 for k in range(len(shown))]
    assert len(shown) == 5
    # Code wider than the screen can be scrolled by keyboard, also where it was hidden at first.
    page.keyboard.press("ArrowRight")
    page.locator(".sd-tab-content:visible pre[tabindex='0']").wait_for()
    page.emulate_media(media="print")
    assert all(tab.is_visible() for tab in tabs.all())
    assert not wrong


def test_formulas_are_mathml_set_in_the_font_of_the_book(open_page):
    open_it, _ = open_page
    page = open_it("book/neuron.html", viewport={"width": 1280, "height": 900})
    assert page.evaluate("document.querySelectorAll('math').length") > 10
    assert page.evaluate("document.fonts.check('16px \"NotoSans Math\"')")
    assert page.evaluate("[...document.fonts].filter(f => f.family.includes('Math'))[0].status") == "loaded"
    numbers = page.evaluate("[...document.querySelectorAll('.eqno')].map(e => e.innerText.trim())")
    chapter = page.evaluate("document.querySelector('article h1').innerText").split(".")[0]
    assert numbers[0].startswith(f"({chapter}.1)")


def test_the_main_path_works_by_keyboard(open_page):
    """The first stop skips the menus; from the article the next page is reached."""
    open_it, wrong = open_page
    page = open_it("book/neuron.html", viewport={"width": 1280, "height": 900})
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main-content"
    page.keyboard.press("Control+k")
    page.keyboard.type("bias")
    page.keyboard.press("Enter")
    page.wait_for_selector("#search-results li")
    assert not wrong


def found(page):
    """Return the pages that a search lists, in their order."""
    page.wait_for_selector(
        "p.search-summary:has-text('matching')"
    )  # they come one by one; this when all are there
    links = page.evaluate("[...document.querySelectorAll('#search-results li > a')].map((a) => a.pathname)")
    return [Path(link).stem for link in links]


def test_a_search_finds_the_chapter(open_page):
    open_it, wrong = open_page
    phone = {"width": 390, "height": 844}
    assert found(open_it("search.html?q=backpropagation", viewport=phone))[0] == "backprop"
    # A word in the text of several: each of them is found, whichever comes first.
    assert {"neuron", "networks", "mlp_limits"} <= set(
        found(open_it("search.html?q=perceptron", viewport=phone))
    )
    assert not wrong
