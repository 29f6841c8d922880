"""Names of the integers that kernels of convolutions are told, in the order in which they are passed.

Each kernel's list is put together of these groups. *_z, *_y, *_x are the three spatial dimensions; unused ones are of
size 1.
"""

from __future__ import annotations


def along(name: str) -> tuple[str, ...]:
    """A name for each spatial dimension."""
    return tuple(f"{name}_{axis}" for axis in "zyx")


GEOMETRY = (
    "images", "groups", "channels", "rows",  # channels and rows (output channels) of one group
    *along("size"),  # plane of x
    *along("taps"),
    *along("pixels"),
    *along("step"),  # from pixel to pixel in x
    *along("origin"),  # of the first tap of the first pixel in x
    *along("tap_step"),
)
TAP_BEGIN = along("tap_begin")  # of the first tap, seen from the origin of the copy
OUT = (*along("out"), *along("out_origin"), *along("out_step"))  # plane of out, and where pixels are in it
EXTENT = along("extent")  # of the copy of x
# Where the weight of (group, row, channel, tap) stands, in elements: strides, and the place of the first tap.
WEIGHT = ("group_stride", "row_stride", "channel_stride", "first_tap", *along("tap_stride"))
