"""Video models: exact ports of published ones. torch is imported here, and nothing of scenes or stages."""
