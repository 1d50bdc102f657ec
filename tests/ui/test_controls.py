"""Each control is driven by mouse, wheel and keys, as a person would."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QColor,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QWheelEvent,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QTextEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop.ui.controls import (
    Badge,
    Button,
    CheckLine,
    Collapsible,
    CounterText,
    DropTarget,
    EmptyState,
    IconButton,
    Label,
    LinkButton,
    MenuButton,
    NumberBadge,
    NumberBox,
    PrimaryButton,
    ProgressLine,
    Row,
    Segmented,
    SliderNumber,
    StatusDot,
    Toast,
    ToastStack,
    ToolButton,
)
from desktop.ui.theme import Mode, Theme, Tone, current

LEFT = Qt.MouseButton.LeftButton
KEY = Qt.Key
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture(autouse=True)
def theme(qapp: QApplication) -> Iterator[Theme]:
    QCursor.setPos(790, 790)  # under no widget of these tests
    theme = Theme(qapp, Mode.DARK)
    yield theme
    theme.setParent(None)
    theme.deleteLater()


W = TypeVar("W", bound=QWidget)


def shown(qtbot: QtBot, widget: W, width: int = 0) -> W:
    """``widget`` in a window of its own, exposed and active."""
    qtbot.addWidget(widget)
    if width:
        widget.setFixedWidth(width)
    with qtbot.waitExposed(widget):
        widget.show()
    widget.activateWindow()
    return widget


def turn(widget: QWidget, notches: float) -> bool:
    """Turn the wheel over the middle of ``widget``; returns whether it took the turn."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(0, 0),
        QPoint(0, round(120 * notches)),
        Qt.MouseButton.NoButton,
        NONE,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event.isAccepted()


def slider(qtbot: QtBot) -> SliderNumber:
    return shown(qtbot, SliderNumber("Duration", 3, 15, 5, unit="s"), 320)


def track_of(control: SliderNumber) -> QWidget:
    proxy = control.focusProxy()
    assert proxy is not None
    return proxy


def test_slider_follows_the_mouse_and_finishes_once(qtbot: QtBot) -> None:
    control = slider(qtbot)
    moves: list[float] = []
    ends: list[bool] = []
    control.value_changed.connect(moves.append)
    control.editing_finished.connect(lambda: ends.append(True))
    track = track_of(control)
    QTest.mousePress(track, LEFT, pos=QPoint(7, 11))
    QTest.mouseMove(track, QPoint(track.width() // 2, 11))
    assert control.value() == 9
    QTest.mouseMove(track, QPoint(track.width() + 50, 11))
    assert (control.value(), ends) == (15, [])
    QTest.mouseRelease(track, LEFT, pos=QPoint(track.width() + 50, 11))
    assert moves == [3, 9, 15]
    assert ends == [True]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (KEY.Key_Right, 6),
        (KEY.Key_Up, 6),
        (KEY.Key_Left, 4),
        (KEY.Key_Down, 4),
        (KEY.Key_PageUp, 15),
        (KEY.Key_PageDown, 3),
        (KEY.Key_Home, 3),
        (KEY.Key_End, 15),
    ],
)
def test_slider_obeys_keys(qtbot: QtBot, key: Qt.Key, value: float) -> None:
    control = slider(qtbot)
    with qtbot.waitSignal(control.editing_finished):
        QTest.keyClick(track_of(control), key)
    assert control.value() == value


def test_slider_takes_the_wheel_in_whole_notches(qtbot: QtBot) -> None:
    control = slider(qtbot)
    assert turn(control, 2)
    assert control.value() == 7
    turn(control, -0.5)
    assert control.value() == 7
    turn(control, -0.5)
    assert control.value() == 6


def test_number_is_typed_and_held_within_limits(qtbot: QtBot) -> None:
    control = slider(qtbot)
    box = control.findChild(NumberBox)
    assert box is not None
    ends: list[float] = []
    control.editing_finished.connect(lambda: ends.append(control.value()))
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "12")
    assert control.value() == 5  # not before Enter
    QTest.keyClick(box, KEY.Key_Return)
    assert (control.value(), ends) == (12, [12])
    control.set_value(99)
    assert control.value() == 15
    assert track_of(control).accessibleDescription() == "15 s"
    assert box.text() == "15 s"


