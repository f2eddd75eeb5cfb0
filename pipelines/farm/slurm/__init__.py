"""The executor ``slurm``: requests built by jobs of a cluster."""
