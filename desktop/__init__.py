"""Kinebrush: turns a still picture into a 4K video and lets its maker paint what moves where."""

__version__ = "0.1.0"
