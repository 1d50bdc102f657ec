"""The core needs the standard library and numpy, and nothing else."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

PROBE = """
import importlib, importlib.abc, pkgutil, sys

BLOCKED = {"PySide6", "shiboken6", "httpx", "cv2", "PIL", "av", "msgspec", "keyring", "platformdirs", "sqlite3"}

class Gate(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ImportError("blocked: " + name)

sys.meta_path.insert(0, Gate())
for name in BLOCKED:
    try:
        importlib.import_module(name)
    except ImportError:
        continue
    raise SystemExit(name + " was not blocked")

before = set(sys.modules)
import desktop.core
names = [module.name for module in pkgutil.walk_packages(desktop.core.__path__, "desktop.core.")]
for name in names:
    importlib.import_module(name)
foreign = {name.partition(".")[0] for name in set(sys.modules) - before}
print(len(names), *sorted(foreign - set(sys.stdlib_module_names) - {"desktop", "numpy"}))
"""


def test_the_core_imports_with_everything_else_blocked() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    modules, *foreign = done.stdout.split()
    assert int(modules) == len(list((ROOT / "desktop" / "core").glob("*.py"))) - 1
    assert foreign == []
