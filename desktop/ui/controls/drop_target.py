"""A place for a picture: drop it, paste it, or press to choose a file."""

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from desktop.ui.controls.buttons import PaintedButton
from desktop.ui.controls.icon_buttons import IconButton
from desktop.ui.controls.paint import box, focus_ring, line_of_text, text_width
from desktop.ui.icons import paint_icon
from desktop.ui.theme import SMALL, SPACE, colour, current, font

_WEB = ("http", "https")


class DropTarget(PaintedButton):
    """A dashed line of an icon, a text and a hint; filled it shows the picture and how to take it out.

    ``files`` brings local paths, ``urls`` web addresses, ``image`` a QImage without a file; ``clicked`` asks for a
    dialog and ``cleared`` for an empty place. What arrives is not judged here.
    """

    files = Signal(list)
    urls = Signal(list)
    image = Signal(QImage)
    cleared = Signal()

    def __init__(
        self, text: str, hint: str = "drop a picture", name: str = "picture", parent: QWidget | None = None
    ) -> None:
        super().__init__(text, parent)
        self._empty_text = text
        self._empty_hint = hint
        self._hint = hint
        self._name = name
        self._filled = False
        self._picture = QPixmap()
        self._over = False
        self.setAcceptDrops(True)
        self.setFixedHeight(38)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._clear = IconButton("x", f"Remove {text.lower()}")
        self._clear.clicked.connect(self.cleared)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, SPACE, 0)
        layout.addStretch(1)
        layout.addWidget(self._clear)
        self.set_empty()

    def set_empty(self) -> None:
        """Ask for a picture."""
        self._show(self._empty_text, self._empty_hint, QPixmap(), filled=False)

    def set_filled(self, text: str, hint: str = "", picture: QPixmap | None = None) -> None:
        """Show what is there: a name, a size, a small picture."""
        self._show(text, hint, picture or QPixmap(), filled=True)

    def is_hovered_by_drag(self) -> bool:
        return self._over

    def _show(self, text: str, hint: str, picture: QPixmap, *, filled: bool) -> None:
        self.setText(text)
        self._hint = hint
        self._picture = picture
        self._filled = filled
        self._clear.setVisible(filled)
        self.setAccessibleName(f"{text}, {hint}" if hint else text)
        self.setToolTip(
            self.accessibleName() if filled else "Drop or paste a picture, or press to choose a file"
        )
        self.update()

    def take(self, mime: QMimeData) -> bool:
        """Send on what ``mime`` carries; False if it carries no file, address or picture."""
        addresses = mime.urls()
        local = [address.toLocalFile() for address in addresses if address.isLocalFile()]
        web = [address.toString() for address in addresses if address.scheme() in _WEB]
        if (
            not addresses
            and mime.hasText()
            and mime.text().strip().startswith(tuple(f"{s}://" for s in _WEB))
        ):
            web = [mime.text().strip()]
        if local:
            self.files.emit(local)
        elif mime.hasImage() and isinstance(picture := mime.imageData(), QImage):
            self.image.emit(picture)
        elif web:
            self.urls.emit(web)
        else:
            return False
        return True

    @staticmethod
    def _promising(mime: QMimeData) -> bool:
        return mime.hasUrls() or mime.hasImage() or mime.text().strip().startswith(("http://", "https://"))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._promising(event.mimeData()):
            self._over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, _event: QDragLeaveEvent) -> None:
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        self._over = False
        self.update()
        if self.take(event.mimeData()):
            event.acceptProposedAction()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Paste):
            self.take(QGuiApplication.clipboard().mimeData())
        elif self._filled and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.cleared.emit()
        else:
            super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        words = text_width(self.text(), font()) + text_width(self._hint, font(SMALL))
        return QSize(words + 16 * SPACE, 38)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 38)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = current()
        area = QRectF(self.rect())
        hot = self.isEnabled() and (self._over or self.underMouse())
        line = tokens.accent if self._over else tokens.faint if hot else tokens.line
        ink = tokens.faint if not self.isEnabled() else tokens.text if self._filled or hot else tokens.muted
        with QPainter(self) as painter:
            box(painter, area, fill=tokens.raised if self._over else "", line=line, dashed=not self._filled)
            left = 3.0 * SPACE
            if self._picture.isNull():
                paint_icon(painter, QRectF(left, area.center().y() - 8, 16, 16), self._name, ink)
                left += 6 * SPACE
            else:
                left += self._paint_picture(painter, QRectF(SPACE, SPACE, 46, area.height() - 2 * SPACE))
            right = area.right() - (8 * SPACE if self._filled else 3 * SPACE)
            room = QRectF(left, 0, right - left, area.height())
            line_of_text(painter, room, self.text(), ink, font())
            rest = room.adjusted(text_width(self.text(), font()) + 3 * SPACE, 0, 0, 0)
            if rest.width() > 0:
                line_of_text(
                    painter, rest, self._hint, tokens.faint, font(SMALL), Qt.AlignmentFlag.AlignRight
                )
            if self.hasFocus():
                focus_ring(painter, area)

    def _paint_picture(self, painter: QPainter, frame: QRectF) -> float:
        size = self._picture.size().scaled(frame.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRectF(frame.left(), frame.center().y() - size.height() / 2, size.width(), size.height())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(place, self._picture, QRectF(self._picture.rect()))
        painter.setPen(colour(current().line))
        return size.width()
