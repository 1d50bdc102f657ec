"""From a task's files to its video: the masks are read, the frames rendered, the MP4 written.

PyAV, numpy and Pillow are loaded here, at the first task, so that the service starts at once.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.simulator import pictures
from desktop.simulator.switches import Settings
from desktop.simulator.validate import Order

if TYPE_CHECKING:
    from PIL import Image

    from desktop.simulator.renderer import Renderer, Scene

_FAST_MEGAPIXELS = 0.3
_BT709, _LIMITED = 1, 1  # as ITU-T H.273 numbers them


class MaskFault(Exception):
    """The masks cannot be used: the task FAILs, and only the service knows why."""


class Cancelled(Exception):
    """The service is ending: the task is rendered again at the next start."""


def make(folder: Path, order: Order, settings: Settings, target: Path, cancelled: Callable[[], bool]) -> None:
    """Render the order whose files are in ``folder`` and put the MP4 at ``target`` as a whole.

    Raises MaskFault, Cancelled.
    """
    from desktop.simulator.renderer import Renderer, output_size

    scene = read_scene(folder, order, settings)
    if cancelled():
        raise Cancelled
    megapixels = _FAST_MEGAPIXELS if settings.render == "fast" else settings.megapixels
    size = output_size(order.width, order.height, megapixels)
    part = target.with_suffix(".part")
    _encode(Renderer(scene, size, order.duration * settings.fps), settings.fps, part, cancelled)
    part.replace(target)


def read_scene(folder: Path, order: Order, settings: Settings) -> Scene:
    """What the request asks to move. Raises MaskFault."""
    from desktop.simulator.renderer import Scene

    names = [f"dynamic_mask_{number}" for number in range(1, len(order.paths) + 1)]
    masks = {}
    for name in [*names, *(["static_mask"] if order.static else [])]:
        try:
            masks[name] = pictures.load_mask(folder / name, settings.polarity)
        except pictures.UnreadablePicture as error:
            raise MaskFault(f"{name} cannot be read: {error}") from error
        if not pictures.same_aspect(masks[name], order.width, order.height):
            raise MaskFault(f"{name} has another aspect than the image.")
        if settings.empty_mask == "fail" and not masks[name].any():
            raise MaskFault(f"{name} has nothing painted in it.")
    if len({mask.shape for mask in masks.values()}) > 1:
        raise MaskFault("The masks differ in size.")
    tail = folder / "image_tail"
    return Scene(
        image=_rgb(folder / "image"),
        areas=[(masks[name], path) for name, path in zip(names, order.paths, strict=True)],
        static=masks.get("static_mask"),
        tail=_rgb(tail) if tail.exists() else None,
        y_up=settings.origin == "bottom-left",
        static_moves=settings.static == "move",
    )


def _rgb(path: Path) -> Image.Image:
    image = pictures.load(path)
    if image.mode.startswith("I"):  # 16 bits a channel
        import numpy as np
        from PIL import Image

        return Image.fromarray((np.asarray(image, dtype=np.int64) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def _encode(frames: Renderer, fps: int, path: Path, cancelled: Callable[[], bool]) -> None:
    """Write H.264 in MP4, its index in front: 8 bits, 4:2:0, BT.709, limited range, no sound."""
    import av

    width, height = frames.size
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=fps)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.options = {"preset": "superfast", "crf": "17", "g": str(2 * fps)}
        codec = stream.codec_context
        codec.color_primaries = codec.color_trc = codec.colorspace = _BT709
        codec.color_range = _LIMITED
        for index, planes in enumerate(frames):
            if cancelled():
                raise Cancelled
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
