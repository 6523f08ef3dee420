"""A set statement → its paper: frame and annexes, an archival and accessible PDF with its figures, and proof."""
