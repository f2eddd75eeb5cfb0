"""glTF 2.0, as ``.glb`` and as ``.gltf`` with files beside it (Khronos glTF 2.0 specification)."""
