"""The face *Paint* of the stage: options, canvas, zoom; and what stands there while nothing is open."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, Qt
from PySide6.QtGui import QAction, QSinglePointEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QVBoxLayout, QWidget

from desktop.ui.actions import Actions
from desktop.ui.area_ops import AreaOps
from desktop.ui.canvas.navigator import Navigator
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import EmptyState, rule, set_surface
from desktop.ui.picture_bars import AlignBar, CropBar
from desktop.ui.player.zoom_bar import ZoomBar
from desktop.ui.sent_size import SentSize
from desktop.ui.session import Session
from desktop.ui.tokens import SPACE
from desktop.ui.tool_bars import OptionsBar

LEAST_WIDTH = 480
"""Logical pixels: the bar of any tool fits, folded."""

_AWAY = 16
"""Logical pixels around what floats over the picture where a drag makes it step aside."""

_DRAGS = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.TabletMove,
    QEvent.Type.TabletRelease,
)

EMPTY_HINTS = (("Ctrl+N", "open a picture"), ("Ctrl+V", "paste one"), ("Ctrl+K", "find an action"))


class PaintFace(QWidget):
    """Options above the canvas; the zoom bar floats at its lower left corner."""

    def __init__(self, session: Session, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.canvas = CanvasView(session)
        self.canvas.setAccessibleName("Picture")
        self.options = OptionsBar(self.canvas, actions)
        fit, actual = (actions[name].shortcut().toString() for name in ("canvas-fit", "canvas-actual-size"))
        less, more = (_zoom_keys(actions[name]) for name in ("canvas-zoom-out", "canvas-zoom-in"))
        self.zoom_bar = ZoomBar(fit, actual, less, more, self.canvas)
        self.zoom_bar.fit.connect(self.canvas.fit)
        self.zoom_bar.actual.connect(self.canvas.actual_size)
        self.zoom_bar.zoom_in.connect(self.canvas.zoom_in)
        self.zoom_bar.zoom_out.connect(self.canvas.zoom_out)
        self.canvas.zoom_changed.connect(self.zoom_bar.set_zoom)
        self.navigator = Navigator(self.canvas)
        self.area_ops = AreaOps(session, self.canvas)
        self.sent = SentSize(self)
        self.crop_bar = CropBar(self.canvas, self.sent)
        self.align_bar = AlignBar(self.canvas)
        self.canvas.installEventFilter(self)
        self.empty = EmptyState(
            "picture", "Drop a picture here", "Or open one; then paint what moves and draw where it goes."
        )
        self.empty.add_action("Open a picture", primary=True).clicked.connect(actions["new"].trigger)
        self.empty.add_action("Open the sample").clicked.connect(actions["sample"].trigger)
        self.empty.hide()  # at the start a shot is on its way: what is gone at once need not be read
        blank = self._blank = QWidget()
        blank.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        blank.setAccessibleName("No picture yet")
        set_surface(blank, "stage")
        centred = QVBoxLayout(blank)
        centred.addStretch(1)
        centred.addWidget(self.empty)
        centred.addStretch(1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(blank)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for bar in (self.options, self.crop_bar, self.align_bar):
            layout.addWidget(bar)
        layout.addWidget(rule())
        layout.addWidget(self._stack, 1)
        session.shot_replaced.connect(self._show_what_is_open)
        for signal in (session.shot_replaced, session.picture_changed, self.canvas.options.crop.changed):
            signal.connect(self._ask_what_is_sent)
        self.canvas.tool_changed.connect(self._tool_changed)
        self._tool_changed(self.canvas.tool_name)
        self._show_what_is_open()

    def _show_what_is_open(self) -> None:
        something = self._session.shot is not None
        self._stack.setCurrentIndex(0 if something else 1)
        self.options.setEnabled(something)
        if something:
            self.offer()
        focused = QApplication.focusWidget()
        if focused is None or not focused.inputMethodQuery(Qt.InputMethodQuery.ImEnabled):
            # Whatever had the keys before, they go to the picture now; only typing is not interrupted.
            (self.canvas if something else self._blank).setFocus()
        self.tell_hints()

    @property
    def room(self) -> QWidget:
        """Where the picture is, or what stands there without one."""
        return self._stack

    def offer(self) -> None:
        """Nothing is on its way any more: say how to get a picture, if there is none."""
        self.empty.show()

    def tell_hints(self) -> None:
        """Say what to press: to work with the tool, or to get a picture in the first place."""
        if self._session.shot is None:
            self.canvas.hint_changed.emit(list(EMPTY_HINTS))
        else:
            self.canvas.tell_hints()

    def stop(self) -> None:
        """Before the end: wait for the threads."""
        self.sent.stop()
        self.area_ops.stop()
        self.canvas.stop()

    def _tool_changed(self, name: str) -> None:
        """Crop and align have bars of their own."""
        bars = {"crop": self.crop_bar, "align": self.align_bar}
        shown = bars.get(name, self.options)
        for bar in (self.options, self.crop_bar, self.align_bar):
            if bar is not shown:
                bar.hide()
        shown.show()  # last: what is shown is laid out at once, and two bars would push the picture down
        self._ask_what_is_sent()

    def _ask_what_is_sent(self) -> None:
        shot, crop = self._session.shot, self.canvas.options.crop
        image = None if shot is None else shot.image
        if image is not None and self.canvas.tool_name == "crop":
            image = crop.image(image)
        self.sent.ask(image, crop.limits)

    def _step_aside(self, event: QSinglePointEvent) -> None:
        """What floats over the picture gives way to a drag that comes there, until the button is let go."""
        at = event.position().toPoint()
        if event.buttons() == Qt.MouseButton.NoButton:
            self._put_aside(False)
            self.navigator.set_aside(False)
        else:
            self._put_aside(_around(self.zoom_bar).contains(at))
            self.navigator.set_aside(_around(self.navigator).contains(at))

    def _put_aside(self, aside: bool) -> None:
        self.zoom_bar.setProperty("aside", aside)
        self.zoom_bar.setVisible(not aside)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The type first: a filter may outlive what it was set for.
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show) and watched is self.canvas:
            self.zoom_bar.adjustSize()
            self.zoom_bar.move(3 * SPACE, self.canvas.height() - self.zoom_bar.height() - 3 * SPACE)
            self.navigator.refresh()
        elif event.type() in _DRAGS and watched is self.canvas and isinstance(event, QSinglePointEvent):
            self._step_aside(event)
        return super().eventFilter(watched, event)


def _around(widget: QWidget) -> QRect:
    return widget.geometry().adjusted(-_AWAY, -_AWAY, _AWAY, _AWAY)


def _zoom_keys(action: QAction) -> list[str]:
    """The first of an action's keys, and the first with Ctrl, which works while a tool has a use for the other."""
    keys = [sequence.toString() for sequence in action.shortcuts()]
    return [keys[0], *[text for text in keys if text.startswith("Ctrl")][:1]]
