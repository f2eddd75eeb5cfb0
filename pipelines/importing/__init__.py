"""Import: what was changed in another program, back into a scene: examined, copied beside it, and said as YAML."""
