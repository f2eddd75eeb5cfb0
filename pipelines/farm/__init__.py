"""The farm: requests built by other processes, on this machine's GPUs or on a cluster."""
