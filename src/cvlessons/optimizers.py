"""How a step is made of a slope: plain descent, with momentum, RMSprop and Adam.

Chapter: ``book/first_network.md`` (slide 43: the workshop trained with RMSprop).

An optimiser is called with the parameters and their gradients, two lists of arrays, and changes the
parameters in place. It remembers what it needs from one step to the next, so each network gets its own.
"""

from collections.abc import Sequence

import numpy as np

from cvlessons._types import Array
from cvlessons._validate import checked_number

__all__ = ["SGD", "Adam", "RMSprop"]

EPSILON = 1e-7
"""What Keras adds below the fraction, so that nothing is divided by zero."""


class SGD:
    """Gradient descent, with momentum if it is above zero.

    Formula: eq-momentum

    Parameters
    ----------
    learning_rate : float above 0, default 0.01
    momentum : float from 0, below 1, default 0.0
        The part of the last step that is taken again.

    Raises
    ------
    TypeError, ValueError
        If a number is not as described.

    References
    ----------
    I. Sutskever et al., "On the importance of initialization and momentum in deep learning", ICML 2013,
    equations 1 and 2.

    Examples
    --------
    >>> w = np.array([1.0])
    >>> step = SGD(0.1, momentum=0.5)
    >>> step([w], [np.array([2.0])]); step([w], [np.array([0.0])]); w
    array([0.7])
    """

    def __init__(self, learning_rate: float = 0.01, *, momentum: float = 0.0) -> None:
        self.learning_rate = checked_number(learning_rate, "learning_rate", above=0)
        self.momentum = _checked_share(momentum, "momentum")
        self.velocities: list[Array] | None = None

    def __call__(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        if self.momentum == 0:
            for w, g in zip(parameters, gradients, strict=True):
                w -= self.learning_rate * g
            return
        self.velocities = _remembered(self.velocities, parameters)
        for w, g, v in zip(parameters, gradients, self.velocities, strict=True):
            v *= self.momentum
            v -= self.learning_rate * g
            w += v


class RMSprop:
    """Each step is divided by the size that the slopes of this weight lately had.

    Formula: eq-rmsprop

    Parameters
    ----------
    learning_rate : float above 0, default 0.001
    rho : float from 0, below 1, default 0.9
        How long the past counts.

    Raises
    ------
    TypeError, ValueError
        If a number is not as described.

    References
    ----------
    T. Tieleman, G. Hinton, Neural networks for machine learning, Coursera, 2012, lecture 6e.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> RMSprop(0.1, rho=0.75)([w], [np.array([4.0, 0.04])]); w.round(3)
    array([0.8, 0.8])
    """

    def __init__(self, learning_rate: float = 0.001, *, rho: float = 0.9) -> None:
        self.learning_rate = checked_number(learning_rate, "learning_rate", above=0)
        self.rho = _checked_share(rho, "rho")
        self.squares: list[Array] | None = None

    def __call__(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        self.squares = _remembered(self.squares, parameters)
        for w, g, s in zip(parameters, gradients, self.squares, strict=True):
            _mix(s, g * g, self.rho)
            w -= self.learning_rate * g / np.sqrt(s + EPSILON)


class Adam:
    """Momentum and RMSprop together, with the first steps corrected for the start at zero.

    Formula: eq-adam

    Parameters
    ----------
    learning_rate : float above 0, default 0.001
    beta1, beta2 : float from 0, below 1, default 0.9 and 0.999
        How long past slopes count, and how long their squares.

    Raises
    ------
    TypeError, ValueError
        If a number is not as described.

    References
    ----------
    D. P. Kingma, J. Ba, "Adam: a method for stochastic optimization", ICLR 2015, section 2.

    Examples
    --------
    >>> w = np.array([1.0, 1.0])
    >>> Adam(0.1)([w], [np.array([4.0, 0.04])]); w.round(3)
    array([0.9, 0.9])
    """

    def __init__(self, learning_rate: float = 0.001, *, beta1: float = 0.9, beta2: float = 0.999) -> None:
        self.learning_rate = checked_number(learning_rate, "learning_rate", above=0)
        self.beta1, self.beta2 = _checked_share(beta1, "beta1"), _checked_share(beta2, "beta2")
        self.steps = 0
        self.means: list[Array] | None = None
        self.squares: list[Array] | None = None

    def __call__(self, parameters: Sequence[Array], gradients: Sequence[Array]) -> None:
        self.means = _remembered(self.means, parameters)
        self.squares = _remembered(self.squares, parameters)
        self.steps += 1
        # The corrections of both means in one factor: the paper's more efficient order, end of section 2.
        rate = self.learning_rate * (1 - self.beta2**self.steps) ** 0.5 / (1 - self.beta1**self.steps)
        for w, g, m, s in zip(parameters, gradients, self.means, self.squares, strict=True):
            _mix(m, g, self.beta1)
            _mix(s, g * g, self.beta2)
            w -= rate * m / (np.sqrt(s) + EPSILON)


def _remembered(arrays: list[Array] | None, parameters: Sequence[Array]) -> list[Array]:
    """Return what is remembered of each parameter: at the start, nothing."""
    if arrays is None:
        return [np.zeros_like(w) for w in parameters]
    if [a.shape for a in arrays] != [w.shape for w in parameters]:
        raise ValueError("this optimiser remembers the steps of another network: make a new one for each")
    return arrays


def _mix(mean: Array, new: Array, share: float) -> None:
    """Move a running mean, in place: `share` of the old, the rest of the new."""
    mean *= share
    mean += (1 - share) * new


def _checked_share(value: float, name: str) -> float:
    value = checked_number(value, name, minimum=0)
    if value >= 1:
        raise ValueError(f"{name} must be below 1, got {value:g}: with 1 the past would never fade")
    return value
