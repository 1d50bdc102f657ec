"""The wiring of the window: start, event loop, tasks, logs, the one door for errors."""
