"""A script that Node.js runs for the whole build: starting it for every formula would take minutes."""

import json
import os
import shutil
import subprocess


class NodeProcess:
    """Asks a script: one line of JSON in, one line of JSON out."""

    def __init__(self, script):
        node = os.environ.get("NODE") or shutil.which("node")
        if node is None:
            raise RuntimeError("Node.js is not there: run the build as `make html`, which brings it")
        self.script = script
        self.process = subprocess.Popen(
            [node, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(
                f"{self.script.name} stopped: see its message above; `make html` installs what it needs"
            )
        return json.loads(answer)
