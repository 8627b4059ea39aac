"""Many workers that train one network: each takes a part of the batch, and all add up their slopes.

A worker's slopes are a list of arrays, one for each array of weights, as `Sequential.backward` returns them.

Chapter: ``book/scale.md``.
"""

from collections.abc import Sequence

import numpy as np

from cvlessons._types import Array, ArrayLike
from cvlessons._validate import checked_array, checked_int, checked_number

__all__ = ["all_reduce_bytes", "combined_gradient", "ring_all_reduce", "speed_up", "step_seconds"]


def combined_gradient(gradients: Sequence[ArrayLike], counts: Sequence[int]) -> Array:
    """Return the gradient of the whole batch from those of its parts.

    Formula: eq-scale-gradient

    Parameters
    ----------
    gradients : sequence of array_like, all of one shape
        The gradient of each part's mean loss.
    counts : sequence of int
        How many examples each part has; at least 1.

    Returns
    -------
    ndarray of the shape of a gradient
        The gradient of the mean loss over all examples.

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    J. Dean et al., "Large scale distributed deep networks", NIPS 2012, for the idea of data parallelism.

    Examples
    --------
    A part of three examples counts three times as much as one example.

    >>> combined_gradient([[4.0, 0.0], [0.0, 8.0]], [3, 1]).tolist()
    [3.0, 2.0]
    """
    parts = _same_shape(gradients, "gradients")
    counts = [checked_int(count, f"counts[{k}]", minimum=1) for k, count in enumerate(counts)]
    if len(counts) != len(parts):
        raise ValueError(f"counts must hold one number for each of {len(parts)} gradients, got {len(counts)}")
    total = np.zeros_like(parts[0])
    for part, count in zip(parts, counts, strict=True):
        total += part * (count / sum(counts))
    return total


def ring_all_reduce(arrays: Sequence[ArrayLike]) -> tuple[list[Array], list[int]]:
    """Add up the arrays of n workers in a ring: each sends to its right neighbour only, a piece at a time.

    Each array is cut into n pieces. In the first n - 1 rounds the sums of the pieces grow on their way round;
    in n - 1 more the finished sums go round.

    Parameters
    ----------
    arrays : sequence of array_like, all of one shape
        What each worker has.

    Returns
    -------
    sums : list of ndarray
        What each worker has in the end: the sum, bit for bit the same with all.
    sent : list of int
        The bytes that each worker has sent.

    Raises
    ------
    TypeError, ValueError
        If the arrays do not hold finite numbers, or are not of one shape.

    References
    ----------
    P. Patarasuk, X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", Journal of
    Parallel and Distributed Computing 69(2), 2009.

    Examples
    --------
    >>> sums, sent = ring_all_reduce([[1.0, 2.0], [10.0, 20.0]])
    >>> sums[0].tolist(), sums[1].tolist(), sent
    ([11.0, 22.0], [11.0, 22.0], [16, 16])
    """
    parts = _same_shape(arrays, "arrays")
    n, shape = len(parts), parts[0].shape
    pieces = [np.array_split(part.ravel(), n) for part in parts]
    sent = [0] * n
    for turn in range(2 * (n - 1)):
        # All send at once: what travels is taken before anything arrives.
        travelling = [pieces[worker][(worker - turn) % n] for worker in range(n)]
        for worker, piece in enumerate(travelling):
            there, place = pieces[(worker + 1) % n], (worker - turn) % n
            there[place] = there[place] + piece if turn < n - 1 else piece
            sent[worker] += piece.nbytes
    return [np.concatenate(own).reshape(shape) for own in pieces], sent


def all_reduce_bytes(workers: int, size: float) -> float:
    """Return how many bytes each worker sends in a ring all-reduce.

    Formula: eq-all-reduce

    Parameters
    ----------
    workers : int
        At least 1.
    size : float from 0
        The bytes of all slopes.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    P. Patarasuk, X. Yuan, "Bandwidth optimal all-reduce algorithms for clusters of workstations", Journal of
    Parallel and Distributed Computing 69(2), 2009: no algorithm needs fewer.

    Examples
    --------
    >>> [all_reduce_bytes(n, 120.0) for n in (1, 2, 3, 4)]
    [0.0, 120.0, 160.0, 180.0]
    """
    workers = checked_int(workers, "workers", minimum=1)
    size = checked_number(size, "size", minimum=0)
    return 2 * (workers - 1) / workers * size


def step_seconds(
    workers: int, *, compute: float, size: float, bandwidth: float, latency: float = 0.0
) -> float:
    """Return how long one training step takes if its batch is shared out among the workers.

    Formula: eq-step-seconds

    Parameters
    ----------
    workers : int
        At least 1.
    compute : float above 0
        The seconds that one worker needs for the whole batch.
    size : float from 0
        The bytes of all slopes.
    bandwidth : float above 0
        The bytes that a worker can send in a second.
    latency : float from 0, default 0.0
        The seconds until a message begins to arrive, however short it is.

    Returns
    -------
    float

    Raises
    ------
    TypeError, ValueError
        If an argument is not as described.

    References
    ----------
    R. Thakur, R. Rabenseifner, W. Gropp, "Optimization of collective communication operations in MPICH",
    International Journal of High Performance Computing Applications 19(1), 2005, section 3.

    Examples
    --------
    >>> step_seconds(1, compute=2.0, size=6e6, bandwidth=1e7)
    2.0
    >>> step_seconds(2, compute=2.0, size=6e6, bandwidth=1e7, latency=0.25)
    2.1
    """
    compute = checked_number(compute, "compute", above=0)
    bandwidth = checked_number(bandwidth, "bandwidth", above=0)
    latency = checked_number(latency, "latency", minimum=0)
    sending = all_reduce_bytes(workers, size) / bandwidth
    return compute / workers + sending + 2 * (workers - 1) * latency


def speed_up(workers: int, *, compute: float, size: float, bandwidth: float, latency: float = 0.0) -> float:
    """Return how many times as fast a step is with several workers as with one.

    Formula: eq-speed-up

    Parameters
    ----------
    workers, compute, size, bandwidth, latency
        As in `step_seconds`, and with its errors.

    Returns
    -------
    float
        At most `workers`; below 1 if sharing the work out makes it slower.

    References
    ----------
    G. M. Amdahl, "Validity of the single processor approach to achieving large scale computing capabilities",
    AFIPS 1967, for the limit that what cannot be shared out sets.

    Examples
    --------
    >>> speed_up(2, compute=2.0, size=5e6, bandwidth=1e7)
    1.3333333333333333
    """
    options = {"compute": compute, "size": size, "bandwidth": bandwidth, "latency": latency}
    return step_seconds(1, **options) / step_seconds(workers, **options)


def _same_shape(arrays: Sequence[ArrayLike], name: str) -> list[Array]:
    """Return arrays of one shape and one dtype, one for each worker."""
    if len(arrays) == 0:
        raise ValueError(f"{name} is empty: give one array for each worker")
    checked: list[Array] = [checked_array(a, f"{name}[{k}]") for k, a in enumerate(arrays)]
    for k, array in enumerate(checked):
        if array.shape != checked[0].shape:
            raise ValueError(
                f"{name}[{k}] must have the shape {checked[0].shape} of {name}[0], got {array.shape}"
            )
    kind = np.result_type(*checked)
    return [array.astype(kind, copy=False) for array in checked]
