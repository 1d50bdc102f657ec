"""Takes: the player and what belongs to a take. ``TakesFace`` is the whole of it."""
