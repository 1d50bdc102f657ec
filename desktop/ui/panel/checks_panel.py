"""The checks: every rule that is broken, with its way out, and the button that makes the video."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QScrollArea, QToolTip, QVBoxLayout, QWidget

from desktop.core import fixes
from desktop.core.conventions import KLING, Conventions
from desktop.core.models import model
from desktop.core.rules import Problem, blocking, check_shot
from desktop.core.services import MAGNIFIC, Service
from desktop.core.shot import Shot
from desktop.ui.controls import CheckLine, PrimaryButton, Section, set_surface
from desktop.ui.sent_size import Sent
from desktop.ui.session import Session
from desktop.ui.theme import Tone
from desktop.ui.tokens import SPACE

CHECK_PAUSE_MS = 120
MOST_HEIGHT = 190


class ChecksPanel(QWidget):
    """Checks live and carries *Generate*; ``where_asked`` names the field a person wants to see."""

    generate_asked = Signal()
    problems_changed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._conventions: Conventions = KLING
        self._service: Service = MAGNIFIC
        self._per_second: float | None = None
        self._busy = ""
        self._sent: Sent | None = None
        self._lines: list[CheckLine] = []
        self.problems: tuple[Problem, ...] = ()
        self.section = Section("Checks")
        holder = QWidget()
        set_surface(holder, "panel")
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE)
        self._column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(holder)
        self.section.content.addWidget(self._scroll)
        self.generate = PrimaryButton("Generate")
        self.generate.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * SPACE)
        layout.addWidget(self.section)
        layout.addWidget(self.generate)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(CHECK_PAUSE_MS)
        self._timer.timeout.connect(self.refresh)
        session.edited.connect(self._timer.start)
        session.shot_replaced.connect(self.refresh)
        session.coverage_changed.connect(self._counted)
        self.refresh()

    def _counted(self) -> None:
        if not self._session.in_gesture:
            self._timer.start()

    def set_service(self, service: Service, conventions: Conventions, per_second: float | None) -> None:
        """Where requests would go, how it reads masks, and the user's own price."""
        self._service, self._conventions, self._per_second = service, conventions, per_second
        self.refresh()

    def set_sent(self, sent: Sent | None) -> None:
        """What the picture becomes when it is sent; None while that is being worked out."""
        self._sent = sent
        self._show_lines()

    def set_busy(self, text: str) -> None:
        """Say what is being done with the shot; empty when nothing is."""
        self._busy = text
        self.generate.set_busy(bool(text))
        self._show_button()

    def refresh(self) -> None:
        """Check the shot and show what was found."""
        shot = self._session.shot
        self.section.setVisible(shot is not None)
        if shot is None:
            self.problems = ()
        else:
            counts = self._session.sent_coverage()
            self.problems = check_shot(shot, model(shot.parameters.model), self._conventions, counts)
        self._show_lines()
        self._show_button()
        self.problems_changed.emit(self.problems)

    def _show_lines(self) -> None:
        shot = self._session.shot
        wanted: list[tuple[Tone, str, str]] = []
        for problem in self.problems:
            tone = {"error": Tone.BAD, "warning": Tone.WARN}.get(problem.severity, Tone.NEUTRAL)
            link = problem.fix.label if problem.fix is not None else ("Why" if problem.why else "")
            wanted.append((tone, problem.text, link))
        if shot is not None and not any(p.where == "image" for p in self.problems):
            frame = shot.image.frame
            sent = self._sent
            if sent is None:
                wanted.append((Tone.GOOD, f"Picture {frame.width} × {frame.height}", ""))
            else:
                known = not sent.problem
                wanted.append(
                    (Tone.GOOD if known else Tone.BAD, f"Picture {sent.text}" if known else sent.text, "")
                )
        while len(self._lines) < len(wanted):
            line = CheckLine(Tone.GOOD, "")
            line.activated.connect(self._activated)
            self._lines.append(line)
            self._column.insertWidget(self._column.count() - 1, line)
        for index, line in enumerate(self._lines):
            line.setVisible(index < len(wanted))
            if index < len(wanted):
                line.set_state(*wanted[index])
                notes = "\n".join(self._sent.notes) if self._sent is not None else ""
                why = self.problems[index].why if index < len(self.problems) else notes
                line.setToolTip(why)
        self.section.heading.set_detail("" if not self.problems else str(len(self.problems)))
        self._scroll.setFixedHeight(self._height(len(wanted)))

    def _height(self, shown: int) -> int:
        width = max(self._scroll.viewport().width(), 200)
        total = 0
        for line in self._lines[:shown]:
            height = line.heightForWidth(width) if line.hasHeightForWidth() else line.sizeHint().height()
            total += max(height, line.minimumSizeHint().height()) + SPACE
        return min(max(total, 28), MOST_HEIGHT)

    def _show_button(self) -> None:
        shot = self._session.shot
        stops = blocking(self.problems)
        if shot is None:
            self.generate.setEnabled(False)
            self.generate.set_detail("")
            return
        kind = model(shot.parameters.model)
        money = self._money(shot.parameters.duration)
        self.generate.setEnabled(not stops and not self._busy)
        self.generate.set_detail(self._busy or f"{money} · {shot.parameters.duration} s · {kind.output}")
        self.generate.setToolTip(
            stops[0].text if stops else "Make the video (Ctrl+Return). The price is an estimate."
        )

    def _money(self, seconds: int) -> str:
        shot = self._session.shot
        if not self._service.charges:
            return "free"
        price = None if shot is None else model(shot.parameters.model).price
        if self._per_second is not None:
            return f"≈ {self._per_second * seconds:.2f} USD"
        return "price not known" if price is None else f"≈ {price.estimate(seconds):.2f} {price.currency}"

    def _ask(self) -> None:
        if not blocking(self.problems):
            self.generate_asked.emit()

    def _activated(self) -> None:
        line = self.sender()
        self._session.finish_step()
        shot = self._session.shot
        if shot is None or not isinstance(line, CheckLine):
            return
        index = self._lines.index(line)
        if index >= len(self.problems):
            return
        problem = self.problems[index]
        if problem.fix is None:
            QToolTip.showText(line.mapToGlobal(line.rect().bottomLeft()), problem.why, line)
            return
        if problem.fix.code == "remove-area":
            self._remove_area(shot, problem)
            return
        fixed = fixes.apply(shot, problem, model(shot.parameters.model), self._conventions)
        self._session.edit(problem.fix.label, fixed)
        self.refresh()

    def _remove_area(self, shot: Shot, problem: Problem) -> None:
        """Paint it away: only its own pixels are looked at, not the whole map."""
        number = int(problem.where.partition(":")[2])
        area = next((area for area in shot.areas if area.number == number), None)
        if area is not None and problem.fix is not None:
            self._session.clear(problem.fix.label, area.label, remove=True)
            self.refresh()

    def resizeEvent(self, event: object) -> None:
        self._timer.start()
