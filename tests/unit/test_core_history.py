"""Undo gives every earlier state back bit for bit, redo every later one, in bounded memory."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from desktop.core import edits, label_map, tiles
from desktop.core.areas import MotionArea
from desktop.core.coverage import Coverage
from desktop.core.geometry import EMPTY_BOX, Box, Point, whole
from desktop.core.history import Facts, History
from desktop.core.label_map import LABELS, LabelMap, Stencil
from desktop.core.live_copy import LiveCopy
from desktop.core.nodes import delete_node, insert_node, move_node, nearest, nearest_span
from desktop.core.shot import Shot, SourceImage, new_shot
from desktop.core.trajectory import Trajectory

WIDTH, HEIGHT = 300, 210  # three by two tiles, the last ones cut


def picture(width: int = WIDTH, height: int = HEIGHT, name: str = "a.png") -> SourceImage:
    return SourceImage(b"picture", "image/png", width, height, name)


def fresh() -> Shot:
    return new_shot("shot", picture())


def disc(box: Box) -> Stencil:
    y, x = np.mgrid[-1 : 1 : box.height * 1j, -1 : 1 : box.width * 1j]
    stencil: Stencil = (x * x + y * y <= 1.0).astype(np.uint8)
    return stencil


def state(history: History) -> tuple[Facts, bytes, tuple[int, ...]]:
    labels = history.shot.label_map
    return Facts.of(history.shot), labels.tobytes(), labels.shape


def paint(history: History, box: Box, label: int) -> None:
    history.begin(f"paint {label}")
    history.paint(disc(box), box, label)
    history.commit()


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(-40, WIDTH),
    st.integers(-40, HEIGHT),
    st.integers(1, 220),
    st.integers(1, 220),
)
labels = st.sampled_from((0, *LABELS))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("paint"), st.lists(st.tuples(boxes, labels), min_size=1, max_size=4)),
        st.tuples(st.just("abort"), st.lists(st.tuples(boxes, labels), min_size=1, max_size=3)),
        st.tuples(st.just("area"), st.integers(1, 7)),
        st.tuples(st.just("path"), st.integers(1, 6)),
        st.tuples(st.just("prompt"), st.text(max_size=5)),
        st.tuples(st.just("picture"), st.sampled_from([(150, 105), (300, 210), (120, 200)])),
        st.tuples(st.just("map"), st.integers(0, 7)),
        st.tuples(st.just("pack"), st.none()),
    ),
    max_size=14,
)


def carry_out(history: History, kind: str, argument: object) -> None:
    shot = history.shot
    if kind == "pack":
        history.pack()
        return
    history.begin(kind)
    if kind in ("paint", "abort") and isinstance(argument, list):
        for box, label in argument:
            history.paint(disc(box), box, label, {3})
        if kind == "abort":
            history.replace(replace(history.shot, name="aborted"))
            history.abort()
            return
    elif kind == "area" and isinstance(argument, int):
        history.replace(edits.add_area(shot, argument))
    elif kind == "path" and isinstance(argument, int):
        path = Trajectory((Point(1.0, 2.0), Point(9.0, float(argument))))
        history.replace(edits.set_trajectory(edits.add_area(shot, argument), argument, path))
    elif kind == "prompt":
        history.replace(replace(shot, parameters=replace(shot.parameters, prompt=str(argument))))
        history.commit("prompt")
        return
    elif kind == "picture" and isinstance(argument, tuple):
        history.replace(edits.replace_picture(shot, picture(argument[0], argument[1], f"{argument}.png")))
    elif kind == "map" and isinstance(argument, int):
        painted = shot.label_map.copy()
        painted[5:-5, 3:100] = argument
        history.replace(replace(shot, label_map=painted))
    history.commit()


def test_a_step_says_whether_it_stands() -> None:
    history = History(fresh())
    assert history.last_step is None
    paint(history, Box(10, 10, 40, 40), 1)
    first = history.last_step
    paint(history, Box(10, 10, 40, 40), 2)
    second = history.last_step
    assert first is not None
    assert second is not None
    history.undo()
    assert (first.done, second.done, history.last_step) == (True, False, first)
    history.undo()
    assert (first.done, second.done, history.last_step) == (False, False, None)
    history.redo()
    assert (first.done, second.done) == (True, False)
    history.redo()
    assert (first.done, second.done, history.last_step) == (True, True, second)
    history.undo()
    paint(history, Box(10, 10, 40, 40), 3)
    assert (first.done, second.done) == (True, False)
    assert history.last_step not in (first, second)


@given(steps)
def test_every_state_comes_back_bit_for_bit(sequence: list[tuple[str, object]]) -> None:
    history = History(fresh())
    seen = [state(history)]
    for kind, argument in sequence:
        before = state(history)
        undoable = history.undo_title
        carry_out(history, kind, argument)
        if kind == "abort":
            assert state(history) == before
        elif kind == "prompt" and undoable == "prompt" and len(seen) > 1 and state(history) != before:
            seen[-1] = state(history)  # typing goes on in the same entry
        elif state(history) != before:
            seen.append(state(history))
    walked = [state(history)]
    while history.undo() is not None:
        walked.append(state(history))
        history.pack()
    assert walked[-1] == seen[0]
    assert set(map(hash_of, seen)) <= set(map(hash_of, walked))
    back = [state(history)]
    while history.redo() is not None:
        back.append(state(history))
    assert back == walked[::-1]


def hash_of(seen: tuple[Facts, bytes, tuple[int, ...]]) -> str:
    return repr(seen)


@given(st.lists(st.tuples(boxes, labels), min_size=1, max_size=6))
def test_the_box_of_a_change_holds_every_pixel_that_differs(strokes: list[tuple[Box, int]]) -> None:
    history = History(fresh())
    for box, label in strokes:
        paint(history, box, label)
    while True:
        before = history.shot.label_map.copy()
        change = history.undo()
        if change is None:
            break
        assert differing(before, history.shot.label_map).intersect(change.box) == differing(
            before, history.shot.label_map
        )
        assert change.box.intersect(whole(WIDTH, HEIGHT)) == change.box


def differing(a: LabelMap, b: LabelMap) -> Box:
    return label_map.bounds_of((a != b).astype(np.uint8), 1)


moves = st.lists(
    st.tuples(
        st.sampled_from(("undo", "redo", "paint", "abort", "abort map", "copy", "pack", "look", "begin")),
        st.integers(0, 30),
    ),
    max_size=20,
)


@contextmanager
def small_steps() -> Iterator[None]:
    """Many small tiles, and one of them a step."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tiles, "TILE", 50)
        patch.setattr(tiles, "RUN", 1)
        patch.setattr(tiles, "GROUP", 4)
        yield


