"""The site on a host: addresses that may be kept for ever, any path, old versions, buttons, workflows."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from docutils import nodes

import hosting
import page
import printed
import versions
from interactive import live_figure

ROOT = Path(__file__).parents[1]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
UNDER = "some/sub/path/"
PAGE = "book/neuron.html"
GONE = "book/gone.html"


class Loaded(HTMLParser):
    """Collects what a page lets the browser load, as a browser would read it."""

    def __init__(self, text):
        super().__init__()
        self.addresses = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        if tag == "link" and found.get("rel") in ("stylesheet", "icon", "preload"):
            self.addresses.append(found["href"])
        elif tag in ("script", "img", "cv-figure", "source", "video") and found.get("src"):
            self.addresses.append(found["src"])


def unmarked(folder, addresses):
    """Return the addresses that do not carry the digest of the file to which they lead."""
    wrong = []
    for address in addresses:
        parts = urlsplit(address)
        if parts.scheme == "data":
            continue
        path = folder / parts.path
        right = path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest()[:10]
        if parts.scheme or parse_qs(parts.query).get("v") != [right]:
            wrong.append(address)
    return wrong


@pytest.fixture(scope="module")
def loads(site):
    """The pages and the styles of the built site, each with the addresses that it loads."""
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    texts = {path: path.read_text(encoding="utf-8") for path in [*pages, *(site / "_static").rglob("*.css")]}
    return {
        path: of_style(text) if path.suffix == ".css" else Loaded(text).addresses
        for path, text in texts.items()
    }


def of_style(text):
    found = re.findall(r"(?:url\(|@import)\s*[\"']?([^\"')]+)", text)
    return [address for address in found if not address.startswith(("#", "%23"))]


@pytest.mark.site
def test_all_that_a_page_or_a_style_loads_is_named_by_its_content(loads):
    assert sum(path.suffix == ".css" for path in loads) > 5
    assert sum(map(len, loads.values())) > 25 * 20
    wrong = {path.name: found for path, each in loads.items() if (found := unmarked(path.parent, each))}
    assert not wrong


@pytest.mark.site
def test_the_headers_let_that_be_kept_and_no_page(site, loads):
    blocks = re.findall(r"^/(\S+)\n  (.+)$", (site / "_headers").read_text(encoding="utf-8"), re.M)
    assert {header for _, header in blocks} == {"Cache-Control: public, max-age=31536000, immutable"}
    rules = [pattern for pattern, _ in blocks]
    assert all(rule.count("*") < 2 for rule in rules), "Cloudflare allows one star"

    def kept(path):
        return sum(path == rule or (rule[-1] == "*" and path.startswith(rule[:-1])) for rule in rules)

    for path, addresses in loads.items():
        for address in addresses:
            if not address.startswith("data:"):
                target = os.path.normpath(path.parent / urlsplit(address).path)
                assert kept(Path(target).relative_to(site).as_posix()) == 1, target
        if path.suffix == ".html":
            assert not kept(path.relative_to(site).as_posix())
    assert not kept("versions.json")


def test_a_changed_font_changes_the_address_of_its_style(tmp_path):
    static = tmp_path / "_static"
    (static / "vendor").mkdir(parents=True)
    (static / "vendor/a.woff2").write_bytes(b"one")
    (static / "a.css").write_text(
        "@font-face { src: url('vendor/a.woff2?x#y') } i { background: url(data:,) }"
    )
    page = tmp_path / "a.html"
    page.write_text('<link href="_static/a.css?v=old"><a href="b.html#c"><img src="_images/lost.png">')

    def address():
        hosting.name_by_content(tmp_path)
        return re.search(r"a\.css\?v=([0-9a-f]{10})\"", page.read_text())[1]

    first = address()
    assert address() == first
    (static / "vendor/a.woff2").write_bytes(b"two")
    assert address() != first
    assert not unmarked(static, re.findall(r"url\('(.+?)#y'\)", (static / "a.css").read_text()))
    assert 'href="b.html#c"><img src="_images/lost.png">' in page.read_text()


def archive(path, files):
    """Write what `make offline` would: all files in one folder."""
    with zipfile.ZipFile(path, "w") as file:
        for name, content in files.items():
            file.writestr(f"the-book/{name}", content)


@pytest.fixture
def three(tmp_path):
    """A newest version and two kept ones, of pages with a canonical address."""
    newest, kept = tmp_path / "newest", tmp_path / "kept"
    newest.mkdir()
    kept.mkdir()
    page = '<link rel="canonical" href="https://example.org/b/{}">'.format
    (newest / "a.html").write_text(page("a.html"))
    (newest / "_headers").write_text(hosting.HEADERS)
    archive(kept / "v0.9.0.zip", {"a.html": page("a.html"), "old.html": page("old.html")})
    archive(kept / "v0.10.0.zip", {"a.html": page("a.html")})
    site = tmp_path / "site"
    versions.lay_out(newest, kept, site)
    return site


def listed(folder):
    return json.loads((folder / "versions.json").read_text())


def test_each_version_is_told_where_the_others_are(three):
    assert listed(three) == [
        {"name": "newest", "path": "./"},
        {"name": "0.10.0", "path": "v0.10.0/"},
        {"name": "0.9.0", "path": "v0.9.0/"},
    ]
    assert listed(three / "v0.9.0") == [
        {"name": "newest", "path": "../", "lacks": ["old.html"]},
        {"name": "0.10.0", "path": "../v0.10.0/", "lacks": ["old.html"]},
        {"name": "0.9.0", "path": "./"},
    ]


def test_an_old_page_names_the_newest_as_its_canonical_address(three):
    base = "https://example.org/b/"
    assert f'href="{base}a.html"' in (three / "v0.9.0/a.html").read_text()
    assert f'href="{base}v0.9.0/old.html"' in (three / "v0.9.0/old.html").read_text()


def test_the_files_of_old_versions_may_be_kept_too(three):
    rules = re.findall(r"^/\S+", (three / "_headers").read_text(), re.M)
    assert rules == [f"{name}{rule}" for name in ("", "/v0.10.0", "/v0.9.0") for rule in hosting.IMMUTABLE]


def test_an_archive_of_another_name_is_refused(tmp_path):
    (tmp_path / "latest.zip").touch()
    with pytest.raises(SystemExit, match=r"latest\.zip is no version: name it like v1\.2\.3\.zip"):
        versions.lay_out(tmp_path, tmp_path, tmp_path / "site")


def test_without_kept_versions_the_newest_stands_alone(tmp_path):
    (tmp_path / "newest").mkdir()
    (tmp_path / "newest/_headers").touch()
    versions.lay_out(tmp_path / "newest", tmp_path / "kept", tmp_path / "site")
    assert listed(tmp_path / "site") == [{"name": "newest", "path": "./"}]


@pytest.fixture(scope="session")
def deep(site, tmp_path_factory):
    """The address of the site deep below another, with two old versions that have some of its pages."""
    top = tmp_path_factory.mktemp("host")
    kept = top / "kept"
    kept.mkdir()
    static = [path for path in (site / "_static").rglob("*") if path.is_file()]
    pictures = [
        site / name for name in re.findall(r"_images/[^?\"]+", (site / PAGE).read_text(encoding="utf-8"))
    ]
    parts = [*static, *pictures, site / PAGE]
    old = {path.relative_to(site).as_posix(): path.read_bytes() for path in parts}
    archive(kept / "v0.2.0.zip", old)
    archive(kept / "v0.1.0.zip", old | {GONE: old[PAGE]})
    versions.lay_out(site, kept, top / UNDER)
    return top


@pytest.fixture
def open_deep(serve, deep, chromium):
    """Return a function that opens a page of it; what is not found, or asked elsewhere, counts as wrong."""
    address, wrong, contexts = serve(deep), [], []

    def open_it(path, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "request", lambda r: r.url.startswith((address + UNDER, "data:", "blob:")) or wrong.append(r.url)
        )
        page.on("response", lambda r: r.status >= 400 and wrong.append(f"{r.status}: {r.url}"))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(address + UNDER + path, wait_until="networkidle")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert not wrong


@pytest.mark.site
def test_no_page_names_the_root_of_its_host(site):
    pages = [path for path in site.rglob("*.html") if "_static" not in path.parts]
    at_root = [
        path.name for path in pages if re.search(r'\s(?:src|href)="/', path.read_text(encoding="utf-8"))
    ]
    assert not at_root


@pytest.mark.site
@pytest.mark.browser
class TestDeepBelowAnotherSite:
    def test_front_door_chapter_search_and_figure_work(self, open_deep, places):
        tab = open_deep("")
        tab.wait_for_url("**/book/*.html")
        tab.get_by_role("link", name="The artificial neuron").first.click()
        tab.wait_for_selector("article h1:has-text('The artificial neuron')")
        assert f"/{UNDER}book/" in tab.url
        tab.goto(tab.url.replace(PAGE, "search.html?q=bias"))
        tab.locator("#search-results li > a[href*=neuron]").first.click()
        tab.wait_for_selector("article h1:has-text('The artificial neuron')")
        # The figure of digits has its network inside; where the book is built in part, any figure will do.
        stem = "digits" if "digits" in places else next(iter(places))
        key, path = next(iter(places[stem].items()))
        tab.goto(tab.url.split("book/")[0] + path)
        tab.locator(f"#{key}").scroll_into_view_if_needed()
        tab.wait_for_selector(f"#{key}[data-ready]")

    def test_whatever_a_page_loads_may_be_kept(self, open_deep, deep, places):
        tab = open_deep(PAGE)
        tab.goto(tab.url.replace(PAGE, "search.html?q=bias"), wait_until="networkidle")
        asked = tab.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        root = deep / UNDER
        loaded = [address.split(f"/{UNDER}")[1] for address in asked]
        # A search reads the pages that it has found, for the lines that it shows.
        free = [address for address in loaded if re.search(r"^versions\.json$|\.html(\?|$)", address)]
        assert len(loaded) - len(free) > 15
        assert not unmarked(root, set(loaded) - set(free))

    def test_a_lone_version_has_no_switcher(self, open_page):
        open_it, wrong = open_page
        tab = open_it(PAGE)
        assert tab.locator(".book-versions").is_hidden()
        assert tab.locator(".book-old").count() == 0
        assert not wrong

    def test_the_switcher_leads_to_the_same_page_by_keyboard(self, open_deep):
        tab = open_deep(PAGE, viewport={"width": 1280, "height": 900})
        switcher = tab.get_by_role("group").filter(has=tab.get_by_text("Version: newest"))
        summary = switcher.locator("summary")
        summary.focus()
        tab.keyboard.press("Enter")
        assert switcher.get_by_role("link").all_inner_texts() == ["newest", "0.2.0", "0.1.0"]
        assert switcher.locator("[aria-current]").inner_text() == "newest"
        for _ in range(3):
            tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        tab.wait_for_url(f"**/v0.1.0/{PAGE}")
        tab.get_by_text("Version: 0.1.0").wait_for()
        tab.get_by_role("link", name="the newest version").click()
        tab.wait_for_url(f"**/{UNDER}{PAGE}")

    def test_where_a_page_is_missing_the_switcher_leads_to_the_beginning(self, open_deep):
        tab = open_deep(f"v0.1.0/{GONE}")
        tab.get_by_text("Version: 0.1.0").click()
        there = tab.locator(".book-versions a").evaluate_all("(all) => all.map((a) => a.href)")
        root = tab.url.removesuffix(f"v0.1.0/{GONE}")
        assert there == [root, f"{root}v0.2.0/", f"{root}v0.1.0/{GONE}"]

    @pytest.mark.parametrize(
        ("width", "scheme"), [(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")]
    )
    def test_the_switcher_fits_and_axe_is_content(self, open_deep, width, scheme):
        tab = open_deep(
            f"v0.2.0/{PAGE}",
            viewport={"width": width, "height": 844},
            color_scheme=scheme,
            bypass_csp=True,
        )
        tab.locator(".book-old").wait_for()
        if width == 390:
            tab.locator(".primary-toggle").click()
        tab.get_by_text("Version: 0.2.0").click()
        links = tab.locator(".book-versions a:visible")
        boxes = [link.bounding_box() for link in links.all()]
        assert len(boxes) == 3
        assert all(box["height"] >= 24 and box["x"] + box["width"] <= width for box in boxes)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width
        tab.add_script_tag(path=AXE)
        for place in (".book-versions", ".book-old"):
            found = tab.evaluate(f"axe.run('{place}').then((result) => result.violations)")
            assert not found, json.dumps(found, indent=1)[:2000]


BUTTONS = """
import sys

