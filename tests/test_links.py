"""Every link from a page to another place of the site leads somewhere."""

import html
import re
from functools import cache
from pathlib import Path

import pytest

SITE = Path(__file__).parents[1] / "_build/html"
PAGES = sorted(
    path for path in SITE.rglob("*.html") if "_static" not in path.parts and path.name != "index.html"
)

pytestmark = pytest.mark.site


@cache
def anchors(path):
    return set(re.findall(r'\bid="([^"]+)"', path.read_text(encoding="utf-8")))


def leads_nowhere(page, link):
    """Return whether a link into the site names a file or an anchor that is not there."""
    name, _, anchor = link.partition("#")
    target = (page.parent / name.split("?")[0]).resolve() if name else page
    return not target.is_file() or (anchor and target.suffix == ".html" and anchor not in anchors(target))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_into_the_site_leads_somewhere(page):
    found = re.findall(r'\bhref="([^"]+)"', page.read_text(encoding="utf-8"))
    inside = {html.unescape(link) for link in found if not re.match(r"[a-z]+:", link)}
    assert inside
    assert not [link for link in inside if leads_nowhere(page, link)]


def test_the_front_door_leads_to_the_first_page():
    (target,) = re.findall(r"url=([^\"]+)", (SITE / "index.html").read_text(encoding="utf-8"))
    assert (SITE / target).is_file()
