"""What a reader does not see as a change is none: comments, white space, the order of keys, how a number is written."""

ONE = """\
version: 1
name: test
source: {clip: clip.mp4, frame: 3, camera: {fov_deg: 45}}
entities:
  bunny: {select: {box_px: [1, 2, 30, 40]}}
  apple: {copy: bunny, place: {move_m: [1, 0, 0]}}
shots:
  a:
    frames: 20
    camera: [{type: orbit, around: bunny, degrees: 24, to: 50%}]
    edits: {bunny: [{type: remove}], apple: [{type: remove, from: 1s}]}
output: {width: 640, height: 360}
"""

OTHER = """\
# a comment

output:
    height: 360   # another
    width: 0x280
shots:
    a:
        edits:
            apple:
                - from: 1.0s
                  type: remove
            bunny:
                - {"type": 'remove'}
        camera:
            - to: 50.0%
              degrees: 24.0
              around: "bunny"
              type: orbit
        frames: 20
entities:
    apple:
        place:
            move_m:
                - 1.
                - 0
                - 0e0
        copy: bunny
    bunny:
        select:
            box_px: [1.0, 2, 3e1, 40]
source:
    camera:
        fov_deg: 45.0
    frame: 3
    clip: clip.mp4
name: test
version: 1
"""


def test_comments_white_space_and_the_order_of_keys_change_nothing(load):
    one, other = load(ONE, head=""), load(OTHER, head="")
    assert vars(one) == vars(other)
    assert list(one.entities) == list(other.entities)
    assert one.shots["a"].edit.model_dump_json() == other.shots["a"].edit.model_dump_json()


def test_entities_come_by_name_with_copies_after_what_they_copy(load):
    assert list(load(ONE, head="").entities) == ["bunny", "apple"]


def test_what_is_left_out_equals_its_default_written_out(load):
    text = "version: 1\nname: t\nsource: {clip: clip.mp4}\nshots: {a: {}}\n"
    written = (
        "version: 1\nname: t\nsource: {clip: clip.mp4, frame: 0, context_s: 5, camera: {fov_deg: 50}}\n"
        "shots: {a: {frames: 77, camera: [], prompt: auto, encode: {deliver_fps: null}}}\n"
        "output: {width: 832, height: 480, fps: 16, fit: crop}\nrender: {backend: auto}\n"
    )
    assert vars(load(text, head="")) == vars(load(written, head=""))
