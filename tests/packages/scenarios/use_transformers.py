import torch
from filled import filled, show, inputs
from transformers import ViTConfig, ViTForImageClassification, BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM
import transformers; transformers.logging.set_verbosity_error(); transformers.utils.logging.disable_progress_bar()
small=dict(hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=64)
vit=filled(ViTForImageClassification(ViTConfig(image_size=16, patch_size=4, num_labels=3, **small))).eval()
out=vit(pixel_values=inputs(2,3,16,16), labels=torch.tensor([0,2])); out.loss.backward()
show("vit", out.loss, out.logits, [p.grad for p in vit.parameters() if p.grad is not None])
bert=filled(BertForSequenceClassification(BertConfig(vocab_size=50, num_labels=3, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **small)))
class Data(torch.utils.data.Dataset):
    def __len__(self): return 40
    def __getitem__(self, k): return {"input_ids": (torch.arange(8)*(k+1))%50, "labels": k%3}
import tempfile
with tempfile.TemporaryDirectory() as folder:
    trainer=Trainer(bert, TrainingArguments(folder, max_steps=10, per_device_train_batch_size=4, learning_rate=1e-3, logging_steps=5, report_to=[], use_cpu=True, disable_tqdm=True, log_level="error", save_strategy="no", seed=0, lr_scheduler_type="linear"), train_dataset=torch.utils.data.Subset(Data(), range(40)))
    trainer._get_train_sampler = lambda *a: torch.utils.data.SequentialSampler(trainer.train_dataset)
    trainer.remove_callback(transformers.PrinterCallback)
    r=trainer.train()
    print("trained", r.global_step, f"{r.training_loss:.3f}")
    print("logged", [f"{h['loss']:.3f}" if isinstance(h['loss'],float) else h['loss'] for h in trainer.state.log_history if "loss" in h])
    print("evaluated", f"{trainer.evaluate(Data())['eval_loss']:.3f}")
    trainer.save_model(folder); again=BertForSequenceClassification.from_pretrained(folder)
    print("same", all(torch.equal(a,b) for a,b in zip(bert.state_dict().values(), again.state_dict().values())))
gpt=filled(GPT2LMHeadModel(GPT2Config(vocab_size=50, n_embd=32, n_layer=2, n_head=4, n_positions=64, bos_token_id=0, eos_token_id=49)),3.0).eval()
ids=torch.arange(10).view(2,5)
print("beams", gpt.generate(ids, max_new_tokens=4, num_beams=3, do_sample=False).tolist())
llama=filled(LlamaForCausalLM(LlamaConfig(vocab_size=50, num_key_value_heads=2, eos_token_id=49, pad_token_id=0, **small)),3.0).eval()
print("greedy", llama.generate(ids, max_new_tokens=4, do_sample=False, repetition_penalty=1.2).tolist())
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import PreTrainedTokenizerFast, pipeline
words=["[PAD]","[UNK]","[CLS]","[SEP]","[MASK]"]+[f"w{k}" for k in range(45)]
tok=Tokenizer(models.WordLevel({w:k for k,w in enumerate(words)}, unk_token="[UNK]")); tok.pre_tokenizer=pre_tokenizers.Whitespace()
fast=PreTrainedTokenizerFast(tokenizer_object=tok, pad_token="[PAD]", unk_token="[UNK]", cls_token="[CLS]", sep_token="[SEP]", mask_token="[MASK]", model_max_length=32)
bert.config.id2label={0:"a",1:"b",2:"c"}
for answer in pipeline("text-classification", model=bert.eval(), tokenizer=fast, device=-1)(["w1 w2 w3","w9 w4"]): print("pipeline", answer["label"], f"{answer['score']:.3f}")
print("text", pipeline("text-generation", model=gpt, tokenizer=fast, device=-1)("w1 w2", max_new_tokens=3, do_sample=False)[0]["generated_text"])
