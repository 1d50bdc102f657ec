"""Masks and label images from other programs: what a file is, and the areas it becomes.

LabelMe saves a palette, CVAT colours on black, napari grey or values of 16 to 64 bits with 0 for nothing; paint
programs save black and white, soft grey, or transparency.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps

from desktop.core.areas import DYNAMIC_LABELS, STATIC_LABEL
from desktop.core.errors import MaskError, PictureError
from desktop.core.geometry import whole
from desktop.core.label_map import LabelMap, resized
from desktop.imaging.bare_values import MOST_LABELS, Bare, levels_of, pillow_values, wide_values
from desktop.imaging.deep_colours import check_told_apart
from desktop.imaging.masks import PALETTE, THRESHOLD, Mask, luminance, same_aspect
from desktop.imaging.pixel_counts import COLOURS, distinct, histogram, looked_up, neutral, packed_colours
from desktop.imaging.probe import opened

Kind = Literal["mask", "grey", "alpha", "labels"]

MOST_REGIONS = 64
"""More colours or values than these (and nothing) are labels only where they lie in pieces."""

_SMALL_NUMBER = 32
"""Up to here grey levels are numbers of labels, seen as black by the eye; and any that nearly fill what they span."""

_BLACK, _WHITE = 0x000000, 0xFFFFFF
_BLACK_AND_WHITE = (["#000000"], ["#ffffff"], ["#000000", "#ffffff"])
_NOTHING = 1 << 24
"""Stands for transparent pixels among packed colours."""

_MOST_COLOURS = 4096
_PATCH = 64
"""Many colours that have mostly fewer pixels than this are the shades of a drawing."""

_TINT = 4
"""Levels by which the channels of a grey JPEG may differ."""

_STRIPS = 128
"""Pairs of rows in which pieces are looked for."""

Values = npt.NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True, slots=True)
class Region:
    """One colour of a label image: its ``value`` (palette index or grey level; 0 for plain colours), the colour
    ``#rrggbb`` that it has in the file (empty for bare values) and its number of pixels in the file."""

    value: int
    color: str
    pixels: int


@dataclass(frozen=True, slots=True)
class MaskFile:
    """A mask as it was read, upright.

    ``values`` is H x W, uint8: 0 or 255 for a ``mask`` of two colours, 0 to 255 for ``grey`` and ``alpha``, and for
    ``labels`` the number of a region, 1 for ``regions[0]``, 0 for nothing (uint16 where there are more than 255).
    ``own`` is a PNG of all areas as Kinebrush writes it, whose values are labels. ``other`` is what the file may be as
    well: a few grey levels are brightness or labels, and nothing in the file says which.
    """

    kind: Kind
    values: Values = field(repr=False)
    regions: tuple[Region, ...] = ()
    own: bool = False
    other: MaskFile | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        return int(self.values.shape[1])

    @property
    def height(self) -> int:
        return int(self.values.shape[0])

    def fits(self, width: int, height: int) -> bool:
        """Whether it has the aspect of a picture of that size, give or take the rounding of a side."""
        return same_aspect(self.width, self.height, width, height)


def read_mask_file(data: bytes) -> MaskFile:
    """What the bytes of an image file hold, as a mask. Raises MaskError when they cannot be read."""
    try:
        wide = wide_values(data)
        if wide is not None:
            return _of_values(levels_of(wide))
        image = opened(data)
        image.load()
        lossy = image.format == "JPEG"
        upright = ImageOps.exif_transpose(image)
        if image.mode == "P" and ("transparency" not in image.info or _indices_tell_more(upright)):
            return _of_palette(upright)
        if image.mode.startswith(("I", "F")):
            return _of_values(levels_of(pillow_values(image, upright)))
        if upright.mode in {"L", "1"} and "transparency" not in upright.info:
            return _of_grey(np.asarray(upright.convert("L")), lossy=lossy)
        check_told_apart(data, image)
        return _of_colours(upright, lossy=lossy)
    except MaskError:
        raise
    except PictureError as error:
        raise MaskError(str(error), error.details) from error
    except Exception as error:
        raise MaskError("This mask is damaged; save it again as PNG.", repr(error)) from error


