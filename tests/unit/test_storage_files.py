"""Atomic writes, names, the data directory, assets and the owner's lock."""

import errno
import hashlib
import os
import stat
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.core.errors import ShotFileError, StoreError
from desktop.storage.assets import AssetStore
from desktop.storage.atomic import atomic_path, sweep, write_atomic, write_sentence
from desktop.storage.names import MAX_NAME, MAX_NAME_BYTES, safe_name
from desktop.storage.owner import owner_info, try_own
from desktop.storage.paths import data_dir
from tests.shots import asset


def names_in(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_write_makes_the_file_and_nothing_else(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"one")
    write_atomic(tmp_path / "file", (piece for piece in (b"tw", b"o")))
    assert (tmp_path / "file").read_bytes() == b"two"
    assert names_in(tmp_path) == ["file"]


def test_a_failure_while_pieces_come_keeps_the_old_file(tmp_path: Path) -> None:
    write_atomic(tmp_path / "file", b"old")

    def pieces() -> Iterator[bytes]:
        yield b"new"
        raise OSError(errno.ENOSPC, "no space left")

    with pytest.raises(ShotFileError, match="no room left in") as caught:
        write_atomic(tmp_path / "file", pieces(), error=ShotFileError)
    assert str(tmp_path) in str(caught.value)
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names_in(tmp_path) == ["file"]


def test_an_interrupted_block_leaves_nothing(tmp_path: Path) -> None:
    def interrupted() -> None:
        with atomic_path(tmp_path / "file") as temp:
            temp.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert names_in(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes and links need a right")
def test_mode_and_link_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    write_atomic(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640


def test_a_folder_that_is_a_file_gets_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with pytest.raises(StoreError, match="does not exist; choose another one") as caught:
        write_atomic(tmp_path / "file" / "inner", b"y")
    assert str(tmp_path / "file") in str(caught.value)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (errno.ENOSPC, "no room left"),
        (errno.EFBIG, "no room left"),
        (errno.EROFS, "cannot be written to"),
        (errno.EACCES, "cannot be written to"),
        (errno.ENOTDIR, "does not exist"),
        (errno.ENAMETOOLONG, "not a name"),
        (errno.EIO, "check the disk"),
    ],
)
def test_every_cause_has_its_sentence(code: int, words: str) -> None:
    sentence = write_sentence(OSError(code, "x"), Path("/some/folder/file"))
    assert words in sentence
    assert str(Path("/some/folder")) in sentence
    assert sentence.endswith(".")


def test_sweep_takes_only_old_temporary_files(tmp_path: Path) -> None:
    for name in (".kinebrush-1.tmp", ".kinebrush-2.tmp", "mine.tmp"):
        (tmp_path / name).touch()
    for name in (".kinebrush-1.tmp", "mine.tmp"):
        os.utime(tmp_path / name, (0, 0))
    assert sweep(tmp_path) == 1
    assert names_in(tmp_path) == [".kinebrush-2.tmp", "mine.tmp"]
    assert sweep(tmp_path / "none") == 0


@given(st.text(max_size=300))
def test_any_title_becomes_a_name_every_system_takes(title: str) -> None:
    name = safe_name(title)
    assert 0 < len(name) <= MAX_NAME + 1
    assert len(name.encode()) <= MAX_NAME_BYTES + 1
    assert not set(name) & set('<>:"/\\|?*')
    assert name.isprintable()
    assert name == name.strip(" .")
    assert name.split(".")[0].lower() not in {"con", "prn", "aux", "nul", "com1", "lpt9"}
    assert safe_name(name) == name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Harbour at dawn", "Harbour at dawn"),
        ("a/b\\c: d?", "a b c d"),
        ("CON", "_CON"),
        ("nul.txt", "_nul.txt"),
        ("...", "Untitled"),
        ("", "Untitled"),
        ("\u202eevil\x00", "evil"),
        ("Straße 東京", "Straße 東京"),
        ("broken \udcff name", "broken name"),
    ],
)
def test_names(title: str, name: str) -> None:
    assert safe_name(title) == name


