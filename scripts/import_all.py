"""Import every module of the installed package and read its data: `make package-check` runs it elsewhere."""

import importlib
import pkgutil
from importlib.util import find_spec
from pathlib import Path

import cvlessons
from cvlessons import datasets

assert "site-packages" in str(Path(cvlessons.__file__)), f"{cvlessons.__file__} is not the installed package"
names = [info.name for info in pkgutil.iter_modules(cvlessons.__path__)]
for name in names:
    if name == "figures" and not find_spec("anywidget"):
        try:
            importlib.import_module("cvlessons.figures")
        except ImportError as error:
            assert "cvlessons[notebook]" in str(error), error
            continue
    importlib.import_module(f"cvlessons.{name}")
(x, _), _ = datasets.load_mnist()
print(f"{len(names)} modules import; the data are there: {x.shape} digits")
