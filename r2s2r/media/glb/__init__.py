"""GLB: a shot as one binary glTF file, for Blender and whatever else reads glTF."""
