"""Train boosted trees to tell malignant from benign tumours, and offer them to the registry as ONNX.

Shows: metrics of every tree that is added, ROC and precision-recall curves, a confusion matrix, a bar chart of what the
trees look at, and a model that any ONNX runtime can load.

    python examples/prepare.py breast-cancer
    python examples/cancer.py --trees 80 --depth 2
"""

import argparse

import pandas as pd
import wandb
from skl2onnx import to_onnx
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import log_loss, recall_score, roc_auc_score

CLASSES = ["malignant", "benign"]


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--trees", type=int, default=60)
    p.add_argument("--depth", type=int, default=3, help="of each tree")
    p.add_argument("--learning-rate", type=float, default=0.1)
    p.add_argument("--subsample", type=float, default=1.0, help="part of the rows that each tree sees")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def read(folder, part):
    rows = pd.read_csv(f"{folder}/{part}.csv")
    return rows.drop(columns="target"), rows["target"]


def train(run, x, y, x_val, y_val):
    args = run.config
    trees = GradientBoostingClassifier(
        max_depth=args.depth, learning_rate=args.learning_rate, subsample=args.subsample,
        random_state=args.seed, warm_start=True,
    )
    for n in range(1, args.trees + 1):
        trees.set_params(n_estimators=n).fit(x, y)  # a warm start: only the newest tree is grown
        odds = trees.predict_proba(x_val)
        run.log({
            "trees": n,
            "train/loss": log_loss(y, trees.predict_proba(x)),
            "val/loss": log_loss(y_val, odds),
            "val/auc": roc_auc_score(y_val, odds[:, 1]),
            "val/recall": recall_score(y_val, odds.argmax(axis=1), pos_label=0),  # of the malignant ones
        })
    return trees


def plots(trees, x, y):
    odds = trees.predict_proba(x)
    guess = odds.argmax(axis=1).tolist()
    telling = pd.Series(trees.feature_importances_, x.columns).nlargest(10)
    measures = wandb.Table(data=[*telling.items()], columns=["measure", "importance"])
    return {
        "roc": wandb.plot.roc_curve(y, odds, labels=CLASSES),
        "precision-recall": wandb.plot.pr_curve(y, odds, labels=CLASSES),
        "confusion": wandb.plot.confusion_matrix(y_true=y.tolist(), preds=guess, class_names=CLASSES),
        "importance": wandb.plot.bar(measures, "measure", "importance", title="What the trees look at"),
    }


if __name__ == "__main__":
    with wandb.init(project="breast-cancer", job_type="train", config=options()) as run:
        data = run.use_artifact("breast-cancer:latest").download()
        (x, y), (x_val, y_val) = read(data, "train"), read(data, "val")
        trees = train(run, x, y, x_val, y_val)
        run.log(plots(trees, x_val, y_val))
        about = {"measures": list(x.columns), "classes": CLASSES, "val/auc": run.summary["val/auc"]}
        model = wandb.Artifact("cancer-trees", "model", f"{run.config.trees} trees, {run.config.depth} deep.", about)
        onnx = to_onnx(trees, x.to_numpy("float32")[:1], options={"zipmap": False})
        with model.new_file("trees.onnx", mode="wb") as f:
            f.write(onnx.SerializeToString())
        run.log_artifact(model)
        run.link_artifact(model, "wandb-registry-model/tumour-screening")
