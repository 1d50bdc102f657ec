"""The one place that imports OpenCV: ``from desktop.opencv import cv2``.

On Linux the import of ``cv2`` points Qt at the plug-ins and fonts of OpenCV's own wheel, and PySide6 then
fails to start. Whatever the two variables held before, nothing included, they hold again afterwards.
"""

import os

_QT_VARIABLES = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
_before = {name: os.environ.pop(name, None) for name in _QT_VARIABLES}
try:
    import cv2
finally:
    for _name, _value in _before.items():
        if _value is None:
            os.environ.pop(_name, None)
        else:
            os.environ[_name] = _value

__all__ = ["cv2"]
