"""Keep a data set as artifacts: once as it came, once split for training.

Shows: two runs that hang together by an artifact, versions of a data set with what is in them, a page of HTML, and a data
set linked to the registry. Doing it again makes a new version only of what has changed.

    python examples/prepare.py digits
    python examples/prepare.py digits --test-size 0.2
"""

import argparse

import pandas as pd
import wandb
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import train_test_split

SETS = {
    "digits": (load_digits, "Handwritten digits, 8 by 8 pixels in 17 shades of grey."),
    "breast-cancer": (load_breast_cancer, "Cell nuclei under a microscope, 30 measures each; 0 is malignant."),
    "diabetes": (load_diabetes, "Ten measures of a patient, and how far the disease had gone a year later."),
}


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("name", choices=SETS, help="the data set; also the project it is for")
    p.add_argument("--val-size", type=float, default=0.2, help="part of the rows to choose models by")
    p.add_argument("--test-size", type=float, default=0.15, help="part of the rows that no training may see")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def add_csv(artifact, name, rows):
    with artifact.new_file(name) as f:
        rows.to_csv(f, index=False)


def fetch(name):
    """Keeps the data set as it came."""
    load, about = SETS[name]
    with wandb.init(project=name, job_type="fetch") as run:
        rows = load(as_frame=True).frame
        raw = wandb.Artifact(f"{name}-raw", "dataset", about, {"rows": len(rows), "source": "scikit-learn"})
        add_csv(raw, "rows.csv", rows)
        run.log_artifact(raw)


def split(rows, val_size, test_size, seed):
    """Parts of the rows by name. Where there are classes, each part gets its share of them."""

    def cut(rows, size):
        classes = rows["target"] if rows["target"].nunique() < 20 else None
        return train_test_split(rows, test_size=size, random_state=seed, stratify=classes)

    rest, test = cut(rows, test_size)
    train, val = cut(rest, val_size)
    return {"train": train, "val": val, "test": test}


if __name__ == "__main__":
    args = options()
    fetch(args.name)
    with wandb.init(project=args.name, job_type="split", config=args) as run:
        raw = run.use_artifact(f"{args.name}-raw:latest")
        rows = pd.read_csv(raw.get_entry("rows.csv").download())
        parts = split(rows, args.val_size, args.test_size, args.seed)
        about = {"rows": {part: len(rows) for part, rows in parts.items()}, "seed": args.seed}
        data = wandb.Artifact(args.name, "dataset", raw.description, about)
        for part, rows in parts.items():
            add_csv(data, f"{part}.csv", rows)
        run.log({"measures": wandb.Html(rows.describe().T.round(2).to_html())})
        run.log_artifact(data)
        run.link_artifact(data, f"wandb-registry-dataset/{args.name}")
