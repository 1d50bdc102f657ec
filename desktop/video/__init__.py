"""Videos: what is in a file, whether it is whole, and whether it moves as planned. OpenCV, no Qt."""
