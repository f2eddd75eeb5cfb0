"""Files of the outside world: video, images, meshes, USD."""
