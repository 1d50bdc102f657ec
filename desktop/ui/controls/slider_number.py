"""A slim slider and a number box that show one value.

Drag, wheel, arrows, Page Up and Down, Home and End, or type. ``value_changed`` follows every move;
``editing_finished`` comes once per gesture (release, Enter, leaving, or the wheel and the keys come to rest), which is
when a document makes one entry of undo.
"""

import math

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QWidget

from desktop.ui.controls.number_box import NumberBox
from desktop.ui.controls.paint import box, handle
from desktop.ui.controls.text import Ink, Label, set_property
from desktop.ui.theme import SPACE, current

_REACH = 9.0  # half of the handle, with its gap and the ring of the focus
_UNBOUNDED = (1 << 24) - 1  # Qt's QWIDGETSIZE_MAX
_PAUSE = 400  # milliseconds without wheel or key that end a gesture


def _scrolls_by(widget: QWidget) -> bool:
    """Whether the wheel over ``widget`` should rather scroll the panel it lies in."""
    above = widget.parentWidget()
    while above is not None and not isinstance(above, QScrollArea):
        above = above.parentWidget()
    return isinstance(above, QScrollArea) and above.verticalScrollBar().maximum() > 0


class _Track(QWidget):
    """The slider itself; works in shares of the way, 0 to 1."""

    moved = Signal(float)
    stepped = Signal(int)
    jumped = Signal(float)
    released = Signal()
    typed = Signal(str)
    """A digit was pressed, where `takes_digits`."""

    def __init__(self) -> None:
        super().__init__()
        self.takes_digits = False
        self._share = 0.0
        self._dragging = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(48)
        self.setFixedHeight(22)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(130, 22)

    def share(self) -> float:
        return self._share

    def set_share(self, share: float) -> None:
        self._share = share
        self.update()

    def centre(self) -> QPointF:
        """Where the handle is."""
        return QPointF(_REACH + self._share * (self.width() - 2 * _REACH), self.height() / 2)

    def _drag_to(self, event: QMouseEvent) -> None:
        room = max(1.0, self.width() - 2 * _REACH)
        self.moved.emit(min(1.0, max(0.0, (event.position().x() - _REACH) / room)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragging = True
            self._drag_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragging:
            self._drag_to(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._dragging and event.button() == Qt.MouseButton.LeftButton:
            self._dragging = False
            self.released.emit()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._digit(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def _digit(self, event: QKeyEvent) -> str:
        """The digit of a key, where it is wanted."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        return event.text() if self.takes_digits and plain and event.text().isdecimal() else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if digit := self._digit(event):
            self.typed.emit(digit)
            return
        key = Qt.Key
        steps = {
            key.Key_Left: -1,
            key.Key_Down: -1,
            key.Key_Right: 1,
            key.Key_Up: 1,
            key.Key_PageDown: -10,
            key.Key_PageUp: 10,
        }
        pressed = Qt.Key(event.key())
        if pressed in steps:
            self.stepped.emit(steps[pressed])
        elif pressed in (key.Key_Home, key.Key_End):
            self.jumped.emit(0.0 if pressed == key.Key_Home else 1.0)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.released.emit()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        middle = self.height() / 2
        with QPainter(self) as painter:
            whole = QRectF(0, middle - 2, self.width(), 4)
            box(painter, whole, fill=tokens.line, radius=2)
            centre = self.centre()
            done = QRectF(0, middle - 2, centre.x(), 4)
            box(painter, done, fill=tokens.accent if self.isEnabled() else tokens.faint, radius=2)
            handle(painter, centre, enabled=self.isEnabled(), focused=self.hasFocus())


class SliderNumber(QWidget):
    """One number with a slider, from ``minimum`` to ``maximum`` in steps of ``step``.

    ``decimals`` 0 makes it an integer (``value()`` is then a whole float). ``logarithmic`` spreads small values over
    the slider, for brush sizes; the minimum must then be above 0. ``label`` stands before the slider, ``label_width``
    aligns several under each other.
    """

    value_changed = Signal(float)
    editing_finished = Signal()

    def __init__(
        self,
        label: str,
        minimum: float,
        maximum: float,
        value: float,
        *,
        step: float = 1.0,
        decimals: int = 0,
        unit: str = "",
        logarithmic: bool = False,
        label_width: int = 0,
        show_label: bool = True,
        ink: Ink = "muted",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        if not minimum < maximum or (logarithmic and minimum <= 0):
            raise ValueError(
                "The slider needs minimum < maximum, and a minimum above 0 if it is logarithmic."
            )
        self._step = step
        self._logarithmic = logarithmic
        self._unfinished = False
        self._roomy = 0, _UNBOUNDED
        self._wheel = 0
        self._label = Label(label, ink=ink)
        self._track = _Track()
        self._number = NumberBox(label, minimum, maximum, value, step=step, decimals=decimals, unit=unit)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PAUSE)
        self._rest.timeout.connect(self._finish)
        self._track.setAccessibleName(self._number.accessibleName())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE)
        if show_label:
            if label_width:
                self._label.setFixedWidth(label_width)
            layout.addWidget(self._label)
        layout.addWidget(self._track, 1)
        layout.addWidget(self._number)
        self.setFixedHeight(26)
        self.setFocusProxy(self._track)
        self._show_share()
        self._number.valueChanged.connect(self._on_number)
        self._number.editingFinished.connect(self._finish)
        self._track.moved.connect(self._on_moved)
        self._track.stepped.connect(self._on_stepped)
        self._track.jumped.connect(self._on_jumped)
        self._track.released.connect(self._finish)
        self._track.typed.connect(self._number.begin)

    def value(self) -> float:
        return self._number.value()

    def set_value(self, value: float) -> None:
        """Show ``value``, held within the limits; ``value_changed`` follows if it is new."""
        unfinished = self._unfinished
        self._number.setValue(value)
        self._unfinished = unfinished  # only a gesture of the user's is finished later

    def set_range(self, minimum: float, maximum: float) -> None:
        """Change the limits; the value is held within them."""
        self._number.set_range(minimum, maximum)
        self._show_share()

    def set_compact(self, compact: bool) -> None:
        """Show only the number, or the slider too, in the width that was fixed for it."""
        if compact != self._track.isHidden():
            if compact:
                self._roomy = self.minimumWidth(), self.maximumWidth()
                self.setMinimumWidth(0)
                self.setMaximumWidth(_UNBOUNDED)
            else:
                self.setMinimumWidth(self._roomy[0])
                self.setMaximumWidth(self._roomy[1])
        self._track.setVisible(not compact)
        self.setFocusProxy(self._number if compact else self._track)

    def set_live(self) -> None:
        """Follow every digit that is typed, where others wait for the whole number; and let it be typed on the slider
        too, where digits would otherwise mean what they mean in the window."""
        self._number.setKeyboardTracking(True)
        self._track.takes_digits = True

    def set_wrong(self, wrong: bool) -> None:
        """Mark the number as the place of a problem."""
        set_property(self._number, "wrong", wrong)

    def set_hint(self, text: str) -> None:
        """The tooltip of the whole control."""
        for widget in (self, self._label, self._track, self._number):
            widget.setToolTip(text)

    def _low(self) -> float:
        return self._number.minimum()

    def _high(self) -> float:
        return self._number.maximum()

    def _share_of(self, value: float) -> float:
        low, high = self._low(), self._high()
        if self._logarithmic:
            return math.log(value / low) / math.log(high / low)
        return (value - low) / (high - low)

    def _show_share(self) -> None:
        self._track.set_share(self._share_of(self.value()))
        self._track.setAccessibleDescription(self._number.text())

    def _value_at(self, share: float) -> float:
        low, high = self._low(), self._high()
        if self._logarithmic:
            return low * math.exp(share * math.log(high / low))
        return low + round(share * (high - low) / self._step) * self._step

    def _on_number(self, value: float) -> None:
        self._unfinished = True
        self._show_share()
        self.value_changed.emit(value)

    def _on_moved(self, share: float) -> None:
        self._number.setValue(self._value_at(share))

    def _on_jumped(self, share: float) -> None:
        self._number.setValue(self._value_at(share))
        self._rest.start()

    def _on_stepped(self, steps: int) -> None:
        value = self.value()
        if self._logarithmic:
            by = max(self._step, abs(value) * 0.05 * abs(steps)) * (1 if steps > 0 else -1)
        else:
            by = self._step * steps
        self._number.setValue(value + by)
        self._rest.start()

    def _finish(self) -> None:
        self._rest.stop()
        if self._unfinished:
            self._unfinished = False
            self.editing_finished.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        focused = self._track.hasFocus() or self._number.hasFocus()
        if not self.isEnabled() or (_scrolls_by(self) and not focused):
            event.ignore()  # scrolling a panel must never change what is paid for
            return
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / 120)
        self._wheel -= notches * 120
        if notches:
            self._on_stepped(notches)
        event.accept()
