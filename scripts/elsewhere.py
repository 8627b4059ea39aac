"""Run the notebooks where readers do: `elsewhere.py binder`, `colab` or `canary` (see `make help`).

Each makes a new environment in a temporary folder, from a copy of the last commit.
"""

import importlib.metadata
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import notebook_server

ROOT = Path(__file__).parents[1]
UV = Path(sys.executable).parent / "uv"
REPO2DOCKER = "2026.4.0"
# What is Jupyter's in repo2docker's base environment, by its names on PyPI: there it comes from conda.
BASE = [
    "ipykernel",
    "ipython",
    "ipywidgets",
    "jupyter-offlinenotebook",
    "jupyter-resource-usage",
    "jupyter_client",
    "jupyter_core",
    "jupyter_events",
    "jupyter_server",
    "jupyterhub",
    "jupyterlab",
    "jupyterlab_server",
    "nbclient",
    "nbformat",
    "notebook",
    "pyzmq",
    "tornado",
    "traitlets",
]
CEILING = 2500  # MB that the environment in Binder's image may have
# What Colab has, of all that the chapters import. Its TensorFlow is the larger one, for graphics cards.
COLAB = [
    "ipykernel",
    "ipywidgets<8",
    "jupyter-server",
    "matplotlib",
    "numpy",
    "opencv-python",
    "scikit-image",
    "scipy",
    "tensorflow-cpu",
    "tqdm",
]
COLAB_CHAPTERS = ["neuron", "convolution", "detection"]


def main():
    asked = {"binder": binder, "colab": colab, "canary": canary}[sys.argv[1]]
    with tempfile.TemporaryDirectory(prefix="cvlessons-") as folder:
        asked(Path(folder))


def binder(folder):
    """What repo2docker would do, done; JupyterLab as Binder starts it; every chapter in it."""
    home, prefix = copy_of_the_tree(folder / "home"), folder / "environment"
    tool = new_environment(folder / "repo2docker", f"jupyter-repo2docker=={REPO2DOCKER}")
    told = run(
        [tool / "bin/jupyter-repo2docker", "--no-build", "--no-run", "--debug", "."], cwd=home, read=True
    )
    version = (ROOT / "binder/runtime.txt").read_text(encoding="utf-8").strip().removeprefix("python-")
    new_environment(prefix, *base_of_binder(tool, version), python=version)
    environment = environment_of(prefix, HOME=home, REPO_DIR=home)
    sizes = [megabytes(prefix)]
    for step in steps(told):
        print(f"step: {step}", flush=True)
        run(["bash", "-ec", step], cwd=home, env=environment)
        sizes.append(megabytes(prefix))
    print(f"the environment: {sizes[0]} MB are Binder's own, {sizes[-1] - sizes[0]} MB the book's")
    print(f"the checkout: {megabytes(home)} MB")
    if sizes[-1] > CEILING:
        sys.exit(f"the environment has {sizes[-1]} MB, and {CEILING} are allowed")
    run([prefix / "bin/pip", "check"], cwd=home, env=environment)
    with notebook_server.Server(prefix, home, environment=environment) as server:
        missing = {"anywidget", "@jupyter-widgets/jupyterlab-manager"} - server.extensions()
        if missing:
            sys.exit(f"JupyterLab does not load {', '.join(sorted(missing))}")
        notebook_server.run_all(server, chapters(home))


def steps(told):
    """Return what repo2docker's Dockerfile does as the reader's user: the part that is this repository's."""
    user, found = "root", []
    for line in told.splitlines():
        word, _, rest = line.partition(" ")
        if word == "USER":
            user = rest
        elif word == "RUN" and user == "${NB_USER}":
            found.append(rest)
    if not found:
        sys.exit(f"repo2docker names no steps:\n{told}")
    return found


