"""Shots that a video model makes: sizes, files, variants, and what it asks of a shot."""

import pytest

from r2s2r.errors import SceneError
from r2s2r.spec.generation import release_size
from r2s2r.spec.load import load_scene
from r2s2r.spec.weights import HubName, is_path


@pytest.mark.parametrize(
    ("area_side_px", "output", "expected"),
    [
        (960, (1280, 720), (1280, 704)),
        (960, (1920, 1080), (1280, 704)),
        (960, (720, 1280), (704, 1280)),
        (960, (512, 512), (960, 960)),
        (632, (1280, 720), (832, 480)),
        (64, (8192, 64), (736, 64)),
    ],
)
def test_the_releases_size_rule(area_side_px, output, expected):
    width, height = output
    assert release_size(area_side_px=area_side_px, width=width, height=height) == expected


def test_a_video_model_generates_at_its_own_size_and_delivers_at_the_outputs(load):
    scene = load("output: {width: 1280, height: 720}\nshots: {a: {}, b: {diffuse: {backend: animate}}}\n")
    assert [(shot.edit.output.width, shot.edit.output.height) for shot in scene.shots.values()] == [
        (1280, 720),
        (1280, 704),
    ]
    assert {(shot.output.width, shot.output.height) for shot in scene.shots.values()} == {(1280, 720)}


def test_the_final_profile_is_the_video_model(load):
    assert load("shots: {a: {}}\n", profile="final").shots["a"].diffuse.backend == "animate"


def test_weights_are_relative_to_the_file_that_names_them(write, load, folder):
    write("version: 1\ndiffuse: {animate: {adapter: ./models/adapter}}\n", "r2s2r.yaml")
    text = "shots: {a: {diffuse: {backend: animate, animate: {weights: ./media/wan}}}}\n"
    assert load(text).shots["a"].files == {
        "weights": str(folder / "media" / "wan"),
        "adapter": str(folder / "models" / "adapter"),
    }


def test_weights_on_the_hub_keep_their_name(load):
    files = load("shots: {a: {diffuse: {backend: animate, animate: {weights: me/wan@abc}}}}\n").shots["a"].files
    assert files == {"weights": "me/wan@abc", "adapter": "JiayiWuLeo/Real2SAM2Real/checkpoint-infer"}


def test_a_folder_without_its_dot_is_no_name_on_the_hub(load, folder):
    (folder / "media" / "wan").mkdir(parents=True)
    with pytest.raises(SceneError, match=r"animate.weights: media/wan is a folder here, .*: write \./media/wan$"):
        load("shots: {a: {diffuse: {backend: animate, animate: {weights: media/wan}}}}\n")


def test_only_the_chosen_models_files_are_looked_for(load):
    assert load("shots: {a: {diffuse: {animate: {reference: no.png}}}}\n").shots["a"].files == {}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Wan-AI/Wan2.2", HubName("Wan-AI/Wan2.2", "", None)),
        ("a/b/c/d@v1", HubName("a/b", "c/d", "v1")),
        ("a/b@refs/pr/3", HubName("a/b", "", "refs/pr/3")),
    ],
)
def test_names_on_the_hub(written, expected):
    assert not is_path(written)
    assert HubName.parse(written) == expected


def test_variants_are_every_combination(load):
    shot = load(
        """\
        diffuse: {backend: animate, animate: {steps: 3}}
        shots: {a: {seed: 9, variants: {guidance: [3, 4.5], seed: [1, 2]}}, b: {seed: 9, variants: {steps: [2]}}, c: {}}
        """
    ).shots
    assert [variant.label for variant in shot["a"].variants] == [
        "seed=1,guidance=3",
        "seed=1,guidance=4.5",
        "seed=2,guidance=3",
        "seed=2,guidance=4.5",
    ]
    last = shot["a"].variants[-1]
    assert (last.seed, last.diffuse.animate.guidance, last.diffuse.animate.steps) == (2, 4.5, 3)
    assert [(one.seed, one.diffuse.animate.steps) for one in shot["b"].variants] == [(9, 2)]
    assert shot["c"].variants == ()


def test_variants_that_differ_in_a_late_digit_have_names_of_their_own(load):
    text = "shots: {a: {diffuse: {backend: animate}, variants: {guidance: [4.0, 4.1234561, 4.1234562]}}}\n"
    assert [variant.label for variant in load(text).shots["a"].variants] == [
        "guidance=4",
        "guidance=4.1234561",
        "guidance=4.1234562",
    ]


def test_the_compositor_makes_one_video_whatever_variants_there_are(load):
    assert load("shots: {a: {variants: {seed: [1, 2]}}}\n").shots["a"].variants == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("frames: 1", "shots.a.frames: animate makes videos: at least 2 frames, is 1"),
        ("output: {width: 104}, diffuse: {animate: {size: output}}", "multiple of 16 where the model generates at the"),
        ("variants: {seed: [1, 1]}", "shots.a.variants: seed names a value twice"),
        (f"variants: {{seed: {list(range(65))}}}", "shots.a.variants: makes 65 variants; at most 64 fit on a sheet"),
        ("diffuse: {backend: vace}, variants: {adapter_scale: [1]}", "variants.adapter_scale: is no setting of vace"),
        (
            "diffuse: {backend: vace, vace: {overlap_frames: 9, segment_frames: 9}}",
            "diffuse.vace: overlap_frames must be less than segment_frames, 9: no frame is new",
        ),
        (
            "diffuse: {animate: {segment_frames: 80}}",
            "must be 4 n + 1, since the VAE takes frames by four; nearest: 77 or",
        ),
        ("diffuse: {animate: {weights: wan}}", "needs a folder (./models/wan, /models/wan) or a name on the hub"),
        ("diffuse: {animate: {weights: me/wan/../..}}", "needs a folder (./models/wan, /models/wan) or a name on"),
        ("diffuse: {animate: {weights: me/wan@../x}}", "needs a folder (./models/wan, /models/wan) or a name on the"),
        ("diffuse: {animate: {weights: ./scene.yaml}}", "./scene.yaml is a file; name the folder that the weights are"),
        ("diffuse: {animate: {weights: ../../wan}}", "leaves the scene's folder"),
        ("diffuse: {animate: {reference: look.png}}", "file not found: look.png; or `source`, or `composite`"),
        (
            "diffuse: {animate: {injection_schedule: [{at: 0.5, strength: 1}, {at: 0.5, strength: 0}]}}",
            "keys must be in the order of `at`",
        ),
        ("diffuse: {vace: {step_cache: first_block}}", "step_cache: must be one of none, taylorseer, is 'first_block'"),
        ("diffuse: {animate: {precision: fp4}}", "precision: must be one of bf16, fp8, fp32, is 'fp4'"),
    ],
)
def test_what_a_video_model_cannot_make_is_said_where_it_is_written(write, text, expected):
    head = "version: 1\nname: test\nsource: {clip: clip.mp4}\ndiffuse: {backend: animate}\n"
    path = write(f"{head}shots:\n  a: {{{text}}}\n")
    with pytest.raises(SceneError) as caught:
        load_scene(path)
    assert expected in str(caught.value), str(caught.value)
    assert str(caught.value).startswith("scene.yaml:")
