"""Masks that go out: as files and by clipboard. Files are written in threads."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core.errors import MaskError
from desktop.ui import mask_files
from desktop.ui.actions import Actions
from desktop.ui.canvas.tools.modes import area_title
from desktop.ui.errands import Errands, Spawn
from desktop.ui.session import Session


class MaskExports(Errands):
    """Connects the actions by which masks go out."""

    told = Signal(str)

    def __init__(self, window: QWidget, actions: Actions, session: Session, spawn: Spawn) -> None:
        super().__init__(window, spawn)
        self._window, self._session = window, session
        actions.on("export-masks", self.ask_export)
        actions.on("export-indexed", self.ask_export_indexed)
        actions.on("copy-mask", self.copy_mask)

    def ask_export(self) -> None:
        """Ask for a folder for one PNG per area."""
        if self._session.shot is None:
            return
        dialog = QFileDialog(self._window, "A folder for the masks")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self.export_to)
        dialog.open()

    def ask_export_indexed(self) -> None:
        """Ask for the file of one PNG of all areas."""
        shot = self._session.shot
        if shot is None:
            return
        dialog = QFileDialog(self._window, "One PNG of all areas", "", "PNG (*.png)")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("png")
        dialog.selectFile(f"{shot.name}-areas.png")
        dialog.fileSelected.connect(self.export_indexed_to)
        dialog.open()

    def export_to(self, folder: str | Path) -> None:
        """Write one PNG per area into a folder."""
        self._run(self._export(Path(folder)), "export masks")

    def export_indexed_to(self, path: str | Path) -> None:
        """Write one indexed PNG of all areas."""
        self._run(self._export_indexed(Path(path)), "export masks")

    def copy_mask(self) -> None:
        """Put the chosen area's mask into the clipboard, white on black; what is there stays when there is none."""
        self._run(self._copy(), "copy a mask")

    async def _export(self, folder: Path) -> None:
        copy = self._session.begin_snapshot()
        if copy is None:
            return
        count = await asyncio.to_thread(mask_files.write_areas, copy, folder)
        if count == 0:
            raise MaskError("Nothing is painted yet, so there is no mask to export.")
        self.told.emit(f"{count} {'mask was' if count == 1 else 'masks were'} written to {folder}.")

    async def _export_indexed(self, path: Path) -> None:
        copy = self._session.begin_snapshot()
        if copy is not None:
            await asyncio.to_thread(mask_files.write_indexed, copy, path)
            self.told.emit(f"All areas were written to {path.name}.")

    async def _copy(self) -> None:
        copy, label = self._session.begin_snapshot(), self._session.active_label
        if copy is None:
            return
        title = area_title(self._session, label)
        image = await asyncio.to_thread(mask_files.mask_image, copy, label)
        if image is None:
            raise MaskError(f"Nothing is painted in {title} yet, so there is no mask to copy.")
        QGuiApplication.clipboard().setImage(image)
        self.told.emit(f"The mask of {title} is in the clipboard.")
