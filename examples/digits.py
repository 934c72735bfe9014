"""Train a small network to read handwritten digits, and offer it to the registry.

Shows: metrics of every epoch, a data set used as an artifact, pictures and histograms as training goes on, a table of
guesses, a confusion matrix, and weights as safetensors that are linked to a registered model.

    python examples/prepare.py digits
    python examples/digits.py --hidden 64 --epochs 40
"""

import argparse
import time

import numpy as np
import pandas as pd
import wandb
from safetensors.numpy import save
from sklearn.metrics import accuracy_score, log_loss
from sklearn.neural_network import MLPClassifier

DIGITS = list("0123456789")


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--hidden", type=int, default=32, help="units of the hidden layer")
    p.add_argument("--epochs", type=int, default=30)
    p.add_argument("--learning-rate", type=float, default=0.05)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--momentum", type=float, default=0.9)
    p.add_argument("--seed", type=int, default=0)
    p.add_argument("--pause", type=float, default=0, help="seconds to wait after each epoch, to have time to watch")
    return p.parse_args()


def read(folder, part):
    """The pixels of a part of the data set, from 0 to 1, and the digits they show."""
    rows = pd.read_csv(f"{folder}/{part}.csv")
    return rows.drop(columns="target").to_numpy() / 16, rows["target"].to_numpy()


def picture(pixels, caption=None):
    return wandb.Image(np.kron(255 * (1 - pixels.reshape(8, 8)), np.ones((8, 8))).astype(np.uint8), caption=caption)


def mistakes(x, y, guess, most=8):
    return [picture(x[i], f"{y[i]}, read as {guess[i]}") for i in np.flatnonzero(y != guess)[:most]]


def guesses(x, y, odds):
    """A table to look into: some digits, what the network takes them for, and how sure it is."""
    table = wandb.Table(columns=["picture", "digit", "guess", "confidence", *(f"score {d}" for d in DIGITS)])
    for pixels, digit, scores in zip(x, y, odds.round(4)):
        table.add_data(picture(pixels), int(digit), int(scores.argmax()), float(scores.max()), *map(float, scores))
    return table


def weights(net):
    """The network as safetensors: layer0 takes the pixels, the last one gives the scores."""
    tensors = {}
    for i, (weight, bias) in enumerate(zip(net.coefs_, net.intercepts_)):
        tensors[f"layer{i}.weight"] = weight.astype(np.float32)
        tensors[f"layer{i}.bias"] = bias.astype(np.float32)
    return save(tensors)


def train(run):
    args = run.config
    data = run.use_artifact("digits:latest").download()
    (x, y), (x_val, y_val) = read(data, "train"), read(data, "val")
    net = MLPClassifier(
        (args.hidden,), solver="sgd", batch_size=args.batch_size, learning_rate_init=args.learning_rate,
        momentum=args.momentum, random_state=args.seed,
    )
    for epoch in range(args.epochs):
        net.partial_fit(x, y, classes=range(10))
        odds = net.predict_proba(x_val)
        guess = odds.argmax(axis=1)
        scores = {
            "train/loss": net.loss_,
            "train/acc": accuracy_score(y, net.predict(x)),
            "val/loss": log_loss(y_val, odds, labels=range(10)),
            "val/acc": accuracy_score(y_val, guess),
        }
        if epoch % 10 == 9:
            scores |= {"val/mistakes": mistakes(x_val, y_val, guess), "weights": wandb.Histogram(net.coefs_[0])}
        run.log(scores)
        if epoch == 4 and net.loss_ > np.log(10):
            raise RuntimeError(f"The loss is {net.loss_:.2f}: guessing does better. Try a lower learning rate.")
        print(f"epoch {epoch:3}  train/loss {net.loss_:.4f}  val/acc {scores['val/acc']:.4f}")
        time.sleep(args.pause)
    run.log({
        "predictions": guesses(x_val[:60], y_val, odds),
        "confusion": wandb.plot.confusion_matrix(y_true=y_val.tolist(), preds=guess.tolist(), class_names=DIGITS),
    })
    return net


if __name__ == "__main__":
    with wandb.init(project="digits", job_type="train", config=options()) as run:
        net = train(run)
        about = {"hidden": run.config.hidden, "val/acc": run.summary["val/acc"]}
        model = wandb.Artifact("digits-mlp", "model", f"One hidden layer of {run.config.hidden} units.", about)
        with model.new_file("digits.safetensors", mode="wb") as f:
            f.write(weights(net))
        run.log_artifact(model)
        run.link_artifact(model, "wandb-registry-model/digit-reader")
