"""From the faces of any file to one closed, manifold, outward surface."""
