"""The book's interactive figures as notebook widgets: the very files that its pages show.

Needs ``pip install 'cvlessons[notebook]'``. The state goes both ways: what a reader moves is an attribute
here, and an attribute that is set here moves the figure. The names are those of the figure on the page:
``ConvStepper.state`` says with which values it starts.
"""

import json
from copy import deepcopy
from pathlib import Path

try:
    import anywidget
    import traitlets
except ImportError as error:
    raise ImportError("the figures need anywidget: pip install 'cvlessons[notebook]'") from error

__all__ = ["Figure"]

_STATIC = Path(__file__).parent / "static"
_KINDS = {bool: traitlets.Bool, int: traitlets.Float, float: traitlets.Float, str: traitlets.Unicode}


def _defaults():
    """Return stem -> the state that its figure starts with, as the bundler wrote it down."""
    path = _STATIC / "defaults.json"
    if not path.exists():
        raise ImportError(
            f"the figures are not bundled: {path} is missing; run `make figures` in the checkout"
        )
    return json.loads(path.read_text(encoding="utf-8"))


_DEFAULTS = _defaults()


def _trait(value):
    """Return a synced trait that starts with this value; a field left empty is None."""
    kind = _KINDS.get(type(value))
    trait = kind(value, allow_none=True) if kind else traitlets.Any(value)
    return trait.tag(sync=True)


class Figure(anywidget.AnyWidget):
    """What all figures have in common: a subclass names its stem, and its state becomes its attributes.

    Parameters
    ----------
    **state : JSON values
        What differs from the start, by the names of ``state``.

    Raises
    ------
    ValueError
        If the figure's state has no such name.
    """

    def __init_subclass__(cls, *, stem=None, **options):
        if stem is not None:  # None: a class that ipywidgets itself derives, which keeps its parent's
            cls.state = _DEFAULTS[stem]
            cls._esm = _STATIC / f"{stem}.mjs"
        super().__init_subclass__(**options)

    def __init__(self, **state):
        unknown = sorted(state.keys() - self.state.keys())
        if unknown:
            raise ValueError(
                f"{type(self).__name__} has no {', '.join(unknown)}; its state is {', '.join(self.state)}"
            )
        self.add_traits(**{name: _trait(value) for name, value in self.state.items()})
        super().__init__(**{**deepcopy(self.state), **state})
