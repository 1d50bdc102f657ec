#!/usr/bin/env python3
"""Sets Kinebrush up beside this checkout and starts what is asked for; needs Python 3.11 and nothing else.

The packages go into `.venv`, from locks that pin every file by hash. A stamp in `.venv`, written last, says
what is in it: while it fits, nothing is installed; without one, the folder is made again from nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

if sys.version_info < (3, 11):
    sys.exit(f"Kinebrush needs Python 3.11 or newer; this is Python {sys.version.split()[0]}.")

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
STAMP = "kinebrush-stamp.json"

USAGE = """\
usage: python3 packaging/bootstrap.py VERB [ARGUMENTS]

  run [ARGUMENTS]       the kinebrush command line
  demo [--out DIR]      from a sample picture to a 4K video, on the simulator
  test [--long] [...]   the tests; anything else goes to pytest
  bench [NAME] [--json] the figures, one row each
  check                 lint, format, types and import directions
  build                 the program in one folder, dist/kinebrush, started once in all ways

What is missing is installed into .venv first."""

OFFSCREEN_LIBRARIES = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
XCB_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
PYTHON_LIBRARY = f"libpython{sys.version_info.major}.{sys.version_info.minor}.so.1.0"
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
DLOPEN = """
import ctypes, sys
for name in sys.argv[1:]:
    try:
        ctypes.CDLL(name)
    except OSError:
        print(name)
"""


class SetUpError(Exception):
    """Set-up cannot go on; the message is the sentence for the user."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a verb starts: arguments for the environment's Python, one list a step, and what they need."""

    verb: str
    steps: tuple[tuple[str, ...], ...]
    lock: str = "requirements.lock"
    libraries: bool = True
    display: bool = False
    in_root: bool = False
    bundles: bool = False
    """What it makes goes to other systems: it needs every library here, and stops at the first step that fails."""


