"""Optimizers see a complex parameter as its real and imaginary parts, as PyTorch's do."""

import pytest

from expected import agree

OPTIMIZERS = [
    ("Adam", {}), ("AdamW", {"amsgrad": True}), ("SGD", {"momentum": 0.9}), ("RMSprop", {"centered": True}),
    ("Adagrad", {"initial_accumulator_value": 0.1}), ("Adadelta", {}), ("Adamax", {}), ("NAdam", {}), ("RAdam", {}),
    ("ASGD", {}), ("Rprop", {}), ("LBFGS", {"max_iter": 2}),
]  # fmt: skip


@pytest.mark.parametrize("name, options", OPTIMIZERS, ids=[name for name, _ in OPTIMIZERS])
def test_parts_are_updated_by_themselves(name, options):
    def program(lib):
        z = lib.nn.Parameter(lib.tensor([1 + 2j, -1 + 0.5j, 0.1 - 3j]))
        x = lib.nn.Parameter(lib.tensor([0.5, -2.0]))
        optimizer = getattr(lib.optim, name)([z, x], lr=0.1, **options)

        def closure():
            optimizer.zero_grad()
            loss = (z.abs() ** 2).sum() + (z.real * z.imag).sum() + (x * x).sum() * z.real.sum()
            loss.backward()
            return loss

        for _ in range(3):
            optimizer.step(closure)
        state = optimizer.state[z]
        kept = [] if name == "LBFGS" else [state[key] for key in sorted(state) if key not in ("step", "mu", "eta")]
        return z, x, kept

    # Curvature is a quotient of small differences: what processors add up in another order is seen there.
    tolerance = 1e-5 if name == "LBFGS" else 1e-6
    agree(program, tolerance, tolerance)
