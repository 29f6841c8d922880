"""Functions of the public API whose structure depends on sizes or values, written in Python on the ops.

An op is traced once for all sizes; what returns a number of tensors that depends on a size (split, unbind), or
follows a string (einsum), runs here instead, as the user could have written it.
"""
