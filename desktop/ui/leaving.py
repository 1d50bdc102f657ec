"""What is said before a shot is left in which something would be lost."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.core.waiting import Waiting, WaitingCrop, WaitingMasks, WaitingOutline, WaitingSelection
from desktop.ui.canvas.tools.table import tool_row


def kept_by_saving(begun: Waiting) -> bool:
    """Whether saving keeps what waits: a selection is applied then. Nothing else of what waits is in a shot's file."""
    return isinstance(begun, WaitingSelection)


def question(name: str, modified: bool, waiting: Sequence[Waiting]) -> tuple[str, str]:
    """(what would be lost of this shot, what can be done about it). ``waiting`` is only what no file would hold."""
    parts = ["changes that are not saved"] if modified else []
    parts += [_of(begun) for begun in waiting]
    text = f"“{name}” has {_listed(parts)}."
    one = len(waiting) == 1
    if not waiting:
        return text, "Save them before going on?"
    if modified:
        rest = _noun(waiting[0]) if one else "the rest"
        return text, f"Save keeps only the changes; cancel to finish {rest} first."
    return text, f"{'It is' if one else 'They are'} lost when you go on."


def _listed(parts: Sequence[str]) -> str:
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _noun(begun: Waiting) -> str:
    match begun:
        case WaitingOutline():
            return "the outline"
        case WaitingSelection():
            return "the selection"
        case WaitingCrop():
            return "the crop"
        case WaitingMasks():
            return "moving the masks"


def _of(begun: Waiting) -> str:
    title = tool_row(begun.tool).title.lower()
    match begun:
        case WaitingOutline():
            return f"an outline that is not closed ({title})"
        case WaitingSelection():
            return f"a selection that is not kept ({title})"
        case WaitingCrop():
            return "a crop that is not accepted"
        case WaitingMasks():
            return "masks that are moved and not laid"
