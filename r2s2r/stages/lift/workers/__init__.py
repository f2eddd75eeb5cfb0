"""Lifts by models that cannot share this environment: worker processes that are given and answer files."""
