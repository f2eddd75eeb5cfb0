"""r2s2r makes shots: real footage to a lifted scene, edited in 3D, and back to video."""

__version__ = "0.1.0"
