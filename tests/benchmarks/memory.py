"""Peak memory of one transfer, in a process of its own: ``python -m tests.benchmarks.memory upload|download ...``.

Prints the growth of the peak in MB (10^6 bytes) over a small transfer of the same kind done before.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

from desktop.api.download import download


def peak() -> int:
    """The largest resident size so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would also count what the parent had before exec
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    if sys.platform == "win32":
        raise OSError("the peak is not measured on Windows")
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


async def growth(kind: str, url: str, folder: Path, size: int) -> float:
    """Growth of the peak in MB from a transfer of 40 KB (upload) or 50 MB (download) to one of ``size`` bytes."""
    from tests.benchmarks.transfer import order, upload  # what it needs is not loaded for a download

    if kind == "upload":
        small, large = order(folder, 40_000), order(folder, size)
        await upload(url, small, folder)
        before = peak()
        await upload(url, large, folder)
    else:
        await download(f"{url}/50000000", folder / "small.part")
        before = peak()
        await download(f"{url}/{size}", folder / "large.part")
    return (peak() - before) / 1e6


def measured(kind: str, url: str, folder: Path, size: int) -> float:
    """The growth, found in a process of its own."""
    root = Path(__file__).parent.parent.parent
    command = [sys.executable, "-m", "tests.benchmarks.memory", kind, url, str(folder), str(size)]
    return float(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)


if __name__ == "__main__":
    print(asyncio.run(growth(sys.argv[1], sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))))
