"""Installs verl_patches in every Python that has this folder on PYTHONPATH and LAUNCHPAD_PATCHES set."""
import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent

# This file hides another sitecustomize (Debian, conda and coverage have one): run that as well.
others = [folder for folder in sys.path if Path(folder or ".").resolve() != here]
spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
if spec and spec.loader:
    spec.loader.exec_module(importlib.util.module_from_spec(spec))

if os.environ.get("LAUNCHPAD_PATCHES"):
    # As shipped the scripts lie in resources/python, in the folder of a run around the patches. Last on the path, so
    # that their names hide nobody's.
    around = here.parents[1]
    sys.path += [str(folder) for folder in (around / "python", around) if (folder / "verl_patches.py").exists()]

    # site prints an exception of sitecustomize and goes on without it (CPython 3.12 site.py execsitecustomize):
    # that would be a run without patches.
    try:
        import verl_patches

        verl_patches.install()
    except ImportError as problem:
        sys.exit(f"launchpad: {problem}")
