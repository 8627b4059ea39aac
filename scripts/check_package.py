"""Try a wheel as a reader gets it: in empty environments outside this folder, on each Python that there is.

`make package-check` runs it: ``check_package.py dist/cvlessons-0.1.0-py3-none-any.whl 3.11 3.12 3.13``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
DOCTESTS = ["-m", "pytest", "-q", "--import-mode=importlib", "--doctest-modules", "--pyargs", "cvlessons"]
# What is tried with each extra; "" is the bare package, and `book` brings all that the doctests ask for.
CHECKS = {
    "": [["-m", "cvlessons"], ["import_all.py"]],
    "keras": [["-c", "import keras"], ["import_all.py"]],
    "notebook": [["-c", "from cvlessons.figures import ConvStepper; ConvStepper()"], ["import_all.py"]],
    "book": [["-c", "import jupyter_book, myst_nb, sphinx_exercise"], ["import_all.py"], DOCTESTS],
}


def find_python(version):
    """Return a Python of this version, such as "3.12", or None: this one, the path's, or pyenv's."""
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    found = [
        sys.executable,
        shutil.which(f"python{version}"),
        *sorted(root.glob(f"versions/{version}.*/bin/python")),
    ]
    for python in filter(None, found):
        said = subprocess.run([python, "--version"], capture_output=True, text=True, check=False).stdout
        if said.startswith(f"Python {version}."):  # one of pyenv's shims may stand for none
            return str(python)
    return None


def run(folder, *command):
    """Run a command in a folder; stop with all that it said if it fails."""
    done = subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))} failed:\n{done.stdout}")
    return done.stdout


def try_extra(uv, python, wheel, extra):
    """Install the wheel with one extra, run its checks, and return what it weighs and how long it took."""
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        own = Path(folder, "env")
        run(folder, uv, "venv", "--quiet", "--python", python, own)
        what = [f"{wheel}[{extra}]" if extra else str(wheel), *(["pytest"] if extra == "book" else [])]
        run(folder, uv, "pip", "install", "--quiet", "--python", own / "bin/python", *what)
        shutil.copy(HERE / "import_all.py", folder)
        said = [run(folder, own / "bin/python", *check) for check in CHECKS[extra]]
        size = sum(file.lstat().st_size for file in own.rglob("*") if not file.is_symlink())
    return size, time.monotonic() - start, said[-1].strip().splitlines()[-1]


def main(wheel, *versions):
    """Try the wheel on each of these versions that this machine has; none of them is a failure."""
    wheel, uv = Path(wheel).resolve(), Path(sys.executable).with_name("uv")
    pythons = {version: find_python(version) for version in versions}
    for version, python in pythons.items():
        if python is None:
            print(f"Python {version} is not on this machine: left out")
            continue
        for extra in CHECKS:
            size, seconds, said = try_extra(uv, python, wheel, extra)
            print(
                f"Python {version} {extra or 'bare':9}{size / 1e6:6.0f} MB {seconds:5.0f} s  {said}",
                flush=True,
            )
    if not any(pythons.values()):
        sys.exit("none of these versions of Python is on this machine")


if __name__ == "__main__":
    main(*sys.argv[1:])