@given(steps, moves)
def test_steps_that_are_interrupted_lose_nothing(
    sequence: list[tuple[str, object]], then: list[tuple[str, int]]
) -> None:
    """Whatever comes in the middle of a step finds it made, and no later state is another one for it."""
    with small_steps():
        history = History(fresh())
        seen = [state(history)]
        for kind, argument in sequence:
            carry_out(history, kind, argument)
            place = len(history._undo)
            seen[place:] = [state(history)]
        place = len(history._undo)
        copies: list[tuple[LiveCopy, bytes]] = []
        for move, made in then:
            if move == "undo":
                assert (history.undo() is None) == (place == 0)
                place = max(place - 1, 0)
            elif move == "redo":
                assert (history.redo() is None) == (place == len(seen) - 1)
                place = min(place + 1, len(seen) - 1)
            elif move == "paint":
                history.begin(move)
                history.paint(disc(Box(-20, 30, 280, 190)), Box(-20, 30, 280, 190), made % 8)
                if history.commit() is not None:
                    place += 1
                    seen[place:] = [state(history)]
            elif move == "copy":
                copies.append((history.begin_copy(), seen[place][1]))
            elif move == "pack":
                history.pack()
            elif move == "look":
                assert state(history) == seen[place]
            else:
                history.begin(move)
                if move != "begin":
                    history.paint(disc(Box(0, 0, 120, 90)), Box(0, 0, 120, 90), 6)
                    other = replace(history.shot, label_map=np.full_like(history.shot.label_map, 5))
                    if move == "abort map":
                        other = edits.replace_picture(other, picture(170, 90, "other.png"))
                    history.replace(other)
                    for _ in range(made):
                        history.advance()
                history.abort()
            for _ in range(made):
                history.advance()
        while history.undo() is not None:
            history.advance()
        assert state(history) == seen[0]
        while history.redo() is not None:
            history.advance()
        assert state(history) == seen[-1]
        for copy, before in copies:
            assert copy.finish().tobytes() == before


