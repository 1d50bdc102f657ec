"""The window: PySide6 on top of the jobs, with one theme and controls built once."""
