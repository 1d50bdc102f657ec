"""What keeps the window's turns short gives the same results as doing it all at once."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QImage, QPainter

from desktop.core import label_map
from desktop.core.edits import Patch
from desktop.core.geometry import Box, Point, whole
from desktop.core.job import JobState
from desktop.imaging import raster
from desktop.imaging.pyramid import picture_levels
from desktop.ui.canvas.look import Look
from desktop.ui.canvas.overlay import table
from desktop.ui.canvas.surface import Surface
from desktop.ui.session import Session
from desktop.ui.take_cards import TakeCards, with_receipt
from tests.canvas_hands import gradient, shot_of
from tests.window_jobs import job

WIDE, HIGH = 2600, 1900  # more tiles than are counted in one turn


def _stroke(session: Session, label: int) -> None:
    session.begin_gesture("stroke")
    stencil, box = raster.segment(Point(300, 300), Point(2000, 1500), 120, 240, whole(WIDE, HIGH))
    session.paint(Patch(stencil, box, label))
    session.commit_gesture()


def test_a_snapshot_that_has_begun_holds_what_was_there(qapp: QCoreApplication) -> None:
    session = Session(shot_of(WIDE, HIGH, 1, 2))
    _stroke(session, 1)
    assert session.shot is not None
    before = session.shot.label_map.copy()
    finish = session.begin_snapshot()
    assert finish is not None
    _stroke(session, 2)
    session.undo()
    session.undo()
    session.apply("box", Patch(np.ones((50, 60), np.uint8), Box(0, 0, 60, 50), 2))
    taken = finish()
    assert np.array_equal(taken.label_map, before)
    assert taken.areas == session.shot.areas
    assert taken.label_map is not session.shot.label_map


def test_no_snapshot_without_a_shot(qapp: QCoreApplication) -> None:
    assert Session().begin_snapshot() is None


@pytest.mark.parametrize("crop", [None, Box(100, 50, 2500, 1850)])
def test_large_changes_are_counted_in_slices_and_told_when_all_are(
    qapp: QCoreApplication, crop: Box | None
) -> None:
    shot = shot_of(WIDE, HIGH, 1, 2, 3)
    session = Session(replace(shot, image=replace(shot.image, crop=crop)))
    told: list[int] = []
    session.coverage_changed.connect(lambda: told.append(1))
    session.apply("all", Patch(np.ones((HIGH, WIDE), np.uint8), whole(WIDE, HIGH), 3))
    assert session.sent_coverage()[3] < WIDE * HIGH
    _stroke(session, 1)
    assert session.shot is not None
    sent = label_map.counts(session.shot.label_map[session.shot.image.frame.slices])
    everything = label_map.counts(session.shot.label_map)
    assert session.sent_coverage() != sent
    told.clear()
    for _ in range(10_000):
        QCoreApplication.processEvents()
        if told and not session.counting:
            break
    assert told
    assert session.sent_coverage() == sent
    assert session.coverage() == everything


def _surface(labels: label_map.LabelMap, shot_areas: tuple[int, ...]) -> Surface:
    surface = Surface(labels)
    shot = shot_of(labels.shape[1], labels.shape[0], *shot_areas)
    surface.set_table(table(shot.areas, Look()))
    surface.set_levels(dict(enumerate(picture_levels(gradient(labels.shape[1], labels.shape[0])))))
    return surface


def _drawn(surface: Surface, shown: Box) -> npt.NDArray[np.uint8]:
    """What is seen once it is drawn in full."""
    while not surface.finished:
        surface.refine()
    image = QImage(shown.width, shown.height, QImage.Format.Format_RGB32)
    with QPainter(image) as painter:
        surface.draw(painter, shown, 0, 0)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(shown.height, shown.width, 4)
    return data[:, :, :3].copy()


@pytest.mark.parametrize("zoom", [1.0, 4.0, 2.5])
def test_a_change_drawn_by_parts_looks_like_the_whole_drawn_anew(qapp: QCoreApplication, zoom: float) -> None:
    wide, high = 400, 300
    shown = whole(round(wide * zoom), round(high * zoom))
    labels = label_map.empty(wide, high)
    surface = _surface(labels, (1, 2, 3))
    surface.prepare(shown, zoom, shown.width, shown.height, 1.0)
    for step in range(12):
        label = 1 + step % 3
        at, to = Point(60 + 20 * step, 150 - 3 * step), Point(66 + 20 * step, 152)
        stencil, box = raster.segment(at, to, 170, 190, whole(wide, high))
        parts = label_map.merge_parts(labels, stencil, box, label)
        surface.labels_changed(label_map.united(parts), zoom, parts)
        surface.prepare(shown, zoom, shown.width, shown.height, 1.0)
    anew = _surface(labels, (1, 2, 3))
    anew.prepare(shown, zoom, shown.width, shown.height, 1.0)
    assert np.array_equal(_drawn(surface, shown), _drawn(anew, shown))


def test_the_parts_of_a_change_hold_it_all() -> None:
    labels = label_map.empty(400, 300)
    stencil, box = raster.segment(Point(100, 150), Point(110, 150), 160, 160, whole(400, 300))
    label_map.merge(labels, stencil, box, 1)
    before = labels.copy()
    stencil, box = raster.segment(Point(110, 150), Point(118, 150), 160, 160, whole(400, 300))
    parts = label_map.merge_parts(labels, stencil, box, 1)
    held = np.zeros(labels.shape, bool)
    for part in parts:
        held[part.slices] = True
    changed = labels != before
    assert changed.any()
    assert not (changed & ~held).any()
    rows, columns = np.nonzero(changed)
    union = Box(int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1)
    assert label_map.united(parts) == union
    assert held.sum() < union.area / 2


def test_cards_are_made_once_and_know_their_receipt_when_it_is_read(tmp_path: Path) -> None:
    video = {"width": 3840, "height": 2160, "fps": 24, "codec": "hevc", "size": 45_000_000, "duration": 5.04}
    record = {"task_id": "t", "service": "s", "model": "m", "body_sha256": "ab" * 32}
    (tmp_path / "receipt.json").write_text(json.dumps({**record, "video": {**video, "sha256": "cd" * 32}}))
    done = job(1, JobState.DONE, take=str(tmp_path), completed=5.0, submitted=1.0)
    later = job(2, JobState.DONE, take=str(tmp_path / "none"), completed=9.0)
    cards = TakeCards()
    first = cards.of([done, later], "shot-1")
    assert [card.key for card in first] == [later.id, done.id]
    assert all(card.of_this_shot for card in first)
    again = cards.of([done, later], "shot-1")
    assert again[0] is first[0]
    assert again[1] is first[1]
    assert not any(card.of_this_shot for card in cards.of([done, later], ""))
    whole_card = with_receipt(first[1])
    assert ("Task", "t") in whole_card.receipt_lines
    assert any("3840" in value for _, value in whole_card.facts)
    assert with_receipt(first[0]).receipt_lines == ()
    cards.keep(whole_card)
    assert cards.card(done, "shot-1").receipt_lines == whole_card.receipt_lines
    assert cards.card(replace(done, shot_name="other"), "shot-1").name == "other"