@given(st.lists(st.tuples(boxes, labels), min_size=1, max_size=4), st.booleans())
def test_the_boxes_of_the_steps_hold_every_pixel_that_differs(
    strokes: list[tuple[Box, int]], packed: bool
) -> None:
    with small_steps():
        history = History(fresh())
        paint(history, Box(50, 20, 250, 180), 3)
        history.begin("strokes")
        for box, label in strokes:
            history.paint(disc(box), box, label)
        history.commit()
        while packed and history.pack():
            pass
        for act in (history.undo, history.redo, history.undo):
            before = history.shot.label_map.copy()
            change = act()
            if change is None:
                break
            held = np.zeros(before.shape, bool)
            while (part := history.advance()) is not None:
                assert part.intersect(change.box) == part or part.empty
                held[part.slices] = True
            assert not history.stepping
            assert not ((history.live.label_map != before) & ~held).any()


def test_a_step_has_its_facts_first_and_its_pixels_bit_by_bit() -> None:
    with small_steps():
        history = History(fresh())
        history.begin("all")
        history.replace(edits.add_area(history.shot, 2))
        history.paint(np.ones((HEIGHT, WIDTH), np.uint8), whole(WIDTH, HEIGHT), 2)
        history.commit()
        history.undo()
        assert history.live.areas == ()
        assert (history.live.label_map == 2).all()
        assert history.advance() == Box(0, 0, 50, 50)
        assert np.count_nonzero(history.live.label_map) == WIDTH * HEIGHT - 2500
        assert history.stepping
        assert not history.shot.label_map.any()
        assert not history.stepping
        assert history.advance() is None


def test_tiles_of_one_value_take_next_to_nothing() -> None:
    history = History(new_shot("large", picture(4000, 3000)))
    history.begin("all")
    history.paint(np.ones((3000, 4000), np.uint8), whole(4000, 3000), 4)
    history.commit()
    assert history.size < 10_000
    assert not history.pack()
    history.undo()
    assert not history.shot.label_map.any()
    history.redo()
    assert (history.shot.label_map == 4).all()
    assert history.size < 10_000


def test_one_disc_is_the_exact_box() -> None:
    history = History(fresh())
    history.begin("paint")
    dirty = history.paint(disc(Box(20, 30, 61, 71)), Box(20, 30, 61, 71), 2)
    change = history.commit()
    assert change is not None
    assert change.box == dirty == Box(20, 30, 61, 71)


def test_a_gesture_that_changes_nothing_is_no_entry() -> None:
    history = History(fresh())
    history.begin("nothing")
    assert history.commit() is None
    history.begin("erase nothing")
    assert history.paint(disc(Box(0, 0, 50, 50)), Box(0, 0, 50, 50), 0) == EMPTY_BOX
    assert history.commit() is None
    assert history.undo() is None
    assert not history.modified


def test_typing_of_one_key_is_one_entry_until_it_is_saved_or_undone() -> None:
    history = History(fresh())

    def type_prompt(text: str, key: str | None) -> None:
        history.begin("prompt")
        shot = history.shot
        history.replace(replace(shot, parameters=replace(shot.parameters, prompt=text)))
        history.commit(key)

    for text in ("a", "ab", "abc"):
        type_prompt(text, "prompt:1")
    type_prompt("abcd", "prompt:2")
    history.mark_saved()
    type_prompt("abcde", "prompt:2")
    assert history.modified
    seen = []
    while history.undo() is not None:
        seen.append(history.shot.parameters.prompt)
    assert seen == ["abcd", "abc", ""]


def test_a_new_edit_forgets_what_was_undone() -> None:
    history = History(fresh())
    paint(history, Box(0, 0, 50, 50), 1)
    history.undo()
    paint(history, Box(100, 100, 150, 150), 2)
    assert history.redo() is None
    assert history.redo_title == ""


def test_saved_is_a_place_in_the_history() -> None:
    history = History(fresh())
    paint(history, Box(0, 0, 50, 50), 1)
    history.mark_saved()
    paint(history, Box(0, 0, 80, 80), 2)
    assert history.modified
    history.undo()
    assert not history.modified
    history.undo()
    assert history.modified
    history.redo()
    assert not history.modified
    history.mark_unsaved()
    assert history.modified


