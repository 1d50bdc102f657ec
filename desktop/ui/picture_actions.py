"""Another picture under the same masks, and masks laid anew: worked out in threads, one step of undo each."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core import edits
from desktop.ui.actions import Actions
from desktop.ui.canvas.align_draft import Laid
from desktop.ui.canvas.view import CanvasView
from desktop.ui.documents import PICTURES, picture_of
from desktop.ui.errands import Errands, Spawn
from desktop.ui.label_writer import write_labels

_CHANGED = "The shot was changed meanwhile, so nothing was done; try again."


class PictureActions(Errands):
    """Replaces the picture and keeps masks and paths; carries out what the align tool shows."""

    told = Signal(str)

    def __init__(self, window: QWidget, canvas: CanvasView, actions: Actions, spawn: Spawn) -> None:
        super().__init__(window, spawn)
        self._window, self._canvas, self._session = window, canvas, canvas.session
        self._tool_before = ""
        """The tool to go back to when aligning was begun by another picture."""
        actions.on("replace-picture", self.ask_picture)
        canvas.options.align.accept_asked.connect(self._align_asked)

    def ask_picture(self) -> None:
        """Ask for the other picture."""
        dialog = QFileDialog(self._window, "Replace the picture", "", f"{PICTURES};;All files (*)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.replace_by)
        dialog.open()

    def replace_by(self, source: object) -> None:
        """Put the picture of a file, an address or a QImage under the masks."""
        self._run(self._replace(source), "replace the picture")

    async def _replace(self, source: object) -> None:
        taken = await picture_of(source)
        image = taken.image
        copy, revision = self._session.begin_snapshot(), self._session.revision
        if copy is None:
            return
        before = await asyncio.to_thread(copy)
        after = await asyncio.to_thread(edits.replace_picture, before, image)
        live = self._session.shot
        if live is None or self._session.revision != revision:
            self.told.emit(_CHANGED)
            return
        same_size = after.label_map is before.label_map
        if same_size:
            after = replace(after, label_map=live.label_map)
        self._canvas.expect(taken)
        self._session.edit("Replace the picture", after)
        frame = edits.picture_frame(before.image.width, before.image.height, image)
        whole_picture = edits.same_aspect(before, image)
        if not whole_picture and (before.label_map.any() or any(area.trajectory for area in before.areas)):
            # The painted pixels are laid once, from the old map: nothing is scaled twice.
            self._canvas.options.align.begin(after, Laid(before.label_map, before.areas), frame)
            self._tool_before = self._canvas.tool_name
            self._canvas.set_tool("align")
            self.told.emit("The picture has another aspect: drag the masks until they fit, then press Enter.")

    def _align_asked(self) -> None:
        self._run(self._align(), "align the masks")

    async def _align(self) -> None:
        draft = self._canvas.options.align
        self._session.finish_step()
        shot, revision = self._session.shot, self._session.revision
        laid, frame = draft.laid(shot), draft.frame
        if shot is None or laid is None:
            return
        # The live map may be read here: if it is painted on meanwhile, the revision is another and nothing is laid.
        target = await asyncio.to_thread(edits.place_masks, shot, laid.labels, laid.areas, frame)
        done = await write_labels(self._session, "Align the masks", target, revision)
        if done:
            draft.drop()
            before, self._tool_before = self._tool_before, ""
            if before and self._canvas.tool_name == "align":
                self._canvas.set_tool(before)
        else:
            self.told.emit(_CHANGED)
