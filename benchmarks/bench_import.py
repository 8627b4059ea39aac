"""What `import cvlessons` costs beside `import numpy`, in fresh processes, taken in turns.

The goal is a ratio below 1.3.
"""

import statistics
import subprocess
import sys
import time

ROUNDS = 21
STATEMENTS = ["import numpy", "import cvlessons", "import cvlessons.convolution"]


def seconds(statement):
    """Return how long a fresh Python needs for a statement, its own start included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def main():
    """Print each statement's median, its ratio to numpy's, and the spread."""
    times = {statement: [] for statement in STATEMENTS}
    for _ in range(ROUNDS):
        for statement in STATEMENTS:
            times[statement].append(seconds(statement))
    numpy = statistics.median(times["import numpy"])
    print(f"{'statement':32}{'median ms':>10}{'ratio':>8}{'quartiles ms':>16}")
    for statement, found in times.items():
        low, middle, high = statistics.quantiles(found, n=4)
        spread = f"{1e3 * low:.0f}–{1e3 * high:.0f}"
        print(f"{statement:32}{1e3 * middle:10.0f}{middle / numpy:8.2f}{spread:>16}")


if __name__ == "__main__":
    main()
