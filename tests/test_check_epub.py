"""The check of the EPUB sees what it is there to see."""

import check_epub


def test_it_sees_a_picture_without_words():
    good = '<img src="a.png" alt="A line falls from left to right and ends at zero."/>'
    files = {"a.xhtml": good + '<img src="b.png"/><img src="c.png" alt="A picture."/>'}
    found = check_epub.wordless(files)
    assert len(found) == 2
    assert "b.png" in found[0]
    assert "c.png" in found[1]


def test_it_sees_a_file_that_nothing_needs():
    files = {
        "mimetype": b"",
        "nav.xhtml": '<a href="book/a.xhtml#one">A</a><link href="style.css"/>',
        "book/a.xhtml": '<img src="../_images/a.png"/><a href="../nav.xhtml">contents</a>',
        "style.css": "@font-face { src: url('math.woff2'); }",
        "math.woff2": b"",
        "_images/a.png": b"",
        "_images/b.png": b"",
    }
    assert check_epub.unused(files) == ["nothing leads to _images/b.png"]


def test_it_sees_what_only_a_site_has():
    files = {"a.xhtml": "<p>fine</p>", "b.xhtml": "<script>1</script><details></details>"}
    assert check_epub.not_for_books(files) == ["b.xhtml has <script", "b.xhtml has <details"]


def test_it_sees_colours_that_a_dark_reader_cannot_change():
    fine = "figure img { background: #fff; } /* a { color: black; } */ .k { border-color: #000; }"
    assert check_epub.fixed_colours(fine) == []
    assert check_epub.fixed_colours("body { background-color: white; }") == ["body sets a ground"]
    assert check_epub.fixed_colours("p { color: #000; }") == ["p sets the colour of text"]
    assert check_epub.fixed_colours(".tml-cancel { background-color: currentColor; }") == []


def test_it_compares_numbers_with_the_web():
    page = """
<div class="math notranslate nohighlight" id="equation-eq-neuron">
<span class="eqno">(24.3)</span><math/></div>
<figure class="align-default" id="fig-neuron-line"><img/>
<figcaption><p><span class="caption-number">Fig. 24.1 </span></p></figcaption></figure>
<div class="exercise admonition" id="ex-neuron-and">
<p class="admonition-title"><span class="caption-number">Exercise 24.2 </span></p></div>
"""
    here = check_epub.numbers_of({"a.xhtml": page})
    assert here == {"equation-eq-neuron": "24.3", "fig-neuron-line": "24.1", "ex-neuron-and": "24.2"}
    web = {"ex-neuron-and": "24.2", "fig-neuron-line": "24.2", "ex-lost": "24.4"}
    assert check_epub.other_numbers(here, here) == []
    assert check_epub.other_numbers(here, web) == [
        "equation-eq-neuron is 24.3 in the EPUB and without number on the web",
        "ex-lost is without number in the EPUB and 24.4 on the web",
        "fig-neuron-line is 24.1 in the EPUB and 24.2 on the web",
    ]
