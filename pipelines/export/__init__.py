"""Export: a shot as files that other programs read: inputs of a video model, passes, camera, animation."""
