"""`taeda finetune MODEL DATA OUTPUT`: train a model on text or conversations, whole or by LoRA."""

from __future__ import annotations

import argparse
from pathlib import Path

from taeda.llm.commands.options import guarded, model_option


def arguments(parser: argparse.ArgumentParser) -> None:
    model_option(parser)
    parser.add_argument("data", type=Path, help='a text; or *.jsonl with lines {"text": ...} or {"messages": [...]}')
    parser.add_argument("output", type=Path, help="the folder to write: the model, or the adapter of LoRA")
    parser.add_argument("--lora", type=int, metavar="RANK", help="train small matrices beside the weights")
    parser.add_argument("--alpha", type=float, help="the strength of LoRA (twice its rank)")
    parser.add_argument("--merge", action="store_true", help="add LoRA to the weights at the end, and write the model")
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--batch", type=int, default=4, help="rows of tokens in a step (4)")
    parser.add_argument("--length", type=int, default=256, help="tokens of a row (256)")
    parser.add_argument("--rate", type=float, help="learning rate (1e-4; for LoRA 1e-3)")
    parser.add_argument("--seed", type=int, default=0)
    parser.epilog = "An interrupted training goes on from its last checkpoint when the same command is given again."


def main(options: argparse.Namespace) -> int:
    return guarded("finetune", lambda: run(options))


def run(options: argparse.Namespace) -> int:
    import taeda
    from taeda.llm.checkpoint import save
    from taeda.llm.lora import add_lora_, merge_lora_, save_lora
    from taeda.llm.store import open_model
    from taeda.llm.training import fit, pack, text_examples
    from taeda.quantization import QuantizedLinear

    for name in ("steps", "batch", "length"):
        if getattr(options, name) < 1:
            raise ValueError(f"--{name} has to be 1 or more, got {getattr(options, name)}")
    model = open_model(options.model)
    if model.tokenizer is None:
        raise ValueError("this model has no tokenizer (tokenizer.json)")
    if options.length > model.config.context:
        raise ValueError(f"--length {options.length} is more than the model's context of {model.config.context}")
    if (options.lora is None or options.merge) and any(isinstance(m, QuantizedLinear) for m in model.modules()):
        raise ValueError("the weights of this model have few bits, which cannot be trained or added to: train small "
                         "matrices beside them (--lora RANK, without --merge)")
    if options.output.resolve() == Path(options.model).resolve():
        raise ValueError(f"{options.output} is the model itself, which would be lost: name another folder")
    inputs, targets = pack(text_examples(model.tokenizer, options.data), options.length)
    taeda.manual_seed(options.seed)
    if options.lora is None:
        model.requires_grad_()
    else:
        add_lora_(model, options.lora, options.alpha or 2.0 * options.lora)
    options.output.mkdir(parents=True, exist_ok=True)
    checkpoint = options.output / "training.pt"
    rate = options.rate or (1e-4 if options.lora is None else 1e-3)
    losses = fit(model, inputs, targets, steps=options.steps, batch=options.batch, rate=rate, checkpoint=checkpoint,
                 seed=options.seed, title="fine-tuning")
    if options.lora is not None and not options.merge:
        save_lora(model, options.output, options.model)
    else:
        if options.lora is not None:
            merge_lora_(model)
        save(model, options.output)
    (options.output / "losses.csv").write_text("step,loss\n" + "".join(
        f"{step},{loss}\n" for step, loss in enumerate(losses, 1)))
    checkpoint.unlink(missing_ok=True)
    print(f"loss {losses[0]:.3f} → {losses[-1]:.3f}; written to {options.output}")
    return 0
