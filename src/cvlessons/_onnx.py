"""The stored ONNX models, ready to run: each is read and checked once."""

import functools
from typing import Any

from cvlessons.datasets import data_path


@functools.cache
def session(name: str) -> Any:
    """Return the ONNX Runtime session of a model of the package, by its file in ``data/models``."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # the same sums in the same order each time
    return onnxruntime.InferenceSession(
        data_path(f"models/{name}"), options, providers=["CPUExecutionProvider"]
    )