def test_where_the_data_is(tmp_path: Path) -> None:
    chosen = data_dir(tmp_path / "mine", {"KINEBRUSH_DATA_DIR": str(tmp_path / "other")})
    assert (chosen.root, chosen.library) == (tmp_path / "mine", tmp_path / "mine" / "library")
    assert data_dir(None, {"KINEBRUSH_DATA_DIR": str(tmp_path / "other")}).root == tmp_path / "other"
    usual = data_dir(None, {})
    assert usual.library.name == "Kinebrush"
    assert usual.root not in usual.library.parents
    inside = (chosen.jobs, chosen.assets, chosen.simulator, chosen.logs, chosen.settings, chosen.recovery)
    assert all(chosen.root in path.parents for path in (*inside, chosen.owner_lock, chosen.owner_info))
    assert not chosen.root.exists()
    assert chosen.make().root.is_dir()


def test_a_data_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="is in the way"):
        data_dir(tmp_path / "file" / "data").make()
    with pytest.raises(StoreError, match=r"“file” in .* is in the way"):
        data_dir(tmp_path / "file").make()


def test_assets_come_back_as_they_were_put(tmp_path: Path) -> None:
    store, data = AssetStore(tmp_path), b"picture" * 1000
    name = store.put(data)
    assert name == hashlib.sha256(data).hexdigest() == store.put(data)
    assert store.read(name) == data == store.read(asset(data))
    assert store.path(asset(data)) == tmp_path / name[:2] / name
    assert store.missing([name, asset(b"else")]) == {asset(b"else").sha256}


def test_a_missing_damaged_or_misnamed_asset_is_told(tmp_path: Path) -> None:
    store = AssetStore(tmp_path)
    with pytest.raises(StoreError, match="is missing"):
        store.read("0" * 64)
    with pytest.raises(StoreError, match="cannot be read"):
        store.path("../../etc/passwd")
    name = store.put(b"good")
    store.path(name).write_bytes(b"evil")
    with pytest.raises(StoreError, match="was damaged"):
        store.read(name)
    store.put(b"good")
    assert store.read(name) == b"good"


def test_prune_keeps_what_is_named_new_or_foreign(tmp_path: Path) -> None:
    store = AssetStore(tmp_path)
    named, old, new = store.put(b"named"), store.put(b"old"), store.put(b"new")
    foreign = store.path(old).with_name("notes.txt")
    foreign.touch()
    for path in (store.path(named), store.path(old), foreign):
        os.utime(path, (0, 0))
    assert store.prune({named}) == 1
    assert store.missing([named, old, new]) == {old}
    assert foreign.exists()


def test_putting_again_protects_from_prune(tmp_path: Path) -> None:
    store = AssetStore(tmp_path)
    name = store.put(b"again")
    os.utime(store.path(name), (0, 0))
    store.put(b"again")
    assert store.prune(set()) == 0


def test_many_threads_may_put_the_same(tmp_path: Path) -> None:
    store, names = AssetStore(tmp_path), []
    threads = [threading.Thread(target=lambda: names.append(store.put(b"same" * 50_000))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names) == 8
    assert len(set(names)) == 1
    assert names_in(tmp_path / names[0][:2]) == [names[0]]


def test_one_owner_at_a_time(tmp_path: Path) -> None:
    data = data_dir(tmp_path / "data")
    owner = try_own(data, "first")
    assert owner is not None
    with owner:
        assert try_own(data) is None
        info = owner_info(data)
        assert info is not None
        assert (info.pid, info.what) == (os.getpid(), "first")
    assert owner_info(data) is None
    second = try_own(data, "second")
    assert second is not None
    owner.release()  # the first one's word means nothing any more
    assert try_own(data) is None
    second.release()


def test_a_note_that_is_none(tmp_path: Path) -> None:
    data = data_dir(tmp_path).make()
    for text in (b"", b"[]", b"{}", b'{"pid": "x", "since": 1, "what": ""}', b"\xff"):
        data.owner_info.write_bytes(text)
        assert owner_info(data) is None
