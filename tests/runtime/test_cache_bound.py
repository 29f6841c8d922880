"""The cache folder is kept under its size by deleting what was used longest ago."""

import os
from pathlib import Path

import pytest

from taeda.runtime import cache


def test_what_was_used_longest_ago_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAEDA_CACHE", str(tmp_path))
    monkeypatch.setenv("TAEDA_CACHE_MB", "1")
    keys = [f"{k:02x}" + "a" * 62 for k in (1, 2, 3)]
    for age, key in enumerate(keys):
        cache.store(key, bytes(400 << 10))
        os.utime(tmp_path / key[:2] / key, (1000 + age, 1000 + age))
    assert cache.load(keys[0]) is not None  # used just now
    cache.store("00" + "b" * 62, bytes(400 << 10))
    kept = {key for key in [*keys, "00" + "b" * 62] if cache.load(key) is not None}
    assert kept == {keys[0], "00" + "b" * 62}
