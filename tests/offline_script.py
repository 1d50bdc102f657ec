"""An hour's work in a minute: everything of painting that needs no network, by the window's own actions."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt

from desktop.core.geometry import Box
from desktop.imaging.masks import read_label_map
from desktop.storage.shot_file import load_shot
from tests.pictures import photo
from tests.window_hands import Hands


async def work(hands: Hands, folder: Path) -> list[str]:
    """Do it all with a picture of 600 x 400 that is open; returns what was done, one word each."""
    done: list[str] = []
    window, session = hands.window, hands.window.session
    await hands.opened(600)
    hands.paint(area=1)
    hands.paint(area=0, path=False)
    painted = hands.shot.label_map.copy()
    assert (painted == 1).any()
    assert (painted == 7).any()
    done.append("paint")

    await hands.until(lambda: window.checks.generate.isEnabled(), "a shot that could be sent")
    await hands.until(lambda: window.paint.sent.last is not None, "the size that would be sent")
    done.append("check")

    file = folder / "work.kinebrush"
    hands.act("save-as")
    await hands.choose_file(file)
    await hands.until(lambda: file.exists() and not session.modified, "the saved shot")
    assert np.array_equal(load_shot(file, read_label_map).label_map, painted)
    done.append("save")

    window.mask_exports.export_indexed_to(folder / "all.png")
    await hands.told("All areas were written")
    window.mask_exports.export_to(folder)
    await hands.told("2 masks were written")
    hands.act("clear-area")
    window.masks.import_files([folder / "all.png"])
    await hands.until(lambda: session.undo_title == "Import areas", "the imported areas")
    assert np.array_equal(hands.shot.label_map, painted)
    done.append("masks")

    hands.act("tool-crop")
    window.paint.canvas.options.crop.set_frame(hands.shot.image, Box(0, 0, 400, 400))
    window.paint.canvas.setFocus()
    hands.key(Qt.Key.Key_Return)
    assert hands.shot.image.crop == Box(0, 0, 400, 400)
    hands.act("undo")
    done.append("crop")

    other = folder / "other.jpg"
    other.write_bytes(photo("chelsea", 1200, 800))
    window.pictures.replace_by(other)
    await hands.opened(1200)
    hands.act("undo")
    await hands.opened(600)
    done.append("replace")

    await window.documents.autosave()
    done.append("autosave")

    hands.act("save")
    await hands.until(lambda: not session.modified, "the saved shot")
    window.documents_.open_path(file)
    await hands.until(lambda: session.undo_title == "" and not window.status.busy.text(), "the opened shot")
    await hands.opened(600)
    assert np.array_equal(hands.shot.label_map, painted)
    done.append("open")
    return done
