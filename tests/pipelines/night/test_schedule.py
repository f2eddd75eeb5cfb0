"""Who starts nights: what is written is whole, survives odd names, and can be taken away again without a trace."""

import os
import shlex
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime, timedelta
from glob import glob
from pathlib import Path

import pytest

from pipelines.night.schedule import slurm, systemd
from pipelines.night.schedule.crontab import Crontab, line
from pipelines.night.schedule.plan import NightPlan
from pipelines.night.schedule.scheduler import scheduler_for
from pipelines.night.schedule.slurm import SlurmJobs
from pipelines.night.schedule.systemd import SystemdTimer
from pipelines.night.window import Window
from r2s2r.cli import main
from r2s2r.errors import InputError, MissingError, R2S2RError
from r2s2r.spec.farm import SlurmSpec
from r2s2r.spec.project import find_project

# The system's programs, as far as a schedule needs them: crontab keeps one file, systemctl notes what it was told.
CRONTAB = """#!/bin/sh
file="$HOME/the-crontab"
case "$1" in
  -l) if [ -f "$file" ]; then cat "$file"; else echo "no crontab for user" >&2; exit 1; fi ;;
  -) cat > "$file" ;;
esac
"""
SYSTEMCTL = """#!/bin/sh
echo "$@" >> "$HOME/systemctl"
"""
# A cluster with at most one job, a file.
SBATCH = '#!/bin/sh\necho 7 > "$HOME/jobs"\necho 7\n'
SQUEUE = '#!/bin/sh\n[ ! -f "$HOME/jobs" ] || cat "$HOME/jobs"\n'
SCANCEL = '#!/bin/sh\nrm "$HOME/jobs"\n'
# Its jobs may take two days, or eight hours.
SINFO = """#!/bin/sh
echo 'cpu*|2-00:00:00|nodeB|(null)|8|16000|(null)|idle'
echo 'gpu|8:00:00|nodeA|gpu:2|8|16000|h100|idle'
"""
THEIRS = "# mine\n5 4 * * * /bin/true # r2s2r-night-of another kind\n"


