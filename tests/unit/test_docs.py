"""The documents show what there is: links that lead somewhere, pictures that are small, keys that are true."""

import re
from pathlib import Path

import pytest
from PIL import Image

from desktop.ui.actions import all_rows

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
GUIDE = ROOT / "docs" / "user-guide.md"


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
