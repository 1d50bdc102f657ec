"""The tools: what the pointer does on the picture. `table.TOOLS` lists them."""
