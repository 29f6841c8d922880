"""Errors in backward say which call they belong to, with the user's line."""

import pytest

import taeda


def test_the_line_of_the_call_is_a_note() -> None:
    a = taeda.ones(3, requires_grad=True)
    b = a * 2  # the call that fails
    b.grad_fn.register_hook(lambda i, o: (taeda.ones(2), None))
    with pytest.raises(RuntimeError) as caught:
        b.sum().backward()
    notes = "\n".join(caught.value.__notes__)
    assert "in the backward of 'mul'" in notes
    assert "b = a * 2  # the call that fails" in notes and __file__ in notes


def test_errors_of_the_core_have_it_too() -> None:
    y = taeda.ones(1, requires_grad=True).expand(1 << 50).select(0, 3)  # no room for its gradient
    with pytest.raises(taeda.OutOfMemoryError) as caught:
        y.backward()
    assert "y = taeda.ones(1, requires_grad=True)" in caught.value.__notes__[-1]


def test_lines_inside_of_the_package_are_not_the_users() -> None:
    a = taeda.ones(4, requires_grad=True)
    pieces = a.split(2)  # split is Python of the package
    assert "pieces = a.split(2)" in pieces[0].grad_fn.line


def test_the_error_of_a_changed_tensor_names_both_calls() -> None:
    c = taeda.ones(3)
    y = taeda.ones(3, requires_grad=True) * c  # saves c
    c.add_(1)  # changes c
    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()
    text = str(caught.value)
    assert text.startswith(
        "one of the variables needed for gradient computation has been modified by an inplace operation"
    )
    assert "saved by 'mul'" in text and "# saves c" in text
    assert "changed by 'add_'" in text and "# changes c" in text


def test_the_first_change_is_the_one_named() -> None:
    c = taeda.ones(3)
    y = taeda.ones(3, requires_grad=True) * c
    c.mul_(2)
    c.add_(1)
    with pytest.raises(RuntimeError, match="changed by 'mul_'"):
        y.sum().backward()


def test_errors_of_hooks_keep_their_class() -> None:
    class Mine(Exception):
        pass

    def hook(gradient: object) -> None:
        raise Mine("text")

    b = taeda.ones(3, requires_grad=True) * 2
    b.register_hook(hook)
    with pytest.raises(Mine, match="text"):
        b.sum().backward()
