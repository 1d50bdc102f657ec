"""The documents show what there is: links that lead somewhere, pictures that are small, keys that are true."""

import re
from pathlib import Path

import pytest
from PIL import Image

from desktop.ui.actions import all_rows
from desktop.ui.area_table import OPERATIONS, Operation
from desktop.ui.canvas.tools.table import TOOLS, ToolRow
from tests.series.studio import HEIGHT, WIDE
from tests.series.table import all_series

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = ROOT / "docs" / "user-guide.md"
TOOLS_PAGE = ROOT / "docs" / "tools.md"
STRIPS = ROOT / "docs" / "screenshots" / "tools"


def anchors(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title).strip().lower().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http://", "https://")):
            continue
        file, _, anchor = target.partition("#")
        there = page if not file else page.parent / file
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_pictures_are_small_and_shown() -> None:
    shown = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    pictures = sorted((ROOT / "docs" / "screenshots").glob("*.png"))
    assert pictures
    for picture in pictures:
        assert picture.stat().st_size <= 300_000, picture.name
        assert picture.name in shown, f"{picture.name} is shown nowhere"
        with Image.open(picture) as image:
            assert image.size == (1600, 1000)


def test_the_guides_keys_are_those_of_the_window() -> None:
    keys = {row.title.rstrip("…"): row.shortcuts for row in all_rows() if row.title}
    table = re.findall(
        r"^\| ([^|`]+) \| ((?:`[^`]+`(?:, )?)+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(table) > 30
    for title, shown in table:
        assert tuple(re.findall(r"`([^`]+)`", shown)) == keys[title], title


def test_every_series_is_shown_and_small() -> None:
    shown = re.findall(r"\(screenshots/tools/([\w-]+)\.png\)", TOOLS_PAGE.read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(all_series())
    assert sorted(shown) == sorted(file.stem for file in STRIPS.iterdir())
    for name in shown:
        file = STRIPS / f"{name}.png"
        assert file.stat().st_size <= 300_000, name
        with Image.open(file) as image:
            assert (image.size, image.mode) == ((WIDE, HEIGHT), "P"), name


@pytest.mark.parametrize("row", [*TOOLS, *OPERATIONS], ids=lambda row: row.name)
def test_every_tool_and_operation_has_a_series_with_its_key(row: ToolRow | Operation) -> None:
    sections = re.split(r"^### ", TOOLS_PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    (section,) = [part for part in sections if part.startswith(f"{row.title}\n")]
    assert f"(screenshots/tools/{row.name}.png)" in section
    (keys,) = re.findall(r"^Keys: (.+)$", section, re.MULTILINE)
    assert keys.startswith(f"`{row.shortcut}`")
