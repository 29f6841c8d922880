"""Anomaly detection: an error in backward shows where its forward call was made, and NaN in a gradient is an error."""

import warnings
from typing import Any

from taeda import _core

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class set_detect_anomaly:
    """Anomaly detection on or off. As a plain call it lasts; in a `with` block it ends with the block."""

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.previous = (_core.is_anomaly_enabled(), _core.is_anomaly_check_nan_enabled())
        _core.set_anomaly_enabled(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *exception: Any) -> None:
        _core.set_anomaly_enabled(*self.previous)


class detect_anomaly:
    """Inside, each recorded call remembers its traceback, and backward looks for NaN (`check_nan`).

    Slow: for debugging.
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.check_nan = check_nan
        self.previous = (_core.is_anomaly_enabled(), _core.is_anomaly_check_nan_enabled())
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        _core.set_anomaly_enabled(True, self.check_nan)

    def __exit__(self, *exception: Any) -> None:
        _core.set_anomaly_enabled(*self.previous)
