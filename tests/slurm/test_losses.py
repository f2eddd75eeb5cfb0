"""Nodes, daemons and the driver die in the middle of work."""

import pytest

from tests.slurm.farm import FarmProject, nodes_of

pytestmark = [pytest.mark.slurm, pytest.mark.timeout(400)]


@pytest.mark.parametrize("spare", [(), ("disk",)])  # with the disk as it was, Slurm may hold a job for ever
def test_the_work_of_a_node_that_lost_its_power_is_done_again(farm: FarmProject, spare: tuple[str, ...]):
    farm.write(shots=4)
    farm.hold()
    driver = farm.start()
    began = farm.wait_for_work("began", 4, driver)
    farm.cluster.kill_node("nodeA", spare=spare)
    farm.release()
    farm.cluster.start_node("nodeA")
    done = driver.end()
    assert done.code == 0, done.err
    lost = {noted["key"] for noted in began if noted["node"] == "nodeA"}
    assert farm.times("began") == {key: 2 if key in lost else 1 for key in farm.times("done")}
    assert set(farm.times("done").values()) == {1}


def test_an_orphan_that_goes_on_after_its_node_was_given_up_does_no_harm(farm: FarmProject):
    farm.write(shots=2)
    farm.hold()
    driver = farm.start()
    began = farm.wait_for_work("began", 2, driver)
    node = began[0]["node"]
    farm.cluster.kill_node(node, spare=("jobs",))
    farm.cluster.wait_until(lambda: farm.cluster.states().get(node, "").startswith("down"), 120)
    farm.wait_for_work("started", 3, driver)  # on the other node, where it waits for the orphan's lease
    farm.release()
    done = driver.end()
    assert done.code == 0, done.err
    assert set(farm.times("done").values()) == {1}
    assert len(farm.results()) == len(set(farm.results()))
    farm.wait_for_no_jobs()


def test_a_controller_that_starts_again_is_found_again(farm: FarmProject):
    farm.write(shots=4)
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 4, driver)
    farm.cluster.stop_controller()
    farm.release()
    farm.wait_for_work("done", 4, driver)
    farm.cluster.start_controller()
    done = driver.end()
    assert done.code == 0, done.err
    assert list(farm.times("began").values()) == [1] * 4


def test_jobs_of_a_higher_partition_come_first_and_nothing_is_lost(farm: FarmProject):
    farm.write(shots=4)
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 4, driver)
    urgent = ("--partition=urgent", "--gres=gpu:2", "--mem=100", "--array=0-1", "--output=/dev/null")
    array = farm.cluster.ask("sbatch", "--parsable", *urgent, "--wrap", "sleep 300").strip()
    both = {f"{array}_{index}": "RUNNING" for index in range(2)}  # at once, so on both nodes
    farm.cluster.wait_until(lambda: both.items() <= farm.cluster.jobs().items(), 120)
    assert farm.times("done") == {}
    farm.cluster.ask("scancel", array)
    farm.release()
    done = driver.end()
    assert done.code == 0, done.err
    assert list(farm.times("began").values()) == [2] * 4
    assert list(farm.times("done").values()) == [1] * 4


def test_a_driver_that_was_killed_finds_its_jobs_again(farm: FarmProject):
    farm.write(shots=6)
    farm.hold()
    first = farm.start()
    farm.wait_for_work("began", 4, first)
    farm.cluster.wait_until(lambda: len(farm.running()) == 6, 60)
    jobs = farm.running()
    first.kill()
    second = farm.start()
    farm.cluster.wait_until(lambda: farm.seen_running(second) == 4, 60)
    assert farm.running() == jobs
    farm.release()
    done = second.end()
    assert done.code == 0, done.err
    assert list(farm.times("began").values()) == [1] * 6
    assert nodes_of(farm.work("done")) == {"nodeA", "nodeB"}


def test_ctrl_c_ends_the_jobs(farm: FarmProject):
    farm.write(shots=6)
    farm.hold()
    driver = farm.start()
    began = farm.wait_for_work("began", 4, driver)
    driver.interrupt()
    ended = driver.end()
    assert ended.code == 130, ended.err
    farm.wait_for_no_jobs()
    left = {pid for node in ("nodeA", "nodeB") for pid in farm.cluster.processes(node)}
    assert left.isdisjoint(noted["pid"] for noted in began)


def test_what_ctrl_c_could_not_end_without_a_controller_the_next_run_finds(farm: FarmProject):
    farm.write(shots=4)
    farm.hold()
    driver = farm.start()
    farm.wait_for_work("began", 4, driver)
    jobs = farm.running()
    farm.cluster.stop_controller()
    driver.interrupt()
    assert driver.end().code == 130
    farm.cluster.start_controller()
    farm.cluster.wait_until(lambda: farm.running() == jobs, 60)
    second = farm.start()
    farm.release()
    assert second.end().code == 0
    assert list(farm.times("began").values()) == [1] * 4
