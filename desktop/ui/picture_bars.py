"""The bars above the picture while it is cropped, and while masks are aligned: all by number and key too."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from desktop.core import cropping
from desktop.core.geometry import whole
from desktop.core.shot import SourceImage
from desktop.ui.canvas.crop_draft import ASPECTS
from desktop.ui.canvas.view import CanvasView
from desktop.ui.controls import Button, Label, NumberBox, Segmented, set_surface
from desktop.ui.controls.fitting import Wording, fit, set_yielding
from desktop.ui.sent_size import Sent, SentSize
from desktop.ui.tokens import SPACE
from desktop.ui.tool_bars import BAR_HEIGHT

_BUTTON_HEIGHT = 26


class CropBar(QWidget):
    """Aspect, size in numbers, what will be sent, leave or crop."""

    def __init__(self, canvas: CanvasView, sent: SentSize, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._draft, self._sent = canvas, canvas.options.crop, sent
        set_surface(self, "window")
        self.setFixedHeight(BAR_HEIGHT)
        set_yielding(self)
        self.aspect = Segmented([(key, title) for key, title, _ in ASPECTS], "Aspect of the crop")
        self.wide = NumberBox("Width of the crop", 1, 99_999, 1, unit="px")
        self.high = NumberBox("Height of the crop", 1, 99_999, 1, unit="px")
        self.result = Label("", ink="muted")
        self._result = Wording(self.result.setText)
        self.enlarge = QCheckBox("Enlarge")
        self.enlarge.setToolTip("Scale the picture up to the smallest size that can be sent")
        self.reset = _button("Whole picture")
        self.reset.setToolTip("Crop nothing away")
        self._reset_words = Wording(self.reset.setText, "Whole picture", "Whole")
        self.leave = _button("Cancel")
        self.accept = _button("Crop", default=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self.aspect)
        layout.addSpacing(SPACE)
        layout.addWidget(self.wide)
        layout.addWidget(Label("×", ink="faint"))
        layout.addWidget(self.high)
        layout.addSpacing(SPACE)
        layout.addWidget(self.result, 1)
        for widget in (self.enlarge, self.reset, self.leave, self.accept):
            layout.addWidget(widget)
        self.aspect.changed.connect(self._aspect_chosen)
        self.wide.valueChanged.connect(self._typed)
        self.high.valueChanged.connect(self._typed)
        self.enlarge.clicked.connect(self._enlarge_chosen)
        self.reset.clicked.connect(self._reset)
        self.leave.clicked.connect(self._leave)
        self.accept.clicked.connect(self._accept)
        self._draft.changed.connect(self.refresh)
        sent.asked.connect(self._show_sent)
        sent.found.connect(self._show_sent)
        for signal in (canvas.session.shot_replaced, canvas.session.picture_changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the frame as it stands."""
        image = self._image
        self.setEnabled(image is not None)
        if image is None:
            return
        frame = self._draft.frame(image)
        for number, value in ((self.wide, frame.width), (self.high, frame.height)):
            number.blockSignals(True)
            number.setValue(value)
            number.blockSignals(False)
        self.aspect.set_value(self._draft.aspect)
        small = self._draft.too_small(image)
        self.enlarge.setVisible(small or image.enlarge)
        self.enlarge.setChecked(self._draft.image(image).enlarge)
        drafted = self._draft.active(image)
        self.accept.setEnabled(drafted)
        self.leave.setEnabled(drafted)
        self._show_sent()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_room()

    def set_compact(self, compact: bool) -> None:
        """Bring everything closer together, or give it air."""
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(SPACE if compact else 2 * SPACE)

    def _share_room(self) -> None:
        fit(self, (self._reset_words, self.aspect, self._result, self))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._share_room()

    def _show_sent(self, _sent: object = None) -> None:
        sent: Sent | None = self._sent.last
        if sent is None:
            words = "Working out what will be sent…" if self._image is not None else ""
            self._result.full = self._result.short = words
        else:
            self._result.full = sent.text if sent.problem else f"Sent as {sent.text}"
            self._result.short = sent.text
            self.result.setToolTip("\n".join((self._result.full, *sent.notes)))
        if self.isVisible():
            self._share_room()

    @property
    def _image(self) -> SourceImage | None:
        shot = self._canvas.session.shot
        return None if shot is None else shot.image

    def _aspect_chosen(self, key: str) -> None:
        if key != self._draft.aspect:
            self._draft.set_aspect(self._image, key)

    def _typed(self, _value: float) -> None:
        image = self._image
        if image is None:
            return
        wide, high, ratio = round(self.wide.value()), round(self.high.value()), self._draft.ratio
        if ratio is not None:
            if self.sender() is self.high:
                wide = round(high * ratio)
            else:
                high = round(wide / ratio)
        within = whole(image.width, image.height)
        frame = cropping.sized(self._draft.frame(image), wide, high, within, self._draft.limits.max_aspect)
        self._draft.set_frame(image, frame)
        self.refresh()

    def _enlarge_chosen(self, on: bool) -> None:
        if (image := self._image) is not None:
            self._draft.set_enlarge(image, on)

    def _reset(self) -> None:
        if (image := self._image) is not None:
            self._draft.reset(image)

    def _leave(self) -> None:
        self._draft.drop()
        self._canvas.setFocus()

    def _accept(self) -> None:
        self._draft.accept(self._canvas.session)
        self._canvas.setFocus()


