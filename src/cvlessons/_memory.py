"""Large arrays without the toll of the system."""

import numpy as np


def keep_at_hand() -> None:
    """Let the memory of arrays that are dropped wait for the next ones.

    The C library of Linux gives what large arrays took back to the system, which fills it with zeros, page
    by page, before it hands it out again: up to half the time of a training step. Once a block as large as
    this one was freed, smaller ones are kept at hand (glibc's M_MMAP_THRESHOLD, at most 32 MB). Elsewhere
    this does nothing.
    """
    np.empty(31 * 2**20, np.uint8)
