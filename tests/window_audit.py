"""What can be said of the window without eyes: nothing clipped, nothing over another, all text readable."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QScrollBar,
    QTextEdit,
    QWidget,
)

from desktop.ui.controls import Label, Row, SliderNumber
from desktop.ui.controls.toast import Toast
from desktop.ui.theme import contrast

READABLE = 4.5
"""The least contrast of text, as WCAG asks of ordinary text at level AA."""

SHORT = 12
"""Letters of a text that is never cut, whatever a tooltip says: what is left of it would say nothing."""

_INTERACTIVE = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QTextEdit, Row, SliderNumber)


def audit(window: QWidget) -> list[str]:
    """What is wrong with what is shown now: a sentence each."""
    found: list[str] = []
    for root in QApplication.topLevelWidgets():
        if root.isVisible() and not isinstance(root, QMenu):
            shown = [root, *_shown(root)]
            image = root.grab().toImage()
            found += itertools.chain(
                _cut_texts(shown),
                _strays(shown),
                _overlaps(root, shown),
                _faint_texts(root, shown, image),
                (f"{_name(w)} scrolls sideways" for w in shown if _scrolls_sideways(w)),
            )
    return found


def _shown(root: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in root.findChildren(QWidget)
        if widget.window() is root and widget.isVisible() and not _seen(widget, root).isEmpty()
    ]


def _name(widget: QWidget) -> str:
    text = getattr(widget, "text", None)
    words = text() if callable(text) else widget.accessibleName()
    above = widget.parentWidget()
    place = "" if above is None else f" in {type(above).__name__}"
    return f"{type(widget).__name__} “{str(words)[:40]}”{place}"


def _seen(widget: QWidget, root: QWidget) -> QRect:
    """The part of a widget that its ancestors do not cut off, in the root's coordinates."""
    rect = QRect(widget.mapTo(root, QPoint(0, 0)), widget.size())
    above = widget.parentWidget()
    while above is not None and above is not root:
        rect &= QRect(above.mapTo(root, QPoint(0, 0)), above.size())
        above = above.parentWidget()
    return rect & root.rect()


def _scrolled(widget: QWidget) -> bool:
    above = widget.parentWidget()
    while above is not None:
        if isinstance(above, QAbstractScrollArea):
            return True
        above = above.parentWidget()
    return False


def _scrolls_sideways(widget: QWidget) -> bool:
    return isinstance(widget, QScrollBar) and widget.width() > widget.height() and widget.maximum() > 0


def _cut_texts(shown: list[QWidget]) -> Iterator[str]:
    """Texts that do not fit and are told nowhere else."""
    for widget in shown:
        if isinstance(widget, QLabel) and widget.text():
            if widget.wordWrap():
                wanted = widget.heightForWidth(widget.width())
                if wanted > widget.height() + 1:
                    yield f"{_name(widget)} needs {wanted} pixels of height and has {widget.height()}"
            else:
                width = QFontMetricsF(widget.font()).horizontalAdvance(widget.text())
                if width > widget.width() + 1 and len(widget.text()) <= SHORT:
                    yield f"{_name(widget)} is short and cut all the same"
                elif width > widget.width() + 1 and not widget.toolTip():
                    yield f"{_name(widget)} needs {width:.0f} pixels and has {widget.width()}"
                if widget.fontMetrics().height() > widget.height() + 1:
                    yield f"{_name(widget)} is cut in its height"
        elif isinstance(widget, QAbstractButton) and widget.text():
            wanted = widget.sizeHint().width()
            if wanted > widget.width() + 1 and not widget.toolTip():
                yield f"{_name(widget)} needs {wanted} pixels and has {widget.width()}"
        elif isinstance(widget, QLineEdit) and widget.placeholderText() and not widget.text():
            width = QFontMetricsF(widget.font()).horizontalAdvance(widget.placeholderText()) + 20
            if width > widget.width() and not widget.toolTip():
                yield f"the placeholder “{widget.placeholderText()}” needs {width:.0f} pixels, has {widget.width()}"
        elif isinstance(widget, QComboBox):
            width = QFontMetricsF(widget.font()).horizontalAdvance(widget.currentText()) + 34
            if width > widget.width():
                yield f"{_name(widget)}: “{widget.currentText()}” needs {width:.0f} pixels, has {widget.width()}"


def _strays(shown: list[QWidget]) -> Iterator[str]:
    """Widgets that reach out of their parents."""
    for widget in shown:
        above = widget.parentWidget()
        if above is None or widget.isWindow() or _scrolled(widget):
            continue
        if not above.rect().contains(widget.geometry()):
            yield f"{_name(widget)} at {widget.geometry().getRect()} reaches out of {above.size().toTuple()}"


def _overlaps(root: QWidget, shown: list[QWidget]) -> Iterator[str]:
    """Things to press that lie over each other."""
    pressed = [
        widget
        for widget in shown
        if isinstance(widget, _INTERACTIVE)
        and not isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox)
        and not _in_toast(widget)
    ]
    for one, other in itertools.combinations(pressed, 2):
        if one.isAncestorOf(other) or other.isAncestorOf(one):
            continue
        common = _seen(one, root) & _seen(other, root)
        if not common.isEmpty():
            yield f"{_name(one)} and {_name(other)} overlap by {common.size().toTuple()}"


def _in_toast(widget: QWidget) -> bool:
    above: QWidget | None = widget
    while above is not None:
        if isinstance(above, Toast):
            return True
        above = above.parentWidget()
    return False


def _faint_texts(root: QWidget, shown: list[QWidget], image: QImage) -> Iterator[str]:
    """Labels whose ink is too near to what they lie on."""
    for widget in shown:
        if not isinstance(widget, QLabel) or type(widget) not in (QLabel, Label):
            continue  # badges and the like paint themselves, in inks that their own tests check
        if not widget.text() or not widget.isEnabled():
            continue
        rect = _seen(widget, root)
        top = root.childAt(rect.center())
        if top is not widget:
            continue  # something lies over it
        ink = widget.palette().color(widget.foregroundRole()).name()
        ground = _most_common(image, rect)
        if contrast(ink, ground) < READABLE:
            yield f"{_name(widget)}: {ink} on {ground} has a contrast of {contrast(ink, ground):.1f}"


def _most_common(image: QImage, rect: QRect) -> str:
    ratio = image.devicePixelRatio()
    counts: Counter[int] = Counter()
    left, right = round(rect.left() * ratio), round((rect.right() + 1) * ratio)
    for y in range(round(rect.top() * ratio), round((rect.bottom() + 1) * ratio), 2):
        counts.update(image.pixel(x, y) for x in range(left, right, 3))
    return QColor.fromRgb(counts.most_common(1)[0][0]).name()