def mask_from(file: MaskFile, width: int, height: int, *, threshold: int = THRESHOLD) -> Mask:
    """The file as one mask for a picture of ``width`` x ``height``: H x W, bool.

    Grey and alpha are painted from ``threshold`` (0 to 255) on; of a label image every region is. Raises MaskError
    when the aspect differs.
    """
    _check_aspect(file, width, height)
    least = 1 if file.kind in ("mask", "labels") else threshold
    painted = (file.values >= least).astype(np.uint8)
    mask: Mask = resized(painted, whole(file.width, file.height), width, height) != 0
    return mask


def labels_from(file: MaskFile, width: int, height: int, chosen: Mapping[int, int]) -> LabelMap:
    """A label image for a picture of ``width`` x ``height``: H x W, uint8, values 0 to 7.

    ``chosen`` gives the label of a region by its index in ``regions``; the others become nothing. Raises MaskError
    when the aspect differs.
    """
    _check_aspect(file, width, height)
    table = np.zeros(len(file.regions) + 1, np.uint8)
    for index, label in chosen.items():
        table[index + 1] = label
    return resized(looked_up(table, file.values), whole(file.width, file.height), width, height)


def choose_labels(file: MaskFile, colors: Mapping[str, int] | None = None) -> dict[int, int]:
    """Which label each region becomes, by index: its own value where all are 1 to 6, the label whose colour it has
    (``colors``, by ``#rrggbb``), else the free moving areas in order of value, or of size where there are no values.

    The static area is taken only where the file says so: 7 means it in our own files alone. Regions beyond the six
    largest are left out.
    """
    regions = file.regions
    if file.own and all(1 <= region.value <= STATIC_LABEL for region in regions):
        return {index: region.value for index, region in enumerate(regions)}
    by_size = sorted(range(len(regions)), key=lambda index: -regions[index].pixels)
    small = bool(regions) and all(1 <= region.value <= STATIC_LABEL for region in regions)
    chosen: dict[int, int] = {}
    for index in sorted(by_size[: len(DYNAMIC_LABELS)]) if small else range(len(regions)):
        region = regions[index]
        label = region.value if small else (colors or {}).get(region.color)
        if label is not None and label not in chosen.values() and not (small and label == STATIC_LABEL):
            chosen[index] = label
    free = [label for label in DYNAMIC_LABELS if label not in chosen.values()]
    rest = [index for index in by_size if index not in chosen]
    chosen.update(zip(sorted(rest[: len(free)]), free, strict=False))
    return chosen


def _check_aspect(file: MaskFile, width: int, height: int) -> None:
    if not file.fits(width, height):
        raise MaskError(
            f"The mask has {file.width} × {file.height} pixels, which is another aspect than the picture's "
            f"{width} × {height}; save it in the picture's size."
        )


def _of_palette(image: Image.Image) -> MaskFile:
    """Every palette index is a region; 0 and what is transparent are nothing."""
    indices = np.asarray(image, np.uint8)
    palette = (image.getpalette("RGB") or [])[: 3 * 256]
    palette += [0] * (3 * 256 - len(palette))
    found = histogram(indices, 256)
    used = [int(index) for index in np.flatnonzero(found)]
    colors = {index: _hex(*palette[3 * index : 3 * index + 3]) for index in used}
    if len(used) <= 2 and used[-1] in (0, 1, 255) and sorted(colors.values()) in _BLACK_AND_WHITE:
        return _of_colours(image)  # black and white that happens to be saved with a palette
    grey = None
    if all(color[1:3] == color[3:5] == color[5:7] for color in colors.values()):
        levels = np.array(palette, np.uint8).reshape(-1, 3)[:, 0]
        grey = _of_grey(looked_up(levels, indices))
    if grey is not None and grey.kind == "grey" and grey.other is None:
        return grey
    if len(used) > MOST_REGIONS + 1 and not _pieces(indices, found):
        return MaskFile("grey", luminance(image))
    present = [index for index in used if index != 0 and index not in _clear(image)]
    own = palette[: len(PALETTE)] == list(PALETTE)
    labels = _labels(indices, present, [colors[index] for index in present], found, own=own)
    return labels if grey is None or grey.kind != "grey" else replace(grey, other=labels)


