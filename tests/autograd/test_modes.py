"""no_grad and the others: as blocks, decorators, on generators, per thread."""

import threading
from typing import Any

import pytest
from agreement import agree

import taeda

PROGRAMS = []


def program(function: Any) -> Any:
    PROGRAMS.append(function)
    return function


@program
def blocks(t: Any) -> Any:
    seen = [t.is_grad_enabled()]
    with t.no_grad():
        seen.append(t.is_grad_enabled())
        with t.enable_grad():
            seen.append(t.is_grad_enabled())
        seen.append(t.is_grad_enabled())
    return [*seen, t.is_grad_enabled()]


@program
def set_grad_enabled(t: Any) -> Any:
    seen = []
    with t.set_grad_enabled(False):
        seen.append(t.is_grad_enabled())
    seen.append(t.is_grad_enabled())
    t.set_grad_enabled(False)
    seen.append(t.is_grad_enabled())
    t.set_grad_enabled(True)
    return [*seen, t.is_grad_enabled()]


@program
def decorators(t: Any) -> Any:
    @t.no_grad()
    def off() -> Any:
        return t.is_grad_enabled()

    @t.no_grad
    def off_as_well() -> Any:
        return t.is_grad_enabled()

    @t.set_grad_enabled(False)
    def also() -> Any:
        return t.is_grad_enabled()

    @t.inference_mode()
    def inference() -> Any:
        return t.is_grad_enabled(), t.is_inference_mode_enabled()

    @t.inference_mode
    def inference_as_well() -> Any:
        return t.is_inference_mode_enabled()

    return off(), off_as_well(), also(), inference(), inference_as_well(), off.__name__, t.is_grad_enabled()


@program
def after_an_error(t: Any) -> Any:
    try:
        with t.no_grad():
            raise KeyError
    except KeyError:
        pass
    return t.is_grad_enabled()


@program
def generators(t: Any) -> Any:
    seen = []

    @t.no_grad()
    def numbers() -> Any:
        try:
            got = yield 1
            seen.append((got, t.is_grad_enabled()))
            try:
                yield 2
            except KeyError:
                seen.append(("thrown", t.is_grad_enabled()))
            yield 3
        finally:
            seen.append(("closed", t.is_grad_enabled()))

    g = numbers()
    found = [next(g), t.is_grad_enabled(), g.send("x"), t.is_grad_enabled(), g.throw(KeyError()), t.is_grad_enabled()]
    g.close()
    return found, [str(s) for s in seen], t.is_grad_enabled()


@program
def generator_that_returns(t: Any) -> Any:
    @t.no_grad()
    def inner() -> Any:
        yield 1
        return 5

    def outer() -> Any:
        value = yield from inner()
        yield value

    return list(outer())


@program
def inference_mode(t: Any) -> Any:
    a = t.ones(3, requires_grad=True)
    with t.inference_mode():
        b = a * 2
        c = t.ones(3)
        c.add_(1)
        with t.inference_mode(False):
            inner = t.is_inference_mode_enabled(), t.is_grad_enabled(), t.ones(2).is_inference()
    return b.is_inference(), b.requires_grad, c, c.is_inference(), inner, a.is_inference(), t.is_grad_enabled()


@program
def requires_grad_of_an_inference_tensor(t: Any) -> Any:
    with t.inference_mode():
        a = t.ones(3)
    a.requires_grad_()


@program
def inference_tensor_used(t: Any) -> Any:
    with t.inference_mode():
        a = t.ones(3)
    b = a + 1
    return b.is_inference(), a.clone().is_inference()


@program
def view_of_a_normal_tensor_in_inference_mode(t: Any) -> Any:
    a = t.ones(3)
    with t.inference_mode():
        v = a[0:2]
    found = v.is_inference(), v._is_view()
    v.mul_(t.ones(2, requires_grad=True))
    return found


@program
def not_a_bool(t: Any) -> Any:
    t.set_grad_enabled(1)


@program
def str_of_set_grad_enabled(t: Any) -> Any:
    with t.set_grad_enabled(True) as nothing:
        return nothing


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_agrees(program: Any) -> None:
    agree(program)


def test_each_thread_has_its_own_modes() -> None:
    seen = []
    with taeda.no_grad():
        thread = threading.Thread(target=lambda: seen.append(taeda.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


def test_classes_are_not_decorated() -> None:
    with pytest.raises(TypeError, match="cannot decorate the class"):

        @taeda.no_grad()
        class Something:
            pass
