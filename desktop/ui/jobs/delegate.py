"""Paints the rows of the jobs list."""

from __future__ import annotations

from collections import OrderedDict

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QHelpEvent, QImage, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from desktop.core.job import Job
from desktop.jobs.commands import Action
from desktop.ui.controls.paint import box, focus_ring, line_of_text, pill, progress, text_width
from desktop.ui.icons import paint_icon
from desktop.ui.jobs import words
from desktop.ui.jobs.model import JobRole, JobsModel
from desktop.ui.jobs.row_plan import MORE, ROW_HEIGHT, RowPlan, Spot, plan
from desktop.ui.theme import SMALL, SPACE, Tone, current, font, mix

Index = QModelIndex | QPersistentModelIndex

_POSTERS_KEPT = 128
_POSTER_RADIUS = SPACE


class JobsDelegate(QStyledItemDelegate):
    """One row: poster, name, second line, progress, badge, and what one can press at the right."""

    def __init__(self, model: JobsModel, parent: QAbstractItemView) -> None:
        super().__init__(parent)
        self._model = model
        self._posters: OrderedDict[tuple[int, int, int], QPixmap] = OrderedDict()
        self.hot: tuple[str, str] = ("", "")
        """Job id and spot under the mouse."""
        self.pressed = False
        """Whether the mouse button is down on it."""
        self.shows_focus = False
        """Whether the keyboard was used last, so that the ring is shown."""

    def plan_of(self, index: Index, rect: QRectF) -> RowPlan:
        """Where the parts of a row lie."""
        job = self._model.job_at(index.row())
        return plan(rect, job, words.badge(job, self._model.progress(job.id)).text)

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = current()
        job = self._model.job_at(index.row())
        moving = self._model.progress(job.id)
        label = words.badge(job, moving)
        area = QRectF(option.rect)
        parts = plan(area, job, label.text)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        ground = area.adjusted(0, 1, 0, -1)
        if chosen or hovered:
            box(painter, ground, fill=tokens.panel if chosen else mix(tokens.window, tokens.panel, 0.6))
        self._paint_poster(painter, parts.poster, index.data(JobRole.POSTER))
        line_of_text(painter, parts.name, job.shot_name or "Untitled", tokens.text, font(bold=True))
        line_of_text(painter, parts.subtitle, self._subtitle(job, index), tokens.faint, font(SMALL))
        done = words.share(job, moving)
        if parts.track.isValid() and done is not None:
            progress(painter, parts.track, done)
        pill(painter, parts.badge, label.text, label.tone)
        if parts.simulator.isValid():
            pill(painter, parts.simulator, "Simulator", Tone.NEUTRAL)
        for spot in parts.spots:
            self._paint_spot(painter, spot, job)
        if hovered or chosen:
            self._paint_spot(painter, parts.more, job)
        if self.shows_focus and option.state & QStyle.StateFlag.State_HasFocus:
            focus_ring(painter, ground)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        tip, area = self.tip_at(index, QRectF(option.rect), QPointF(event.pos()))
        QToolTip.showText(event.globalPos(), tip, view, area.toRect())
        return True

    def tip_at(self, index: Index, rect: QRectF, point: QPointF) -> tuple[str, QRectF]:
        """The tooltip at a point and the area it holds for: what an icon does, or a line that does not fit."""
        job = self._model.job_at(index.row())
        parts = self.plan_of(index, rect)
        spot = parts.hit(point)
        if spot is not None:
            return _hint(spot, job), spot.area
        lines = (
            (parts.name, job.shot_name, font(bold=True)),
            (parts.subtitle, self._subtitle(job, index), font(SMALL)),
        )
        for area, text, face in lines:
            if area.contains(point) and text_width(text, face) > area.width() + 1:
                return text, area
        return "", rect

    def _subtitle(self, job: Job, index: Index) -> str:
        rate = index.data(JobRole.RATE)
        moving = self._model.progress(job.id)
        return words.subtitle(job, moving, rate if isinstance(rate, float) else None, self._model.now())

    def _paint_spot(self, painter: QPainter, spot: Spot, job: Job) -> None:
        tokens = current()
        hot = self.hot == (job.id, spot.name)
        if spot.link:
            face = font(bold=True)
            face.setUnderline(hot)
            line_of_text(painter, spot.area, spot.link, tokens.accent, face, Qt.AlignmentFlag.AlignRight)
            return
        if hot:
            box(painter, spot.area, fill=tokens.line if self.pressed else tokens.raised)
        name = "more" if spot.name == MORE else words.action_words(Action(spot.name), job).icon
        middle = spot.area.center()
        paint_icon(
            painter,
            QRectF(round(middle.x()) - 9, round(middle.y()) - 9, 18, 18),
            name,
            tokens.text if hot else tokens.muted,
        )

    def _paint_poster(self, painter: QPainter, area: QRectF, image: object) -> None:
        if not isinstance(image, QImage):
            box(painter, area, fill=current().raised, radius=_POSTER_RADIUS)
            paint_icon(
                painter, QRectF(area.center().x() - 7, area.center().y() - 7, 14, 14), "film", current().faint
            )
            return
        ratio = painter.device().devicePixelRatioF() if painter.device() is not None else 1.0
        painter.drawPixmap(area.topLeft(), self._rounded(image, area.size().toSize(), ratio))

    def _rounded(self, image: QImage, size: QSize, ratio: float) -> QPixmap:
        """The picture in the screen's own pixels, its corners rounded."""
        key = image.cacheKey(), round(size.width() * ratio), round(size.height() * ratio)
        kept = self._posters.get(key)
        if kept is not None:
            self._posters.move_to_end(key)
            return kept
        smooth = Qt.TransformationMode.SmoothTransformation
        fitted = image.scaled(key[1], key[2], Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
        result = QPixmap(fitted.size())
        result.fill(Qt.GlobalColor.transparent)
        with QPainter(result) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(fitted))
            radius = _POSTER_RADIUS * ratio
            painter.drawRoundedRect(QRectF(fitted.rect()), radius, radius)
        result.setDevicePixelRatio(ratio)
        self._posters[key] = result
        while len(self._posters) > _POSTERS_KEPT:
            self._posters.popitem(last=False)
        return result


def _hint(spot: Spot, job: Job) -> str:
    return (
        "All that can be done with this job"
        if spot.name == MORE
        else words.action_words(Action(spot.name), job).hint
    )
