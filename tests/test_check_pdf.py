"""The check of the printed book sees what it is there to see."""

import check_pdf


def test_it_reads_the_log():
    log = r"""
Missing character: There is no ★ (U+2605) in font TeXGyrePagella-Regular/OT:scr
Overfull \hbox (12.5pt too wide) in paragraph at lines 10--12
Overfull \hbox (1.5pt too wide) in paragraph at lines 20--22
LaTeX Warning: Reference `book/x:fig-lost' on page 7 undefined on input line 4.
"""
    assert check_pdf.faults_of(log) == [
        "no glyph for ★",
        "12.5 pt over the margin, at 10--12",
        "a reference leads nowhere: book/x:fig-lost",
    ]
    assert check_pdf.faults_of("nothing to report") == []


def test_it_compares_numbers_with_the_web():
    aux = r"""
\newlabel{book/neuron:fig-neuron-line}{{24.1}{353}{}{figure.24.1}{}}
\newlabel{equation:book/neuron:eq-neuron}{{24.3}{354}{}{equation.24.3}{}}
"""
    web = {"fig-neuron-line": "24.1", "equation-eq-neuron": "24.2"}
    assert check_pdf.other_numbers(aux, web) == ["eq-neuron is 24.3 on paper and 24.2 on the web"]
    assert len(check_pdf.LABEL.findall(aux)) == 2


def test_it_finds_a_chapter_without_text_and_a_font_that_is_not_there():
    toc = r"""
\contentsline {chapter}{\numberline {1}What}{3}{chapter.1}%
\contentsline {chapter}{References}{9}{chapter.2}%
\contentsline {chapter}{Bibliography}{9}{chapter*.3}%
"""
    assert check_pdf.empty_chapters(toc) == ["an empty chapter: References"]
    fonts = """name          type              encoding         emb sub uni object ID
------------- ----------------- ---------------- --- --- --- ---------
ABCDEF+Pagella CID Type 0C      Identity-H       yes yes yes      5  0
Helvetica     Type 1            Standard         no  no  no       6  0
"""
    assert check_pdf.unembedded(fonts) == ["not embedded: Helvetica"]
