"""The night: what may be made when, in which order, and what is put off."""
