"""A draft between the figures and the paper: what is frozen, what is compared, what is looked at before approval."""
