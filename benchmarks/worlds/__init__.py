"""Made worlds, filmed by cameras that are known exactly: the truth that solvers are measured against."""
