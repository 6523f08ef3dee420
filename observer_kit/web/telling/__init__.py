"""What pages and papers tell alike: answers in words, their histories, tallies as rows, and what a source printed."""
