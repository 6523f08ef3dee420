"""A set statement → its paper: frame and annexes, an archival and accessible PDF that carries its figures, and proof."""
