# A network that reads digits, trained by PyTorch Lightning, which keeps every checkpoint.
import csv
import json
from pathlib import Path

import lightning
import torch
import wandb
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import WandbLogger
from lightning.pytorch.loggers.csv_logs import CSVLogger
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Digits(lightning.LightningModule):
    def __init__(self, hidden=32, lr=0.01):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))

    def training_step(self, batch, _):
        loss = nn.functional.cross_entropy(self.net(batch[0]), batch[1])
        self.log("train/loss", loss)
        return loss

    def validation_step(self, batch, _):
        guesses = self.net(batch[0])
        self.log("val/loss", nn.functional.cross_entropy(guesses, batch[1]))
        self.log("val/accuracy", (guesses.argmax(1) == batch[1]).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=self.hparams.lr)


lightning.seed_everything(7)
torch.set_num_threads(2)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16, dtype=torch.float32), torch.tensor(y)
train = DataLoader(TensorDataset(X[:1500], y[:1500]), batch_size=100, shuffle=True)
test = DataLoader(TensorDataset(X[1500:], y[1500:]), batch_size=297)

model = Digits()
logger = WandbLogger(project="lightning", name="digits", log_model="all")
logger.watch(model, log_freq=10)
trainer = lightning.Trainer(
    logger=logger, log_every_n_steps=5, max_epochs=4,
    accelerator="cpu", enable_progress_bar=False,
    callbacks=[ModelCheckpoint(monitor="val/loss", mode="min", save_top_k=-1)],
)
book = CSVLogger(".") # writes down what it is told to log, too
trainer.loggers.append(book)
trainer.fit(model, train, test)
guesses = model.net(X[1500:1510]).argmax(1)
logger.log_text("val/guesses", columns=["digit", "guess"], data=torch.stack([y[1500:1510], guesses], 1).tolist(), step=trainer.global_step)
wandb.finish()

metrics = {}
for row in csv.DictReader(Path(book.log_dir, "metrics.csv").read_text().splitlines()):
    for name, value in row.items():
        if value:
            metrics.setdefault("trainer/global_step" if name == "step" else name, []).append(float(value))
metrics["trainer/global_step"].append(trainer.global_step) # of the guesses, which the other book does not have
print("TOLD", json.dumps({"digits": {"metrics": metrics, "summary": {name: metrics[name][-1] for name in ("train/loss", "val/loss", "val/accuracy")}}}))
