"""conv.py is the short name of convolution.py."""

from cvlessons import conv, convolution


def test_it_is_the_short_name_and_nothing_else():
    assert conv.__all__ == convolution.__all__
    for name in convolution.__all__:
        assert getattr(conv, name) is getattr(convolution, name)
    public = {name for name in vars(conv) if name.isidentifier() and not name.startswith("_")}
    assert public == set(conv.__all__)
