"""Try a registered model on rows that no training has seen, and give it a stage if it does well.

Shows: a version found by its alias, model and data as inputs of one run, scores kept with the version, and a gate: a
version takes a stage only from one that scores less.

    python examples/evaluate.py digits wandb-registry-model/digit-reader --stage production
"""

import argparse
import pathlib

import joblib
import numpy as np
import onnxruntime
import pandas as pd
import wandb
from safetensors.numpy import load_file
from sklearn.metrics import accuracy_score, f1_score, r2_score, recall_score, roc_auc_score, root_mean_squared_error


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("project", choices=["digits", "breast-cancer", "diabetes"], help="whose test rows to use")
    p.add_argument("model", help="the registered model")
    p.add_argument("--version", default="latest", help="a number such as v3, or an alias")
    p.add_argument("--stage", help="an alias for the version to take, staging for example")
    return p.parse_args()


# Each of these loads a model of one kind and returns what it makes of the rows and how well it does, the score that
# counts first.


def digits(file, x, y):
    net = load_file(file)
    hidden = np.maximum(x.to_numpy() / 16 @ net["layer0.weight"] + net["layer0.bias"], 0)
    guess = (hidden @ net["layer1.weight"] + net["layer1.bias"]).argmax(axis=1)
    return guess, {"test/acc": accuracy_score(y, guess), "test/f1": f1_score(y, guess, average="macro")}


def trees(file, x, y):
    guess, odds = onnxruntime.InferenceSession(file).run(None, {"X": x.to_numpy("float32")})
    return guess, {"test/auc": roc_auc_score(y, odds[:, 1]), "test/recall": recall_score(y, guess, pos_label=0)}


def line(file, x, y):
    guess = joblib.load(file).predict(x)
    return guess, {"test/r2": r2_score(y, guess), "test/rmse": root_mean_squared_error(y, guess)}


KINDS = {".safetensors": digits, ".onnx": trees, ".joblib": line}


def holder(model, stage):
    """The version that has the stage now, None if none has."""
    api = wandb.Api()
    return api.artifact(f"{model}:{stage}") if api.artifact_exists(f"{model}:{stage}") else None


def promote(version, stage, now, key):
    """Gives a version the stage, unless the one that has it now scores at least as well."""
    if now and now.metadata.get(key, 0) >= version.metadata[key]:
        print(f"{now.version} stays {stage}: its {key} is {now.metadata[key]:.4f}")
        return
    version.aliases.append(stage)
    version.save()
    print(f"{version.version} is {stage} now")


if __name__ == "__main__":
    args = options()
    with wandb.init(project=args.project, job_type="evaluate", config=args) as run:
        version = run.use_artifact(f"{args.model}:{args.version}", type="model")
        data = run.use_artifact(f"{args.project}:latest", type="dataset")
        rows = pd.read_csv(data.get_entry("test.csv").download())
        (file,) = pathlib.Path(version.download()).iterdir()

        y = rows.pop("target")
        guess, scores = KINDS[file.suffix](file, rows, y)
        run.log(scores | {"guesses": wandb.Table(dataframe=pd.DataFrame({"target": y, "guess": guess}))})
        version.metadata.update(scores)
        version.save()

        key = next(iter(scores))
        print(f"{version.version}: {key} is {scores[key]:.4f}")
        if args.stage:
            promote(version, args.stage, holder(args.model, args.stage), key)
