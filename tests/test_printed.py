"""The printed book: what a page does by a click stands at its place on paper."""

from types import SimpleNamespace

import pytest
from docutils import nodes
from sphinx import addnodes

import printed


def fold(question, answer):
    """Return a question that a page unfolds, as sphinx-design builds it."""
    body = [nodes.rubric("", question), nodes.paragraph("", answer)]
    return nodes.container("", *body, is_div=True, design_component="dropdown")


def chapter(*sections, docname="book/neuron"):
    return addnodes.start_of_file("", *sections, docname=docname)


def test_answers_go_and_questions_stay_with_their_numbers():
    recall = nodes.section("", nodes.title("", printed.RECALL), fold("Why?", "So."), fold("When?", "Now."))
    found = printed._answers(chapter(recall))
    assert [item.astext() for item in found[1]] == ["So.", "Now."]
    assert [item.astext() for item in recall[1]] == ["Why?", "When?"]


def test_what_unfolds_elsewhere_is_no_question():
    section = nodes.section("", nodes.title("", "The same in PyTorch"), fold("Weights, turned", "The code."))
    assert printed._answers(chapter(section)) == []
    assert [part.astext() for part in section] == ["The same in PyTorch", "Weights, turned", "The code."]


def test_the_answer_to_a_figure_s_task_stands_in_the_appendix():
    answer = nodes.admonition(
        "", nodes.title("", "Answer"), nodes.paragraph("", "Two."), classes=["dropdown"]
    )
    figure = nodes.figure("", nodes.legend("", answer), ids=["fig-neuron-knobs"])
    env = SimpleNamespace(toc_fignumbers={"book/neuron": {"figure": {"fig-neuron-knobs": (24, 2)}}})
    found = printed._solved_tasks(env, chapter(figure))
    assert found[1].astext().endswith("Fig. 24.2: the answer")
    assert found[-1].astext() == "Two."
    assert r"\pageref{answer:fig-neuron-knobs}" in figure.astext()
    assert "Two." not in figure.astext()


@pytest.mark.parametrize(
    ("uri", "target"),
    [
        ("%book/neuron#equation-eq-neuron", r"\hyperref[equation:book/neuron:eq-neuron]{"),
        ("%book/neuron#ex-neuron-or", r"\hyperref[exercise:ex-neuron-or]{"),
    ],
)
def test_links_to_formulas_and_exercises_lead_to_latex_s_names(uri, target):
    line = nodes.paragraph("", "", nodes.reference("", "24.1", refuri=uri))
    printed._relink(line)
    assert line.astext() == target + "24.1}"


def test_other_links_stay():
    line = nodes.paragraph("", "", nodes.reference("", "neuron", refuri="%book/neuron#ch-neuron"))
    printed._relink(line)
    assert isinstance(line[0], nodes.reference)


@pytest.mark.parametrize(("length", "smaller"), [(108, False), (109, True), (121, True), (122, False)])
def test_code_is_set_smaller_where_that_keeps_its_lines_whole(length, smaller):
    body = nodes.section("", nodes.literal_block("", "x" * length))
    printed._fit(body[0])
    assert ("footnotesize" in body.astext()) is smaller


@pytest.mark.parametrize(("length", "smaller"), [(121, False), (122, True), (138, True), (139, False)])
def test_a_table_in_plain_text_is_set_smaller_still(length, smaller):
    body = nodes.section("", nodes.literal_block("", "x" * length, language="text"))
    printed._fit(body[0])
    assert ("scriptsize" in body.astext()) is smaller


def test_an_empty_cell_has_no_paragraph_and_a_picture_stays():
    empty = nodes.entry("", nodes.paragraph())
    picture = nodes.entry("", nodes.paragraph("", "", nodes.image()))
    printed._close(empty)
    printed._close(picture)
    assert (len(empty), len(picture)) == (0, 1)


def test_an_exercise_is_not_taken_for_lower_than_it_is():
    code, output = nodes.literal_block("", "x\n" * 20), nodes.literal_block("", "Not yet.")
    exercise = nodes.container("", nodes.paragraph("", "x" * 150), code, output)
    # Measured in print: 2 lines of text, 19 for the code and what it prints, 6 for the box and its room.
    assert printed._lines(exercise) >= 27


def test_a_picture_carries_its_alternative():
    figure = nodes.figure("", nodes.image(uri="a.pdf", alt="A ★"))
    printed._alternative(figure[0])
    assert figure[0].astext() == r"\alternative{feff004100202605}{"
    assert figure[1]["uri"] == "a.pdf"


def test_the_index_leads_to_the_chapters_too():
    glossary = nodes.term("", "pixel", ids=["term-pixel"])
    line = nodes.paragraph("", "", nodes.reference("", "pixels", refuri="%book/glossary#term-pixel"))
    printed._index(nodes.section("", glossary, line))
    assert line[0].astext() == r"\indexed{"
    assert line[1]["entries"] == [("single", "pixel", "", "", None)]