sys.path.insert(0, {extensions!r})
import page

page.PROJECT = {project!r}
extensions = ["myst_nb", "page"]
project = "A book"
html_theme = "sphinx_book_theme"
html_theme_options, html_context = {{}}, {{}}
templates_path = [{templates!r}]
nb_execution_mode = "off"
"""
CHAPTER = """---
file_format: mystnb
kernelspec:
  name: python3
---
# A chapter

```{code-cell} python
1
```
"""


def page_of_a_book(folder, project):
    """Build one page of a book with these settings, and return the folder of the pages and the links out."""
    (folder / "book").mkdir()
    extensions, templates = str(ROOT / "book/_ext"), str(ROOT / "book/_templates")
    conf = BUTTONS.format(extensions=extensions, templates=templates, project=project)
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    (folder / "index.md").write_text("# A book\n\n```{toctree}\nbook/neuron\n```\n", encoding="utf-8")
    (folder / "book/neuron.md").write_text(CHAPTER, encoding="utf-8")
    (folder / "book/neuron.ipynb").write_text("{}", encoding="utf-8")
    out = folder / "_build/html"
    command = [sys.executable, "-m", "sphinx", "-q", "-D", "exclude_patterns=**.ipynb,_build", folder, out]
    subprocess.run(command, check=True, capture_output=True, text=True)
    text = (out / "book/neuron.html").read_text(encoding="utf-8")
    return out, set(re.findall(r'href="(https?:[^"]+)"', text))


def test_where_an_address_is_named_the_buttons_lead_there(tmp_path):
    project = {
        "project": {
            "urls": {"Repository": "https://github.com/ann/cv", "Documentation": "https://ann.github.io/cv/"},
        },
        "tool": {"cvlessons": {"branch": "trunk"}},
    }
    out, links = page_of_a_book(tmp_path, project)
    assert {
        "https://github.com/ann/cv",
        "https://github.com/ann/cv/edit/trunk/book/neuron.md",
        "https://mybinder.org/v2/gh/ann/cv/trunk?urlpath=lab/tree/book/neuron.ipynb",
        "https://colab.research.google.com/github/ann/cv/blob/trunk/book/neuron.ipynb",
        "https://ann.github.io/cv/book/neuron.html",
    } <= links
    assert any(link.startswith("https://github.com/ann/cv/issues/new?") for link in links)
    # What one downloads is the notebook as it was written for Jupyter.
    assert (out / "_sources/book/neuron.ipynb").read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize("base", ["https://ann.github.io/cv/", ""])
def test_the_code_beside_a_printed_figure_leads_to_the_live_one(base):
    figure = nodes.figure("", live_figure("", figure="fig-a"))
    chapter = nodes.section("", figure, docname="book/neuron")
    printed._addresses(SimpleNamespace(config=SimpleNamespace(html_baseurl=base)), chapter)
    codes = re.findall(
        r"\\qrcode\[.*?\]\{(.+?)\}", "".join(raw.astext() for raw in chapter.findall(nodes.raw))
    )
    links = [link["refuri"] for link in chapter.findall(nodes.reference)]
    assert links == ([f"{base}book/neuron.html#fig-a"] if base else [])
    assert [code.replace("\\#", "#") for code in codes] == links


@pytest.mark.site
def test_where_no_address_is_named_there_is_no_dead_button(site):
    named = bool(page.buttons(page.PROJECT))
    for path in site.glob("book/*.html"):
        text = path.read_text(encoding="utf-8")
        launchers = re.findall(
            r"fa-rocket|fa-github|mybinder\.org/v2|colab\.research\.google\.com/github", text
        )
        assert bool(launchers) <= named, path.name
        assert ('rel="canonical"' in text) == ("Documentation" in page.PROJECT["project"].get("urls", {}))


def test_a_doi_is_asked_of_its_registry():
    assert hosting.ask_the_registry(None, "https://doi.org/10.1037/h0042519") == (
        "https://doi.org/api/handles/10.1037/h0042519"
    )
    assert hosting.ask_the_registry(None, "https://example.org/10.1037/h0042519") is None


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_is_pinned_and_may_do_little(path):
    text = path.read_text(encoding="utf-8")
    flow = yaml.safe_load(text)
    assert flow["permissions"] == {"contents": "read"}
    uses = re.findall(r"uses: (.+)", text)
    assert uses
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action) for action in uses), uses
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")
    assert all("timeout-minutes" in job for job in flow["jobs"].values())


def test_what_a_deployment_fetches_is_what_a_release_keeps():
    name = re.search(r"^OFFLINE := (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)[1]
    site, release = ((ROOT / f".github/workflows/{flow}.yml").read_text() for flow in ("site", "release"))
    assert f"--pattern {name}.zip " in site
    assert re.search(r"^ *- run: make .*\boffline\b", release, re.M)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_asks_for_targets_that_there_are(path):
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    flow = yaml.safe_load(path.read_text(encoding="utf-8"))
    runs = [step["run"] for job in flow["jobs"].values() for step in job["steps"] if "run" in step]
    asked = [word for run in runs for line in re.findall(r"^make (.+)$", run, re.M) for word in line.split()]
    assert {word for word in asked if "=" not in word} <= targets
