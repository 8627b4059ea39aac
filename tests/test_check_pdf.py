"""The check of the printed book sees what it is there to see."""

import check_pdf


def test_it_reads_the_log():
    log = r"""
Missing character: There is no ★ (U+2605) in font TeXGyrePagella-Regular/OT:scr
Overfull \hbox (12.5pt too wide) in paragraph at lines 10--12
Overfull \hbox (1.5pt too wide) in paragraph at lines 20--22
Overfull \hbox (6.0pt too wide) has occurred while \output is active
Overfull \vbox (30.0pt too high) has occurred while \output is active
LaTeX Warning: Float too large for page by 9.1pt on input line 7.
LaTeX Warning: Reference `book/x:fig-lost' on page 7 undefined on input line 4.
LaTeX Warning: Hyper reference `book/x:lost' on page 7 undefined on input line 5.
LaTeX Warning: Label `ex' multiply defined.
"""
    assert check_pdf.faults_of(log) == [
        "no glyph for ★",
        "12.5 pt over the margin, in paragraph at lines 10--12",
        r"6.0 pt over the margin, has occurred while \output is active",
        r"30.0 pt over the foot, has occurred while \output is active",
        "9.1 pt over the foot,  on input line 7.",
        "a reference leads nowhere: book/x:fig-lost",
        "a reference leads nowhere: book/x:lost",
        "two places have the name ex",
    ]
    assert check_pdf.faults_of("nothing to report") == []


def test_it_compares_numbers_with_the_web():
    aux = r"""
\newlabel{book/neuron:fig-neuron-line}{{24.1}{353}{}{figure.24.1}{}}
\newlabel{equation:book/neuron:eq-neuron}{{24.3}{354}{}{equation.24.3}{}}
"""
    tex = r"""
\phantomsection \label{exercise:ex-neuron-or}

\begin{sphinxadmonition}{note}{Exercise 24.1 (The or gate)}
"""
    printed = check_pdf.printed_numbers(aux, tex)
    assert printed == {"fig-neuron-line": "24.1", "eq-neuron": "24.3", "ex-neuron-or": "24.1"}
    web = {"fig-neuron-line": "24.1", "equation-eq-neuron": "24.2", "ex-neuron-or": "24.1", "fig-new": "24.9"}
    assert check_pdf.other_numbers(printed, web) == [
        "equation-eq-neuron is 24.3 on paper and 24.2 on the web",
        "fig-new is missing on paper and 24.9 on the web",
    ]
    assert check_pdf.other_numbers(printed, {}) == ["the web's numbers are not there to compare with"]


def test_it_finds_a_chapter_without_text_or_bookmark():
    toc = r"""
\contentsline {chapter}{\numberline {1}What}{3}{chapter.1}%
\contentsline {chapter}{References}{9}{chapter.2}%
\contentsline {chapter}{Bibliography}{9}{chapter*.3}%
"""
    assert check_pdf.empty_chapters(toc) == ["an empty chapter: References"]
    outline = '<item page="9">1. What</item>\n<item page="15">References</item>'
    assert check_pdf.without_bookmark(toc, outline) == ["no bookmark: Bibliography"]


def test_it_finds_a_font_that_is_not_there():
    fonts = """name          type              encoding         emb sub uni object ID
------------- ----------------- ---------------- --- --- --- ---------
ABCDEF+Pagella CID Type 0C      Identity-H       yes yes yes      5  0
Helvetica     Type 1            Standard         no  no  no       6  0
"""
    assert check_pdf.unembedded(fonts) == ["not embedded: Helvetica"]


def test_it_finds_a_picture_without_words():
    tex = r"""
\noindent\sphinxincludegraphics{{a}.pdf}
\alternative{FEFF0041}{
\noindent\sphinxincludegraphics{{b}.pdf}
}
"""
    assert check_pdf.silent_pictures(tex) == ["a picture without text alternative: {a"]


def test_it_finds_what_no_reader_should_see():
    text = "See {ref}`ch-neuron`.\n<IPython.core.display.HTML object at 0x7f>\nA {set} and `code` are fine."
    assert check_pdf.left_over(text) == [
        "left over on the pages: <IPython.core.display.HTML object at 0x",
        "left over on the pages: {ref}`",
    ]