def _indices_tell_more(image: Image.Image) -> bool:
    """Whether indices of a palette that are not transparent have one colour: only they tell the labels apart."""
    colors = np.array(image.getpalette("RGB") or [], np.uint8).reshape(-1, 3)
    seen = [int(i) for i in np.flatnonzero(histogram(np.asarray(image), 256)) if i not in _clear(image)]
    return len({tuple(colors[i].tolist()) if i < len(colors) else () for i in seen}) < len(seen)


def _clear(image: Image.Image) -> set[int]:
    """The transparent indices of a palette."""
    said = image.info.get("transparency", b"")
    return {said} if isinstance(said, int) else {index for index, alpha in enumerate(said) if alpha == 0}


def _of_grey(levels: npt.NDArray[np.uint8], *, lossy: bool = False) -> MaskFile:
    return _of_values(Bare(levels, 255), lossy=lossy)


def _of_values(bare: Bare, *, lossy: bool = False) -> MaskFile:
    """Grey: two levels are a mask; more are labels if they are few or each has its pieces of the picture, else a soft
    mask. Levels that are no numbers to count with, from 0 to white above all, may be either. 0 is nothing.

    ``lossy`` files hold no labels, since their levels are not kept.
    """
    levels, deep = bare.levels, bare.levels.dtype != np.uint8
    found = histogram(levels, 1 << (16 if deep else 8) if bare.numbers is None else bare.numbers.size)
    used = [int(level) for level in np.flatnonzero(found)]
    parted = (
        used[0] != 0 and used[-1] <= _SMALL_NUMBER
    )  # all of the picture, by numbers: none of them is nothing
    if len(used) <= 2 and not (parted and len(used) == 2):
        high = max(used[-1], 1)
        return MaskFile("mask", np.where(levels == high, np.uint8(255), np.uint8(0)))
    present = [level for level in used if level != 0]
    grey = MaskFile("grey", _brightness(bare))
    few = len(present) <= MOST_REGIONS
    if lossy or bare.soft or _soft(found, used, bare.white) or not (few or _pieces(levels, found)):
        return grey
    if len(present) > MOST_LABELS:
        raise MaskError(
            f"This label image has {len(present):,} labels, and no more than {MOST_LABELS:,} can be told apart; "
            "leave some out and save it again."
        )
    labels = _labels(levels, present, [""] * len(present), found, numbers=bare.numbers)
    if _spread(used, bare.white):
        return replace(grey, other=labels)
    numbers = deep or present[-1] <= max(_SMALL_NUMBER, 2 * len(present))
    return labels if numbers else replace(labels, other=grey)


def _brightness(bare: Bare) -> npt.NDArray[np.uint8]:
    """0 to 255. Numbers beyond 16 bits are as bright as they are great beside the greatest."""
    if bare.numbers is not None:
        table = np.clip(bare.numbers / bare.numbers[-1] * 255, 0, 255).astype(np.uint8)
        return looked_up(table, bare.levels)
    return (bare.levels >> 8 if bare.levels.dtype == np.uint16 else bare.levels).astype(np.uint8)


def _spread(used: list[int], white: int) -> bool:
    """Whether grey levels go from black to white."""
    return used[0] == 0 and used[-1] == white


def _soft(found: npt.NDArray[np.int64], used: list[int], white: int) -> bool:
    """Whether grey levels are a mask with soft edges: black and white are nearly everything."""
    return _spread(used, white) and int(found[0] + found[-1]) >= 0.8 * int(found.sum())


