"""Whatever a file holds, it loads or is refused in our own words; nothing else ever comes out."""

import random
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from r2s2r.errors import InputError
from r2s2r.spec.load import load_scene

SCENE = """\
version: 1
name: test
source: {clip: clip.mp4, frame: 3, camera: {fov_deg: 45}}
include: [props.yaml]
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
  twin: {copy: bunny, place: {move_m: [1, 0, 0]}}
shots:
  a:
    camera: [{type: orbit, around: bunny, degrees: 24, to: 50%}]
    edits: {bunny: [{type: transform, keys: [{at: 0}, {at: 1s, rotate_deg: [0, 90, 0]}]}]}
  b: {extends: a, encode: {deliver_fps: 30000/1001}}
output: {width: 640, height: 360}
"""

fuzzed = settings(
    derandomize=True, max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(autouse=True)
def _surroundings(folder, write):
    write("entities: {lamp: {copy: bunny}}\n", "props.yaml")


def _load_or_refuse(data, name="scene.yaml"):
    Path(name).write_bytes(data)
    try:
        scene = load_scene(Path("scene.yaml"))
    except InputError as error:
        assert ".yaml" in str(error)  # noqa: PT017 - any other exception fails the test; this one names its file
    else:
        assert scene.shots


@fuzzed
@given(st.binary(max_size=200))
def test_bytes(data):
    _load_or_refuse(data)


@fuzzed
@given(st.text(alphabet=st.sampled_from("ab1.:-~#&*!|>%@`'\"[]{},?=<\n\t é\U0001f600\x85\u2028"), max_size=60))
def test_text_made_of_yamls_own_characters(text):
    _load_or_refuse(text.encode())


_WORDS = ["", "\n", "\t", "  ", "- "]
_WORDS += "{ } [ ] : , ' \" & * ! ? ~ % -5 &a *a !t 012 on null <<: bunny 1e999 a:".split()  # noqa: SIM905 - readable


@fuzzed
@given(st.integers(0, 2**32), st.integers(1, 6))
def test_a_scene_with_pieces_cut_out_and_put_in(seed, cuts):
    chance, text = random.Random(seed), SCENE  # noqa: S311 - nothing secret
    for _ in range(cuts):
        start = chance.randrange(len(text))
        text = text[:start] + chance.choice(_WORDS) + text[start + chance.choice([0, 0, 1, 3, 10]) :]
    _load_or_refuse(text.encode())


_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["bunny", "a", "b", "50%"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def _places(data, loc=()):
    yield loc
    children = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in children:
        yield from _places(value, (*loc, key))


@fuzzed
@given(st.data(), _VALUES)
def test_a_scene_with_any_value_in_any_place(data, value):
    scene = yaml.safe_load(SCENE)
    *parents, last = data.draw(st.sampled_from([loc for loc in _places(scene) if loc]))
    holder = scene
    for key in parents:
        holder = holder[key]
    holder[last] = value
    _load_or_refuse(yaml.safe_dump(scene, allow_unicode=True).encode("utf-8", "surrogatepass"))


@fuzzed
@given(_VALUES, st.sampled_from(["props.yaml", "r2s2r.yaml"]))
def test_any_value_in_the_files_beside_a_scene(value, name):
    Path("scene.yaml").write_text(SCENE, encoding="utf-8")
    _load_or_refuse(yaml.safe_dump(value, allow_unicode=True).encode("utf-8", "surrogatepass"), name)


def test_the_scene_itself_loads():
    _load_or_refuse(SCENE.encode())
    assert set(load_scene(Path("scene.yaml")).entities) == {"bunny", "twin", "lamp"}
