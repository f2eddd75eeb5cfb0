"""Writers: a camera over time as other programs read it, a file for each. They return what the format cannot hold."""
