"""Files written in the background: the newest state wins, none is lost, and what went wrong is told once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import KinebrushError, StoreError
from desktop.storage.atomic import write_atomic
from desktop.storage.latest import LatestWriter


def not_told(error: KinebrushError) -> None:
    """For tests in which nothing goes wrong."""
    raise AssertionError(error)


class Disk:
    """A disk that stands still until it is told to go on."""

    def __init__(self) -> None:
        self.reached, self.goes_on = threading.Event(), threading.Event()
        self.written: list[tuple[str, int]] = []
        self.threads: set[int] = set()

    def write(self, name: str, state: int) -> Callable[[], None]:
        """What writes a state."""

        def write() -> None:
            self.reached.set()
            assert self.goes_on.wait(30)
            self.written.append((name, state))
            self.threads.add(threading.get_ident())

        return write


def test_the_newest_state_takes_the_place_of_those_that_wait(tmp_path: Path) -> None:
    disk, writer = Disk(), LatestWriter(not_told)
    writer.put(tmp_path / "a", disk.write("a", 0))
    assert disk.reached.wait(30)
    for state in range(1, 50):
        writer.put(tmp_path / "a", disk.write("a", state))
        writer.put(tmp_path / "b", disk.write("b", state))
    assert disk.written == []
    disk.goes_on.set()
    writer.close()
    assert disk.written == [("a", 0), ("a", 49), ("b", 49)]
    assert threading.get_ident() not in disk.threads


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers()), max_size=40))
def test_the_end_leaves_the_last_state_of_every_file(puts: list[tuple[str, int]]) -> None:
    held: dict[str, int] = {}
    writer = LatestWriter(not_told)
    for name, state in puts:
        writer.put(Path(name), partial(held.__setitem__, name, state))
    writer.close()
    assert held == dict(puts)


def test_a_cause_is_told_once_until_it_has_passed(tmp_path: Path) -> None:
    told: list[str] = []
    writer = LatestWriter(lambda error: told.append(str(error)))
    done = threading.Event()

    def put(fails: bool) -> None:
        def write() -> None:
            try:
                if fails:
                    raise StoreError("There is no room.")
            finally:
                done.set()

        done.clear()
        writer.put(tmp_path / "file", write)
        assert done.wait(30)

    for fails in (True, True, False, True):
        put(fails)
    writer.close()
    assert told == ["There is no room."] * 2


CHILD = """
import sys
from functools import partial
from pathlib import Path
from desktop.storage.atomic import write_atomic
from desktop.storage.latest import LatestWriter

writer, path = LatestWriter(print), Path(sys.argv[1])
for state in range(200):
    writer.put(path, partial(write_atomic, path, str(state).encode()))
raise SystemExit(3)
"""


def test_a_program_that_ends_without_a_word_has_written_all(tmp_path: Path) -> None:
    path = tmp_path / "file"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", CHILD, str(path)], cwd=root, timeout=60, check=False)
    assert done.returncode == 3
    assert path.read_text() == "199"


def test_nothing_is_put_after_the_end(tmp_path: Path) -> None:
    writer = LatestWriter(not_told)
    writer.close()
    with pytest.raises(RuntimeError):
        writer.put(tmp_path / "late", partial(write_atomic, tmp_path / "late", b""))
