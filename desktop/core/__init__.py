"""The pure core: what a shot is and what the service is asked for.

Standard library and numpy only. No Qt, no network, no files, no clock.
"""