def test_a_gesture_inside_another_is_refused() -> None:
    history = History(fresh())
    history.begin("one")
    with pytest.raises(ValueError, match="open already"):
        history.begin("two")
    with pytest.raises(ValueError, match="gesture is open"):
        history.undo()
    history.abort()
    with pytest.raises(ValueError, match="no gesture"):
        history.commit()


def test_the_oldest_entries_go_when_the_memory_is_full_and_saved_goes_with_them() -> None:
    history = History(fresh(), cap_bytes=60_000)
    rng = np.random.default_rng(0)
    for label in (1, 2, 3, 4, 5, 6):
        history.begin(str(label))
        noise = rng.integers(0, 2, (HEIGHT, WIDTH), dtype=np.uint8)
        history.paint(noise, whole(WIDTH, HEIGHT), label)
        history.commit()
    assert history.size <= 60_000 + WIDTH * HEIGHT
    steps_back = 0
    while history.undo() is not None:
        steps_back += 1
    assert 1 <= steps_back < 6
    assert history.modified  # the state on disk can no longer be reached


def test_a_thousand_strokes_take_less_than_sixteen_megabytes() -> None:
    width, height = 4000, 3000
    history = History(new_shot("large", picture(width, height)))
    rng = np.random.default_rng(7)
    stamps = {radius: disc(Box(0, 0, 2 * radius, 2 * radius)) for radius in (10, 40, 80, 120)}
    for number in range(1000):
        radius = (10, 40, 80, 120)[number % 4]
        x, y = (int(v) for v in rng.integers((0, 0), (width, height)))
        dx, dy = (int(v) for v in rng.integers(-20, 21, 2))
        history.begin("stroke")
        for step in range(15):
            left, top = x + step * dx - radius, y + step * dy - radius
            box = Box(left, top, left + 2 * radius, top + 2 * radius)
            history.paint(stamps[radius], box, number % 7 + 1)
        history.commit()
        while history.pack():
            pass
    assert history.size < 16 * 1024 * 1024
    last = history.shot.label_map.copy()
    count = 0
    while history.undo() is not None:
        count += 1
    assert count > 950  # strokes wholly outside change nothing
    assert not history.shot.label_map.any()
    while history.redo() is not None:
        pass
    assert np.array_equal(history.shot.label_map, last)


@given(st.lists(st.tuples(boxes, labels), max_size=8))
def test_coverage_kept_by_tiles_is_the_count_of_all_pixels(strokes: list[tuple[Box, int]]) -> None:
    history = History(fresh())
    coverage = Coverage(history.shot.label_map)
    for box, label in strokes:
        history.begin("stroke")
        coverage.touch(history.paint(disc(box), box, label))
        history.commit()
        assert coverage.counts() == label_map.counts(history.shot.label_map)


def test_coverage_of_a_map_that_is_painted_already() -> None:
    shot = fresh()
    shot.label_map[10:200, 100:250] = 5
    assert Coverage(shot.label_map).counts() == label_map.counts(shot.label_map)


def painted() -> Shot:
    shot = fresh()
    shot.label_map[10:60, 10:60] = 1
    shot.label_map[10:60, 60:110] = 2
    return replace(shot, areas=(MotionArea(1), MotionArea(2)))


def after(shot: Shot, patch: edits.Patch) -> LabelMap:
    history = History(shot.snapshot())
    history.begin("edit")
    history.paint(patch.stencil, patch.box, patch.label, patch.locked)
    history.commit()
    return history.shot.label_map


def test_add_take_keep_and_erase() -> None:
    shot, box = painted(), Box(30, 30, 90, 90)
    full = np.ones((60, 60), np.uint8)
    added = after(shot, edits.add(shot, full, box, 1))
    assert (added[30:90, 30:90] == 1).all()
    assert (added[10:30, 60:110] == 2).all()
    taken = after(shot, edits.take(shot, full, box, 1))
    assert not taken[30:60, 30:60].any()
    assert np.array_equal(taken == 2, shot.label_map == 2)
    kept = after(shot, edits.keep(shot, full, box, 1))
    assert label_map.bounds_of(kept, 1) == Box(30, 30, 60, 60)
    assert np.array_equal(kept == 2, shot.label_map == 2)
    assert not after(shot, edits.erase(shot, full, box))[30:90, 30:90].any()
    cleared = after(shot, edits.clear(shot, 2))
    assert label_map.counts(cleared)[2] == 0
    assert label_map.counts(cleared)[1] == 2500


