"""Stills: any picture in, the service's pictures and masks out. OpenCV and Pillow, no Qt."""
