"""News from the background: sentences that stack at the lower right and never block."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QEnterEvent,
    QGuiApplication,
    QHideEvent,
    QPainter,
    QPaintEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from desktop.ui.controls.buttons import LinkButton
from desktop.ui.controls.icon_buttons import IconButton
from desktop.ui.controls.paint import box
from desktop.ui.controls.text import Label
from desktop.ui.icons import paint_icon
from desktop.ui.theme import SPACE, Tone, colour, current, tone_colour

_WIDTH = 360
_EDGE = 4 * SPACE
_SHADOW = 2 * SPACE
_SHOWN = 4
_SECONDS = 6.0
_MOVES = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
_ICONS = {
    Tone.NEUTRAL: "info",
    Tone.ACCENT: "info",
    Tone.GOOD: "check-circle",
    Tone.WARN: "warning",
    Tone.BAD: "x-circle",
}


class ToneIcon(QWidget):
    """The icon of a tone, 16 pixels."""

    def __init__(self, tone: Tone, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setFixedSize(16, 16)

    def set_tone(self, tone: Tone) -> None:
        self._tone = tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with QPainter(self) as painter:
            paint_icon(painter, QRectF(self.rect()), _ICONS[self._tone], tone_colour(self._tone))


class Toast(QWidget):
    """One sentence, perhaps an action, perhaps details to copy. ``closed`` when it goes, however it goes.

    A toast leaves by itself after ``seconds``, but waits while the mouse is over it or while it has no room to be
    seen in; errors (tone *bad*) stay until they are closed.
    """

    closed = Signal()

    def __init__(
        self,
        sentence: str,
        tone: Tone = Tone.NEUTRAL,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        details: str = "",
        seconds: float = _SECONDS,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.sentence = sentence
        self._tone = tone
        self._on_action = on_action
        self._details = details
        self._gone = False
        self.setAccessibleName(sentence)
        self.setFixedWidth(_WIDTH + 2 * _SHADOW)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(round(seconds * 1000))
        self._timer.timeout.connect(self.close_now)
        close = IconButton("x", "Close")
        close.clicked.connect(self.close_now)
        line = QHBoxLayout()
        line.setSpacing(2 * SPACE)
        mark = QVBoxLayout()
        mark.setContentsMargins(0, 6, 0, 0)
        mark.addWidget(ToneIcon(tone))
        mark.addStretch(1)
        words = QVBoxLayout()
        words.setContentsMargins(0, 6, 0, 0)
        words.setSpacing(SPACE)
        self._label = Label(sentence, wrap=True)
        words.addWidget(self._label)
        words.addStretch(1)
        line.addLayout(mark)
        line.addLayout(words, 1)
        line.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        if action or details:
            links = QHBoxLayout()
            links.setContentsMargins(0, 0, 0, 0)
            links.setSpacing(4 * SPACE)
            if action:
                self._action = LinkButton(action, flush=True)
                self._action.clicked.connect(self._act)
                links.addWidget(self._action)
            if details:
                self._copy = LinkButton("Copy details", flush=True)
                self._copy.setToolTip(details if len(details) < 400 else details[:400] + "…")
                self._copy.clicked.connect(self._copy_details)
                links.addWidget(self._copy)
            links.addStretch(1)
            words.addLayout(links)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(_SHADOW + 12, _SHADOW + 6, _SHADOW + 6, _SHADOW + 8)
        whole.addLayout(line)
        self.fit()
        self.restart()

    def fit(self) -> None:
        """Be as high as the sentence needs at the toast's width."""
        layout = self.layout()
        if layout is not None:
            self.resize(self.width(), layout.totalHeightForWidth(self.width()))

    def tone(self) -> Tone:
        return self._tone

    def is_timed(self) -> bool:
        """Whether it will leave by itself."""
        return self._timer.isActive()

    def restart(self) -> None:
        """Count the time again, as for the same news once more."""
        if self._tone is not Tone.BAD and not self._gone:
            self._timer.start()

    def close_now(self) -> None:
        """Leave; calling it again does nothing."""
        if not self._gone:
            self._gone = True
            self._timer.stop()
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def _act(self) -> None:
        self.close_now()
        if self._on_action is not None:
            self._on_action()

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.sentence}\n{self._details}")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not event.spontaneous():
            self.restart()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self._timer.stop()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._timer.stop()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self.restart()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        body = QRectF(self.rect()).adjusted(_SHADOW, _SHADOW, -_SHADOW, -_SHADOW)
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            for spread in range(_SHADOW, 0, -1):
                painter.setBrush(colour("#000000", 0.016))
                grown = body.adjusted(-spread, -spread + 2, spread, spread)
                painter.drawRoundedRect(grown, 6 + spread, 6 + spread)
            box(painter, body, fill=tokens.panel, line=tokens.line)


