"""A real window in a process of its own in which everything that is remembered is changed, for a test that kills it.

    python -m tests.window_changer DATA FILE

It says ``changed`` after the last change and waits.
"""

import asyncio
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.window_hands import Hands

BRUSH, OPACITY, PRICE = 137, 62, 0.25
SIZE = (960, 700)  # it comes back only as far as the screen allows


async def change(hands: "Hands") -> None:
    """Change settings, tools, the look, the window and its panel, by the real widgets."""
    from PySide6.QtWidgets import QComboBox, QLineEdit

    from desktop.ui.preferences import Preferences

    window = hands.window
    window.resize(*SIZE)
    hands.act("tool-brush")
    window.paint.options.diameter.set_value(BRUSH)
    window.paint.options.look.popover.opacity.set_value(OPACITY)
    hands.act("tool-lasso")
    hands.act("navigator")
    hands.act("preferences")
    dialog = await hands.dialog(Preferences)
    price, theme = dialog.fields["price_per_second"], dialog.fields["theme"]
    assert isinstance(price, QLineEdit)
    assert isinstance(theme, QComboBox)
    price.setText(str(PRICE))
    theme.setCurrentIndex(theme.findData("light"))
    hands.press(dialog, "Save")


def main(words: Sequence[str]) -> None:
    """Change everything, and wait to be killed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from desktop.app.start import Application, live_with
    from tests.window_hands import Hands

    data, file = Path(words[0]), words[1]

    async def guest(application: Application) -> None:
        hands = Hands(application)
        await hands.ready()
        await application.documents.open_file(Path(file))
        await change(hands)
        print("changed", flush=True)
        await asyncio.Event().wait()

    live_with(data, lambda chosen: Application(chosen, []), guest=guest)


if __name__ == "__main__":
    main(sys.argv[1:])
