"""What is asked: the catalogue of procedures, and the checklists generated from it (pure)."""
