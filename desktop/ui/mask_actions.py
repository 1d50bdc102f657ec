"""Masks and pictures that come in and go out: by menu, drop and clipboard. Files are read and written in threads."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core import edits
from desktop.core.areas import STATIC_LABEL
from desktop.core.errors import KinebrushError, MaskError
from desktop.core.shot import Shot
from desktop.storage.atomic import write_atomic
from desktop.ui.actions import Actions
from desktop.ui.canvas.tools.modes import area_title
from desktop.ui.documents import PICTURES, SUFFIX, png_of
from desktop.ui.label_writer import write_labels
from desktop.ui.mask_card import MaskCard
from desktop.ui.mask_words import colors_of, counted, words_of
from desktop.ui.session import Session
from desktop.ui.theme import area_color

if TYPE_CHECKING:
    from desktop.imaging.mask_import import MaskFile

Spawn = Callable[[Coroutine[Any, Any, Any], str], object]
Snapshot = Callable[[], Shot]
"""Gives the shot as it was when it was asked for; called in a thread."""

_ROWS = 64
_ENDINGS = PICTURES.partition("(")[2].rstrip(")").split()
_KINDS = "Masks (*.png *.tif *.tiff *.bmp *.webp *.gif *.jpg *.jpeg);;All files (*)"


@dataclass(frozen=True, slots=True)
class Incoming:
    """A picture file that came by drop or clipboard: its bytes and name, and as a mask if it can be one. ``chosen``
    tells which label each region of a label image becomes, by its index."""

    data: bytes
    name: str
    mask: MaskFile | None
    fits: bool
    size_text: str
    chosen: dict[int, int] = field(default_factory=dict)


class MaskActions(QObject):
    """Connects the actions on masks of a window. ``failed`` carries the error of something that was asked for."""

    failed = Signal(object)
    told = Signal(str)
    picture_asked = Signal(object)
    """A new shot shall be made of this: a path or a QImage."""
    replace_asked = Signal(object)
    """The picture shall be replaced by this: a path or a QImage."""

    def __init__(
        self, window: QWidget, stage: QWidget, actions: Actions, session: Session, spawn: Spawn
    ) -> None:
        super().__init__(window)
        self._window, self._stage, self._session, self._spawn = window, stage, session, spawn
        self._card: MaskCard | None = None
        self._incoming: Incoming | None = None
        self._source: object = None
        for name, slot in {
            "import-masks": self.ask_import,
            "export-masks": self.ask_export,
            "export-indexed": self.ask_export_indexed,
            "copy-mask": self.copy_mask,
            "paste-mask": self.paste_mask,
        }.items():
            actions.on(name, slot)

    @property
    def card(self) -> MaskCard | None:
        """The card that asks, while it does."""
        return self._card

    # --- in -----------------------------------------------------------------------------------------------------

    def ask_import(self) -> None:
        """Ask for a mask or a label image."""
        dialog = QFileDialog(self._window, "Import masks", "", _KINDS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self.import_file)
        dialog.open()

    def import_file(self, path: str | Path) -> None:
        """Import a file: a mask for the chosen area, a label image as areas."""
        self._run(self._import(Path(path)), "import masks")

    def paste_mask(self) -> None:
        """Import the picture in the clipboard."""
        source = _source_of(QGuiApplication.clipboard().mimeData())
        if source is None:
            self.failed.emit(MaskError("There is no mask in the clipboard; copy one and paste again."))
        else:
            self._run(self._import(source), "paste a mask")

    def offer(self, mime: QMimeData) -> bool:
        """Ask what a dropped or pasted picture shall be; False when that is no question."""
        source = _source_of(mime)
        if self._session.shot is None or source is None:
            return False
        self._run(self._offer(source), "look at a picture")
        return True

    async def _import(self, source: object) -> None:
        shot = self._session.shot
        if shot is None:
            return
        incoming = await asyncio.to_thread(_read, source, shot, True)
        file = incoming.mask
        if file is None or not incoming.fits:
            raise MaskError(
                f"{incoming.name} has another aspect than the picture's {shot.image.width} × {shot.image.height}; "
                "save it in the picture's size."
            )
        if file.kind in ("grey", "alpha"):
            self._ask(incoming, source, [("mask", f"Import into {area_title(self._session)}")])
        elif file.kind == "labels" and len(incoming.chosen) < len(file.regions):
            areas = ("labels", f"Import {counted(len(incoming.chosen), 'area')}")
            self._ask(incoming, source, [areas, ("mask", f"All into {area_title(self._session)}")])
        elif file.kind == "labels":
            await self._lay_labels(file, incoming.chosen)
        else:
            await self._lay_mask(file, self._session.active_label, 128)

    async def _offer(self, source: object) -> None:
        shot = self._session.shot
        if shot is None:
            return
        incoming = await asyncio.to_thread(_read, source, shot, False)
        picture = [("new", "New picture"), ("replace", "Replace the picture")]
        masks: list[tuple[str, str]] = []
        file = incoming.mask if incoming.fits else None
        if file is not None:
            masks.append(("mask", f"Mask of {area_title(self._session)}"))
            if file.kind == "labels":
                masks.insert(0, ("labels", counted(len(incoming.chosen), "area")))
        first = file is not None and file.kind in ("mask", "labels")
        self._ask(incoming, source, masks + picture if first else picture + masks)

    def _ask(self, incoming: Incoming, source: object, choices: list[tuple[str, str]]) -> None:
        if self._card is not None:
            self._card.close()
        file = incoming.mask if incoming.fits else None
        soft = file is not None and file.kind in ("grey", "alpha")
        what = "" if file is None else f" · {words_of(file, incoming.chosen)}"
        self._incoming, self._source = incoming, source
        card = MaskCard(
            incoming.name,
            f"{incoming.size_text}{what}",
            choices,
            self._stage,
            values=None if file is None else file.values,
            colors=colors_of(file, incoming.chosen) if file is not None and file.kind == "labels" else None,
            threshold=128 if soft else None,
        )
        card.chosen.connect(self._chosen)
        card.closed.connect(self._card_closed)
        self._card = card
        card.open()

    def _card_closed(self) -> None:
        if self.sender() is self._card:
            self._card = self._incoming = self._source = None

    def _chosen(self, key: str) -> None:
        incoming, card, source = self._incoming, self._card, self._source
        threshold = 128 if card is None else round(card.threshold.value())
        self._card = self._incoming = self._source = None
        if key == "new":
            self.picture_asked.emit(source)
        elif key == "replace":
            self.replace_asked.emit(source)
        elif incoming is not None and incoming.mask is not None:
            file, label = incoming.mask, self._session.active_label
            labels = key == "labels"
            work = (
                self._lay_labels(file, incoming.chosen) if labels else self._lay_mask(file, label, threshold)
            )
            self._run(work, "import masks")

    async def _lay_mask(self, file: MaskFile, label: int, threshold: int) -> None:
        copy, revision = self._session.begin_snapshot(), self._session.revision
        if copy is None or not self._unlocked((label,)):
            return
        target = await asyncio.to_thread(_with_mask, copy, file, label, threshold)
        if not await write_labels(
            self._session, f"Import a mask into {area_title(self._session)}", target, revision
        ):
            self.told.emit("The shot was changed meanwhile, so nothing was imported; import again.")

    async def _lay_labels(self, file: MaskFile, chosen: dict[int, int]) -> None:
        copy, revision = self._session.begin_snapshot(), self._session.revision
        if copy is None or not self._unlocked(tuple(chosen.values())):
            return
        target = await asyncio.to_thread(_with_labels, copy, file, chosen)
        if not await write_labels(self._session, "Import areas", target, revision):
            self.told.emit("The shot was changed meanwhile, so nothing was imported; import again.")

    def _unlocked(self, labels: tuple[int, ...]) -> bool:
        shot = self._session.shot
        for label in labels:
            area = None if shot is None else shot.area(label)
            if area is not None and area.locked:
                self.told.emit(f"{area.title} is locked; unlock it to change it.")
                return False
        return True

    # --- out ----------------------------------------------------------------------------------------------------

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
        """Put the chosen area's mask into the clipboard, white on black."""
        self._run(self._copy(), "copy a mask")

    async def _export(self, folder: Path) -> None:
        copy = self._session.begin_snapshot()
        if copy is None:
            return
        count = await asyncio.to_thread(_write_areas, copy, folder)
        if count == 0:
            raise MaskError("Nothing is painted yet, so there is no mask to export.")
        self.told.emit(f"{count} {'mask was' if count == 1 else 'masks were'} written to {folder}.")

    async def _export_indexed(self, path: Path) -> None:
        copy = self._session.begin_snapshot()
        if copy is not None:
            await asyncio.to_thread(_write_indexed, copy, path)
            self.told.emit(f"All areas were written to {path.name}.")

    async def _copy(self) -> None:
        copy, label = self._session.begin_snapshot(), self._session.active_label
        if copy is None:
            return
        image = await asyncio.to_thread(_mask_image, copy, label)
        QGuiApplication.clipboard().setImage(image)
        self.told.emit(f"The mask of {area_title(self._session)} is in the clipboard.")

    # --- inside -------------------------------------------------------------------------------------------------

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._spawn(self._reported(work), name)

    async def _reported(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except KinebrushError as error:
            self.failed.emit(error)


def _source_of(mime: QMimeData | None) -> object:
    """A picture file's path or a QImage in what was dropped or pasted; None when there is neither.

    An empty clipboard has no mime data at all.
    """
    if mime is None:
        return None
    urls = list(mime.urls())
    text = mime.text().strip()
    if not urls and text.startswith("file:"):
        urls = [QUrl(text)]
    if urls:
        path = Path(urls[0].toLocalFile())
        suffix = path.suffix.lower()
        known = bool(suffix) and f"*{suffix}" in _ENDINGS
        return path if urls[0].isLocalFile() and suffix != SUFFIX and known else None
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return image
    return None


# In threads, since these bring OpenCV and Pillow in.


def _read(source: object, shot: Shot, must: bool) -> Incoming:
    """Look at a file or a pasted image. Raises KinebrushError; for an unfit mask only when it ``must`` be one."""
    from desktop.imaging.mask_import import choose_labels, read_mask_file
    from desktop.imaging.probe import probe

    if isinstance(source, QImage):
        data, name = png_of(source), "Pasted picture"
    else:
        path = Path(str(source))
        name = path.name
        try:
            data = path.read_bytes()
        except OSError as error:
            raise KinebrushError(f"{name} cannot be read: {error.strerror or error}.") from error
    try:
        file = read_mask_file(data)
    except MaskError:
        if must:
            raise
        file = None
    if file is not None:
        size = f"{file.width} × {file.height}"
        colors = {area_color(0 if label == STATIC_LABEL else label): label for label in range(1, 8)}
        fits = file.fits(shot.image.width, shot.image.height)
        return Incoming(data, name, file, fits, size, choose_labels(file, colors))
    wide, high = probe(data).upright_size
    return Incoming(data, name, None, False, f"{wide} × {high}")


def _with_mask(copy: Snapshot, file: MaskFile, label: int, threshold: int) -> Shot:
    """The shot whose area is this mask and nothing else; pixels of locked areas stay theirs."""
    from desktop.imaging.mask_import import mask_from

    shot = copy()
    mask = mask_from(file, shot.image.width, shot.image.height, threshold=threshold)
    return _merged(edits.add_area(shot, label), {label: mask})


def _with_labels(copy: Snapshot, file: MaskFile, chosen: dict[int, int]) -> Shot:
    from desktop.imaging.mask_import import labels_from

    shot = copy()
    labels = labels_from(file, shot.image.width, shot.image.height, chosen)
    for label in sorted(set(chosen.values())):
        shot = edits.add_area(shot, label)
    return _merged(shot, {label: labels == label for label in sorted(set(chosen.values()))})


def _merged(shot: Shot, masks: dict[int, np.ndarray[Any, np.dtype[np.bool_]]]) -> Shot:
    """The shot with these masks in the place of their areas' own."""
    labels = shot.label_map.copy()
    locked = edits.locked_labels(shot)
    for top in range(0, labels.shape[0], _ROWS):  # in bands: the window's thread waits for numpy now and then
        band = labels[top : top + _ROWS]
        for label in masks:
            band[band == label] = 0
        free = ~np.isin(band, list(locked))
        for label, mask in masks.items():
            band[mask[top : top + _ROWS] & free] = label
    shown = [area if area.label not in masks else replace(area, hidden=False) for area in shot.areas]
    return replace(shot, label_map=labels, areas=tuple(shown))


def _write_areas(copy: Snapshot, folder: Path) -> int:
    from desktop.imaging.mask_export import area_files

    files = area_files(copy())
    for name, data in files.items():
        write_atomic(folder / name, data)
    return len(files)


def _write_indexed(copy: Snapshot, path: Path) -> None:
    from desktop.imaging.mask_export import indexed_file

    write_atomic(path, indexed_file(copy())[1])


def _mask_image(copy: Snapshot, label: int) -> QImage:
    pixels = np.multiply(copy().label_map == label, 255, dtype=np.uint8)
    height, width = pixels.shape
    return QImage(pixels.data, width, height, width, QImage.Format.Format_Grayscale8).copy()
