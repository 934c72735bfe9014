"""Train a line to foresee how far diabetes will have gone in a year, and offer it to the team's own registry.

Shows: the short way, a file that becomes a version of a registered model in one call; early stopping; a scatter plot; a
table with numbers and words.

    python examples/prepare.py diabetes
    python examples/diabetes.py --degree 2 --alpha 0.01
"""

import argparse

import joblib
import pandas as pd
import wandb
from sklearn.linear_model import SGDRegressor
from sklearn.metrics import r2_score, root_mean_squared_error
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import PolynomialFeatures, StandardScaler


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("--degree", type=int, default=1, help="1 for the measures alone, 2 for their products, too")
    p.add_argument("--alpha", type=float, default=0.001, help="how much large weights cost")
    p.add_argument("--penalty", choices=["l1", "l2", "elasticnet"], default="l2")
    p.add_argument("--learning-rate", type=float, default=0.0005)
    p.add_argument("--epochs", type=int, default=200)
    p.add_argument("--patience", type=int, default=15, help="epochs to go on without getting better")
    p.add_argument("--seed", type=int, default=0)
    return p.parse_args()


def read(folder, part):
    rows = pd.read_csv(f"{folder}/{part}.csv")
    return rows.drop(columns="target"), rows["target"]


def train(run, x, y, x_val, y_val):
    args = run.config
    run.define_metric("val/rmse", summary="min")
    features = make_pipeline(PolynomialFeatures(args.degree, include_bias=False), StandardScaler()).fit(x)
    line = SGDRegressor(
        penalty=args.penalty, alpha=args.alpha, eta0=args.learning_rate, learning_rate="constant",
        random_state=args.seed,
    )
    x, x_val = features.transform(x), features.transform(x_val)
    line.partial_fit(x[:1], y[:1])  # so that there is a line to look at
    line.intercept_[:] = y.mean()
    best, since = float("inf"), 0
    for _ in range(args.epochs):
        line.partial_fit(x, y)
        guess = line.predict(x_val)
        rmse = root_mean_squared_error(y_val, guess)
        run.log({
            "train/rmse": root_mean_squared_error(y, line.predict(x)),
            "val/rmse": rmse,
            "val/r2": r2_score(y_val, guess),
        })
        best, since = (rmse, 0) if rmse < best - 0.01 else (best, since + 1)
        if since == args.patience:
            break
    return make_pipeline(features, line)


def guesses(model, x, y):
    guess = model.predict(x)
    rows = pd.DataFrame({"bmi": x["bmi"], "blood pressure": x["bp"], "progression": y, "guess": guess.round(1)})
    rows["verdict"] = ["close" if abs(off) < 40 else "too high" if off > 0 else "too low" for off in guess - y]
    return wandb.Table(dataframe=rows)


if __name__ == "__main__":
    with wandb.init(project="diabetes", job_type="train", config=options()) as run:
        data = run.use_artifact("diabetes:latest").download()
        (x, y), (x_val, y_val) = read(data, "train"), read(data, "val")
        model = train(run, x, y, x_val, y_val)
        table = guesses(model, x_val, y_val)
        scatter = wandb.plot.scatter(table, "progression", "guess", title="Guess by progression")
        run.log({"guesses": table, "guess by progression": scatter})
        joblib.dump(model, "line.joblib")
        run.link_model("line.joblib", "diabetes-progression", name="diabetes-line")