@pytest.fixture
def home(tmp_path, monkeypatch) -> Path:
    """A user with a folder of programs on PATH, and nothing else there."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for variable in ("R2S2R_STORE", "R2S2R_OUT", "HF_HOME", "SLURM_CONF", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(variable, raising=False)
    for name in ("sh", "cat", "rm"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name, path="/bin:/usr/bin") or "")
    folder: Path = tmp_path
    return folder


def provide(home: Path, name: str, text: str) -> None:
    program = home / "bin" / name
    program.write_text(text)
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


def night_of(root: Path, *words: str, window: str = "22:00-07:00") -> NightPlan:
    root.mkdir(parents=True, exist_ok=True)
    (root / "r2s2r.yaml").write_text("version: 1\n")
    return NightPlan.of(find_project(root), ("night", str(root / "*.yaml"), *words), Window.parse(window))


def crontab(home: Path) -> str:
    return (home / "the-crontab").read_text()


def test_a_line_of_crontab_does_in_sh_what_was_asked(home):
    plan = night_of(home / "a project's 100% $HOME", "--shot", "one two")
    minute, hour, *stars, command = line(plan).split(maxsplit=5)
    assert (minute, hour, stars) == ("0", "22", ["*", "*", "*"])
    assert "%" not in command.replace("\\%", "")
    script = command.replace("\\%", "%")  # as cron does, before it calls sh
    plan.log.parent.mkdir(parents=True)
    seen = script.replace(sys.executable, "show", 1)
    provide(home, "show", '#!/bin/sh\npwd\nfor word in "$@"; do echo "$word"; done\n')
    subprocess.run(["sh", "-c", seen], check=True, env={"PATH": os.environ["PATH"]}, timeout=10)
    assert plan.log.read_text().splitlines() == [str(plan.root), *plan.words[1:]]


def test_crontab_keeps_what_others_wrote_and_has_one_line_of_ours(home):
    provide(home, "crontab", CRONTAB)
    (home / "the-crontab").write_text(THEIRS)
    first, second = night_of(home / "one"), night_of(home / "two")
    Crontab().install(first)
    Crontab().install(second)
    Crontab().install(night_of(home / "one", window="23:30-06:00"))
    mine, *ours = crontab(home).split("\n", 2)[0], *crontab(home).splitlines()[2:]
    assert mine == "# mine"
    assert [one.split()[1] for one in ours] == ["22", "23"]
    Crontab().uninstall(first.name)
    Crontab().uninstall(second.name)
    assert crontab(home) == THEIRS


def test_a_user_without_a_crontab_gets_one(home):
    provide(home, "crontab", CRONTAB)
    plan = night_of(home / "project")
    Crontab().install(plan)
    assert len(crontab(home).splitlines()) == 1
    assert [entry.content for entry in Crontab().installed(plan.name)] == [line(plan)]


def test_a_line_that_is_too_long_for_cron_is_refused(home):
    scenes = [str(home / "project" / f"scene{number}.yaml") for number in range(100)]
    with pytest.raises(InputError, match="as a pattern in quotes"):
        line(night_of(home / "project", *scenes))


def test_what_cannot_be_printed_is_refused(home):
    with pytest.raises(InputError, match="cannot be printed"):
        night_of(home / "project", "--shot", "a\nb")


def test_a_timer_starts_the_service_at_the_beginning_of_the_window(home):
    provide(home, "systemctl", SYSTEMCTL)
    plan = night_of(home / "project", window="21:45-06:00")
    SystemdTimer().install(plan)
    folder = home / ".config/systemd/user"
    assert "OnCalendar=*-*-* 21:45:00\n" in (folder / f"{plan.name}.timer").read_text()
    assert f'ExecStart=:"{sys.executable}" "-m" "r2s2r" "night"' in (folder / f"{plan.name}.service").read_text()
    told = (home / "systemctl").read_text().splitlines()
    assert told == ["--user daemon-reload", f"--user enable {plan.name}.timer", f"--user restart {plan.name}.timer"]
    SystemdTimer().uninstall(plan.name)
    assert list(folder.iterdir()) == []
    assert f"--user disable --now {plan.name}.timer" in (home / "systemctl").read_text()


def test_systemd_itself_takes_the_units_also_with_odd_names(home, tmp_path):
    analyze = shutil.which("systemd-analyze", path="/usr/bin:/bin")
    if analyze is None:
        pytest.skip("needs systemd-analyze")
    plan = night_of(home / 'a 100% "quoted" $HOME', "--shot", 'x "y" \\z ${A} %h')
    units = tmp_path / "units"
    units.mkdir()
    for kind, text in (("service", systemd.service(plan)), ("timer", systemd.timer(plan))):
        (units / f"{plan.name}.{kind}").write_text(text)
    paths = [str(path) for path in units.iterdir()]
    seen = subprocess.run([analyze, "verify", *paths], capture_output=True, text=True, check=False, timeout=60)
    assert (seen.returncode, seen.stderr) == (0, "")


def test_systemd_is_used_where_the_user_has_one_and_cron_where_not(home):
    with pytest.raises(MissingError, match="crontab"):
        scheduler_for("local", SlurmSpec())
    provide(home, "crontab", CRONTAB)
    provide(home, "systemctl", "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    assert isinstance(scheduler_for("local", SlurmSpec()), Crontab)
    provide(home, "systemctl", SYSTEMCTL)
    assert isinstance(scheduler_for("local", SlurmSpec()), SystemdTimer)


def test_the_command_installs_shows_replaces_and_uninstalls(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    words = ["night", "*.yaml", "--window", "22:30-07:00", "--gpu-hours", "4", "--tag", "hero", "--install"]
    assert main([*words, "--dry-run"]) == 0
    assert "would write crontab" in capsys.readouterr().out
    assert not (home / "the-crontab").exists()
    assert main(words) == 0
    assert main(words) == 0
    (only,) = crontab(home).splitlines()
    assert f"night '{home}/project/*.yaml' --window 22:30-07:00 --gpu-hours 4.0 --tag hero" in only
    assert only in capsys.readouterr().out
    assert main(["night", "--uninstall", "--dry-run"]) == 0
    assert crontab(home) != ""
    assert main(["night", "--uninstall"]) == 0
    assert crontab(home) == ""
    capsys.readouterr()
    assert main(["night", "--uninstall"]) == 0
    assert capsys.readouterr().out == f"nothing is installed for {home}/project\n"


def test_a_project_has_one_night_an_evening_whoever_starts_it(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    provide(home, "sbatch", SBATCH)
    provide(home, "sinfo", SINFO)
    provide(home, "squeue", SQUEUE)
    provide(home, "scancel", SCANCEL)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    words = ["night", "*.yaml", "--install", "--window", "22:00-07:00", "--executor"]
    assert main([*words, "local"]) == 0
    assert main([*words, "slurm"]) == 0
    assert "removing crontab" in capsys.readouterr().out
    assert crontab(home) == ""
    assert (home / "jobs").exists()
    assert main([*words, "local"]) == 0
    assert "removing job 7" in capsys.readouterr().out
    assert not (home / "jobs").exists()
    assert len(crontab(home).splitlines()) == 1


def test_a_cluster_that_does_not_answer_is_told_and_holds_nobody_up(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    provide(home, "squeue", "#!/bin/sh\necho 'Unable to contact slurm controller' >&2\nexit 1\n")
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    assert main(["night", "*.yaml", "--install", "--window", "22:00-07:00"]) == 0
    assert "Unable to contact slurm controller; what may be installed there stays" in capsys.readouterr().err
    assert main(["night", "--uninstall"]) == 0
    assert crontab(home) == ""
    capsys.readouterr()
    assert main(["night", "--uninstall"]) == 1
    assert "nothing is installed" not in capsys.readouterr().out


def test_one_that_cannot_be_removed_keeps_no_other_from_being(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    provide(home, "systemctl", SYSTEMCTL)
    plan = night_of(home / "project")
    Crontab().install(plan)
    SystemdTimer().install(plan)
    provide(home, "systemctl", '#!/bin/sh\ncase "$2" in disable) echo "Access denied" >&2; exit 1 ;; esac\n')
    monkeypatch.chdir(home / "project")
    assert main(["night", "--uninstall"]) == 0
    assert "Access denied" in capsys.readouterr().err
    assert crontab(home) == ""


def test_a_timer_is_removed_without_systemd_and_that_is_said(home):
    provide(home, "systemctl", SYSTEMCTL)
    plan = night_of(home / "project")
    SystemdTimer().install(plan)
    folder = home / ".config/systemd/user"
    (folder / "timers.target.wants").mkdir()
    (folder / "timers.target.wants" / f"{plan.name}.timer").symlink_to(folder / f"{plan.name}.timer")
    provide(home, "systemctl", "#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    (said,) = SystemdTimer().uninstall(plan.name)
    assert "daemon-reload" in said
    assert [path for path in folder.rglob("*") if not path.is_dir()] == []


def test_a_timer_that_cannot_be_started_is_not_left_for_the_next_login(home):
    provide(home, "systemctl", SYSTEMCTL + 'case "$2" in restart) exit 1 ;; esac\n')
    plan = night_of(home / "project")
    with pytest.raises(R2S2RError, match="restart"):
        SystemdTimer().install(plan)
    assert (home / "systemctl").read_text().endswith(f"--user disable {plan.name}.timer\n")


def test_a_crontab_that_cannot_be_read_is_not_replaced(home):
    provide(home, "crontab", CRONTAB.replace('if [ -f "$file" ]', "echo 'Input/output error' >&2; exit 1; if true"))
    (home / "the-crontab").write_text(THEIRS)
    with pytest.raises(R2S2RError, match="Input/output error"):
        Crontab().install(night_of(home / "project"))
    assert crontab(home) == THEIRS


def test_what_others_wrote_into_a_crontab_goes_back_byte_by_byte(home):
    provide(home, "crontab", CRONTAB)
    odd = b"# caf\xe9 \x0c and \xe2\x80\xa8 more\n\n1 2 * * * true\n"
    (home / "the-crontab").write_bytes(odd)
    plan = night_of(home / "project")
    Crontab().install(plan)
    assert (home / "the-crontab").read_bytes() == odd + line(plan).encode() + b"\n"
    Crontab().uninstall(plan.name)
    assert (home / "the-crontab").read_bytes() == odd


def test_a_job_that_cannot_be_taken_out_is_told_with_the_new_one(home, monkeypatch):
    provide(home, "sbatch", SBATCH)
    provide(home, "sinfo", SINFO)
    provide(home, "squeue", "#!/bin/sh\necho 3\n")
    provide(home, "scancel", "#!/bin/sh\necho 'Invalid job id specified' >&2\nexit 1\n")
    said = SlurmJobs().install(night_of(home / "project"))
    assert said[0].startswith("job 7 begins at ")
    assert "`scancel 3` takes it out" in said[-1]


@pytest.mark.parametrize("dry", [[], ["--dry-run"]])
def test_a_partition_that_cannot_hold_a_night_is_told_before_the_evening(home, capsys, monkeypatch, dry):
    provide(home, "sbatch", SBATCH)
    provide(home, "sinfo", SINFO)
    provide(home, "squeue", SQUEUE)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    words = ["night", "*.yaml", "--install", "--window", "22:00-07:00", "--executor", "slurm", *dry]
    slurm = "version: 1\nfarm: {{slurm: {{partition: gpu, constraint: h100{}}}}}\n"
    (home / "project" / "r2s2r.yaml").write_text(slurm.format(""))
    assert main(words) == 2
    said = " ".join(capsys.readouterr().err.split())
    assert "takes 570 minutes" in said
    assert "jobs of partition gpu may take no longer than 480" in said
    assert "`farm.slurm.night_partition`" in said
    assert not (home / "jobs").exists()
    (home / "project" / "r2s2r.yaml").write_text(slurm.format(", night_partition: cpu"))
    assert main(words) == 0
    assert "--partition=cpu" in capsys.readouterr().out
    assert (home / "jobs").exists() != bool(dry)


@pytest.mark.parametrize(("ends_in_s", "is_made"), [(3600, True), (-3600, False)])
def test_a_job_that_begins_after_its_window_makes_nothing_by_day(home, monkeypatch, ends_in_s, is_made):
    provide(home, "python", '#!/bin/sh\necho "$@" >> "$HOME/ran"\n')
    provide(home, "date", f"#!/bin/sh\necho {int(time.time()) - ends_in_s}\n")
    plan = replace(night_of(home / "project"), words=("python", "night"), environment=())
    monkeypatch.setattr(slurm, "_next", lambda plan: datetime.now() - timedelta(hours=2))
    window = Window.parse(f"{datetime.now() - timedelta(hours=2):%H:%M}-{datetime.now():%H:%M}")
    path = home / "night.sh"
    path.write_text(slurm.script(replace(plan, window=window)))
    subprocess.run(["sh", str(path)], check=True, timeout=10)
    ran = (home / "ran").read_text().splitlines()
    assert ran == ["night --install", *(["night"] if is_made else [])]


def test_a_folder_whose_name_looks_like_a_pattern_is_none(home, monkeypatch):
    provide(home, "crontab", CRONTAB)
    night_of(home / "project[1]")
    (home / "project[1]" / "scene.yaml").touch()
    monkeypatch.chdir(home / "project[1]")
    assert main(["night", "s*.yaml", "--install", "--window", "22:00-07:00"]) == 0
    (installed,) = crontab(home).splitlines()
    assert f"cd '{home}/project[1]' && " in installed
    pattern = shlex.split(installed.partition(" -m r2s2r night ")[2])[0]
    assert glob(pattern) == [f"{home}/project[1]/scene.yaml"]  # noqa: PTH207 - it is absolute


@pytest.mark.parametrize("word", ["--now", "--json"])
def test_words_for_a_night_that_is_made_now_are_not_taken_into_a_schedule(home, capsys, monkeypatch, word):
    provide(home, "crontab", CRONTAB)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    assert main(["night", "*.yaml", "--install", "--window", "22:00-07:00", word]) == 2
    assert f"{word} is for a night that is made now" in capsys.readouterr().err
    assert not (home / "the-crontab").exists()


def test_a_scene_that_is_not_there_yet_is_told_when_nights_are_installed(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    assert main(["night", "shots/*.yaml", "*.yaml", "--install", "--window", "22:00-07:00"]) == 0
    assert capsys.readouterr().err == "shots/*.yaml: there is no such file yet\n"


def test_the_window_may_stand_in_the_project_file_and_has_to_stand_somewhere(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB)
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    assert main(["night", "*.yaml", "--install"]) == 2
    assert "--install has to know when nights begin" in capsys.readouterr().err
    (home / "project" / "r2s2r.yaml").write_text('version: 1\nnight: {window: "01:15-05:00"}\n')
    assert main(["night", "*.yaml", "--install"]) == 0
    assert crontab(home).startswith("15 1 * * * ")


def test_a_program_that_fails_is_heard(home, capsys, monkeypatch):
    provide(home, "crontab", CRONTAB.replace('cat > "$file"', "echo 'disk quota exceeded' >&2; exit 1"))
    night_of(home / "project")
    monkeypatch.chdir(home / "project")
    assert main(["night", "*.yaml", "--window", "22:30-07:00", "--install"]) == 1
    assert "crontab - failed: disk quota exceeded" in capsys.readouterr().err


def test_a_schedule_keeps_where_credentials_are_and_never_what_they_are(home, monkeypatch):
    kept = {
        "AWS_PROFILE": "film", "AWS_CONFIG_FILE": "/conf", "AWS_SHARED_CREDENTIALS_FILE": "/credentials",
        "AWS_REGION": "eu-1", "AWS_DEFAULT_REGION": "eu-2", "AWS_ENDPOINT_URL": "https://minio.studio:9000",
        "OPENBLAS_CORETYPE": "Haswell",
    }  # fmt: skip
    secret = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    for name, value in {**kept, **dict.fromkeys(secret, "hush")}.items():
        monkeypatch.setenv(name, value)
    plan = night_of(home / "project")
    assert kept.items() <= dict(plan.environment).items()
    assert "hush" not in line(plan)
    assert not {name for name, _ in plan.environment}.intersection(secret)
