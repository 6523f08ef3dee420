"""Other people's formats, in and out. Pure: what is read is judged and stored elsewhere."""
