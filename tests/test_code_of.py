"""code_of.py: the chapter shows a function as the package has it, without its docstring."""

import pytest

from code_of import source_of

MODULE = '''"""A module."""

LIMIT = 3


@decorated
def f(x):
    """Return x.

    Examples
    --------
    >>> f(1)
    """
    # why
    return x


class C:
    """A class."""

    def g(self):
        """Return nothing."""
        return None
'''


def test_a_function_keeps_its_decorator_and_comments_and_loses_its_docstring():
    assert source_of(MODULE, "f") == "@decorated\ndef f(x):\n    # why\n    return x"


def test_a_method_is_moved_to_the_left():
    assert source_of(MODULE, "C.g") == "def g(self):\n    return None"


def test_a_constant_is_shown_as_it_stands():
    assert source_of(MODULE, "LIMIT") == "LIMIT = 3"


@pytest.mark.parametrize("name", ["h", "C.h"])
def test_what_is_not_there_is_an_error(name):
    with pytest.raises(KeyError):
        source_of(MODULE, name)