def base_of_binder(tool, version):
    """Return the requirements of repo2docker's base environment, as its lock file has them."""
    packs = next(tool.glob("lib/python*/site-packages/repo2docker/buildpacks/conda"))
    lock = (packs / f"environment.py-{version}-linux-64.lock").read_text(encoding="utf-8")
    locked = dict(re.findall(r"/(?:noarch|linux-64)/([\w.-]+)-([\w.]+)-[\w.]+\.(?:conda|tar\.bz2)", lock))
    locked["jupyterhub"] = locked["jupyterhub-base"]
    return [f"{name}=={locked[name]}" for name in BASE]


def colab(folder):
    """A plain environment with what Colab has; the notebooks' own first cell brings the rest."""
    home, prefix = copy_of_the_tree(folder / "home"), new_environment(folder / "environment", *COLAB)
    run([UV, "build", "--quiet", "--wheel", "--python", sys.executable, "--out-dir", folder / "dist", home])
    before = versions(prefix)
    content = folder / "content"
    content.mkdir()
    for stem in COLAB_CHAPTERS:
        (content / f"{stem}.ipynb").write_bytes((home / f"book/{stem}.ipynb").read_bytes())
    environment = environment_of(
        prefix, PIP_FIND_LINKS=" ".join([str(folder / "dist"), os.environ.get("PIP_FIND_LINKS", "")])
    )
    with notebook_server.Server(prefix, content, ("jupyter", "server"), environment) as server:
        notebook_server.run_all(server, chapters(content, "."), at_once=1)
    after = versions(prefix)
    print("installed by the first cell:", ", ".join(sorted(after - before)))
    if changed := before - after:
        sys.exit(f"the first cell has changed what Colab has: {', '.join(sorted(changed))}")


def canary(folder):
    """The newest release of everything: the package's tests, and every chapter."""
    home = copy_of_the_tree(folder / "home")
    prefix = new_environment(folder / "environment", f"{home}[chapters,test]")
    print("\n".join(sorted(versions(prefix))))
    environment = environment_of(prefix)
    tested = (home / f"tests/test_{module.stem}.py" for module in (home / "src/cvlessons").glob("*.py"))
    pytest = [prefix / "bin/python", "-m", "pytest", "-q", "-n", "auto", "-m", "not browser and not site"]
    run([*pytest, *sorted(path for path in tested if path.exists())], cwd=home, env=environment)
    with notebook_server.Server(prefix, home, environment=environment) as server:
        notebook_server.run_all(server, chapters(home))


def copy_of_the_tree(target):
    """Unpack the last commit: what Binder would get."""
    target.mkdir()
    archive = subprocess.run(["git", "archive", "HEAD"], cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
    subprocess.run(["tar", "--extract", "--directory", target], input=archive, check=True)
    return target


def new_environment(prefix, *requirements, python=sys.executable):
    run([UV, "venv", "--quiet", "--seed", "--python", python, prefix])
    run([UV, "pip", "install", "--quiet", "--python", prefix / "bin/python", *requirements])
    return prefix


def environment_of(prefix, **more):
    """Return the variables for programs of an environment, without those of the one that we are in."""
    ours = {
        name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))
    }
    path = os.pathsep.join([str(prefix / "bin"), os.environ["PATH"]])
    of_binder = {"KERNEL_PYTHON_PREFIX": prefix, "NB_PYTHON_PREFIX": prefix}
    return ours | {name: str(value) for name, value in {"PATH": path, **of_binder, **more}.items()}


def run(command, *, read=False, **options):
    """Run a command; where it fails, say so and stop."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT} if read else {}
    done = subprocess.run(command, text=True, **streams, **options)
    if done.returncode:
        sys.exit(f"{done.stdout or ''}this failed: {' '.join(map(str, command))}")
    return done.stdout


def chapters(home, folder="book"):
    return sorted(str(path.relative_to(home)) for path in (home / folder).glob("*.ipynb"))


def versions(prefix):
    site = next(prefix.glob("lib/python*/site-packages"))
    found = importlib.metadata.distributions(path=[str(site)])
    return {f"{one.name}=={one.version}" for one in found}


def megabytes(folder):
    files = (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return round(sum(path.stat().st_size for path in files) / 1e6)


if __name__ == "__main__":
    main()
