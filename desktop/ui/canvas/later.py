"""Strokes made while an operation that was applied is still being worked out: they wait, and the window does not."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from PySide6.QtCore import QObject, QPointF, QTimer
from PySide6.QtGui import QPainter, QPolygonF

from desktop.ui.canvas.navigation import Navigation
from desktop.ui.canvas.tools.base import Pointer, twofold
from desktop.ui.session import Session

Act = Callable[[Pointer], None]


class Hand(Protocol):
    """What chooses tools, as far as a stroke that comes later needs it."""

    session: Session
    navigation: Navigation

    @property
    def tool_name(self) -> str:
        """The chosen tool."""

    def set_tool(self, name: str) -> None:
        """Choose a tool."""

    def update(self) -> None:
        """Paint again."""


@dataclass(frozen=True, slots=True)
class _Event:
    act: Act
    pointer: Pointer
    begins: bool
    """Whether it is a press."""
    tool: str
    label: int


class Later(QObject):
    """Keeps presses, moves and releases back as long as the session is finishing something, then acts them out in
    their order, each stroke with the tool and the area that were chosen when it was made."""

    def __init__(self, hand: Hand, parent: QObject) -> None:
        super().__init__(parent)
        self._hand = hand
        self._events: deque[_Event] = deque()
        self.open = False
        """Whether a press is kept back whose release has not come."""
        self._acting = False
        self._chosen: tuple[str, int] | None = None
        self._turns = QTimer(self)
        self._turns.setInterval(0)
        self._turns.timeout.connect(self._turn)
        hand.session.finished.connect(self._turns.start)
        hand.session.shot_replaced.connect(self.drop)

    @property
    def waiting(self) -> bool:
        """Whether anything is kept back."""
        return bool(self._events)

    def press(self, act: Act, pointer: Pointer) -> bool:
        """Keep a press back if it must wait. Whether it does."""
        if self._acting or not (self._hand.session.finishing or self._events):
            return False
        self.open = True
        return self._keep(act, pointer, begins=True)

    def move(self, act: Act, pointer: Pointer) -> bool:
        """The same for a move: it waits if its press does, and has no say in a stroke that is acted out."""
        if self._acting:
            return False
        return self._keep(act, pointer, begins=False) if self.open else self._chosen is not None

    def release(self, act: Act, pointer: Pointer) -> bool:
        """The same for a release."""
        kept = self.move(act, pointer)
        self.open = self.open and not kept
        return kept

    def drop(self) -> bool:
        """Forget what is kept back. Whether there was anything."""
        kept, self.open = self.waiting, False
        self._events.clear()
        if kept:
            self._end()
        return kept

    def draw(self, painter: QPainter, ratio: float) -> None:
        """Draw the way of every stroke that is to come."""
        ways: list[QPolygonF] = []
        for event in self._events:
            if event.begins or not ways:
                ways.append(QPolygonF())
            ways[-1].append(QPointF(*self._hand.navigation.to_view(event.pointer.at)))
        for pen in twofold(painter, ratio, dashed=True) if ways else ():
            painter.setPen(pen)
            for way in ways:
                painter.drawPolyline(way)

    def _keep(self, act: Act, pointer: Pointer, *, begins: bool) -> bool:
        hand = self._hand
        self._events.append(_Event(act, pointer, begins, hand.tool_name, hand.session.active_label))
        if not hand.session.finishing:
            self._turns.start()
        hand.update()
        return True

    def _turn(self) -> None:
        """Act out one event: what a stroke takes is spread over as many turns as it has moves."""
        if self._hand.session.finishing or not self._events:
            self._turns.stop()  # a stroke may itself have begun something to wait for
            return
        event = self._events.popleft()
        if event.begins:
            if self._chosen is None:
                self._chosen = self._hand.tool_name, self._hand.session.active_label
            self._choose(event.tool, event.label)
        x, y = self._hand.navigation.to_view(event.pointer.at)  # the view may have moved since
        self._acting = True
        try:
            event.act(replace(event.pointer, x=x, y=y))
        finally:
            self._acting = False
        if not self._events:
            self._end()

    def _choose(self, tool: str, label: int) -> None:
        if self._hand.tool_name != tool:
            self._hand.set_tool(tool)
        if self._hand.session.active_label != label:
            self._hand.session.choose_area(label)

    def _end(self) -> None:
        self._turns.stop()
        chosen, self._chosen = self._chosen, None
        if chosen is not None and not self._hand.session.finishing:
            self._choose(*chosen)
        self._hand.update()
