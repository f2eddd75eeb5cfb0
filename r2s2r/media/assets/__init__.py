"""Mesh files that authors bring: GLB, glTF, OBJ, PLY and USD, read as one kind of thing."""
