"""Program descriptions as text that reads as Python."""

from __future__ import annotations

from typing import Any

from taeda.ir.expression import text


def format_program(program: dict[str, Any], name: str = "program") -> str:
    """One instruction a line."""
    head = ", ".join(f"r{k}" for k in range(program["tensors"]))
    numbers = ", ".join(f"a{k}" for k in range(program["attributes"]))
    lines = [f"program {name}({head}{'; ' + numbers if numbers else ''}):"]
    lines += [f"    {format_instruction(i)}" for i in program["instructions"]]
    lines.append(f"    return {', '.join(f'r{r}' for r in program['outputs'])}")
    return "\n".join(lines)


def format_instruction(i: tuple[Any, ...]) -> str:
    kind = i[0]
    if kind == "alloc":
        line = f"r{i[1]} = alloc({i[2]}, [{_list(i[3])}])"
    elif kind == "alloc_like":
        line = f"r{i[1]} = alloc({i[2]}, [{_list(i[3])}], like={', '.join(f'r{r}' for r in i[4])})"
    elif kind == "loops":
        _, kernel, inputs, outputs, scalars, reduced, keepdim, _when = i
        targets = ", ".join(f"r{o[1]}" + (f": {o[2]}" if o[0] == "new" else "[...]") for o in outputs)
        arguments = [f"r{r}" for r in inputs] + [text(s) for s in scalars]
        if reduced is not None:
            arguments.append(f"reduced={reduced}" + ("" if not keepdim else ", keepdim"))
        line = f"{targets} = kernel{kernel}({', '.join(arguments)})"
    elif kind == "launch":
        _, kernel, operands, integers, scalars, work, grain, scratch, _faults, _when = i
        line = (f"launch kernel{kernel}({', '.join(f'r{r}' for r in operands)}; {_list(integers)}; {_list(scalars)}) "
                f"work={text(work)} grain={text(grain)} scratch={text(scratch)}")
    elif kind == "view":
        _, view, register, source, arguments, _when = i
        line = f"r{register} = {view}(r{source}{', ' if arguments else ''}{_list(arguments)})"
    elif kind == "check":
        line = f"check({text(i[1])}, {i[2]}, {i[3]!r})"
    elif kind == "fill":
        line = f"r{i[1]}[...] = {text(i[2])}"
    elif kind == "view_dtype":
        line = f"r{i[1]} = view_dtype(r{i[2]}, {i[3]})"
    elif kind == "copy":
        line = f"r{i[1]}[...] = r{i[2]}"
    elif kind == "join":
        line = f"r{i[1]}[...] = join({', '.join(f'r{r}' for r in i[2])}, dim={i[3]})"
    else:
        line = f"r{i[1]} = {kind}({', '.join(f'r{r}' for r in i[2:])})"
    when = i[-1] if kind in ("alloc", "loops", "launch", "view") else None
    return line if when is None else f"if {text(when)}: {line}"


def _list(expressions: Any) -> str:
    return ", ".join(text(e) for e in expressions)
