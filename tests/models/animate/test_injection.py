import pytest
import torch

from r2s2r.models.animate.injection import InjectionSchedule, soft_injection
from r2s2r.spec.animate import AnimateSpec
from r2s2r.spec.video_model import InjectionKey


def test_the_control_is_added_to_the_video_and_not_to_the_reference_picture():
    hidden, control = torch.rand(2, 8, 4, 3, 5), torch.rand(2, 8, 3, 3, 5)
    found = soft_injection(hidden, control, strength=1.0)
    assert torch.equal(found[:, :, :1], hidden[:, :, :1])
    assert torch.equal(found[:, :, 1:], hidden[:, :, 1:] + control)


def test_the_strength_scales_the_control_alone():
    hidden, control = torch.rand(1, 8, 2, 3, 5), torch.rand(1, 8, 1, 3, 5)
    found = soft_injection(hidden, control, strength=0.5)
    torch.testing.assert_close(found[:, :, 1:], hidden[:, :, 1:] + 0.5 * control)


def test_what_is_given_stays_as_it_is():
    hidden, control = torch.rand(1, 8, 2, 3, 5), torch.rand(1, 8, 1, 3, 5)
    before = hidden.clone()
    soft_injection(hidden, control, strength=1.0)
    assert torch.equal(hidden, before)


def test_gradients_reach_both():
    hidden = torch.rand(1, 8, 2, 3, 5, requires_grad=True)
    control = torch.rand(1, 8, 1, 3, 5, requires_grad=True)
    soft_injection(hidden, control, strength=2.0).sum().backward()
    assert hidden.grad is not None
    assert control.grad is not None
    assert torch.equal(hidden.grad, torch.ones_like(hidden))
    assert torch.equal(control.grad, torch.full_like(control, 2.0))


def test_without_keys_the_strength_is_the_scale():
    schedule = InjectionSchedule.from_spec(AnimateSpec(injection_scale=0.7))
    assert [schedule.strength(step, 25) for step in (0, 12, 24)] == [0.7, 0.7, 0.7]


def test_between_keys_the_strength_is_linear_in_the_share_of_steps():
    keys = (InjectionKey(at=0, strength=1), InjectionKey(at=0.5, strength=0.5), InjectionKey(at=1, strength=0))
    spec = AnimateSpec(injection_schedule=keys, injection_scale=2)
    schedule = InjectionSchedule.from_spec(spec)
    assert [schedule.strength(step, 5) for step in range(5)] == pytest.approx([2, 1.5, 1, 0.5, 0])


def test_outside_the_keys_the_nearest_holds():
    keys = (InjectionKey(at=0.25, strength=0.2), InjectionKey(at=0.5, strength=0.8))
    spec = AnimateSpec(injection_schedule=keys)
    schedule = InjectionSchedule.from_spec(spec)
    assert [schedule.strength(step, 5) for step in range(5)] == pytest.approx([0.2, 0.2, 0.8, 0.8, 0.8])


def test_a_single_step_is_the_first():
    keys = (InjectionKey(at=0, strength=0.3), InjectionKey(at=1, strength=0.9))
    spec = AnimateSpec(injection_schedule=keys)
    assert InjectionSchedule.from_spec(spec).strength(0, 1) == pytest.approx(0.3)
