"""OpenCV's import leaves Qt's variables as it found them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROBE = (
    "import os; from desktop.opencv import cv2; assert cv2.__version__; "
    "print(os.environ.get('QT_QPA_PLATFORM_PLUGIN_PATH'), os.environ.get('QT_QPA_FONTDIR'))"
)


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ({}, "None None"),
        ({"QT_QPA_PLATFORM_PLUGIN_PATH": "/my/plugins"}, "/my/plugins None"),
        (
            {"QT_QPA_PLATFORM_PLUGIN_PATH": "/my/plugins", "QT_QPA_FONTDIR": "/my/fonts"},
            "/my/plugins /my/fonts",
        ),
    ],
)
def test_qt_variables_are_kept(given: dict[str, str], seen: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QT_QPA_")}
    done = subprocess.run(
        [sys.executable, "-c", PROBE], env=clean | given, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == seen
