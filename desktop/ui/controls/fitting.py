"""Bars that are too narrow for all their controls: these fold, one after another, until the rest fits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtWidgets import QSizePolicy, QWidget


class Folds(Protocol):
    """A control that can show itself in less room."""

    def set_compact(self, compact: bool) -> None:
        """Fold, or unfold."""


class Wording:
    """Words in full, and fewer of them (or none) where room is short. ``say`` shows them."""

    def __init__(self, say: Callable[[str], object], full: str = "", short: str = "") -> None:
        self._say = say
        self.full, self.short = full, short

    def set_compact(self, compact: bool) -> None:
        """Say less, or all."""
        self._say(self.short if compact else self.full)


def set_yielding(bar: QWidget) -> None:
    """Let a bar take the width that is there: what it shows must never push its neighbours aside."""
    bar.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)


def fit(bar: QWidget, parts: Sequence[Folds]) -> None:
    """Fold as few of ``parts`` as ``bar`` needs to hold its contents, the first ones first."""
    for part in parts:
        part.set_compact(False)
    for part in parts:
        if _wanted(bar) <= bar.width():
            return
        part.set_compact(True)
    _wanted(bar)


def _wanted(bar: QWidget) -> int:
    """The width the bar's contents ask for now; layouts learn of hidden parts only when they are told."""
    for child in bar.findChildren(QWidget):
        inner = child.layout()
        if inner is not None:
            inner.invalidate()
            child.updateGeometry()
    layout = bar.layout()
    if layout is None:
        return 0
    layout.invalidate()
    return layout.sizeHint().width()
