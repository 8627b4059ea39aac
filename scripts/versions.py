"""Lay the versions of the site out side by side: the newest at the root, each kept one under its name.

    python scripts/versions.py _build/html kept _build/site

`kept/v0.1.0.zip` is the book for offline reading that `make offline` made of that version; every release has
it. It goes to `_build/site/v0.1.0/`, for ever the same address. Each version is told of the others by its
`versions.json`, with addresses from where it stands: so all of it works under any path. The page of a kept
version names the newest as its canonical address, by the build; one that the newest has no more names itself.
"""

import json
import re
import shutil
import sys
import zipfile
from pathlib import Path

NAME = re.compile(r"v\d+\.\d+\.\d+")
CANONICAL = re.compile(r'(<link rel="canonical" href=")([^"]+)')


def lay_out(newest, kept, site):
    """Make the folder `site` of the newest version's folder and the folder of the kept archives."""
    archives = {path.stem: path for path in kept.glob("*.zip")}
    strange = [name for name in archives if not NAME.fullmatch(name)]
    if strange:
        sys.exit(f"versions: {strange[0]}.zip is no version: name it like v1.2.3.zip")
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(newest, site)
    names = sorted(archives, key=lambda name: [int(part) for part in name[1:].split(".")], reverse=True)
    for name in names:
        unpack(archives[name], site / name)
    tell(site, names)
    for name in names:
        keep_canonical(site, name)
    rules = (newest / "_headers").read_text(encoding="utf-8")
    written = [rules] + [re.sub(r"^/", f"/{name}/", rules, flags=re.M) for name in names]
    (site / "_headers").write_text("".join(written), encoding="utf-8")


def unpack(archive, target):
    """Unpack an archive without the one folder that all of it is in."""
    with zipfile.ZipFile(archive) as file:
        file.extractall(target)
    (inner,) = target.iterdir()
    for path in inner.iterdir():
        path.rename(target / path.name)
    inner.rmdir()


def pages(folder):
    """Return the pages of one version as their paths, without the versions below it."""
    found = (path.relative_to(folder) for path in folder.rglob("*.html"))
    return {
        path.as_posix() for path in found if "_static" not in path.parts and not NAME.match(path.parts[0])
    }


def tell(site, names):
    """Write into each version where the others are, and which of its own pages they lack."""
    folders = {"newest": site, **{name[1:]: site / name for name in names}}
    have = {name: pages(folder) for name, folder in folders.items()}
    for here, folder in folders.items():
        known = []
        for name, other in folders.items():
            path = (
                "./"
                if name == here
                else ("" if here == "newest" else "../") + ("" if name == "newest" else f"{other.name}/")
            )
            lacks = sorted(have[here] - have[name])
            known.append({"name": name, "path": path, **({"lacks": lacks} if lacks else {})})
        (folder / "versions.json").write_text(json.dumps(known) + "\n", encoding="utf-8")


def keep_canonical(site, name):
    """A page that the newest version has no longer is the only one of its kind: it names itself."""
    for page in pages(site / name) - pages(site):
        path = site / name / page
        text = path.read_text(encoding="utf-8")
        own = CANONICAL.sub(lambda found: found[1] + found[2].removesuffix(page) + f"{name}/{page}", text)  # noqa: B023
        path.write_text(own, encoding="utf-8")


if __name__ == "__main__":
    lay_out(*map(Path, sys.argv[1:]))
