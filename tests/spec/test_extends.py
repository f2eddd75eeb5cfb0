"""A shot that extends another starts from it."""

HOP = """\
shots:
  hop:
    frames: 40
    priority: 3
    tags: [review]
    prompt: a rabbit hops
    seed: 9
    enabled: false
    camera: [{type: pan, degrees: 5}]
    edits: {bunny: [{type: remove, from: 50%}]}
"""


def test_what_is_not_given_is_the_parents(load):
    shots = load(HOP + "  again: {extends: hop}\n").shots
    hop, again = shots["hop"], shots["again"]
    assert again.edit == hop.edit
    assert (again.priority, again.tags, again.prompt, again.seed) == (3, ("review",), "a rabbit hops", 9)


def test_what_is_given_replaces_the_parents_as_a_whole(load):
    text = HOP + "  again: {extends: hop, frames: 9, camera: [{type: static}], edits: {}}\n"
    again = load(text).shots["again"].edit
    assert (again.frames, [move.type for move in again.camera], again.edits) == (9, ["static"], {})


def test_enabled_is_not_inherited_so_that_a_disabled_shot_can_be_a_template(load):
    shots = load(HOP + "  again: {extends: hop}\n").shots
    assert (shots["hop"].enabled, shots["again"].enabled) == (False, True)


def test_a_chain_may_be_long_and_in_any_order(load):
    text = "shots: {c: {extends: b, seed: 3}, b: {extends: a, frames: 5}, a: {frames: 9, seed: 1, priority: 2}}\n"
    shots = load(text).shots
    assert list(shots) == ["c", "b", "a"]
    assert (shots["c"].edit.frames, shots["c"].seed, shots["c"].priority) == (5, 3, 2)


def test_a_parent_that_does_not_exist_names_the_nearest(findings):
    assert findings(HOP + "  again: {extends: hopp}\n  more: {extends: again}\n") == [
        "16:20: shots.again.extends: there is no shot 'hopp'; others here: hop, more; did you mean hop?"
    ]


def test_where_there_is_no_other_shot_it_says_so(findings):
    (said,) = findings("shots: {again: {extends: hop}}\n")
    assert said.endswith("shots.again.extends: there is no shot 'hop'; others here: none")


def test_shots_that_extend_each_other_in_a_circle_are_said_once(findings):
    text = "shots:\n  a: {extends: b}\n  b: {extends: c}\n  c: {extends: a}\n  d: {extends: a}\n  e: {extends: e}\n"
    assert findings(text) == [
        "7:16: shots.a.extends: shots extend each other in a circle, a -> b -> c -> a: one of them has to stand alone",
        "11:16: shots.e.extends: shots extend each other in a circle, e -> e: one of them has to stand alone",
    ]


def test_an_error_in_a_parent_is_said_once_and_there(findings):
    (finding,) = findings("shots: {b: {extends: a}, a: {frames: 10, camera: [{type: pan, degrees: 1, to: 10}]}}\n")
    assert "shots.a.camera[0].to: frame 10 is past the last frame, 9" in finding
    assert "in shot" not in finding
