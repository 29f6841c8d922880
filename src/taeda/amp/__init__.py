"""Mixed precision. `GradScaler` scales losses so that small gradients survive 16-bit floats.

`autocast`, which chooses the dtype of each op, is there for regions in which it is disabled; where it is enabled it
says that it is not there yet.
"""

from taeda.amp.autocast_mode import autocast, custom_bwd, custom_fwd, is_autocast_available
from taeda.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
