# A small BERT, made on the spot, learns to say which of two words comes up more often.
import json
import os

import torch
import wandb
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

os.environ["WANDB_PROJECT"] = "transformers"
os.environ["WANDB_LOG_MODEL"] = "checkpoint"
os.environ["WANDB_WATCH"] = "gradients"

set_seed(7)
torch.set_num_threads(2)


def sentences(n):
    return [{"input_ids": words, "labels": int((words == 2).sum() > 7)} for words in torch.randint(1, 3, (n, 15))]


def accuracy(predicted):
    return {"accuracy": float((predicted.predictions.argmax(1) == predicted.label_ids).mean())}


model = BertForSequenceClassification(BertConfig(
    vocab_size=3, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64, max_position_embeddings=16,
))
args = TrainingArguments(
    report_to="wandb", run_name="tiny-bert", output_dir="out", logging_steps=10,
    eval_strategy="epoch", save_strategy="epoch",
    load_best_model_at_end=True, metric_for_best_model="accuracy",
    num_train_epochs=3, per_device_train_batch_size=16, learning_rate=3e-3,
    seed=7, use_cpu=True, disable_tqdm=True,
)
trainer = Trainer(
    model=model, args=args, compute_metrics=accuracy,
    train_dataset=sentences(640), eval_dataset=sentences(160),
)
trainer.train()
wandb.finish()

metrics, summary = {}, {}
for entry in trainer.state.log_history:
    for name, value in entry.items():
        kind = "eval/" if name.startswith("eval_") else "train/"
        if name == "step":
            metrics.setdefault("train/global_step", []).append(value)
        elif "train_runtime" in entry and name != "epoch": # the last entry is of the whole training
            summary[name] = value
        else:
            metrics.setdefault(kind + name.removeprefix("eval_"), []).append(value)
print("TOLD", json.dumps({"tiny-bert": {"metrics": metrics, "summary": summary}}))
