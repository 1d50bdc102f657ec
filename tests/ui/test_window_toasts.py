"""News stands over the picture, and never over what a hand needs: settings, Generate, an operation, a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from desktop.ui.theme import Tone
from tests.canvas_hands import Hands as CanvasHands
from tests.ui.test_held_button import ready, shot_file
from tests.ui.test_masks_io import picture
from tests.window_hands import Hands, live

SENTENCES = (
    "Area 2 is hidden and stays as it is.",
    "The take is here; it was downloaded and looked through, and it is in the library.",
    "The service said in a very long sentence, which needs a line more than others, that it is busy just now.",
    "The key was refused.",
)


def place(widget: QWidget) -> QRect:
    return QRect(widget.mapToGlobal(QPoint(0, 0)), widget.size())


def say(hands: Hands, *, tone: Tone = Tone.BAD) -> None:
    for sentence in SENTENCES:
        hands.window.toasts.show_toast(sentence, tone, details="details", action="Show")


def seen(hands: Hands) -> list[str]:
    return [toast.sentence for toast in hands.window.toasts.toasts() if toast.isVisible()]


def covered(hands: Hands, widgets: Sequence[QWidget]) -> list[QWidget]:
    """Those that are in sight and lie under a toast."""
    toasts = [place(toast) for toast in hands.window.toasts.toasts() if toast.isVisible()]
    assert toasts
    window = place(hands.window)
    assert all(window.contains(toast) for toast in toasts)
    return [w for w in widgets if w.isVisible() and any(place(w).intersects(toast) for toast in toasts)]


@pytest.mark.parametrize("size", [(960, 600), (1600, 1000)])
def test_news_covers_no_control(tmp_path: Path, size: tuple[int, int]) -> None:
    path = picture(tmp_path, "soft.png", np.tile(np.linspace(0, 255, 400).astype(np.uint8), (320, 1)))

    async def script(hands: Hands) -> None:
        window = hands.window
        await ready(hands)
        window.resize(*size)
        say(hands)
        paint = [window.panel, window.checks, window.checks.generate, window.paint.options, window.jobs]
        assert covered(hands, paint) == []
        assert seen(hands) == list(SENTENCES)

        window.session.choose_area(1)
        hands.act("area-place")
        ops = window.paint.area_ops
        assert ops.isVisible()
        assert covered(hands, [*paint, ops]) == []
        assert seen(hands)[-1] == SENTENCES[-1]
        ops.cancel()
        assert seen(hands) == list(SENTENCES)  # what had no room waited

        window.masks.import_files([path])
        await hands.until(lambda: window.masks.card is not None and window.masks.card.isVisible(), "the card")
        card = window.masks.card
        assert card is not None
        assert covered(hands, [*paint, card]) == []
        card.close()
        await hands.until(lambda: seen(hands) == list(SENTENCES), "all the news")

        hands.act("face-takes")
        takes = window.takes
        player = takes.player
        around = [takes.facts, takes.takes, player.transport, player.strip]
        await hands.until(
            lambda: player.isVisible() and covered(hands, around) == [], "room beside the controls"
        )
        hands.act("face-paint")
        await hands.until(
            lambda: window.panel.isVisible() and covered(hands, paint) == [], "room beside the panel"
        )

    live(tmp_path / "data", script, [shot_file(tmp_path)])


def test_news_that_has_no_room_does_not_pass_unseen(tmp_path: Path) -> None:
    async def script(hands: Hands) -> None:
        window = hands.window
        await ready(hands)
        window.resize(960, 600)
        say(hands, tone=Tone.NEUTRAL)
        first = window.toasts.toasts()[0]
        assert first.is_timed()
        window.session.choose_area(1)
        hands.act("area-place")
        assert not first.isVisible()
        assert not first.is_timed()
        window.paint.area_ops.cancel()
        assert first.isVisible()
        assert first.is_timed()

    live(tmp_path / "data", script, [shot_file(tmp_path)])


@pytest.mark.parametrize("size", [(960, 600), (1600, 1000)])
def test_news_and_what_floats_over_the_picture_do_not_cover_each_other(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    async def script(hands: Hands) -> None:
        window = hands.window
        canvas = await ready(hands)
        window.resize(*size)
        say(hands)
        navigator, bar = window.paint.navigator, window.paint.zoom_bar
        assert covered(hands, [bar]) == []
        canvas.set_zoom(32.0)  # the navigator comes where news was
        await hands.until(navigator.isVisible, "the navigator")
        assert covered(hands, [navigator, bar]) == []
        assert seen(hands)[-1] == SENTENCES[-1]
        places = [place(toast) for toast in window.toasts.toasts()]
        hand, nav = CanvasHands(canvas), canvas.navigation
        for widget in (navigator, bar):  # they step aside for a drag, and news does not fall into its way
            middle = widget.geometry().center()
            there = nav.to_image(middle.x() * canvas.ratio, middle.y() * canvas.ratio)
            hand.press(*nav.to_image(nav.view_width / 2, nav.view_height / 2))
            hand.move(*there)
            assert not widget.isVisible()
            assert [place(toast) for toast in window.toasts.toasts()] == places
            hand.release(*there)
            assert widget.isVisible()
        canvas.fit()
        assert not navigator.isVisible()
        assert seen(hands) == list(SENTENCES)

    live(tmp_path / "data", script, [shot_file(tmp_path)])
