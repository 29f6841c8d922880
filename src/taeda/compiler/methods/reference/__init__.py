"""A target made of interpreters: loop kernels run by ir/loop_interpreter.py, methods by plain NumPy.

`TAEDA_CPU=reference` chooses it. Programs, executor and core are those of every target; what they launch are callbacks
into Python (kernels.py) with the calling convention of machine code. It is slow, needs no LLVM, and says what the other
targets are to compute, and what each method takes: products.py (matrix products, convolutions, attention), windows.py
(pooling), places.py (walks over indices, masks), orders.py (sorting, scans, searching), entries.py (sparse matrices).
"""
