# Boosted trees that tell tumours apart.
import json

import lightgbm
import wandb
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from wandb.integration.lightgbm import log_summary, wandb_callback

X_train, X_test, y_train, y_test = train_test_split(*load_breast_cancer(return_X_y=True), random_state=7)
train = lightgbm.Dataset(X_train, y_train)
test = lightgbm.Dataset(X_test, y_test, reference=train)
params = {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_leaves": 15, "seed": 7, "deterministic": True, "num_threads": 2, "verbose": -1}
scores = {}
with wandb.init(project="lightgbm", name="tumours") as run:
    model = lightgbm.train(
        params, train, num_boost_round=30,
        valid_sets=[train, test], valid_names=["train", "test"],
        callbacks=[wandb_callback(), lightgbm.record_evaluation(scores)],
    )
    log_summary(model, save_model_checkpoint=True)

scores = {f"{data}_{metric}": values for data, of in scores.items() for metric, values in of.items()}
print("TOLD", json.dumps({"tumours": {
    "metrics": {**scores, "iteration": list(range(30))},
    "summary": {**{name: {"max": max(of)} if name.endswith("auc") else {"min": min(of)} for name, of in scores.items()}, "best_score": model.best_score},
}}))
