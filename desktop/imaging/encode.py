"""A whole shot, encoded for the service."""

from __future__ import annotations

from desktop.core.conventions import Conventions
from desktop.core.label_map import counts, resized
from desktop.core.request import EncodedShot
from desktop.core.shot import Shot
from desktop.imaging.fit import fit_image
from desktop.imaging.masks import sent_mask


def encode_shot(shot: Shot, conventions: Conventions) -> EncodedShot:
    """The picture, the end frame and every mask as the bytes to send; all masks have the sent picture's size.

    Areas without a painted pixel in the sent picture are absent; whether they are hidden or locked does not
    matter. Raises PictureError for pictures that cannot be read or sent.
    """
    image = fit_image(shot.image, conventions)
    end_frame = None if shot.end_frame is None else fit_image(shot.end_frame, conventions)
    sent = resized(shot.label_map, shot.image.frame, image.asset.width, image.asset.height)
    painted = counts(sent)
    masks = {
        area.label: sent_mask(sent == area.label, conventions)
        for area in shot.areas
        if painted[area.label] > 0
    }
    dynamic = {area.label: masks[area.label] for area in shot.dynamic_areas if area.label in masks}
    still = shot.static_area
    return EncodedShot(image, end_frame, None if still is None else masks.get(still.label), dynamic)
