"""Cryptomatte: mattes of all entities, by name, in the channels of one file.

After Psyop's specification, https://github.com/Psyop/Cryptomatte/tree/master/specification: an entity's id is the hash
of its name; each pixel lists the entities that it shows and the share of it that each covers, most first.
"""

import json
from collections.abc import Sequence

import mmh3
import numpy as np
from numpy.typing import NDArray

from r2s2r.stages.render.compiled import called

LAYER = "CryptoObject"

# What compositing programs expect: three layers of two ranks each.
_MOST_RANKS = 6


class Cryptomatte:
    """The mattes of a scene; serves several threads.

    The number of ranks is the same for all frames: as many as a pixel has samples or the scene entities, 6 at most.
    """

    def __init__(self, names: Sequence[str], face_entity: NDArray[np.int32], supersampling: int) -> None:
        """Name the entities, in the order of ``face_entity`` [F]."""
        self._names = names
        self._face_entity = face_entity
        self._samples = supersampling
        self._hashes = np.array([name_hash(name) for name in names], np.uint32).view(np.float32)
        self._layers = -(-max(min(len(names), supersampling**2, _MOST_RANKS), 1) // 2)

    @property
    def words(self) -> dict[str, str]:
        """What the file's header says."""
        manifest = {name: f"{name_hash(name):08x}" for name in self._names}
        said = {
            "name": LAYER,
            "hash": "MurmurHash3_32",
            "conversion": "uint32_to_float32",
            "manifest": json.dumps(manifest, separators=(",", ":")),
        }
        # The key has seven letters and stays the same from shot to shot: what the specification proposes.
        key = f"{name_hash(LAYER):08x}"[:7]
        return {f"cryptomatte/{key}/{what}": value for what, value in said.items()}

    def channels(self, samples: NDArray[np.int32]) -> dict[str, NDArray[np.float32]]:
        """Return the channels, name -> [H, W], from the nearest faces at a frame's samples [H * S, W * S]."""
        height, width = (side // self._samples for side in samples.shape)
        ranked = np.zeros((4 * self._layers, height, width), np.float32)
        _rank(samples, self._face_entity, self._hashes, ranked)
        return {f"{LAYER}{index // 4:02d}.{'rgba'[index % 4]}": channel for index, channel in enumerate(ranked)}


def name_hash(name: str) -> int:
    """Return the bits of a name's id: its MurmurHash3, or next to that where it would not be an ordinary float."""
    bits = mmh3.hash(name.encode(), signed=False)
    return bits ^ (1 << 23) if bits >> 23 & 0xFF in (0x00, 0xFF) else bits


@called
def _rank(
    samples: NDArray[np.int32],
    face_entity: NDArray[np.int32],
    hashes: NDArray[np.float32],
    ranked: NDArray[np.float32],
) -> None:
    """Write id and share of each rank, by turns, into ``ranked`` [2 * ranks, H, W], which is 0."""
    side = samples.shape[0] // ranked.shape[1]
    entities, counts = np.empty(side * side, np.int32), np.empty(side * side, np.int32)
    for y in range(ranked.shape[1]):
        for x in range(ranked.shape[2]):
            found = 0
            for row in range(y * side, (y + 1) * side):
                for column in range(x * side, (x + 1) * side):
                    if samples[row, column] >= 0:
                        found = _count(face_entity[samples[row, column]], entities, counts, found)
            for rank in range(min(found, ranked.shape[0] // 2)):
                best = _largest(entities, counts, found)
                ranked[2 * rank, y, x] = hashes[entities[best]]
                ranked[2 * rank + 1, y, x] = np.float32(counts[best]) / np.float32(side * side)
                counts[best] = 0


@called
def _count(entity: int, entities: NDArray[np.int32], counts: NDArray[np.int32], found: int) -> int:
    """Count a sample of an entity; return how many entities there are by now."""
    for index in range(found):
        if entities[index] == entity:
            counts[index] += 1
            return found
    entities[found], counts[found] = entity, 1
    return found + 1


@called
def _largest(entities: NDArray[np.int32], counts: NDArray[np.int32], found: int) -> int:
    """Return the place of the highest count; of equal ones, that of the first entity."""
    best = 0
    for index in range(1, found):
        first = counts[index] == counts[best] and entities[index] < entities[best]
        if counts[index] > counts[best] or first:
            best = index
    return best
