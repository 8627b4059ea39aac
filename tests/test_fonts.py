"""fonts.py: which characters the small fonts must hold."""

from fonts import icon_characters, math_characters


def test_formulas_bring_their_letters_upright_and_italic_and_the_root():
    found = math_characters(["<p>q</p><math><mi>x</mi></math>", "<math><mi>α</mi></math>"])
    assert {"x", "\U0001d465", "α", "\U0001d6fc", "√"} <= set(found)
    assert "q" not in found


def test_the_letter_h_has_a_place_of_its_own():
    """Unicode left a gap in the italic alphabet: Planck's constant was there first."""
    assert "\u210e" in math_characters(["<math><mi>h</mi></math>"])


def test_icons_are_those_named_and_those_that_a_style_draws():
    style = (
        '.fa-bars:before{content:"\\f0c9"}.fa-car:before{content:"\\f1b9"}'
        '.admonition:after{content:"\\f0eb"}html{--pst-icon-bell:"\uf0f3"}'
    )
    assert icon_characters(['<i class="fa-solid fa-bars">'], [style]) == "\uf0c9\uf0eb\uf0f3"
