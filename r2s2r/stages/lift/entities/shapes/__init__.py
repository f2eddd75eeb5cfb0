"""The shapes a silhouette can be given without a model."""
