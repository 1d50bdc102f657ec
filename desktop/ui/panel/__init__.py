"""The panel at the right: areas, words, parameters, checks and the button that makes the video."""
