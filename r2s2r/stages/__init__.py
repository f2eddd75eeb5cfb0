"""The five stages. Each folder has the same shape: ``make_x`` and its VERSION, the seam, one file per backend."""
