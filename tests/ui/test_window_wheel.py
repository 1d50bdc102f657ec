"""What the wheel does is chosen in the preferences, at once and for the next start, over picture and video."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QPoint, QPointF
from PySide6.QtWidgets import QComboBox

from desktop.ui.preferences import Preferences
from desktop.ui.wheel import Wheel
from tests.canvas_hands import CTRL, MOUSE
from tests.canvas_hands import Hands as CanvasHands
from tests.ui.test_held_button import shot_file
from tests.window_hands import Hands, live


def test_the_wheel_can_be_set_to_pan_and_stays_so(tmp_path: Path) -> None:
    at = QPointF(300, 200)

    async def first(hands: Hands) -> None:
        await hands.ready()
        canvas = hands.window.paint.canvas
        hand = CanvasHands(canvas)
        canvas.set_zoom(4.0)
        hand.turn(at, QPoint(0, 120), device=MOUSE)
        assert canvas.zoom > 4.0
        hands.act("preferences")
        dialog = await hands.dialog(Preferences)
        field = dialog.fields["wheel"]
        assert isinstance(field, QComboBox)
        assert [field.itemText(n) for n in range(field.count())] == [
            "The wheel zooms, two fingers pan",
            "Both zoom",
            "Both pan",
        ]
        field.setCurrentIndex(2)
        hands.press(dialog, "Save")
        assert hands.window.takes.player.stage.wheel == Wheel.PAN

    async def second(hands: Hands) -> None:
        await hands.ready()
        canvas = hands.window.paint.canvas
        hand, nav = CanvasHands(canvas), canvas.navigation
        canvas.set_zoom(4.0)
        top = nav.top
        hand.turn(at, QPoint(0, -9), device=MOUSE)  # as of a touchpad on Windows
        hand.turn(at, QPoint(0, -9), device=MOUSE)
        assert canvas.zoom == 4.0
        assert nav.top == top - 9 * canvas.ratio
        hand.turn(at, QPoint(0, 120), device=MOUSE, modifiers=CTRL)
        assert canvas.zoom > 4.0

    file = shot_file(tmp_path)
    live(tmp_path / "data", first, [file])
    live(tmp_path / "data", second, [file])
