"""The built program: where it starts, what its smoke test lets pass, and what building starts."""

import os
import subprocess
import sys
from pathlib import Path

import bootstrap
import entry
import pytest
import smoke

import desktop
from desktop import simulator

LOADED = """
import sys
import entry
try:
    code = entry.main(sys.argv[1:])
except SystemExit as end:
    code = end.code or 0
print(code, *sorted({name.partition(".")[0] for name in sys.modules}), *sorted(
    name for name in sys.modules if name.startswith("desktop.")))
"""


def loaded(*arguments: str) -> tuple[str, set[str]]:
    """The first line of output, and the modules in the process at the end."""
    packaging = Path(entry.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(packaging), str(packaging.parent)])},
        capture_output=True,
        text=True,
        check=True,
    )
    first, *_, last = done.stdout.splitlines()
    code, *names = last.split()
    assert code == "0"
    return first, set(names)


def test_the_simulator_starts_without_the_client() -> None:
    first, names = loaded("simulate", "--version")
    assert first == simulator.VERSION
    assert "desktop.simulator.__main__" in names
    assert not {"cv2", "PySide6", "httpx", "desktop.cli", "desktop.core"} & names


def test_everything_else_is_the_command_line_and_loads_no_pyav() -> None:
    first, names = loaded("--version")
    assert first == f"Kinebrush {desktop.__version__}"
    assert "desktop.cli" in names
    assert not {"av", "PySide6", "desktop.simulator"} & names


def test_the_page_of_controls_is_part_of_the_program(tmp_path: Path) -> None:
    picture = tmp_path / "controls.png"
    packaging = Path(entry.__file__).parent
    subprocess.run(
        [sys.executable, packaging / "entry.py", "--gallery", "--shot", picture],
        env={**os.environ, "PYTHONPATH": str(packaging.parent), "QT_QPA_PLATFORM": "offscreen"},
        check=True,
    )
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("variables", "left"),
    [
        ({"LD_LIBRARY_PATH": "/built", "LD_LIBRARY_PATH_ORIG": "/user"}, "/user"),
        ({"LD_LIBRARY_PATH": "/built"}, None),
        ({}, None),
    ],
)
def test_what_we_start_gets_the_libraries_of_the_system(variables: dict[str, str], left: str | None) -> None:
    entry.restore_library_path(variables)
    assert variables.get("LD_LIBRARY_PATH") == left


@pytest.mark.skipif(sys.platform != "linux", reason="the built program brings all elsewhere")
def test_a_library_of_the_system_that_is_not_there_is_told_with_what_to_type() -> None:
    sentence = entry.lacking(("libc.so.6", "libno-such-thing.so.7"))
    assert "lacks libno-such-thing.so.7, which" in sentence
    assert "apt-get install" in sentence
    assert entry.lacking(("libc.so.6",)) == ""


# The smoke test


def test_listed_output_passes() -> None:
    assert smoke.unlisted("one\ntwo 2\n", (r"one", r"two \d")) == []
    assert smoke.unlisted("", (), may=("hint",)) == []
    assert smoke.unlisted("hint\n", (), may=("hint",)) == []


def test_a_line_more_or_less_fails() -> None:
    assert smoke.unlisted("one\nWarning: one\n", ("one",)) == ["not listed: Warning: one"]
    assert smoke.unlisted("one\n", ("one", "two")) == ["missing: two"]


def program(folder: Path, source: str) -> Path:
    """A program that stands for the built one."""
    path = folder / "kinebrush"
    path.write_text(f"#!{sys.executable}\n{source}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="a script is no program on Windows")
def test_exit_code_output_and_files_of_a_step_are_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINEBRUSH_API_KEY", "not-for-the-program")
    good = program(
        tmp_path,
        "import os\nprint('key' if 'KINEBRUSH_API_KEY' in os.environ else 'none')\nopen('made', 'w').write('1')",
    )
    assert smoke.faults(good, smoke.Step(("x",), ("none",), files=("made",)), tmp_path) == []
    bad = program(
        tmp_path,
        "import sys\nprint('none')\nprint('Traceback', file=sys.stderr)\nopen('made', 'w')\nsys.exit(3)",
    )
    assert smoke.faults(bad, smoke.Step(("x",), ("none",), files=("made",)), tmp_path) == [
        "exit code 3, not 0",
        "not listed: Traceback",
        "no file made",
    ]


def test_without_a_built_program_it_says_how_to_get_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert smoke.main([str(tmp_path)]) == 2
    assert "bootstrap.py build" in capsys.readouterr().err


def test_no_pattern_of_the_steps_lets_a_traceback_pass() -> None:
    for step in smoke.STEPS:
        for pattern in (*step.out, *step.err, *step.may):
            assert smoke.unlisted("Traceback (most recent call last):", (pattern,)), pattern


# Building


def test_building_freezes_and_then_starts_the_program() -> None:
    plan = bootstrap.plan(["build"])
    assert [step[:2] for step in plan.steps] == [("-m", "PyInstaller"), ("packaging/smoke.py",)]
    assert plan.bundles
    assert plan.lock == "requirements-dev.lock"
    assert bootstrap.main(["build", "fast"]) == 2


def test_a_build_that_fails_is_not_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    steps = (("-c", "raise SystemExit(4)"), ("-c", "open('second', 'w')"))
    build = bootstrap.Plan("build", steps, in_root=True, bundles=True)
    assert bootstrap.start(Path(sys.executable), build) == 4
    assert not (tmp_path / "second").exists()
    assert bootstrap.start(Path(sys.executable), bootstrap.Plan("check", steps, in_root=True)) == 4
    assert (tmp_path / "second").exists()