@given(st.data())
def test_what_is_hidden_or_locked_stays_as_it_is(data: st.DataObject) -> None:
    labels = data.draw(arrays.arrays(np.uint8, (6, 7), elements=st.sampled_from([0, 1, 2, 3, 7])))
    areas = tuple(
        MotionArea(label, hidden=data.draw(st.booleans()), locked=data.draw(st.booleans()))
        for label in (1, 2, 3, 7)
    )
    shot = replace(new_shot("s", picture(7, 6, "small.png")), label_map=labels, areas=areas)
    label = data.draw(st.sampled_from([1, 2, 3, 7]))
    stencil = data.draw(arrays.arrays(np.uint8, (6, 7), elements=st.integers(0, 1)))
    box = whole(7, 6)
    for name, own, patch in (
        ("add", label, edits.add(shot, stencil, box, label)),
        ("take", label, edits.take(shot, stencil, box, label)),
        ("keep", label, edits.keep(shot, stencil, box, label)),
        ("erase", 0, edits.erase(shot, stencil, box)),
    ):
        found = after(shot, patch)
        for area in areas:
            if area.locked or (area.hidden and area.label != own):
                assert not (found != labels)[labels == area.label].any(), (name, area)
        under = {int(v) for v in labels[stencil != 0]}
        spared = edits.spared(labels, patch)
        unseen = {area.label for area in areas if area.hidden and not area.locked} - {own}
        assert spared == (unseen & under if name in ("add", "erase") else frozenset())


def test_locked_areas_are_neither_painted_over_nor_erased() -> None:
    shot = edits.lock_area(painted(), 2, True)
    full = np.ones((HEIGHT, WIDTH), np.uint8)
    for patch in (
        edits.add(shot, full, whole(WIDTH, HEIGHT), 1),
        edits.erase(shot, full, whole(WIDTH, HEIGHT)),
    ):
        assert np.array_equal(after(shot, patch) == 2, shot.label_map == 2)


def test_nodes_are_moved_inserted_and_deleted() -> None:
    path = Trajectory((Point(0.0, 0.0), Point(50.0, 0.0), Point(100.0, 50.0)))
    assert move_node(path, 1, Point(40.0, 9.0)).nodes[1] == Point(40.0, 9.0)
    assert insert_node(path, 1, Point(20.0, 1.0)).nodes[:2] == (Point(0.0, 0.0), Point(20.0, 1.0))
    left = delete_node(path, 0)
    assert left is not None
    assert left.nodes == path.nodes[1:]
    assert delete_node(left, 0) is None
    assert nearest(path.nodes, Point(52.0, 1.0))[0] == 1
    assert nearest_span(path, Point(25.0, 1.0))[0] == 1
    assert nearest_span(path, Point(80.0, 30.0))[0] == 2


def test_areas_are_moved_renamed_hidden_and_coloured() -> None:
    shot = edits.add_area(painted(), 7)
    assert [a.label for a in shot.areas] == [7, 1, 2]
    assert [a.label for a in edits.move_area(shot, 2, 0).areas] == [2, 7, 1]
    assert edits.rename_area(shot, 1, "  Boat ").areas[1].title == "Boat"
    assert edits.hide_area(shot, 1, True).areas[1].hidden
    assert edits.color_area(shot, 1, "#123456").areas[1].color == "#123456"
    with pytest.raises(ValueError, match="no area 5"):
        edits.hide_area(shot, 5, True)


def test_another_picture_takes_masks_and_paths_along() -> None:
    shot = edits.set_trajectory(painted(), 1, Trajectory((Point(10.0, 10.0), Point(60.0, 60.0))))
    double = edits.replace_picture(shot, picture(2 * WIDTH, 2 * HEIGHT))
    assert label_map.bounds_of(double.label_map, 1) == Box(20, 20, 120, 120)
    assert double.areas[0].trajectory == Trajectory((Point(20.0, 20.0), Point(120.0, 120.0)))
    tall = edits.replace_picture(shot, picture(WIDTH, 2 * HEIGHT))
    assert label_map.bounds_of(tall.label_map, 1) == Box(10, 115, 60, 165)
    assert tall.areas[0].trajectory == Trajectory((Point(10.0, 115.0), Point(60.0, 165.0)))


