"""The crop while it is drawn: one draft that the crop tool, its bar and the size that will be sent all follow."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop.core import cropping
from desktop.core.conventions import KLING, Conventions
from desktop.core.fitting import crop_to_aspect, side_allowed
from desktop.core.geometry import Box, whole
from desktop.core.shot import SourceImage
from desktop.core.waiting import WaitingCrop
from desktop.ui.session import Session

ASPECTS: tuple[tuple[str, str, float | None], ...] = (
    ("free", "Free", None),
    ("16:9", "16:9", 16 / 9),
    ("9:16", "9:16", 9 / 16),
    ("1:1", "1:1", 1.0),
    ("2.5:1", "2.5:1", 2.5),
    ("1:2.5", "1:2.5", 0.4),
)
"""(key, title, width by height) of what the frame can be held to."""


class CropDraft(QObject):
    """A frame in pixels of the picture that is not yet the shot's. It belongs to one picture's bytes and is void for
    any other."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._frame: Box | None = None
        self._of: bytes | None = None
        self._enlarge: bool | None = None
        self._aspect = "free"
        self._limits: Conventions = KLING

    @property
    def limits(self) -> Conventions:
        """What the service takes."""
        return self._limits

    def set_limits(self, limits: Conventions) -> None:
        """Another service, perhaps with other limits."""
        if limits != self._limits:
            self._limits = limits
            self.changed.emit()

    @property
    def aspect(self) -> str:
        """The key in `ASPECTS` that the frame is held to."""
        return self._aspect

    @property
    def ratio(self) -> float | None:
        """Width by height that the frame is held to, or None."""
        return next(value for key, _, value in ASPECTS if key == self._aspect)

    def active(self, image: SourceImage) -> bool:
        """Whether there is a draft for this picture that differs from what the shot has."""
        return self.image(image) != image

    def frame(self, image: SourceImage) -> Box:
        """The frame as it stands, in pixels of the picture. One that is not cropped yet begins in the aspect held."""
        if self._frame is not None and self._of is image.data:
            return self._frame
        ratio = self.ratio
        if image.crop is None and ratio is not None:
            all_of_it = whole(image.width, image.height)
            return crop_to_aspect(cropping.with_aspect(all_of_it, all_of_it, ratio), self._limits.max_aspect)
        return image.frame

    def image(self, image: SourceImage) -> SourceImage:
        """The picture as it would be with the draft accepted."""
        frame = self.frame(image)
        crop = None if frame == whole(image.width, image.height) else frame
        enlarge = self._enlarge if self._enlarge is not None and self._of is image.data else image.enlarge
        return replace(image, crop=crop, enlarge=enlarge)

    def too_small(self, image: SourceImage) -> bool:
        """Whether the frame needs to be enlarged to be taken."""
        frame = self.frame(image)
        return not side_allowed(frame.width, frame.height, self._limits.min_side)

    def set_frame(self, image: SourceImage, frame: Box) -> None:
        """Draw the frame here."""
        self._frame, self._of = frame, image.data
        self.changed.emit()

    def set_enlarge(self, image: SourceImage, enlarge: bool) -> None:
        """Let a small picture be scaled up to the smallest side that is taken, or not."""
        self._frame, self._of, self._enlarge = self.frame(image), image.data, enlarge
        self.changed.emit()

    def waiting(self, tool: str, image: SourceImage) -> WaitingCrop | None:
        """What is drawn on this picture and not accepted, if it differs from what the shot has."""
        if self._frame is None or self._of is not image.data or not self.active(image):
            return None
        enlarge = self.image(image).enlarge
        return WaitingCrop(tool, (image.width, image.height), self._frame, self._aspect, enlarge)

    def take_up(self, image: SourceImage, begun: WaitingCrop) -> None:
        """Go on with what waited, on a picture of the same size."""
        self._aspect = begun.aspect if begun.aspect in {key for key, _, _ in ASPECTS} else "free"
        self._frame, self._of, self._enlarge = begun.frame, image.data, begun.enlarge
        self.changed.emit()

    def set_aspect(self, image: SourceImage | None, key: str) -> None:
        """Hold the frame to an aspect of `ASPECTS`; free only brings it within the limits."""
        self._aspect = key
        if image is not None:
            within, ratio = whole(image.width, image.height), self.ratio
            frame = self.frame(image)
            if ratio is None:
                frame = crop_to_aspect(frame, self._limits.max_aspect)
            else:
                frame = cropping.with_aspect(frame, within, ratio)
            self._frame, self._of = crop_to_aspect(frame, self._limits.max_aspect), image.data
        self.changed.emit()

    def reset(self, image: SourceImage) -> None:
        """Draw the frame around as much of the picture as the service takes."""
        self._aspect = "free"
        self.set_frame(image, crop_to_aspect(whole(image.width, image.height), self._limits.max_aspect))

    def drop(self) -> None:
        """Forget the draft."""
        self._frame = self._of = self._enlarge = None
        self._aspect = "free"
        self.changed.emit()

    def accept(self, session: Session) -> bool:
        """Make the draft the shot's, as one step of undo, and hold on to its aspect; False when it changes nothing."""
        shot = session.shot
        if shot is None:
            return False
        image, aspect = self.image(shot.image), self._aspect
        self.drop()
        self._aspect = aspect
        title = "Crop the picture" if image.crop != shot.image.crop else "Enlarge the picture"
        done = session.edit(title, replace(shot, image=image))
        self.changed.emit()
        return done
