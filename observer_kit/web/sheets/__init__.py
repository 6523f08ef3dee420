"""Fetch what stands on a paper and put it into words: for the pages and the command line alike."""
