"""Everything around the canvas at other device pixel ratios: the same tests in processes of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.child_pytest import run_pytest

UI = Path(__file__).parent
TESTS = sorted(
    str(path)
    for name in (
        "test_canvas_*",
        "test_navigator",
        "test_intake",
        "test_masks_io",
        "test_areas_list",
        "test_window_selections",
    )
    for path in UI.glob(f"{name}.py")
)
FILES, PASSED = 17, 225
"""There are at least so many; fewer were left out."""


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("factor", ["1", "1.25", "1.5", "1.75", "2"])
def test_the_canvas_suite_passes_at(factor: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert len(TESTS) >= FILES
    ran = run_pytest(TESTS, tmp_path / "ran.xml", seconds=580, QT_SCALE_FACTOR=factor)
    with capsys.disabled():
        print(
            f"\ndevice pixel ratio {factor}: {ran.passed} passed, {ran.failed} failed, {ran.skipped} skipped"
        )
    assert ran.failed == 0, ran.words
    assert ran.passed >= PASSED
