"""The colour tag inside H.264 and H.265 streams: the sequence parameter set, read as far as its tag.

Sources: ITU-T H.264 sections 7.3.2.1.1 and E.1.1; ITU-T H.265 sections 7.3.2.2, 7.3.3, 7.3.4, 7.3.7 and E.2.1.
"""

from __future__ import annotations

_AVC_HIGH = {44, 83, 86, 100, 110, 118, 122, 128, 134, 135, 138, 139, 244}
_HEVC_SPS = 33
_EXTENDED_SAR = 255
_LONGEST_CODE = 32


class _Bits:
    """Bits of a NAL unit, its emulation prevention taken out."""

    def __init__(self, unit: bytes) -> None:
        data = unit.replace(b"\0\0\3", b"\0\0")
        self._value, self._left = int.from_bytes(data, "big"), 8 * len(data)

    def u(self, count: int) -> int:
        """An unsigned number of ``count`` bits."""
        if count > self._left:
            raise ValueError("the parameter set is damaged")
        self._left -= count
        return (self._value >> self._left) & ((1 << count) - 1)

    def ue(self) -> int:
        """An unsigned Exp-Golomb number."""
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > _LONGEST_CODE:
                raise ValueError("the parameter set is damaged")
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb number."""
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)


def avc_matrix(record: bytes) -> int | None:
    """The matrix coefficients in an ``avcC`` record, None without a tag. Raises ValueError for damage."""
    if len(record) < 9 or not record[5] & 31:
        raise ValueError("there is no parameter set")
    length = int.from_bytes(record[6:8], "big")
    return _avc_sps(_Bits(record[9 : 8 + length]))


def hevc_matrix(record: bytes) -> int | None:
    """The matrix coefficients in an ``hvcC`` record, None without a tag. Raises ValueError for damage."""
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        kind, count = record[at : at + 1], int.from_bytes(record[at + 1 : at + 3], "big")
        at += 3
        for _ in range(count):
            length = int.from_bytes(record[at : at + 2], "big")
            if kind and kind[0] & 63 == _HEVC_SPS:
                return _hevc_sps(_Bits(record[at + 4 : at + 2 + length]))
            at += 2 + length
    raise ValueError("there is no parameter set")


def _avc_sps(bits: _Bits) -> int | None:
    profile = bits.u(8)
    bits.u(16)
    bits.ue()
    if profile in _AVC_HIGH:
        chroma = bits.ue()
        if chroma == 3:
            bits.u(1)
        bits.ue()
        bits.ue()
        bits.u(1)
        if bits.u(1):
            for number in range(12 if chroma == 3 else 8):
                if bits.u(1):
                    _avc_scaling_list(bits, 16 if number < 6 else 64)
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.u(1)
        bits.se()
        bits.se()
        for _ in range(bits.ue()):
            bits.se()
    bits.ue()
    bits.u(1)
    bits.ue()
    bits.ue()
    if not bits.u(1):
        bits.u(1)
    bits.u(1)
    if bits.u(1):
        for _ in range(4):
            bits.ue()
    return _vui(bits) if bits.u(1) else None


def _avc_scaling_list(bits: _Bits, size: int) -> None:
    last = following = 8
    for _ in range(size):
        if following:
            following = (last + bits.se()) % 256
        last = following or last


def _hevc_sps(bits: _Bits) -> int | None:
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    _hevc_profile(bits, layers)
    bits.ue()
    if bits.ue() == 3:
        bits.u(1)
    bits.ue()
    bits.ue()
    if bits.u(1):
        for _ in range(4):
            bits.ue()
    bits.ue()
    bits.ue()
    order_bits = bits.ue() + 4
    for _ in range(layers + 1 if bits.u(1) else 1):
        for _ in range(3):
            bits.ue()
    for _ in range(6):
        bits.ue()
    if bits.u(1) and bits.u(1):
        _hevc_scaling_lists(bits)
    bits.u(2)
    if bits.u(1):
        bits.u(8)
        bits.ue()
        bits.ue()
        bits.u(1)
    pictures = 0
    for index in range(bits.ue()):
        pictures = _hevc_reference_set(bits, index, pictures)
    if bits.u(1):
        for _ in range(bits.ue()):
            bits.u(order_bits + 1)
    bits.u(2)
    return _vui(bits) if bits.u(1) else None


def _hevc_profile(bits: _Bits, layers: int) -> None:
    bits.u(96)
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)


def _hevc_scaling_lists(bits: _Bits) -> None:
    for size in range(4):
        for _ in range(0, 6, 3 if size == 3 else 1):
            if not bits.u(1):
                bits.ue()
                continue
            if size > 1:
                bits.se()
            for _ in range(min(64, 1 << (4 + (size << 1)))):
                bits.se()


def _hevc_reference_set(bits: _Bits, index: int, before: int) -> int:
    """Pass over one short-term reference picture set; gives how many pictures it holds."""
    if index and bits.u(1):
        bits.u(1)
        bits.ue()
        kept = 0
        for _ in range(before + 1):
            kept += bool(bits.u(1) or bits.u(1))
        return kept
    negative, positive = bits.ue(), bits.ue()
    for _ in range(negative + positive):
        bits.ue()
        bits.u(1)
    return negative + positive


def _vui(bits: _Bits) -> int | None:
    """The start of the video usability information, the same in both standards."""
    if bits.u(1) and bits.u(8) == _EXTENDED_SAR:
        bits.u(32)
    if bits.u(1):
        bits.u(1)
    if bits.u(1):
        bits.u(4)
        if bits.u(1):
            bits.u(16)
            return bits.u(8)
    return None
