"""What a start of the window imports: nothing heavy before the first paint."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from desktop.cli import COMMANDS
from desktop.cli.program import app

ROOT = Path(__file__).parents[2]

HEAVY = {"cv2", "httpx", "PIL", "typer", "rich", "sqlite3", "keyring", "msgspec", "av"}

PROBE = """
import sys
import desktop.cli
import desktop.cli.window
from pathlib import Path
from PySide6.QtWidgets import QApplication
from desktop.app.start import Application
from desktop.storage.paths import data_dir

app = QApplication([])
folder = data_dir(Path(sys.argv[1]))
folder.make()
application = Application(folder, [])
application.window.show()
app.processEvents()
print(*sorted({name.partition(".")[0] for name in sys.modules}))
application.window.really_close()
"""


def test_the_window_is_painted_before_anything_heavy_is_imported(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    loaded = set(done.stdout.split())
    assert "PySide6" in loaded
    assert loaded & HEAVY == set()


def test_every_command_is_known_before_the_commands_are_imported() -> None:
    named = {row.name or getattr(row.callback, "__name__", "") for row in app.registered_commands}
    named |= {group.name or "" for group in app.registered_groups}
    assert named == set(COMMANDS)


SHELL = """
import sys
import desktop.cli
import desktop.cli.window
from pathlib import Path
from desktop.app.shell import show_shell

shell = show_shell(Path(sys.argv[1]))
image = shell.grab().toImage()
print(shell.isVisible(), image.pixelColor(400, 400).name(), image.pixelColor(1500, 500).name())
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.parametrize(
    ("theme", "stage", "panel"), [("dark", "#141414", "#252525"), ("light", "#cfcfcf", "#fafafa")]
)
def test_an_empty_window_in_its_colours_comes_first(
    tmp_path: Path, theme: str, stage: str, panel: str
) -> None:
    (tmp_path / "settings.json").write_text(f'{{"theme": "{theme}"}}')
    done = subprocess.run(
        [sys.executable, "-c", SHELL, str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    first, modules = done.stdout.splitlines()
    assert first.split() == ["True", stage, panel]
    assert set(modules.split()) & (HEAVY | {"numpy", "qasync", "asyncio"}) == set()
