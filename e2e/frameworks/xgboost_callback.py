# Trees that tell digits apart, as long as they get better on those that they have not seen.
import json

import wandb
import xgboost
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from wandb.integration.xgboost import WandbCallback

X_train, X_test, y_train, y_test = train_test_split(*load_digits(return_X_y=True), random_state=7)
settings = {"max_depth": 3, "learning_rate": 0.3, "n_estimators": 25}
with wandb.init(project="xgboost", name="digits", config=settings) as run:
    model = xgboost.XGBClassifier(
        **run.config, random_state=7, eval_metric="mlogloss", early_stopping_rounds=5,
        callbacks=[WandbCallback(log_model=True)],
    )
    seen, unseen = (X_train, y_train), (X_test, y_test)
    model.fit(*seen, eval_set=[seen, unseen], verbose=False)

scores = {f"{data}-mlogloss": of["mlogloss"] for data, of in model.evals_result().items()}
print("TOLD", json.dumps({"digits": {
    "metrics": {**scores, "epoch": list(range(25)), "best_score": [model.best_score], "best_iteration": [model.best_iteration]},
    "summary": {**{name: {"min": min(of)} for name, of in scores.items()}, "best_score": model.best_score},
}}))
