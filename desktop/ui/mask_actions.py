"""Masks and pictures that come in: by menu, drop and clipboard. Files are read in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop.core.errors import MaskError
from desktop.core.shot import Shot
from desktop.imaging.progress import Report
from desktop.ui import mask_files
from desktop.ui.actions import Actions
from desktop.ui.canvas.tools.modes import area_title
from desktop.ui.documents import PICTURES, SUFFIX
from desktop.ui.errands import Errands, Spawn
from desktop.ui.label_writer import write_labels
from desktop.ui.long_work import LongWork
from desktop.ui.mask_batch import Batch, number_of, read_batch
from desktop.ui.mask_card import FileRow, MaskCard, foot_of
from desktop.ui.mask_files import Incoming, Merged, Snapshot
from desktop.ui.mask_picture import Layer
from desktop.ui.mask_words import colors_of, counted, words_of
from desktop.ui.session import Session
from desktop.ui.theme import SPACE, area_color

if TYPE_CHECKING:
    from desktop.imaging.mask_import import MaskFile

Then = Callable[[str, int], object]
"""What is done with the key of the button that was pressed and the threshold."""

_ENDINGS = PICTURES.partition("(")[2].rstrip(")").split()
_KINDS = "Masks (*.png *.tif *.tiff *.bmp *.webp *.gif *.jpg *.jpeg);;All files (*)"
_SOFT = ("grey", "alpha")
_CHANGED = "The shot was changed meanwhile, so nothing was imported; import again."


class MaskActions(Errands):
    """Connects the actions by which masks come in, and asks what a picture shall be."""

    told = Signal(str)
    asked = Signal(object)
    """This `MaskCard` or `WorkCard` is shown now."""
    picture_asked = Signal(object)
    """A new shot shall be made of this: a path or a QImage."""
    replace_asked = Signal(object)
    """The picture shall be replaced by this: a path or a QImage."""

    def __init__(
        self, window: QWidget, stage: QWidget, actions: Actions, session: Session, spawn: Spawn
    ) -> None:
        super().__init__(window, spawn)
        self._window, self._stage, self._session = window, stage, session
        self._card: MaskCard | None = None
        self._then: Then | None = None
        self._work = LongWork(stage, self._foot, self)
        self._work.shown.connect(self.asked)
        actions.on("import-masks", self.ask_import)
        actions.on("paste-mask", self.paste_mask)

    @property
    def card(self) -> MaskCard | None:
        """The card that asks, while it does."""
        return self._card

    def ask_import(self) -> None:
        """Ask for masks or a label image."""
        dialog = QFileDialog(self._window, "Import masks", "", _KINDS)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.import_files)
        dialog.open()

    def import_files(self, paths: Sequence[str | Path]) -> None:
        """Import files: one is a mask for the chosen area, or a label image as areas; several are an area each."""
        files = [Path(path) for path in paths]
        if len(files) == 1:
            self._run(self._import(files[0]), "import masks")
        elif files:
            self._run(self._import_several(files), "import masks")

    def paste_mask(self) -> None:
        """Import the picture in the clipboard, or the files."""
        sources = _sources_of(QGuiApplication.clipboard().mimeData())
        if not sources:
            self.failed.emit(MaskError("There is no mask in the clipboard; copy one and paste again."))
        elif len(sources) == 1:
            self._run(self._import(sources[0]), "paste a mask")
        else:
            self.import_files([Path(str(source)) for source in sources])

    def offer(self, mime: QMimeData) -> bool:
        """Ask what dropped or pasted pictures shall be; False when that is no question."""
        sources = _sources_of(mime)
        if self._session.shot is None or not sources:
            return False
        self._run(self._offer(sources), "look at a picture")
        return True

    async def _import(self, source: object) -> None:
        shot = self._session.shot
        if shot is None:
            return
        incoming = await self._read(source, shot, must=True)
        if incoming is None:
            return
        file = incoming.mask
        if file is None or not incoming.fits:
            raise MaskError(
                f"{incoming.name} has another aspect than the picture's {shot.image.width} × {shot.image.height}; "
                "save it in the picture's size."
            )
        into = area_title(self._session)
        areas = ("labels", f"Import {counted(len(incoming.chosen), 'area')}")
        if file.other is not None:
            mask = ("mask", f"Import into {into}")
            self._ask(incoming, source, [areas, mask] if file.kind == "labels" else [mask, areas])
        elif file.kind in _SOFT:
            self._ask(incoming, source, [("mask", f"Import into {into}")])
        elif file.kind == "labels" and len(incoming.chosen) < len(file.regions):
            self._ask(incoming, source, [areas, ("mask", f"All into {into}")])
        elif file.kind == "labels":
            await self._lay_labels(file, incoming.chosen)
        else:
            await self._lay_mask(file, self._session.active_label, 128)

    async def _import_several(self, paths: Sequence[Path]) -> None:
        batch = await self._read_several(paths)
        if batch is not None and not batch.files:
            raise MaskError(" ".join(batch.left))

    async def _read_several(self, paths: Sequence[Path]) -> Batch | None:
        """Look at several files, and ask if there is a mask among them."""
        copy, revision = self._session.begin_snapshot(), self._session.revision
        if copy is None:
            return None
        work = partial(read_batch, paths, copy, revision)
        batch = await self._work.run(f"Reading {counted(len(paths), 'file')}", work)
        if batch is not None and batch.files:
            self._ask_several(batch)
        return batch

    async def _read(self, source: object, shot: Shot, *, must: bool) -> Incoming | None:
        """Look at one file or picture. None when that was given up."""
        name = "the pasted picture" if isinstance(source, QImage) else Path(str(source)).name
        return await self._work.run(f"Reading {name}", lambda _report: mask_files.read(source, shot, must))

    def _foot(self) -> int:
        """Where cards stand on the stage: above the one that asks."""
        asking = self._card is not None and self._card.isVisible()
        return self._card.y() - 2 * SPACE if self._card is not None and asking else foot_of(self._stage)

    async def _offer(self, sources: Sequence[object]) -> None:
        source = sources[0]
        if len(sources) > 1:
            batch = await self._read_several([Path(str(path)) for path in sources])
            if batch is None or batch.files:
                return
            source = next(path for path in sources if _is_picture(Path(str(path))))
            self.told.emit(f"{Path(str(source)).name} is taken as a picture. {' '.join(batch.left)}")
        shot = self._session.shot
        if shot is None:
            return
        incoming = await self._read(source, shot, must=False)
        if incoming is None:
            return
        picture = [("new", "New picture"), ("replace", "Replace the picture")]
        masks: list[tuple[str, str]] = []
        file = incoming.mask if incoming.fits else None
        if file is not None:
            masks.append(("mask", f"Mask of {area_title(self._session)}"))
            if incoming.labels is not None:
                place = 0 if file.kind == "labels" else 1
                masks.insert(place, ("labels", counted(len(incoming.chosen), "area")))
        first = file is not None and (file.kind not in _SOFT or file.other is not None)
        self._ask(incoming, source, masks + picture if first else picture + masks)

    def _ask(self, incoming: Incoming, source: object, choices: list[tuple[str, str]]) -> None:
        """Ask what one file shall be."""
        file = incoming.mask if incoming.fits else None
        what = "" if file is None else f" · {words_of(file, incoming.chosen)}"
        soft = None if file is None else incoming.soft
        layers = []
        if soft is not None:
            layers.append(Layer(soft.values))
        elif file is not None:
            table = colors_of(file, incoming.chosen) if file.kind == "labels" else None
            layers.append(Layer(file.values, table=table))
        least = (
            128 if file is soft else 1
        )  # what is labels rather than brightness is painted wherever it is not black
        card = MaskCard(
            incoming.name,
            f"{incoming.size_text}{what}",
            choices,
            self._stage,
            layers=layers,
            threshold=None if soft is None else least,
        )
        self._open(card, partial(self._chosen, incoming, source))

    def _chosen(self, incoming: Incoming, source: object, key: str, threshold: int) -> None:
        if key == "new":
            self.picture_asked.emit(source)
        elif key == "replace":
            self.replace_asked.emit(source)
        elif key == "labels" and incoming.labels is not None:
            self._run(self._lay_labels(incoming.labels, incoming.chosen), "import masks")
        elif incoming.mask is not None:
            file = incoming.soft or incoming.mask
            self._run(self._lay_mask(file, self._session.active_label, threshold), "import masks")

    def _ask_several(self, batch: Batch) -> None:
        """Show which file becomes which area before it happens."""
        rows, layers, soft = [], [], False
        shot = self._session.shot
        for label, incoming in batch.files.items():
            area = None if shot is None else shot.area(label)
            color = "" if area is None else area.color
            title = area_title(self._session, label)
            notes = ["replaces what is painted"] if label in batch.painted else []
            file = incoming.mask
            if file is not None:
                if file.kind == "labels":
                    notes.append(f"{counted(len(file.regions), 'label')} as one")
                rgb = QColor(color or area_color(number_of(label))).rgb()
                layers.append(Layer(file.values, rgb, None if file.kind in _SOFT else 1))
                soft = soft or file.kind in _SOFT
            rows.append(FileRow(incoming.name, number_of(label), color, title, ", ".join(notes)))
        masks = counted(len(rows), "mask")
        card = MaskCard(
            f"Import {masks}",
            " ".join(batch.left),
            [("masks", f"Import {masks}"), ("cancel", "Cancel")],
            self._stage,
            layers=layers,
            rows=rows,
            threshold=128 if soft else None,
        )
        self._open(card, partial(self._chosen_several, batch))

    def _chosen_several(self, batch: Batch, key: str, threshold: int) -> None:
        if key == "masks":
            self._run(self._lay_several(batch, threshold), "import masks")

    def _open(self, card: MaskCard, then: Then) -> None:
        """Show a card in the place of the one that is there, and do what is chosen."""
        if self._card is not None:
            self._card.close()
        card.chosen.connect(self._pressed)
        card.closed.connect(self._card_closed)
        self._card, self._then = card, then
        card.open()
        self.asked.emit(card)

    def _pressed(self, key: str) -> None:
        then, card = self._then, self._card
        self._card = self._then = None
        if then is not None and card is not None:
            then(key, round(card.threshold.value()))

    def _card_closed(self) -> None:
        if self.sender() is self._card:
            self._card = self._then = None

    async def _lay_mask(self, file: MaskFile, label: int, threshold: int) -> None:
        title = f"Import a mask into {area_title(self._session)}"
        await self._lay(
            title, (label,), partial(mask_files.with_mask, file=file, label=label, threshold=threshold)
        )

    async def _lay_labels(self, file: MaskFile, chosen: dict[int, int]) -> None:
        work = partial(mask_files.with_labels, file=file, chosen=chosen)
        await self._lay("Import areas", tuple(chosen.values()), work)

    async def _lay_several(self, batch: Batch, threshold: int) -> None:
        if self._session.revision != batch.revision:
            self.told.emit(_CHANGED)
            return
        files = {label: incoming.mask for label, incoming in batch.files.items() if incoming.mask is not None}
        work = partial(mask_files.with_masks, files=files, threshold=threshold)
        if await self._lay(f"Import {counted(len(files), 'mask')}", tuple(files), work) and batch.left:
            count = len(files)
            done = f"{counted(count, 'mask')} {'was' if count == 1 else 'were'} imported."
            self.told.emit(" ".join((done, *batch.left)))

    async def _lay(
        self, title: str, labels: tuple[int, ...], work: Callable[[Snapshot, Report], Merged]
    ) -> bool:
        """Work masks out in a thread and lay them into the shot as one step of undo. False, with the reason said, when
        that cannot be."""
        copy, revision = self._session.begin_snapshot(), self._session.revision
        if copy is None or not self._unlocked(labels):
            return False
        merged = await self._work.run(title, lambda report: work(copy, report))
        if merged is None:
            return False
        if not await write_labels(self._session, title, merged.shot, revision):
            self.told.emit(_CHANGED)
            return False
        self._session.tell_spared(merged.spared)
        return True

    def _unlocked(self, labels: tuple[int, ...]) -> bool:
        shot = self._session.shot
        for label in labels:
            area = None if shot is None else shot.area(label)
            if area is not None and area.locked:
                self.told.emit(f"{area.title} is locked; unlock it to change it.")
                return False
        return True


def _sources_of(mime: QMimeData | None) -> list[object]:
    """Picture files' paths or a QImage in what was dropped or pasted; none when there is neither, or a shot is first.

    Among several files there may be others that are no pictures. An empty clipboard has no mime data at all.
    """
    if mime is None:
        return []
    urls = list(mime.urls())
    text = mime.text().strip()
    if not urls and text.startswith("file:"):
        urls = [QUrl(text)]
    if urls:
        paths = [Path(url.toLocalFile()) for url in urls if url.isLocalFile()]
        first_is_shot = bool(paths) and paths[0].suffix.lower() == SUFFIX
        known = urls[0].isLocalFile() and not first_is_shot and any(_is_picture(path) for path in paths)
        return [*paths] if known else []
    if mime.hasImage():
        image = mime.imageData()
        if isinstance(image, QImage) and not image.isNull():
            return [image]
    return []


def _is_picture(path: Path) -> bool:
    suffix = path.suffix.lower()
    return bool(suffix) and f"*{suffix}" in _ENDINGS
