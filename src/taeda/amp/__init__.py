"""Mixed precision: `autocast` chooses the dtype of each op, `GradScaler` scales losses so that small gradients survive
16-bit floats."""

from taeda.amp.autocast_mode import autocast, custom_bwd, custom_fwd, is_autocast_available
from taeda.amp.grad_scaler import GradScaler

__all__ = ["GradScaler", "autocast", "custom_bwd", "custom_fwd", "is_autocast_available"]
