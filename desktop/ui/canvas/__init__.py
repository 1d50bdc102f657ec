"""The canvas: picture, areas and paths, and the tools that edit them."""
