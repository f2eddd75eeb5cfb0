"""The DAG of a shot as Luigi tasks. Luigi is imported in this package only."""