class ToastStack(QObject):
    """Shows toasts over ``parent``, newest lowest, above ``bottom`` pixels kept free for a status bar.

    At most four are seen; a newer one then takes the place of the oldest that would leave anyway. The same sentence
    again while it is still shown does not pile up. They never cover what is to be kept free: older ones wait, unseen,
    until there is room again.
    """

    def __init__(self, parent: QWidget, bottom: int = 0) -> None:
        super().__init__(parent)
        self._parent = parent
        self._bottom = bottom
        self._toasts: list[Toast] = []
        self._rooms: tuple[QWidget, ...] = ()
        self._kept_free: list[QWidget] = []
        parent.installEventFilter(self)

    def keep_to(self, *rooms: QWidget) -> None:
        """Stay over the one of these that is in sight: around it are controls."""
        self._rooms = rooms
        for room in rooms:
            room.installEventFilter(self)

    def keep_free(self, *widgets: QWidget) -> None:
        """Stand above these while they are in sight, or step aside for a moment (their property *aside*)."""
        self._kept_free += widgets
        for widget in widgets:
            widget.installEventFilter(self)
        self._place()

    def toasts(self) -> list[Toast]:
        """Those there are now, oldest first."""
        return list(self._toasts)

    def show_toast(
        self,
        sentence: str,
        tone: Tone = Tone.NEUTRAL,
        *,
        action: str = "",
        on_action: Callable[[], object] | None = None,
        details: str = "",
        seconds: float = _SECONDS,
    ) -> Toast:
        """Show ``sentence``; see ``Toast``. Returns the toast, which may be one already shown."""
        for shown in self._toasts:
            if shown.sentence == sentence and shown.tone() == tone:
                shown.restart()
                return shown
        toast = Toast(
            sentence,
            tone,
            action=action,
            on_action=on_action,
            details=details,
            seconds=seconds,
            parent=self._parent,
        )
        self._toasts.append(toast)
        toast.closed.connect(self._on_closed)
        while len(self._toasts) > _SHOWN:
            older = self._toasts[:-1]
            leaving = next((old for old in older if old.is_timed()), None)
            leaving = leaving or next((old for old in older if old.tone() is not Tone.BAD), older[0])
            leaving.close_now()
        self._place()
        QAccessible.updateAccessibility(QAccessibleEvent(toast, QAccessible.Event.Alert))
        return toast

    def _on_closed(self) -> None:
        closed = self.sender()
        self._toasts = [toast for toast in self._toasts if toast is not closed]
        self._place()

    def _place(self) -> None:
        self._kept_free = [widget for widget in self._kept_free if isValid(widget)]
        rooms = [self._seen(widget) for widget in self._rooms if widget.isVisible()]
        room = next((room for room in rooms if not room.isEmpty()), self._parent.rect())
        taken = [self._seen(widget) for widget in self._kept_free if _takes_room(widget)]
        left = max(room.right() + 1 - _EDGE - _WIDTH, room.left())
        bottom = room.bottom() + 1 - self._bottom - _EDGE
        for toast in reversed(self._toasts):
            toast.fit()
            high = toast.height() - 2 * _SHADOW
            body = QRect(left, bottom - high, _WIDTH, high)
            while (under := next((rect for rect in taken if rect.intersects(body)), None)) is not None:
                body.moveBottom(under.top() - _SHADOW - 1)
            toast.setVisible(body.top() - _SHADOW >= room.top())
            toast.move(body.left() - _SHADOW, body.top() - _SHADOW)
            toast.raise_()
            bottom = body.top() - 2 * SPACE

    def _seen(self, widget: QWidget) -> QRect:
        """Where a widget lies over the parent; nowhere when it is in another window."""
        if widget.window() is not self._parent.window():
            return QRect()
        return QRect(self._parent.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0))), widget.size())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The type first: a window that is collected tells of its end when nothing of this is left any more.
        if event.type() in _MOVES and (event.type() == QEvent.Type.Resize or watched is not self._parent):
            self._place()
        return False


def _takes_room(widget: QWidget) -> bool:
    return widget.isVisible() or bool(widget.property("aside"))