class AlignBar(QWidget):
    """Position and scale of all masks in numbers, leave or lay."""

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas, self._draft = canvas, canvas.options.align
        set_surface(self, "window")
        self.setFixedHeight(BAR_HEIGHT)
        set_yielding(self)
        self.left = NumberBox("Masks from the left", -99_999, 99_999, 0, unit="px")
        self.top = NumberBox("Masks from the top", -99_999, 99_999, 0, unit="px")
        self.scale = NumberBox("Scale of the masks", 5, 2000, 100, decimals=1, unit="%")
        self.leave = _button("Cancel")
        self.accept = _button("Lay them here", default=True)
        self.accept.setToolTip("Lay the masks here  Enter")
        self._accept_words = Wording(self.accept.setText, "Lay them here", "Lay here")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(3 * SPACE, 0, 3 * SPACE, 0)
        layout.setSpacing(2 * SPACE)
        for title, number in (("Left", self.left), ("Top", self.top), ("Scale", self.scale)):
            name = Label(title, ink="muted")
            name.setFixedWidth(name.sizeHint().width())  # a name cut to one letter names nothing
            layout.addWidget(name)
            layout.addWidget(number)
            layout.addSpacing(SPACE)
            number.valueChanged.connect(self._typed)
        words = Label("", ink="muted")
        self._words = Wording(words.setText, "Drag the masks until they fit the picture.")
        layout.addWidget(words, 1)
        layout.addWidget(self.leave)
        layout.addWidget(self.accept)
        self.leave.clicked.connect(self._leave)
        self.accept.clicked.connect(self._accept)
        self._draft.changed.connect(self.refresh)
        canvas.session.shot_replaced.connect(self.refresh)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        fit(self, (self._words, self._accept_words, self))

    def set_compact(self, compact: bool) -> None:
        """Bring everything closer together, or give it air."""
        layout = self.layout()
        if layout is not None:
            layout.setSpacing(SPACE if compact else 2 * SPACE)

    def refresh(self) -> None:
        """Show where the masks lie."""
        draft, begun = self._draft, self._draft.laid(self._canvas.session.shot) is not None
        values = (draft.x, draft.y, draft.percent) if begun else (0.0, 0.0, 100.0)
        for number, value in zip((self.left, self.top, self.scale), values, strict=True):
            number.blockSignals(True)
            number.setValue(value)
            number.blockSignals(False)
        self.accept.setEnabled(begun)
        self.leave.setEnabled(begun)

    def _typed(self, _value: float) -> None:
        self._canvas.session.finish_step()
        shot, draft = self._canvas.session.shot, self._draft
        if shot is None:
            return
        x, y, percent = self.left.value(), self.top.value(), self.scale.value()
        by_scale = self.sender() is self.scale
        if draft.laid(shot) is None:
            draft.begin_here(shot)
        if by_scale:
            frame = draft.frame
            draft.scale_to(percent, frame.left + frame.width / 2, frame.top + frame.height / 2)
        else:
            draft.put(x, y)

    def _leave(self) -> None:
        self._draft.drop()
        self._canvas.setFocus()

    def _accept(self) -> None:
        self._draft.accept_asked.emit()
        self._canvas.setFocus()


def _button(text: str, *, default: bool = False) -> Button:
    button = Button(text)
    button.setFixedHeight(_BUTTON_HEIGHT)
    button.setDefault(default)
    return button
