"""Timing of statements (`utils.benchmark`): what is measured, how it is summed up, and the table."""

import pickle

import pytest

import taeda as torch
from taeda.utils import benchmark
from taeda.utils.benchmark import Compare, Measurement, TaskSpec, Timer


def made(*times, **options):
    return Measurement(10, list(times), TaskSpec("x + y", "pass", **options))


def test_statistics_of_a_measurement():
    m = made(1e-4, 2e-4, 3e-4, 4e-4, 9e-4, label="sum", num_threads=2)
    assert m.median == pytest.approx(3e-5) and m.mean == pytest.approx(3.8e-5) and m.iqr == pytest.approx(2e-5)
    assert m.label == "sum" and m.num_threads == 2 and m.has_warnings and m.significant_figures == 1
    text = repr(m)
    assert "Median: 30.00 us" in text and "IQR:    20.00 us (20.00 to 40.00)" in text
    assert "5 measurements, 10 runs per measurement, 2 threads" in text
    assert "WARNING: Interquartile range is 66.7%" in text
    assert pickle.loads(pickle.dumps(m)).times == m.times
    merged = Measurement.merge([m, m, made(1.0)])
    assert [len(x.raw_times) for x in merged] == [10, 1] and merged[0].number_per_run == 1


def test_a_timer_times():
    before = torch.get_num_threads()
    timer = Timer("total += x.sum(); seen.append(torch.get_num_threads())", "total = torch.zeros(())",
                  globals={"x": torch.ones(4), "seen": (seen := [])}, num_threads=1, label="sum")
    m = timer.timeit(5)
    assert len(seen) == 7 and set(seen) == {1} and torch.get_num_threads() == before and m.number_per_run == 5
    m = timer.blocked_autorange(min_run_time=0.02)
    assert sum(m.raw_times) >= 0.02 and m.median > 0
    assert timer.adaptive_autorange(max_run_time=0.1).median > 0


@pytest.mark.parametrize("options, error, message", [
    ({"stmt": len}, ValueError, "Only a `str` stmt is supported"),
    ({"language": "c++"}, NotImplementedError, "only Python is timed"),
    ({"global_setup": "x"}, ValueError, "global_setup is C\\+\\+ only"),
])
def test_what_a_timer_refuses(options, error, message):
    with pytest.raises(error, match=message):
        Timer(**options)


def test_a_table():
    found = [made(1e-4 * (k + 1), label="sum", sub_label=f"{n}", description=d, num_threads=t)
             for t in (1, 2) for n in (8, 16) for k, d in enumerate(("ours", "theirs"))]
    table = Compare(found)
    lines = str(table).splitlines()
    assert lines[0].startswith("[--") and " sum " in lines[0] and "ours  |  theirs" in lines[1]
    assert lines[2].startswith("1 threads: ---") and lines[5].startswith("2 threads: ---")
    assert lines[3].split() == ["8", "|", "10.0", "|", "20.0"] and "Times are in microseconds (us)." in lines
    table.colorize(rowwise=True)
    table.trim_significant_figures()
    assert "\033[92m" in str(table) and "\033[91m" not in str(table)
    with pytest.raises(ValueError, match="Expected an instance of `Measurement`"):
        Compare([3])


def test_units():
    assert benchmark.select_unit(2e-6) == ("us", 1e-6) and benchmark.unit_to_english("ms") == "milliseconds"
    assert benchmark.trim_sigfig(1234.5, 2) == 1200
