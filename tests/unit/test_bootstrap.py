"""Set-up: what a command line starts, when an environment counts as whole, which system packages are named.

The slower tests run the real script in a small checkout of their own, whose lock holds one local wheel.
"""

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import bootstrap
import pytest

SCRIPT = Path(bootstrap.__file__)
LOCKS = SCRIPT.parent
linux_only = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="system libraries are Linux's matter"
)


# What a command line starts


def test_arguments_are_passed_on() -> None:
    assert bootstrap.plan(["demo", "--out", "here"]).steps == (
        ("-P", "-m", "desktop", "demo", "--out", "here"),
    )
    assert bootstrap.plan(["run", "check", "a b.kinebrush"]).steps[0][3:] == ("check", "a b.kinebrush")
    assert bootstrap.plan(["bench", "transfer", "--json"]).steps[0][1:] == (
        "tests.benchmarks",
        "transfer",
        "--json",
    )


def test_run_without_arguments_leaves_the_choice_to_the_program() -> None:
    window = bootstrap.plan(["run"])
    assert window.steps == (("-P", "-m", "desktop"),)
    assert window.display


def test_long_lifts_the_default_selection_and_pytest_gets_the_rest() -> None:
    (short,) = bootstrap.plan(["test", "tests/unit", "-k", "x"]).steps
    (long,) = bootstrap.plan(["test", "--long", "tests/unit"]).steps
    assert short == ("-m", "pytest", "-n", "2", "--dist", "worksteal", "tests/unit", "-k", "x")
    assert long == ("-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "", "tests/unit")


@pytest.mark.parametrize(
    ("verb", "lock"), [("run", ""), ("demo", ""), ("test", "-dev"), ("bench", "-dev"), ("check", "-dev")]
)
def test_only_work_on_the_code_needs_the_development_lock(verb: str, lock: str) -> None:
    assert bootstrap.plan([verb]).lock == f"requirements{lock}.lock"


@pytest.mark.parametrize("arguments", [[], ["fly"], ["check", "desktop"]])
def test_a_wrong_command_line_is_answered_with_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert bootstrap.main(arguments) == 2
    assert "check" in capsys.readouterr().err


# The locks


def pins(name: str) -> dict[str, frozenset[str]]:
    """Every pin of a lock, markers included, with its hashes."""
    found: dict[str, set[str]] = {}
    pin = ""
    for line in (LOCKS / name).read_text(encoding="utf-8").splitlines():
        if line[:1].isalnum():
            pin = line.removesuffix(" \\")
            found[pin] = set()
        elif "--hash=" in line:
            found[pin].add(line.strip().removesuffix(" \\"))
    return {pin: frozenset(hashes) for pin, hashes in found.items()}


def test_every_pin_has_a_hash_and_no_host_is_named() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert "://" not in (LOCKS / name).read_text(encoding="utf-8")
        assert [pin for pin, hashes in pins(name).items() if not hashes] == []


def test_the_development_lock_holds_the_other() -> None:
    runtime = {pin.split()[0]: hashes for pin, hashes in pins("requirements.lock").items()}
    dev = {pin.split()[0]: hashes for pin, hashes in pins("requirements-dev.lock").items()}
    assert runtime.items() <= dev.items()


# When an environment counts as whole


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text("tiny==1.0\n", encoding="utf-8")
    return path


@pytest.fixture
def venv(tmp_path: Path, lock: Path) -> Path:
    """Looks whole: an interpreter and a stamp that fits."""
    venv = tmp_path / ".venv"
    python = bootstrap.environment_python(venv)
    python.parent.mkdir(parents=True)
    python.touch()
    bootstrap.write_stamp(venv, bootstrap.identity(tmp_path) | bootstrap.held_locks(lock))
    return venv


def test_a_fitting_stamp_is_enough(venv: Path, tmp_path: Path, lock: Path) -> None:
    assert bootstrap.is_ready(venv, tmp_path, lock)


def test_another_lock_place_or_python_is_not(
    venv: Path, tmp_path: Path, lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not bootstrap.is_ready(venv, tmp_path / "moved", lock)
    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "identity", lambda root: {"python": "3.99", "root": str(root)})
        assert not bootstrap.is_ready(venv, tmp_path, lock)
    lock.write_text("tiny==1.1\n", encoding="utf-8")
    assert not bootstrap.is_ready(venv, tmp_path, lock)


def test_an_environment_without_its_interpreter_is_not(venv: Path, tmp_path: Path, lock: Path) -> None:
    bootstrap.environment_python(venv).unlink()
    assert not bootstrap.is_ready(venv, tmp_path, lock)


@pytest.mark.parametrize("stamp", ["", "{", "[1]", '{"python": 3}'])
def test_a_spoilt_stamp_is_not(stamp: str, venv: Path, tmp_path: Path, lock: Path) -> None:
    (venv / bootstrap.STAMP).write_text(stamp, encoding="utf-8")
    assert not bootstrap.is_ready(venv, tmp_path, lock)


def test_the_runtime_environment_does_not_serve_development(venv: Path, tmp_path: Path, lock: Path) -> None:
    dev = lock.with_name("requirements-dev.lock")
    dev.write_text("tiny==1.0\npytest==9\n", encoding="utf-8")
    assert not bootstrap.is_ready(venv, tmp_path, dev)
    bootstrap.write_stamp(venv, bootstrap.identity(tmp_path) | bootstrap.held_locks(dev))
    assert bootstrap.is_ready(venv, tmp_path, dev)
    assert bootstrap.is_ready(venv, tmp_path, lock)


# The system's libraries


def test_packages_are_named_for_what_is_missing_alone() -> None:
    assert bootstrap.packages_for([], fonts=True) == []
    assert bootstrap.packages_for(["libGL.so.1", "libxcb-cursor.so.0"], fonts=True) == [
        "libgl1",
        "libxcb-cursor0",
    ]
    assert bootstrap.packages_for(["libdbus-1.so.3"], fonts=False) == ["libdbus-1-3", "fonts-dejavu-core"]


@pytest.mark.parametrize(
    ("display", "variables", "xcb"),
    [
        (True, {"DISPLAY": ":0"}, True),
        (True, {"WAYLAND_DISPLAY": "wayland-0"}, True),
        (True, {}, False),
        (True, {"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
        (False, {"DISPLAY": ":0"}, False),
    ],
)
def test_window_libraries_are_wanted_only_for_a_window(
    display: bool, variables: dict[str, str], xcb: bool
) -> None:
    wanted = bootstrap.wanted_libraries(display, variables)
    assert ("libxcb-cursor.so.0" in wanted) is xcb
    assert "libEGL.so.1" in wanted


@linux_only
def test_the_loader_is_asked_which_libraries_load() -> None:
    assert bootstrap.missing_libraries(["libc.so.6", "libno-such-thing.so.7"]) == ["libno-such-thing.so.7"]


def test_fonts_are_looked_for_in_all_folders(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty", tmp_path / "full"
    (full / "truetype").mkdir(parents=True)
    (full / "truetype" / "README").touch()
    assert not bootstrap.has_fonts([str(empty), str(full)])
    (full / "truetype" / "Sans.TTF").touch()
    assert bootstrap.has_fonts([str(empty), str(full)])


@pytest.fixture
def apt_calls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH with nothing but an apt-get that notes its arguments and fails on packages named broken."""
    calls = tmp_path / "calls"
    apt = tmp_path / "bin" / "apt-get"
    apt.parent.mkdir()
    apt.write_text(
        f'#!/bin/sh\necho "$DEBIAN_FRONTEND: $*" >> "{calls}"\ncase "$*" in *broken*) exit 100;; esac\n'
    )
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(apt.parent))
    monkeypatch.setenv("DEBIAN_FRONTEND", "")
    return calls


@linux_only
def test_root_gets_packages_installed_after_an_update(
    apt_calls: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    bootstrap.install_system_packages(["libgl1", "libegl1"], "libraries")
    assert apt_calls.read_text().splitlines() == [
        "noninteractive: update",
        "noninteractive: install --yes --no-install-recommends libgl1 libegl1",
    ]
    with pytest.raises(bootstrap.SetUpError, match=r"apt-get update && apt-get install .* broken"):
        bootstrap.install_system_packages(["broken"], "libraries")


@linux_only
def test_anyone_else_gets_the_command_to_type(apt_calls: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(bootstrap.SetUpError, match=r"sudo apt-get install .* libgl1$"):
        bootstrap.install_system_packages(["libgl1"], "libraries")
    assert not apt_calls.exists()


@linux_only
def test_without_apt_the_lack_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(bootstrap.SetUpError, match="lacks the venv module"):
        bootstrap.install_system_packages(["python3-venv"], "the venv module")


# The real script in a checkout of its own


def make_wheel(folder: Path) -> str:
    """Write tiny-1.0, a module with one name, and give its hash."""
    files = {
        "tiny.py": "NAME = 'tiny'\n",
        "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
        "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    rows = []
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            rows.append(f"{name},sha256={digest},{len(text)}\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", "".join(rows) + "tiny-1.0.dist-info/RECORD,,\n")
    return hashlib.sha256(path.read_bytes()).hexdigest()


class Checkout:
    """A small project with the real bootstrap.py; its program prints what it sees and leaves with code 7."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "packaging").mkdir(parents=True)
        (root / "desktop").mkdir()
        shutil.copy(SCRIPT, root / "packaging")
        (root / "desktop" / "__init__.py").touch()
        (root / "desktop" / "__main__.py").write_text(
            "import sys, tiny\nprint(tiny.NAME, *sys.argv[1:])\nsys.exit(7)\n", encoding="utf-8"
        )
        self.hash = make_wheel(root)
        self.write_lock(self.hash)

    def write_lock(self, sha256: str) -> None:
        lines = [
            "--no-index",
            f"--find-links {self.root.as_uri()}",
            f"tiny==1.0 --hash=sha256:{sha256}",
            "",
        ]
        (self.root / "packaging" / "requirements.lock").write_text("\n".join(lines), encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start from a folder that holds a `desktop` of its own, with no uv to be found."""
        elsewhere = self.root / "elsewhere"
        (elsewhere / "desktop").mkdir(parents=True, exist_ok=True)
        (elsewhere / "desktop" / "__init__.py").touch()
        hidden = {"DISPLAY", "WAYLAND_DISPLAY", "PYTHONPATH", "PIP_FIND_LINKS"}
        variables = {name: value for name, value in os.environ.items() if name not in hidden}
        folders = variables["PATH"].split(os.pathsep)
        variables["PATH"] = os.pathsep.join(f for f in folders if not shutil.which("uv", path=f))
        return subprocess.Popen(
            [sys.executable, str(self.root / "packaging" / "bootstrap.py"), *arguments],
            cwd=elsewhere,
            env=variables,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        with self.start(*arguments) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    @property
    def stamp(self) -> Path:
        return self.root / ".venv" / bootstrap.STAMP


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path / "a checkout")


def test_two_first_starts_at_once_make_one_environment(checkout: Checkout) -> None:
    with (
        checkout.start("run", "one two", "--three") as first,
        checkout.start("run", "one two", "--three") as second,
    ):
        (out, err), (other_out, other_err) = first.communicate(), second.communicate()
    assert (first.returncode, second.returncode) == (7, 7), err + other_err
    assert out == other_out == "tiny one two --three\n"
    assert (err + other_err).count("bootstrap: Making") == 1
    assert checkout.run("run", "again") == (7, "tiny again\n", "")


def test_what_an_interrupted_start_left_is_made_again(checkout: Checkout) -> None:
    remains = checkout.root / ".venv" / "remains"
    remains.mkdir(parents=True)
    code, out, err = checkout.run("run", "it")
    assert (code, out) == (7, "tiny it\n"), err
    assert not remains.exists()


def test_a_file_that_is_not_the_pinned_one_is_refused(checkout: Checkout) -> None:
    checkout.run("run", "it")
    whole = json.loads(checkout.stamp.read_text(encoding="utf-8"))
    checkout.write_lock("0" * 64)
    shutil.rmtree(checkout.root / ".venv")
    code, out, err = checkout.run("run", "it")
    assert (code, out) == (1, "")
    assert "could not be installed" in err
    assert not checkout.stamp.exists()
    checkout.write_lock(checkout.hash)
    assert checkout.run("run", "it")[:2] == (7, "tiny it\n")
    assert json.loads(checkout.stamp.read_text(encoding="utf-8")) == whole


def test_a_changed_lock_is_installed_into_the_same_environment(checkout: Checkout) -> None:
    checkout.run("run", "it")
    kept = checkout.root / ".venv" / "kept"
    kept.touch()
    lock = checkout.root / "packaging" / "requirements.lock"
    lock.write_text(lock.read_text(encoding="utf-8") + "# newer\n", encoding="utf-8")
    code, out, err = checkout.run("run", "it")
    assert (code, out) == (7, "tiny it\n"), err
    assert kept.exists()
    assert "Making" not in err