@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize(
    ("typed", "value"), [("3000", 2000), ("0", 1), ("2001", 2000), ("1", 1), ("2000", 2000), ("", 80)]
)
def test_a_number_beyond_a_limit_becomes_the_limit(
    qtbot: QtBot, typed: str, value: float, leaves: bool
) -> None:
    box = shown(qtbot, NumberBox("Size", 1, 2000, 80, unit="px"))
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, typed)
    if not typed:
        QTest.keyClick(box, KEY.Key_Delete)
    if leaves:
        box.clearFocus()
    else:
        QTest.keyClick(box, KEY.Key_Return)
    assert (box.value(), box.text()) == (value, f"{value} px")


@pytest.mark.parametrize(
    ("typed", "value"), [("-9999", -512.0), ("-77.5", -77.5), ("9999", 512.0), ("-", 3.0)]
)
def test_a_number_below_zero_is_held_in_the_same_way(qtbot: QtBot, typed: str, value: float) -> None:
    box = shown(qtbot, NumberBox("Right", -512, 512, 3, decimals=1, unit="px"))
    box.begin()
    QTest.keyClicks(box, typed)
    QTest.keyClick(box, KEY.Key_Return)
    assert box.value() == value


def test_setting_a_value_is_no_gesture(qtbot: QtBot) -> None:
    control = slider(qtbot)
    ends: list[bool] = []
    control.editing_finished.connect(lambda: ends.append(True))
    control.set_value(8)
    QTest.mousePress(track_of(control), Qt.MouseButton.RightButton)
    track_of(control).setFocus()
    track_of(control).clearFocus()
    assert ends == []


def test_float_slider_keeps_to_its_steps(qtbot: QtBot) -> None:
    control = shown(qtbot, SliderNumber("Guidance", 0, 1, 0.5, step=0.05, decimals=2), 320)
    track = track_of(control)
    for x in range(0, track.width(), 7):
        QTest.mouseClick(track, LEFT, pos=QPoint(x, 11))
        assert (control.value() / 0.05) == pytest.approx(round(control.value() / 0.05))