def plan(arguments: Sequence[str]) -> Plan:
    """The plan for a command line without the program's name.

    Raises SetUpError for an unknown verb, or for arguments to a verb that takes none.
    """
    if not arguments:
        raise SetUpError(USAGE)
    verb, *rest = arguments
    kinebrush = (
        "-P",
        "-m",
        "desktop",
    )  # -P: a folder named desktop where the user stands must not be taken for ours
    dev = "requirements-dev.lock"
    if verb == "run":
        return Plan(verb, ((*kinebrush, *rest),), display=True)
    if verb == "demo":
        return Plan(verb, ((*kinebrush, "demo", *rest),))
    if verb == "test":
        long_too = ("-m", "") if "--long" in rest else ()
        passed_on = [argument for argument in rest if argument != "--long"]
        return Plan(
            verb,
            (("-m", "pytest", "-n", "2", "--dist", "worksteal", *long_too, *passed_on),),
            dev,
            in_root=True,
        )
    if verb == "bench":
        return Plan(verb, (("-m", "tests.benchmarks", *rest),), dev, in_root=True)
    if verb == "check" and rest:
        raise SetUpError("check takes no arguments: it looks at everything.")
    if verb == "check":
        steps = (
            ("-m", "ruff", "check"),
            ("-m", "ruff", "format", "--check"),
            ("-m", "mypy"),
            ("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"),
        )
        return Plan(verb, steps, dev, libraries=False, in_root=True)
    if verb == "build" and rest:
        raise SetUpError("build takes no arguments.")
    if verb == "build":
        freeze = ("-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "packaging/kinebrush.spec")
        return Plan(verb, (freeze, ("packaging/smoke.py",)), dev, in_root=True, bundles=True)
    raise SetUpError(f"There is no verb {verb!r}.\n\n{USAGE}")


def say(sentence: str) -> None:
    """Print a line of progress; to stderr, so that the verb's own output can be piped."""
    print(f"bootstrap: {sentence}", file=sys.stderr, flush=True)


# The environment


def environment_python(venv: Path) -> Path:
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def fingerprint(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def read_stamp(venv: Path) -> dict[str, str]:
    """What the environment holds, by name; empty when it is not whole."""
    try:
        stamp = json.loads((venv / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def write_stamp(venv: Path, stamp: Mapping[str, str]) -> None:
    """Put the stamp in place in one move, so that a half-written one never counts."""
    fresh = venv / f"{STAMP}.new"
    fresh.write_text(json.dumps(stamp, indent=1), encoding="utf-8")
    fresh.replace(venv / STAMP)


def identity(root: Path) -> dict[str, str]:
    """What an environment is bound to for life: its Python's version and its place."""
    return {"python": f"{sys.version_info.major}.{sys.version_info.minor}", "root": str(root)}


def is_ready(venv: Path, root: Path, lock: Path) -> bool:
    wanted = identity(root) | {lock.name: fingerprint(lock)}
    return wanted.items() <= read_stamp(venv).items() and environment_python(venv).exists()


def held_locks(lock: Path) -> dict[str, str]:
    """The locks that installing `lock` satisfies: the development lock holds the packages of the other."""
    names = {lock.name, "requirements.lock"}
    return {name: fingerprint(lock.with_name(name)) for name in sorted(names)}


@contextlib.contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Let one start at a time set up; the system lets go of the lock when its holder dies."""
    with path.open("a+b") as file:
        if sys.platform == "win32":
            import msvcrt

            while True:
                try:
                    file.seek(0)
                    msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)  # gives up after ten seconds
                    break
                except OSError:
                    say("Another start is setting up; waiting for it.")
        else:
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("Another start is setting up; waiting for it.")
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def base_python() -> str:
    """The interpreter outside any virtual environment, since ours may have to be deleted."""
    return getattr(sys, "_base_executable", None) or sys.executable


def call(command: Sequence[str], failed: str) -> None:
    """Run a step of the set-up with its output on stderr; raises SetUpError(failed) unless it succeeds."""
    if subprocess.run(command, stdout=sys.stderr, check=False).returncode != 0:
        raise SetUpError(failed)


def make_environment(venv: Path, root: Path, lock: Path, uv: str | None) -> None:
    """Install `lock` into `venv`, made anew unless it is a whole one of ours."""
    stamp = read_stamp(venv)
    ours = identity(root)
    installer = "uv" if uv else "pip"
    usable = ours.items() <= stamp.items() and environment_python(venv).exists()
    if usable and (uv or stamp.get("installer") == "pip"):
        installer = stamp.get("installer", installer)  # a uv environment has no pip, and a pip one keeps it
        (venv / STAMP).unlink()
    else:
        say(f"Making {venv} with Python {ours['python']}.")
        if venv.exists():
            shutil.rmtree(venv)
        make = [uv, "venv", "--quiet", "--python", base_python()] if uv else [base_python(), "-m", "venv"]
        call(
            [*make, str(venv)], f"The virtual environment {venv} could not be made; the lines above say why."
        )
    say("Installing the packages; the first time a few hundred megabytes are downloaded.")
    python = str(environment_python(venv))
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    call(
        [*install, "--require-hashes", "--only-binary", ":all:", "-r", str(lock)],
        "The packages could not be installed; the lines above say why. Without a network, connect and start "
        "again; behind a proxy, set HTTPS_PROXY first.",
    )
    find_site = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run(
        [python, "-c", find_site], capture_output=True, text=True, check=True
    ).stdout.strip()
    Path(site, "kinebrush.pth").write_text(f"{root}\n", encoding="utf-8")
    write_stamp(venv, ours | {"installer": installer} | held_locks(lock))


def ensure_environment(lock_name: str) -> None:
    """Make sure that `.venv` holds the packages of a lock in packaging/."""
    lock = ROOT / "packaging" / lock_name
    if is_ready(VENV, ROOT, lock):
        return
    with only_one(ROOT / ".bootstrap.lock"):
        if is_ready(VENV, ROOT, lock):  # the start we waited for did it
            return
        uv = shutil.which("uv")
        if not uv and find_spec("ensurepip") is None:
            version = identity(ROOT)["python"]
            install_system_packages(["python3-venv"], f"Python's venv module for Python {version}")
        make_environment(VENV, ROOT, lock, uv)
        say("Ready.")


# The system's libraries


def missing_libraries(names: Iterable[str]) -> list[str]:
    """The shared libraries that do not load; asked in a child, since loading one runs its code."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", DLOPEN, *names], capture_output=True, text=True, check=True
    )
    return done.stdout.split()


def has_fonts(folders: Iterable[str] = FONT_FOLDERS) -> bool:
    """Whether any font file is where fontconfig looks; Qt draws no text without one."""
    return any(
        name.lower().endswith((".ttf", ".otf", ".ttc", ".pfb"))
        for folder in folders
        for _, _, names in os.walk(Path(folder).expanduser())
        for name in names
    )


def wanted_libraries(display: bool, variables: Mapping[str, str]) -> dict[str, str]:
    """Shared libraries with the Debian package of each; `display` for a verb that may open a window."""
    on_screen = variables.get("DISPLAY") or variables.get("WAYLAND_DISPLAY")
    if display and on_screen and variables.get("QT_QPA_PLATFORM") not in ("offscreen", "minimal"):
        return OFFSCREEN_LIBRARIES | XCB_LIBRARIES
    return OFFSCREEN_LIBRARIES


def packages_for(missing: Iterable[str], fonts: bool) -> list[str]:
    """The Debian packages that bring missing libraries and, when there are none, fonts."""
    known = OFFSCREEN_LIBRARIES | XCB_LIBRARIES
    packages = [known[name] for name in missing]
    return packages if fonts else [*packages, "fonts-dejavu-core"]


def build_packages() -> list[str]:
    """The Debian packages that PyInstaller lacks: objcopy, and Python's own library, which Debian keeps apart."""
    packages = [] if shutil.which("objcopy") else ["binutils"]
    beside_python = Path(sysconfig.get_config_var("LIBDIR") or "", PYTHON_LIBRARY)
    if not beside_python.exists() and missing_libraries([PYTHON_LIBRARY]):
        packages.append(PYTHON_LIBRARY.partition(".so")[0])
    return packages


def ensure_libraries(display: bool, bundles: bool = False) -> None:
    """Make sure that what Qt and OpenCV link against is there; only Linux leaves that to us."""
    if not sys.platform.startswith("linux"):
        return
    wanted = OFFSCREEN_LIBRARIES | XCB_LIBRARIES if bundles else wanted_libraries(display, os.environ)
    missing = missing_libraries(wanted)
    packages = packages_for(missing, has_fonts()) + (build_packages() if bundles else [])
    if packages and shutil.which("apt-get"):
        install_system_packages(packages, "system libraries that Qt and OpenCV need")
    elif missing:
        say(f"These system libraries do not load; install them if something fails: {' '.join(missing)}.")


def install_system_packages(packages: Sequence[str], what: str) -> None:
    """Install Debian packages when we may; otherwise raise SetUpError with the command to type."""
    if not shutil.which("apt-get"):
        raise SetUpError(f"This system lacks {what}; install that and start again.")
    command = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.name == "nt" or os.geteuid() != 0:
        raise SetUpError(
            f"This system lacks {what}; type this once and start again:\n  sudo {' '.join(command)}"
        )
    say(f"Installing {what}: {' '.join(packages)}.")
    os.environ["DEBIAN_FRONTEND"] = "noninteractive"
    typed = f"apt-get update && {' '.join(command)}"
    failed = (
        f"The system packages could not be installed; the lines above say why. To do it by hand:\n  {typed}"
    )
    call(["apt-get", "update"], failed)
    call(command, failed)


# Starting


def start(python: Path, work: Plan) -> int:
    """Run a plan's steps and give the first exit code that is not zero."""
    if work.in_root:
        os.chdir(ROOT)
    if len(work.steps) == 1:
        hand_over([str(python), *work.steps[0]])
    codes = []
    for step in work.steps:
        say(step_name(step))
        codes.append(subprocess.run([str(python), *step], check=False).returncode)
        if codes[-1] != 0 and work.bundles:
            break
    return next((code for code in codes if code != 0), 0)


def step_name(step: Sequence[str]) -> str:
    """What a step is called while it runs."""
    if step[0] == "-m":
        return " ".join(step[1:3])
    return "lint-imports" if step[0] == "-c" else step[0]


def hand_over(command: list[str]) -> NoReturn:
    """Become the command, or on Windows, which cannot, run it and leave with its exit code."""
    if os.name != "nt":
        sys.stdout.flush()
        os.execv(command[0], command)
    with subprocess.Popen(command) as child:
        while True:
            with contextlib.suppress(KeyboardInterrupt):  # the child got it too, and decides
                sys.exit(child.wait())


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in ("-h", "--help", "help"):
        print(USAGE)
        return 0
    try:
        work = plan(arguments)
    except SetUpError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        if work.libraries:
            ensure_libraries(work.display, work.bundles)
        ensure_environment(work.lock)
    except (SetUpError, OSError, subprocess.CalledProcessError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("Stopped; the next start begins the set-up again.")
        return 130
    return start(environment_python(VENV), work)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
