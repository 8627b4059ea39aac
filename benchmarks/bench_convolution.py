"""How fast `convolution.conv2d` slides one kernel over a picture of 512 by 512, beside other libraries.

Run it with ``make bench``, or alone: ``.venv/bin/python benchmarks/bench_convolution.py``.
"""

import sidebyside as side  # before NumPy: it sets the threads

# isort: split

import cv2
import numpy as np
from scipy import signal

from cvlessons.convolution import conv2d

SIZE, ROUNDS = 512, 9
TARGETS = {
    3: {"cv2.filter2D": 1 / 8, "scipy correlate2d": 5, "torch.conv2d": 1.5},
    7: {},
    15: {"cv2.filter2D": 1 / 1.2},
}


def ways(size, torch):
    rng = np.random.default_rng(0)
    image = rng.random((SIZE, SIZE), np.float32)
    kernel = rng.standard_normal((size, size), np.float32)
    found = {
        "ours": lambda: conv2d(image[:, :, None], kernel[:, :, None, None])[:, :, 0],
        "cv2.filter2D": lambda: cv2.filter2D(image, cv2.CV_32F, kernel),
        "scipy correlate2d": lambda: signal.correlate2d(image, kernel, "valid"),
    }
    if torch:
        x, w = torch.from_numpy(image)[None, None], torch.from_numpy(kernel)[None, None]
        found["torch.conv2d"] = lambda: torch.nn.functional.conv2d(x, w).numpy()[0, 0]
    border = size // 2
    for name, way in found.items():
        result = way()[border:-border, border:-border] if name == "cv2.filter2D" else way()
        np.testing.assert_allclose(result, found["ours"](), atol=1e-3)
    return found


def main():
    cv2.setNumThreads(1)
    torch = side.torch_or_none()
    peak = side.peak()
    print(f"One channel of {SIZE} x {SIZE}, one kernel. {side.HOW}")
    print(f"{side.machine()}; matrix product at its best: {peak:.0f} GF/s")
    side.head()
    rates = []
    for size, targets in TARGETS.items():
        times = side.rounds(ways(size, torch), ROUNDS)
        side.compare(f"conv2d {size} x {size}", times, targets)
        rates.append((size, 2 * (SIZE - size + 1) ** 2 * size**2 / min(times["ours"]) / 1e9))
    print()
    for size, rate in rates:
        print(f"conv2d {size} x {size}: {rate:.1f} GF/s that are needed, {rate / peak:.0%} of the peak")


if __name__ == "__main__":
    main()
