"""A mission before the day: its file, register, teams and diary; and its rebuild from published figures (pure)."""
