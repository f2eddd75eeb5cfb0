import pytest

from benchmarks import farm_makespan


@pytest.mark.slurm
def test_the_makespan_of_a_farm_is_measured(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(farm_makespan, "SHOTS", 4)
    monkeypatch.setattr(farm_makespan, "STAGE_S", 0.1)
    monkeypatch.setattr(farm_makespan, "KEYS", 1)
    farm_makespan.main()
    assert "makespan" in capsys.readouterr().out
