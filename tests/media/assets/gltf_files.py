"""glTF files written by hand: a document, and the arrays it names."""

import base64
import json
import struct
from pathlib import Path
from typing import Any

import numpy as np

_COMPONENTS = {"float32": 5126, "uint8": 5121, "uint16": 5123, "uint32": 5125, "int16": 5122}
_TYPES = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}

# A cube of side 1 about (0, 0.5, 0), faces outwards.
CUBE = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (0, 1) for z in (-0.5, 0.5)], np.float32)
CUBE_FACES = np.array(
    [[0, 1, 3], [0, 3, 2], [4, 6, 7], [4, 7, 5], [0, 4, 5], [0, 5, 1], [2, 3, 7], [2, 7, 6], [0, 2, 6], [0, 6, 4],
     [1, 5, 7], [1, 7, 3]], np.uint16)  # fmt: skip


class Gltf:
    """A document under construction."""

    def __init__(self):
        self.json: dict[str, Any] = {
            "asset": {"version": "2.0"},
            "accessors": [],
            "bufferViews": [],
            "nodes": [],
            "meshes": [],
        }
        self.data = b""

    def array(self, values, **more):
        """Add an accessor; return its number."""
        values = np.ascontiguousarray(values)
        view = self.view(values.tobytes())
        width = 1 if values.ndim == 1 else int(np.prod(values.shape[1:]))
        accessor = {"bufferView": view, "componentType": _COMPONENTS[values.dtype.name], "count": len(values),
                    "type": _TYPES[width], **more}  # fmt: skip
        self.json["accessors"].append(accessor)
        return len(self.json["accessors"]) - 1

    def view(self, data):
        """Add a buffer view; return its number."""
        self.json["bufferViews"].append({"buffer": 0, "byteOffset": len(self.data), "byteLength": len(data)})
        self.data += data + b"\0" * (-len(data) % 4)
        return len(self.json["bufferViews"]) - 1

    def mesh(self, vertices=CUBE, faces=CUBE_FACES, *, material=None, mode=4, targets=(), **attributes):
        """Add a mesh of one primitive; return its number."""
        arrays = {"POSITION": self.array(vertices)} | {name: self.array(v) for name, v in attributes.items()}
        primitive = {"attributes": arrays, "mode": mode}
        if faces is not None:
            primitive["indices"] = self.array(np.asarray(faces).ravel())
        if material is not None:
            self.json.setdefault("materials", []).append(material)
            primitive["material"] = len(self.json["materials"]) - 1
        if targets:
            primitive["targets"] = [{"POSITION": self.array(np.asarray(target, np.float32))} for target in targets]
        self.json["meshes"].append({"primitives": [primitive]})
        return len(self.json["meshes"]) - 1

    def node(self, **node):
        """Add a node; return its number."""
        self.json["nodes"].append(node)
        return len(self.json["nodes"]) - 1

    def picture(self, uri):
        """Add a texture whose picture has a URI; return its number."""
        for name, one in (("images", {"uri": uri}), ("textures", {"source": len(self.json.get("images", []))})):
            self.json.setdefault(name, []).append(one)
        return len(self.json["textures"]) - 1

    def animation(self, channels, name=None):
        """Add an animation of (node, path, times, values, interpolation)."""
        written = {"channels": [], "samplers": []} | ({"name": name} if name else {})
        for node, path, times, values, interpolation in channels:
            keys = {"input": self.array(np.asarray(times, np.float32)),
                    "output": self.array(np.asarray(values, np.float32)), "interpolation": interpolation}  # fmt: skip
            written["samplers"].append(keys)
            target = {"node": node, "path": path}
            written["channels"].append({"sampler": len(written["samplers"]) - 1, "target": target})
        self.json.setdefault("animations", []).append(written)

    def glb(self, path: Path) -> Path:
        """Write it as one file."""
        buffers = [{"byteLength": len(self.data)}]
        text = json.dumps({**self.json, "buffers": buffers}).encode()
        text += b" " * (-len(text) % 4)
        total = 28 + len(text) + len(self.data)
        head = struct.pack("<4sIII4s", b"glTF", 2, total, len(text), b"JSON")
        path.write_bytes(head + text + struct.pack("<I4s", len(self.data), b"BIN\0") + self.data)
        return path

    def gltf(self, path: Path, uri: str | None = None) -> Path:
        """Write it as JSON, its data beside it at ``uri``, or in it."""
        inside = "data:application/octet-stream;base64," + base64.b64encode(self.data).decode()
        if uri is not None:
            (path.parent / uri).write_bytes(self.data)
        buffers = [{"byteLength": len(self.data), "uri": uri or inside}]
        path.write_text(json.dumps({**self.json, "buffers": buffers}))
        return path