def _pieces(levels: Values, found: npt.NDArray[np.int64]) -> bool:
    """Whether many values are labels: most pixels have the value of their neighbours, as in no noise and no soft edge,
    and where two values meet they are far from each other, as in no slow change of brightness: others, of those that
    are ``found``, lie between."""
    if min(levels.shape) < 2:
        return False
    rows = np.unique(np.linspace(0, levels.shape[0] - 2, _STRIPS).astype(np.intp))
    ranks = np.cumsum(found > 0).astype(np.int32)
    ranks -= ranks[0]  # nothing is 0, whether it occurs or not
    here, below = ranks[levels[rows]], ranks[levels[rows + 1]]
    left, right, under = here[:, :-1], here[:, 1:], below[:, :-1]
    inner = (left != 0) & (left != int(ranks[-1]))
    settled = inner & (left == right) & (left == under)
    jumps = np.concatenate([np.abs(left - right).ravel(), np.abs(left - under).ravel()])
    jumps = jumps[jumps > 0]
    if not inner.any() or jumps.size == 0:
        return False
    calm = int(np.count_nonzero(settled)) >= 0.5 * int(np.count_nonzero(inner))
    return calm and float(np.median(jumps)) > 2


def _of_colours(image: Image.Image, *, lossy: bool = False) -> MaskFile:
    """RGB with or without alpha: what grey is when it is opaque and without colours, labels when there are few of
    them, else transparency or brightness."""
    rgba = np.asarray(image.convert("RGBA"))
    alpha = rgba[..., 3]
    low, high = int(alpha.min()), int(alpha.max())
    if low == high and neutral(rgba, _TINT if lossy else 0):
        return _of_grey(rgba[..., 1].copy(), lossy=lossy)
    clear = low == 0 and _two_values(alpha)
    packed = packed_colours(rgba)
    if clear:
        packed[alpha == 0] = _NOTHING
    used = distinct(packed, _MOST_COLOURS) if clear or low == high else None
    soft = MaskFile("alpha" if low != high else "grey", alpha.copy() if low != high else luminance(image))
    if used is None:
        return soft
    table = np.zeros(COLOURS, np.uint16)
    table[used] = np.arange(len(used))
    places = looked_up(table, packed)
    found = histogram(places, len(used))
    counted = dict(zip(used, found.tolist(), strict=True))
    nothing = _background(counted)
    present = sorted((c for c in used if c != nothing), key=lambda color: -counted[color])
    if clear and len(present) <= 1:
        return soft
    if len(present) <= 1:
        painted = packed == present[0] if present else np.zeros(packed.shape, np.bool_)
        return MaskFile("mask", np.where(painted, np.uint8(255), np.uint8(0)))
    many = len(present) > MOST_REGIONS
    if many and (lossy or np.median(found) < _PATCH or not _pieces(places, found)):
        return soft
    numbers: Values = np.zeros(len(used), np.uint8 if len(present) < 256 else np.uint16)
    numbers[table[present]] = np.arange(1, len(present) + 1)
    regions = tuple(Region(0, f"#{color:06x}", counted[color]) for color in present)
    labels = MaskFile("labels", looked_up(numbers, places), regions)
    return replace(soft, other=labels) if many else labels


def _background(counted: Mapping[int, int]) -> int:
    """The colour that means nothing: transparent, black, white beside colours, else the most frequent one."""
    if _NOTHING in counted:
        return _NOTHING
    if _BLACK in counted:
        return _BLACK
    if _WHITE in counted:
        return _WHITE
    return max(counted, key=counted.__getitem__)


def _two_values(alpha: npt.NDArray[np.uint8]) -> bool:
    return int(np.count_nonzero(histogram(alpha, 256))) == 2


def _labels(
    values: Values,
    present: list[int],
    colors: list[str],
    found: npt.NDArray[np.int64],
    *,
    own: bool = False,
    numbers: npt.NDArray[np.number[Any]] | None = None,
) -> MaskFile:
    """A label image of the levels that are ``present``, which stand for themselves or for ``numbers``."""
    table = np.zeros(found.size, np.uint16)
    table[present] = np.arange(1, len(present) + 1)
    few = len(present) < 256
    places: Values = looked_up(table.astype(np.uint8), values) if few else looked_up(table, values)
    regions = tuple(
        Region(level if numbers is None else int(numbers[level]), color, int(found[level]))
        for level, color in zip(present, colors, strict=True)
    )
    return MaskFile("labels", places, regions, own)


def _hex(red: int, green: int, blue: int) -> str:
    return f"#{red:02x}{green:02x}{blue:02x}"
