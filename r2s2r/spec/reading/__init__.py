"""Reading YAML strictly, with positions, and saying in plain words what is wrong with it."""
