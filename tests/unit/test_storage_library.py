"""The library and its receipts."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop.core.conventions import KLING
from desktop.core.errors import StoreError
from desktop.core.job import Attempt, Job, JobState, Outcome
from desktop.core.request import Request, to_record
from desktop.storage.library import Library
from desktop.storage.receipt import Receipt, VideoFacts, make_receipt, read_receipt, receipt_json
from tests.shots import TEXTS, Made, asset, requests

DAY = 1_795_400_000.0
VIDEO = b"video" * 100
REQUEST = Request("kling-4k-i2v", KLING, asset(), "waves", "", 0.5, 5, static_mask=asset(b"mask"))


def job(job_id: str = "0123456789abcdef", name: str = "Harbour: dawn") -> Job:
    return Job(
        job_id,
        "shot-1",
        name,
        "magnific",
        REQUEST,
        DAY,
        shot_sha256="5" * 64,
        state=JobState.DOWNLOADING,
        estimate=2.1,
        currency="USD",
        price_dated="2026-11",
        task_id="task",
        submitted=DAY + 1,
        completed=DAY + 100,
    )


def receipt_of(one: Job, video: bytes = VIDEO) -> Receipt:
    attempts = [
        Attempt(one.id, 1, DAY, Outcome.REFUSED, DAY + 0.5, 3, "aa", 429),
        Attempt(one.id, 2, DAY, Outcome.ACCEPTED, DAY + 1, 9, "bb", 200, "task", "req"),
    ]
    facts = VideoFacts("c" * 64, len(video), 3840, 2160, 24.0, 120, 5.0, "avc1")
    return make_receipt(one, attempts, facts, downloaded=DAY + 110, program="Kinebrush 0.1")


def place(library: Library, one: Job, video: bytes = VIDEO) -> Path:
    part = library.part_path(one.id)
    part.write_bytes(video)
    return library.place(
        one,
        part,
        receipt=receipt_of(one, video),
        shot_bytes=b"shot",
        poster_bytes=b"poster",
        request_record=to_record(one.request),
    )


def test_a_take_is_whole_and_alone(tmp_path: Path) -> None:
    library, one = Library(tmp_path / "library"), job()
    library.part_meta_path(one.id).write_text("{}")
    folder = place(library, one)
    assert folder.name.endswith(" Harbour dawn [01234567]")
    assert folder.name.startswith("2026-11-2")
    contents = {entry.name: entry.read_bytes() for entry in folder.iterdir()}
    assert contents.keys() == {"video.mp4", "receipt.json", "request.json", "poster.jpg", "shot.kinebrush"}
    assert (contents["video.mp4"], contents["shot.kinebrush"], contents["poster.jpg"]) == (
        VIDEO,
        b"shot",
        b"poster",
    )
    assert json.loads(contents["request.json"]) == json.loads(json.dumps(to_record(REQUEST)))
    assert read_receipt(contents["receipt.json"]) == receipt_of(one)
    assert sorted(entry.name for entry in library.root.iterdir()) == [".incoming", folder.name]
    assert list((library.root / ".incoming").iterdir()) == []


def test_placing_again_gives_the_take_that_is_there(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    folder = place(library, one)
    (folder / "video.mp4").touch()
    assert place(library, one, b"another") == folder
    assert (folder / "video.mp4").read_bytes() == VIDEO
    assert [take.folder for take in library.takes()] == [folder]
    assert not library.part_path(one.id).exists()


def test_a_take_of_another_job_is_never_overwritten(tmp_path: Path) -> None:
    """Two ids that begin alike give one name; the second take gets a number."""
    library = Library(tmp_path)
    first, second = place(library, job("01234567-a")), place(library, job("01234567-b"), b"other")
    assert second.name == f"{first.name} (2)"
    assert (first / "video.mp4").read_bytes() == VIDEO
    assert library.find(job("01234567-a")) == first
    assert library.find(job("01234567-b")) == second
    assert library.find(job("01234567-c")) is None


def test_what_stands_in_the_way_stays(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    name = place(library, one).name
    shutil.rmtree(tmp_path / name)
    (tmp_path / name).mkdir()
    assert place(library, one).name == f"{name} (2)"
    assert list((tmp_path / name).iterdir()) == []


def test_a_renamed_take_is_found_by_what_the_job_knows(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    folder = place(library, one).rename(tmp_path / "My favourite")
    assert library.find(one) is None
    assert library.find(replace(one, take=str(folder))) == folder
    assert library.find(replace(one, id="other", take=str(folder))) is None


@pytest.mark.parametrize("harm", ["video gone", "video cut", "receipt gone", "receipt broken", "folder gone"])
def test_a_take_that_was_harmed_is_none_and_can_be_made_again(tmp_path: Path, harm: str) -> None:
    library, one = Library(tmp_path), job()
    folder = place(library, one)
    if harm == "folder gone":
        shutil.rmtree(folder)
    elif harm == "video cut":
        os.truncate(folder / "video.mp4", 10)
    elif harm == "receipt broken":
        (folder / "receipt.json").write_text("{}")
    else:
        (folder / ("video.mp4" if harm == "video gone" else "receipt.json")).unlink()
    assert library.find(one) is None
    assert not list(library.takes())
    again = place(library, one)
    assert (again / "video.mp4").read_bytes() == VIDEO
    assert library.find(one) == again


def test_a_crash_between_the_two_renames_is_finished(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    folder = place(library, one)
    half = tmp_path / ".incoming" / f"{one.id}.take"
    folder.rename(half)
    assert not list(library.takes())
    assert library.find(one) == folder
    assert not half.exists()
    assert (folder / "video.mp4").read_bytes() == VIDEO


def test_a_crash_before_the_video_came_in_starts_over(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    half = tmp_path / ".incoming" / f"{one.id}.take"
    half.mkdir(parents=True)
    (half / "receipt.json").write_text("half")
    (half / ".kinebrush-x.tmp").write_text("half")
    assert library.find(one) is None
    folder = place(library, one)
    assert read_receipt((folder / "receipt.json").read_bytes()) == receipt_of(one)
    assert len(list(folder.iterdir())) == 5


def test_without_a_download_there_is_no_take(tmp_path: Path) -> None:
    library, one = Library(tmp_path), job()
    with pytest.raises(StoreError, match="download it again"):
        library.place(
            one,
            library.part_path(one.id),
            receipt=receipt_of(one),
            shot_bytes=b"",
            poster_bytes=b"",
            request_record={},
        )
    assert library.find(one) is None


def test_a_library_that_cannot_be_made_keeps_the_download(tmp_path: Path) -> None:
    part = tmp_path / "video.part"
    part.write_bytes(VIDEO)
    (tmp_path / "file").touch()
    library = Library(tmp_path / "file" / "library")
    with pytest.raises(StoreError, match="is in the way"):
        library.place(
            job(), part, receipt=receipt_of(job()), shot_bytes=b"", poster_bytes=b"", request_record={}
        )
    with pytest.raises(StoreError, match="is in the way"):
        library.part_path("x")
    assert part.read_bytes() == VIDEO
    assert not list(library.takes())


def test_damaged_downloads_are_kept_apart(tmp_path: Path) -> None:
    library = Library(tmp_path)
    kept = []
    for content in (b"one", b"two"):
        library.part_path("job").write_bytes(content)
        library.part_meta_path("job").write_text("{}")
        kept.append(library.set_aside("job"))
        assert not library.part_path("job").exists()
        assert not library.part_meta_path("job").exists()
    assert [path.read_bytes() for path in kept] == [b"one", b"two"]
    with pytest.raises(StoreError):
        library.set_aside("job")
    library.part_path("job").write_bytes(b"x")
    library.discard_part("job")
    library.discard_part("job")
    assert not library.part_path("job").exists()


def test_a_hostile_id_stays_in_the_library(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    assert library.part_path("../../evil").parent == tmp_path / "library" / ".incoming"


def test_takes_are_listed_newest_first(tmp_path: Path) -> None:
    library = Library(tmp_path)
    (tmp_path / "holiday").mkdir()
    (tmp_path / "note.txt").touch()
    older = place(library, replace(job("aaaaaaaa"), completed=DAY - 1e6))
    newer = place(library, replace(job("bbbbbbbb"), shot_id="shot-2"))
    take, other = library.takes()
    assert (take.folder, take.receipt.shot_id, take.video.read_bytes()) == (newer, "shot-2", VIDEO)
    assert (other.folder, other.receipt.shot_id) == (older, "shot-1")
    assert (take.poster.name, take.shot.name) == ("poster.jpg", "shot.kinebrush")
    assert not list(Library(tmp_path / "none").takes())


@given(name=TEXTS | st.text(max_size=300))
@settings(max_examples=40)
def test_any_shot_name_gives_a_take(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    library = Library(tmp_path_factory.mktemp("library"))
    folder = place(library, job(name=name))
    assert folder.parent == library.root
    assert folder.name.endswith("[01234567]")
    assert library.find(job(name=name)) == folder


# --- receipts ---------------------------------------------------------------------------------------------------------


@given(made=requests(), name=TEXTS)
@settings(max_examples=25)
def test_receipts_come_back(made: Made, name: str) -> None:
    receipt = receipt_of(replace(job(name=name), request=made.request))
    assert read_receipt(receipt_json(receipt)) == receipt


def test_a_receipt_says_what_was_sent_and_when() -> None:
    record = json.loads(receipt_json(receipt_of(job())))
    assert (record["format"], record["version"]) == ("kinebrush-receipt", 1)
    assert record["asset_sha256"] == [asset().sha256, asset(b"mask").sha256]
    assert record["body_sha256"] == "bb", "the body of the attempt that was accepted"
    assert [attempt["http_status"] for attempt in record["attempts"]] == [429, 200]
    assert record["utc"]["submitted"].endswith("+00:00")
    assert (record["estimate"], record["price_dated"], record["model"]) == (2.1, "2026-11", "kling-4k-i2v")
    later = {**record, "later": 1, "video": {**record["video"], "later": 2}}
    assert read_receipt(json.dumps(later).encode()) == receipt_of(job())


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"null",
        b"\xff",
        b'{"format": "kinebrush-receipt"}',
        b'{"format": "x"}',
        b"[" * 99_999,
    ],
)
def test_what_is_no_receipt(data: bytes) -> None:
    with pytest.raises(StoreError, match="not a receipt"):
        read_receipt(data)


def test_a_newer_receipt() -> None:
    record = json.loads(receipt_json(receipt_of(job())))
    with pytest.raises(StoreError, match="newer Kinebrush"):
        read_receipt(json.dumps({**record, "version": 2}).encode())