@given(st.lists(st.tuples(boxes, labels), min_size=1, max_size=5), st.integers(0, 3))
def test_a_copy_that_has_begun_is_not_reached_by_what_is_written_later(
    later: list[tuple[Box, int]], undone: int
) -> None:
    history = History(fresh())
    paint(history, Box(10, 10, 200, 190), 3)
    paint(history, Box(60, 40, 290, 205), 5)
    before = history.shot.label_map.copy()
    copy = history.begin_copy()
    for _ in range(undone):
        history.undo()
    for box, label in later:
        paint(history, box, label)
    history.begin("aborted")
    history.paint(disc(Box(0, 0, 300, 210)), Box(0, 0, 300, 210), 6)
    history.abort()
    history.begin("replaced")
    history.replace(replace(history.shot, label_map=np.full((HEIGHT, WIDTH), 2, np.uint8)))
    history.commit()
    assert np.array_equal(copy.finish(), before)
    assert copy.finished


@given(st.lists(st.tuples(boxes, labels), max_size=4), st.lists(st.tuples(boxes, labels), max_size=4))
def test_a_settled_copy_is_without_the_gesture_that_is_open(
    sooner: list[tuple[Box, int]], later: list[tuple[Box, int]]
) -> None:
    history = History(fresh())
    paint(history, Box(10, 10, 200, 190), 3)
    before, facts = history.shot.label_map.copy(), Facts.of(history.shot)
    history.begin("preview")
    for box, label in sooner:
        history.paint(disc(box), box, label)
    history.replace(replace(history.shot, name="another"))
    copy = history.begin_copy(settled=True)
    assert history.settled_facts == facts
    for box, label in later:
        history.paint(disc(box), box, label)
    history.commit()
    assert np.array_equal(copy.finish(), before)
    assert np.array_equal(history.begin_copy(settled=True).finish(), history.shot.label_map)


def test_a_settled_copy_has_the_size_that_the_map_had() -> None:
    history = History(fresh())
    paint(history, Box(10, 10, 200, 190), 3)
    before = history.shot.label_map.copy()
    history.begin("another picture")
    image = replace(history.shot.image, width=WIDTH * 2, height=HEIGHT * 2)
    doubled = np.full((HEIGHT * 2, WIDTH * 2), 5, np.uint8)
    history.replace(replace(history.shot, image=image, label_map=doubled))
    assert np.array_equal(history.begin_copy(settled=True).finish(), before)
    assert np.array_equal(history.begin_copy().finish(), doubled)


def test_a_copy_is_whole_while_another_thread_paints() -> None:
    random = np.random.default_rng(4)
    pool = ThreadPoolExecutor(1)
    for _ in range(12):
        history = History(replace(fresh(), label_map=random.integers(0, 8, (HEIGHT, WIDTH), np.uint8)))
        before = history.shot.label_map.copy()
        copied = pool.submit(history.begin_copy().finish)
        for _ in range(30):
            left, top = int(random.integers(0, WIDTH - 40)), int(random.integers(0, HEIGHT - 40))
            paint(history, Box(left, top, left + 40, top + 40), int(random.integers(0, 8)))
        assert np.array_equal(copied.result(), before)
    pool.shutdown()


def test_coverage_is_counted_a_few_tiles_at_a_time() -> None:
    labels = np.full((HEIGHT, WIDTH), 4, np.uint8)
    coverage = Coverage(labels)
    assert coverage.known()[4] == 0
    assert not coverage.count(2)
    assert 0 < coverage.known()[4] < labels.size
    assert coverage.count(100)
    assert coverage.counts()[4] == labels.size


def test_a_copy_that_nobody_wants_any_more_is_forgotten() -> None:
    history = History(fresh())
    copy = history.begin_copy()
    gone = weakref.ref(copy)
    del copy
    assert gone() is None
    paint(history, Box(10, 10, 60, 60), 1)
    assert history._copies == []
