"""Materials of OBJ files (MTL): of each its diffuse colour and picture."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from r2s2r.geometry.transforms import Array
from r2s2r.media.assets.text import lines_of

# Options of a map and how many words follow each (MTL specification, "Options for texture map statements").
_OPTIONS = {"-blendu": 1, "-blendv": 1, "-boost": 1, "-cc": 1, "-clamp": 1, "-imfchan": 1, "-mm": 2, "-texres": 1,
            "-type": 1, "-bm": 1, "-colorspace": 1, "-o": 3, "-s": 3, "-t": 3}  # fmt: skip


@dataclass(frozen=True, eq=False)
class MtlMaterial:
    """One material: its diffuse colour [3], sRGB 0..1, and the name of its picture, empty for none."""

    colour: Array
    picture: str = ""


WHITE = MtlMaterial(np.ones(3))


def materials_of(path: Path) -> Mapping[str, MtlMaterial]:
    """Return the materials of an MTL file by name; what else it says is ignored."""
    found: dict[str, MtlMaterial] = {}
    name = None
    for line in lines_of(path):
        key, _, rest = line.strip().partition(" ")
        if key == "newmtl":
            name = rest.strip()
            found[name] = WHITE
        elif name is not None and key == "Kd":
            found[name] = replace(found[name], colour=_colour(rest))
        elif name is not None and key.lower() == "map_kd":
            found[name] = replace(found[name], picture=_file_name(rest))
    return found


def pictures_of(materials: Iterable[MtlMaterial]) -> tuple[str, ...]:
    """Return the names of their pictures, each once."""
    return tuple(dict.fromkeys(material.picture for material in materials if material.picture))


def _colour(written: str) -> Array:
    try:
        values = [float(word) for word in written.split()[:3]]
    except ValueError:  # a spectral curve or a colour space
        return np.ones(3)
    colour = np.array(values if len(values) == 3 else values[:1] * 3)
    return np.clip(np.nan_to_num(colour), 0.0, 1.0) if len(colour) else np.ones(3)


def _file_name(written: str) -> str:
    """Return the file's name, which may have spaces, after the options."""
    words = written.split()
    while words and words[0] in _OPTIONS:
        most = _OPTIONS[words.pop(0)]
        taken = next((i for i, word in enumerate(words[:most]) if most > 1 and not _is_number(word)), most)
        words = words[taken:]
    return written[written.index(words[0]) :].strip().replace("\\", "/") if words else ""


def _is_number(word: str) -> bool:
    return word.lstrip("+-").replace(".", "", 1).isdigit()