def test_logarithmic_slider_gives_small_sizes_room(qtbot: QtBot) -> None:
    control = shown(qtbot, SliderNumber("Size", 1, 10_000, 1, unit="px", logarithmic=True), 400)
    track = track_of(control)
    QTest.mouseClick(track, LEFT, pos=QPoint(track.width() // 2, 11))
    assert control.value() == pytest.approx(100, rel=0.05)
    control.set_value(1)
    for _ in range(3):
        QTest.keyClick(track, KEY.Key_Right)
    assert control.value() == 4
    with pytest.raises(ValueError, match="above 0"):
        SliderNumber("Size", 0, 10, 1, logarithmic=True)


def test_wheel_over_a_scrolling_panel_scrolls_instead(qtbot: QtBot) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    control = SliderNumber("Duration", 3, 15, 5)
    layout.addWidget(control)
    page.setMinimumHeight(900)
    area = QScrollArea()
    area.setWidget(page)
    area.resize(300, 200)
    shown(qtbot, area)
    assert area.verticalScrollBar().maximum() > 0
    track_of(control).clearFocus()
    turn(control, 1)
    assert control.value() == 5
    track_of(control).setFocus()
    turn(control, 1)
    assert control.value() == 6


def test_disabled_slider_does_nothing(qtbot: QtBot) -> None:
    control = slider(qtbot)
    control.setEnabled(False)
    QTest.mouseClick(track_of(control), LEFT, pos=QPoint(100, 11))
    turn(control, 1)
    assert control.value() == 5


def test_number_box_lets_the_wheel_pass(qtbot: QtBot) -> None:
    box = shown(qtbot, NumberBox("Jobs at once", 1, 9, 3))
    assert not turn(box, 1)
    QTest.keyClick(box, KEY.Key_Up)
    assert box.value() == 4


def test_counter_counts_warns_and_keeps_what_is_too_long(qtbot: QtBot) -> None:
    control = shown(qtbot, CounterText("Prompt", 20), 300)
    edit = control.focusProxy()
    assert edit is not None
    texts: list[str] = []
    control.text_changed.connect(texts.append)
    QTest.keyClicks(edit, "boat")
    assert (control.counter(), texts[-1]) == ("4 / 20", "boat")
    label = next(label for label in control.findChildren(Label) if label.text() == control.counter())
    assert label.property("ink") == "faint"
    control.set_text("b" * 18)
    assert (label.property("ink"), control.is_over()) == ("warn", False)
    control.set_text("b" * 21)
    assert (label.property("ink"), control.is_over(), edit.property("wrong")) == ("bad", True, True)
    assert len(control.text()) == 21
    control.set_text("\N{SAILBOAT}\N{GRINNING FACE}")
    assert control.counter() == "2 / 20"


def test_counter_grows_with_its_text_and_then_scrolls(qtbot: QtBot) -> None:
    control = shown(qtbot, CounterText("Prompt", 2500, least=2, most=5), 300)
    heights = []
    for lines in (1, 2, 3, 5, 9):
        control.set_text("\n".join(["line"] * lines))
        heights.append(control.sizeHint().height())
    assert heights[0] == heights[1] < heights[2] < heights[3] == heights[4]


def test_lines_keep_their_distance_however_the_text_comes(qtbot: QtBot) -> None:
    control = shown(qtbot, CounterText("Prompt", 2500, least=1, most=20), 300)
    edit = control.findChild(QTextEdit)
    assert edit is not None

    def per_line() -> float:
        return edit.document().size().height() / edit.document().blockCount()

    QTest.keyClicks(edit, "one")
    QTest.keyClick(edit, KEY.Key_Return)
    QTest.keyClicks(edit, "two")
    typed = per_line()
    edit.selectAll()
    QTest.keyClick(edit, KEY.Key_Delete)
    QGuiApplication.clipboard().setText("one\ntwo\nthree")
    edit.paste()
    pasted = per_line()
    control.set_text("one\ntwo")
    assert typed == pasted == per_line() == 18
    QTest.keyClicks(edit, "!")
    edit.undo()
    assert control.text() == "one\ntwo"


def test_tab_leaves_the_prompt(qtbot: QtBot) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    prompt, after = CounterText("Prompt", 20), Button("Next")
    layout.addWidget(prompt)
    layout.addWidget(after)
    shown(qtbot, page)
    prompt.setFocus()
    edit = prompt.focusProxy()
    assert edit is not None
    with qtbot.waitSignal(prompt.editing_finished):
        QTest.keyClick(edit, KEY.Key_Tab)
    assert after.hasFocus()
    assert prompt.text() == ""


def faces(qtbot: QtBot) -> Segmented:
    return shown(qtbot, Segmented((("paint", "Paint"), ("preview", "Preview"), ("takes", "Takes")), "Face"))


def segment(control: Segmented, text: str) -> QAbstractButton:
    return next(button for button in control.findChildren(QAbstractButton) if button.text() == text)


def test_segments_by_mouse_and_value(qtbot: QtBot) -> None:
    control = faces(qtbot)
    chosen: list[str] = []
    control.changed.connect(chosen.append)
    size = control.size()
    QTest.mouseClick(segment(control, "Takes"), LEFT)
    assert (control.value(), chosen) == ("takes", ["takes"])
    control.set_value("takes")
    control.set_value("preview")
    assert chosen == ["takes", "preview"]
    assert control.sizeHint() == size
    with pytest.raises(KeyError):
        control.set_value("nothing")


def test_segments_by_arrows_pass_over_the_closed_one(qtbot: QtBot) -> None:
    control = faces(qtbot)
    control.set_available("preview", False)
    first = segment(control, "Paint")
    first.setFocus()
    QTest.keyClick(first, KEY.Key_Right)
    assert control.value() == "takes"
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == "Takes"
    QTest.keyClick(focused, KEY.Key_Right)
    assert control.value() == "paint"
    QTest.keyClick(first, KEY.Key_Left)
    assert control.value() == "takes"


@pytest.mark.parametrize(
    "make",
    [
        lambda: ToolButton("brush", "Brush", "B"),
        lambda: IconButton("undo", "Undo", "Ctrl+Z"),
        lambda: LinkButton("Why"),
        lambda: Button("Save", "save"),
        lambda: MenuButton("Take 3"),
        lambda: PrimaryButton("Generate", "≈ 2.10 USD"),
        lambda: DropTarget("End frame"),
    ],
)
@pytest.mark.parametrize("key", [KEY.Key_Space, KEY.Key_Return, KEY.Key_Enter])
def test_every_button_is_pressed_by_keys_and_mouse_once(
    qtbot: QtBot, make: Callable[[], QAbstractButton], key: Qt.Key
) -> None:
    button = shown(qtbot, make())
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    QTest.keyClick(button, key)
    assert len(presses) == 1
    QTest.mouseClick(button, LEFT, pos=button.rect().center())
    assert len(presses) == 2
    button.setEnabled(False)
    QTest.keyClick(button, key)
    QTest.mouseClick(button, LEFT, pos=button.rect().center())
    assert len(presses) == 2


def test_a_click_leaves_the_focus_where_it_was(qtbot: QtBot) -> None:
    page = QWidget()
    layout = QVBoxLayout(page)
    prompt, button = CounterText("Prompt", 20), IconButton("undo", "Undo")
    layout.addWidget(prompt)
    layout.addWidget(button)
    shown(qtbot, page)
    prompt.setFocus()
    QTest.mouseClick(button, LEFT)
    assert not button.hasFocus()


def test_a_focus_ring_shows_where_the_keyboard_is(qtbot: QtBot) -> None:
    button = shown(qtbot, IconButton("undo", "Undo"))
    button.clearFocus()
    plain = button.grab().toImage()
    button.setFocus(Qt.FocusReason.TabFocusReason)
    ringed = button.grab().toImage()
    assert plain != ringed
    assert ringed.pixelColor(14, 0).name() == current().accent
    assert plain.pixelColor(14, 0).name() != current().accent


def test_a_tool_follows_its_action(qtbot: QtBot) -> None:
    action = QAction("&Brush")
    action.setShortcut("B")
    action.setCheckable(True)
    button = shown(qtbot, ToolButton())
    button.set_action(action)
    assert (button.accessibleName(), button.toolTip()) == ("Brush", "Brush  B")
    action.setChecked(True)
    assert button.grab().toImage().pixelColor(5, 18).name() == current().accent
    QTest.mouseClick(button, LEFT)
    assert not action.isChecked()
    action.setText("&Eraser")
    assert (button.accessibleName(), button.toolTip()) == ("Eraser", "Eraser  B")
    action.setEnabled(False)
    assert not button.isEnabled()


def test_a_busy_primary_button_cannot_be_pressed_twice(qtbot: QtBot) -> None:
    button = shown(qtbot, PrimaryButton("Generate", "≈ 2.10 USD"), 300)
    presses: list[bool] = []
    button.clicked.connect(lambda: presses.append(True))
    button.set_busy(True)
    QTest.mouseClick(button, LEFT)
    QTest.keyClick(button, KEY.Key_Return)
    QTest.keyClick(button, KEY.Key_Space)
    button.click()
    assert presses == []
    button.set_busy(False)
    QTest.mouseClick(button, LEFT)
    assert presses == [True]
    button.set_detail("≈ 4.20 USD")
    assert button.accessibleName() == "Generate, ≈ 4.20 USD"


def test_fold_by_mouse_and_keys(qtbot: QtBot) -> None:
    fold = shown(qtbot, Collapsible("Webhook", "none"), 300)
    inside = Label("https://example.org")
    fold.content.addWidget(inside)
    head = fold.focusProxy()
    assert head is not None
    assert not inside.isVisible()
    QTest.mouseClick(head, LEFT)
    assert inside.isVisible()
    QTest.keyClick(head, KEY.Key_Return)
    assert not inside.isVisible()
    fold.set_value("set")
    assert head.accessibleName() == "Webhook, set"


def rows(qtbot: QtBot) -> tuple[QWidget, Row, Row, Row]:
    page = QWidget()
    layout = QVBoxLayout(page)
    first, second, third = (Row(f"Area {number}", "4.2 %") for number in range(3))
    for line in (first, second, third):
        layout.addWidget(line)
    shown(qtbot, page)
    return page, first, second, third


def test_rows_by_mouse_and_keys(qtbot: QtBot) -> None:
    _page, first, second, third = rows(qtbot)
    heard: list[str] = []
    for name, line in (("first", first), ("second", second), ("third", third)):
        line.pressed.connect(partial(heard.append, f"{name} pressed"))
        line.opened.connect(partial(heard.append, f"{name} opened"))
    QTest.mouseClick(second, LEFT)
    first.setFocus()
    QTest.keyClick(first, KEY.Key_Up)
    assert first.hasFocus()
    QTest.keyClick(first, KEY.Key_Down)
    assert second.hasFocus()
    QTest.keyClick(second, KEY.Key_Return)
    second.set_selected(True)
    QTest.keyClick(second, KEY.Key_Return)
    QTest.mouseDClick(third, LEFT)
    assert heard == ["second pressed", "second pressed", "second opened", "third opened"]
    assert second.grab().toImage().pixelColor(second.width() // 2, 3).name() == current().raised


def test_a_control_in_a_row_does_not_press_the_row(qtbot: QtBot) -> None:
    line = Row("Sailing boat", "4.2 %")
    eye = IconButton("eye", "Hide")
    line.add_trailing(eye)
    shown(qtbot, line, 300)
    presses: list[str] = []
    line.pressed.connect(partial(presses.append, "row"))
    eye.clicked.connect(partial(presses.append, "eye"))
    QTest.mouseClick(eye, LEFT)
    assert presses[0] == "eye"
    assert len(presses) == 1


def test_a_text_too_long_ends_in_an_ellipsis_and_is_told_whole(qtbot: QtBot) -> None:
    label = shown(qtbot, Label("Clouds with a long name"), 60)
    assert label.toolTip() == "Clouds with a long name"
    label.setFixedWidth(300)
    assert label.toolTip() == ""


def mime(**what: object) -> QMimeData:
    data = QMimeData()
    urls, image, text = what.get("urls"), what.get("image"), what.get("text")
    if isinstance(urls, list):
        data.setUrls(urls)
    if image is not None:
        data.setImageData(image)
    if isinstance(text, str):
        data.setText(text)
    return data


def drop(target: DropTarget, data: QMimeData) -> bool:
    enter = QDragEnterEvent(QPoint(9, 9), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    assert target.is_hovered_by_drag()
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, LEFT, NONE)
    QApplication.sendEvent(target, event)
    assert not target.is_hovered_by_drag()
    return event.isAccepted()


def test_drop_target_takes_files_addresses_and_pictures(qtbot: QtBot, tmp_path: Path) -> None:
    target = shown(qtbot, DropTarget("End frame"), 300)
    heard: list[object] = []
    target.files.connect(heard.append)
    target.urls.connect(heard.append)
    target.image.connect(lambda image: heard.append(image.size().toTuple()))
    file = tmp_path / "evening.png"
    picture = QImage(4, 3, QImage.Format.Format_RGB32)
    picture.fill(QColor("#123456"))
    assert drop(target, mime(urls=[QUrl.fromLocalFile(str(file))]))
    assert drop(target, mime(urls=[QUrl("https://example.org/a.png")]))
    assert drop(target, mime(image=picture))
    assert drop(target, mime(text=" https://example.org/b.png\n"))
    assert not drop(target, mime(text="just words"))
    assert [Path(heard[0][0])] == [file] if isinstance(heard[0], list) else False
    assert heard[1:] == [["https://example.org/a.png"], (4, 3), ["https://example.org/b.png"]]


def test_drop_target_takes_a_paste_and_is_cleared(qtbot: QtBot) -> None:
    target = shown(qtbot, DropTarget("End frame"), 300)
    QGuiApplication.clipboard().setText("https://example.org/c.png")
    with qtbot.waitSignal(target.urls) as pasted:
        QTest.keyClick(target, KEY.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert pasted.args == [["https://example.org/c.png"]]
    with qtbot.assertNotEmitted(target.cleared):
        QTest.keyClick(target, KEY.Key_Delete)
    target.set_filled("evening.png", "3840 × 2160")
    with qtbot.waitSignal(target.cleared):
        QTest.keyClick(target, KEY.Key_Delete)
    clear = target.findChild(IconButton)
    assert clear is not None
    with qtbot.waitSignal(target.cleared), qtbot.assertNotEmitted(target.clicked):
        QTest.mouseClick(clear, LEFT)
    target.set_empty()
    assert not clear.isVisible()


def stack(qtbot: QtBot) -> tuple[QWidget, ToastStack]:
    page = QWidget()
    page.resize(900, 600)
    shown(qtbot, page)
    return page, ToastStack(page, bottom=24)


def test_toasts_stack_at_the_lower_right_and_move_along(qtbot: QtBot) -> None:
    page, toasts = stack(qtbot)
    first = toasts.show_toast("The first is here.")
    second = toasts.show_toast("The second is here.", Tone.GOOD)
    for size in ((900, 600), (700, 500)):
        page.resize(*size)
        assert page.rect().contains(first.geometry())
        assert page.rect().contains(second.geometry())
        assert first.y() < second.y()
        assert second.geometry().bottom() <= page.height() - 24
        assert page.width() - second.geometry().right() < 24
    second.close_now()
    assert toasts.toasts() == [first]


def test_toasts_leave_by_themselves_except_errors(qtbot: QtBot) -> None:
    _page, toasts = stack(qtbot)
    error = toasts.show_toast("The key was refused.", Tone.BAD, seconds=0.01)
    news = toasts.show_toast("It is here.", seconds=0.01)
    with qtbot.waitSignal(news.closed):
        pass
    assert toasts.toasts() == [error]
    assert not error.is_timed()


def test_toast_acts_copies_and_closes(qtbot: QtBot) -> None:
    _page, toasts = stack(qtbot)
    done: list[str] = []
    toast = toasts.show_toast(
        "The key was refused.",
        Tone.BAD,
        action="Check",
        on_action=partial(done.append, "checked"),
        details="HTTP 401",
    )
    links = {link.text(): link for link in toast.findChildren(LinkButton)}
    QTest.mouseClick(links["Copy details"], LEFT)
    assert QGuiApplication.clipboard().text() == "The key was refused.\nHTTP 401"
    assert toasts.toasts() == [toast]
    QTest.keyClick(links["Check"], KEY.Key_Return)
    assert (done, toasts.toasts()) == (["checked"], [])
    again = toasts.show_toast("The key was refused.", Tone.BAD)
    close = again.findChild(IconButton)
    assert close is not None
    QTest.mouseClick(close, LEFT)
    assert toasts.toasts() == []


def test_the_same_news_does_not_pile_up_and_a_flood_is_bounded(qtbot: QtBot) -> None:
    _page, toasts = stack(qtbot)
    assert toasts.show_toast("Offline.") is toasts.show_toast("Offline.")
    error = toasts.show_toast("The key was refused.", Tone.BAD)
    for number in range(9):
        toasts.show_toast(f"Take {number} is here.")
    sentences = [toast.sentence for toast in toasts.toasts()]
    assert sentences == [error.sentence, "Take 6 is here.", "Take 7 is here.", "Take 8 is here."]


def test_progress_runs_only_while_it_is_seen(qtbot: QtBot) -> None:
    line = ProgressLine("Download")
    line.set_value(None)
    assert not line.is_running()
    shown(qtbot, line, 200)
    assert line.is_running()
    line.set_value(2.0)
    assert (line.value(), line.is_running(), line.accessibleName()) == (1.0, False, "Download, 100 %")
    line.set_value(0.5)
    image = line.grab().toImage()
    assert image.pixelColor(50, 1).name() == current().accent
    assert image.pixelColor(150, 1).name() == current().line
    line.set_value(None)
    line.hide()
    assert not line.is_running()


def test_checks_and_empty_places_lead_on(qtbot: QtBot) -> None:
    check = shown(qtbot, CheckLine(Tone.WARN, "Area 2 has no path.", "Draw it"), 300)
    link = check.findChild(LinkButton)
    assert link is not None
    with qtbot.waitSignal(check.activated):
        QTest.mouseClick(link, LEFT)
    assert check.accessibleName() == "Warning: Area 2 has no path."
    check.set_state(Tone.GOOD, "Area 2 has a path.")
    assert not link.isVisible()
    empty = shown(qtbot, EmptyState("picture", "No picture yet"))
    with qtbot.waitSignal(empty.add_action("Open a picture").clicked):
        QTest.keyClick(empty.findChildren(Button)[0], KEY.Key_Return)


def test_marks_say_what_their_colour_says(qtbot: QtBot) -> None:
    badge = shown(qtbot, Badge("Queued"))
    narrow = badge.sizeHint().width()
    badge.set_state("Downloading 64 %", Tone.ACCENT)
    assert badge.sizeHint().width() > narrow
    assert badge.ink() == current().accent
    assert (NumberBadge(0).accessibleName(), NumberBadge(2).accessibleName()) == ("The still area", "Area 2")
    dot = StatusDot(Tone.GOOD, "The key works")
    assert dot.toolTip() == dot.accessibleName() == "The key works"


def test_a_toast_stands_alone_too(qtbot: QtBot) -> None:
    toast = shown(qtbot, Toast("It is here.", Tone.GOOD))
    assert toast.is_timed()
    with qtbot.waitSignal(toast.closed):
        toast.close_now()
    toast.close_now()
