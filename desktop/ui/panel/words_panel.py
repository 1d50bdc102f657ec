"""Prompt, negative prompt, duration, guidance, end frame, webhook and model."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QComboBox, QLineEdit, QVBoxLayout, QWidget

from desktop.core import edits
from desktop.core.models import MODELS, model
from desktop.core.parameters import DEFAULT_NEGATIVE_PROMPT, Parameters, spec
from desktop.ui.controls import Collapsible, CounterText, DropTarget, Label, SliderNumber
from desktop.ui.session import Session
from desktop.ui.tokens import SMALL, SPACE

LABEL_WIDTH = 68


class WordsPanel(QWidget):
    """The parameters of the shot; every change goes to the session, where it can be undone."""

    end_frame_asked = Signal()
    """The end frame's field was pressed: a picture is to be chosen."""
    end_frame_dropped = Signal(object)
    """A path, an address or a QImage was dropped on it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._loading = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        self.prompt = CounterText(
            "Prompt", int(spec("prompt").maximum), placeholder="What happens in the video, in plain words"
        )
        self.negative = CounterText(
            "Negative prompt", int(spec("negative_prompt").maximum), show_title=False, least=2
        )
        self.negative_fold = Collapsible("Negative prompt", "default")
        self.negative_fold.content.addWidget(self.negative)
        self.duration = SliderNumber("Duration", 3, 15, 5, unit="s", label_width=LABEL_WIDTH)
        self.guidance = SliderNumber("Guidance", 0, 1, 0.5, step=0.05, decimals=2, label_width=LABEL_WIDTH)
        self.guidance.set_hint(spec("cfg_scale").help)
        self.end_frame = DropTarget("End frame")
        self.webhook = QLineEdit()
        self.webhook.setPlaceholderText("https://…")
        self.webhook.setAccessibleName("Webhook")
        self.webhook_fold = Collapsible("Webhook", "none")
        self.webhook_fold.content.addWidget(self.webhook)
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        for entry in MODELS:
            self.model.addItem(entry.title, entry.id)
        self.model_fold = Collapsible("Model", MODELS[0].title)
        self.model_fold.content.addWidget(self.model)
        self.model_fold.content.addWidget(
            Label(
                "Drafts are smaller and cheaper, with the same areas and paths.",
                ink="faint",
                size=SMALL,
                wrap=True,
            )
        )
        for widget in (
            self.prompt,
            self.negative_fold,
            self.duration,
            self.guidance,
            self.end_frame,
            self.webhook_fold,
            self.model_fold,
        ):
            layout.addWidget(widget)
        self.prompt.text_changed.connect(self._prompt_typed)
        self.negative.text_changed.connect(self._negative_typed)
        self.negative_fold.toggled.connect(self._tell_negative)
        self.duration.value_changed.connect(self._duration_moved)
        self.guidance.value_changed.connect(self._guidance_moved)
        self.webhook.textEdited.connect(self._webhook_typed)
        self.model.activated.connect(self._model_chosen)
        self.end_frame.clicked.connect(self._ask_end_frame)
        self.end_frame.files.connect(self._first_dropped)
        self.end_frame.urls.connect(self._first_dropped)
        self.end_frame.image.connect(self._picture_dropped)
        self.end_frame.cleared.connect(self._end_frame_cleared)
        for signal in (session.shot_replaced, session.parameters_changed, session.end_frame_changed):
            signal.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the parameters as they are; a field that shows them already is left alone."""
        shot = self._session.shot
        self.setEnabled(shot is not None)
        parameters = Parameters() if shot is None else shot.parameters
        self._loading = True
        try:
            if self.prompt.text() != parameters.prompt:
                self.prompt.set_text(parameters.prompt)
            if self.negative.text() != parameters.negative_prompt:
                self.negative.set_text(parameters.negative_prompt)
            kind = model(parameters.model)
            self.duration.set_range(min(kind.durations), max(kind.durations))
            self.duration.set_value(parameters.duration)
            self.duration.set_wrong(parameters.duration not in kind.durations)
            self.guidance.set_value(parameters.cfg_scale)
            if self.webhook.text() != parameters.webhook_url:
                self.webhook.setText(parameters.webhook_url)
            self.model.setCurrentIndex(self.model.findData(parameters.model))
        finally:
            self._loading = False
        self._tell_negative()
        self.webhook_fold.set_value("set" if parameters.webhook_url else "none")
        self.model_fold.set_value(model(parameters.model).title)
        end = None if shot is None else shot.end_frame
        if end is None:
            self.end_frame.set_empty()
        else:
            self.end_frame.set_filled(end.name or "End frame", f"{end.width} × {end.height}")

    def _tell_negative(self) -> None:
        """Open, the fold is the heading of the text and shows its counter; folded, what is in it."""
        text, counted = self.negative.text(), self.negative.counter()
        if self.negative_fold.is_opened():
            self.negative_fold.set_value(counted, self.negative.counter_ink())
        else:
            standard = text == DEFAULT_NEGATIVE_PROMPT
            words = "default" if standard else f"{len(text)} characters"
            self.negative_fold.set_value(words, "bad" if self.negative.is_over() else "faint")

    def _change(self, title: str, parameters: Parameters, key: str) -> None:
        shot = self._session.shot
        if shot is not None and not self._loading:
            self._session.edit(title, edits.set_parameters(shot, parameters), key)

    @property
    def _now(self) -> Parameters:
        return Parameters() if self._session.shot is None else self._session.shot.parameters

    def _prompt_typed(self, text: str) -> None:
        self._change("Prompt", replace(self._now, prompt=text), "prompt")

    def _negative_typed(self, text: str) -> None:
        self._change("Negative prompt", replace(self._now, negative_prompt=text), "negative_prompt")

    def _duration_moved(self, value: float) -> None:
        self._change("Duration", replace(self._now, duration=round(value)), "duration")

    def _guidance_moved(self, value: float) -> None:
        self._change("Guidance", replace(self._now, cfg_scale=round(value, 2)), "cfg_scale")

    def _webhook_typed(self, text: str) -> None:
        self._change("Webhook", replace(self._now, webhook_url=text.strip()), "webhook_url")

    def _model_chosen(self, index: int) -> None:
        self._change("Model", replace(self._now, model=str(self.model.itemData(index))), "model")

    def _first_dropped(self, dropped: list[object]) -> None:
        if dropped:
            self.end_frame_dropped.emit(dropped[0])

    def _picture_dropped(self, image: QImage) -> None:
        self.end_frame_dropped.emit(image)

    def _ask_end_frame(self) -> None:
        self.end_frame_asked.emit()

    def _end_frame_cleared(self) -> None:
        shot = self._session.shot
        if shot is not None:
            self._session.edit("Remove the end frame", edits.set_end_frame(shot, None))
