# A forest that tells tumours apart, a line through the progress of diabetes, and irises in clusters, each with the plots
# that wandb.sklearn has for its kind of model.
import json

import wandb
from sklearn.cluster import KMeans
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import Ridge
from sklearn.model_selection import train_test_split

told = {}

data = load_breast_cancer()
X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, random_state=7)
settings = {"n_estimators": 50, "max_depth": 6}
with wandb.init(project="scikit-learn", name="forest", config=settings) as run:
    model = RandomForestClassifier(**run.config, random_state=7)
    model.fit(X_train, y_train)

    wandb.sklearn.plot_classifier(
        model, X_train, X_test, y_train, y_test,
        y_pred=model.predict(X_test), y_probas=model.predict_proba(X_test),
        labels=list(data.target_names), feature_names=list(data.feature_names),
        model_name="Forest", log_learning_curve=True,
    )
    run.summary["accuracy"] = model.score(X_test, y_test)
told["forest"] = {"metrics": {}, "summary": {"accuracy": model.score(X_test, y_test)}}

data = load_diabetes()
X_train, X_test, y_train, y_test = train_test_split(data.data, data.target, random_state=7)
with wandb.init(project="scikit-learn", name="line", config={"alpha": 0.1}) as run:
    model = Ridge(**run.config)
    model.fit(X_train, y_train)
    told["line"] = {"metrics": {}, "summary": {"r2": model.score(X_test, y_test)}}
    run.summary["r2"] = model.score(X_test, y_test)

    wandb.sklearn.plot_regressor(model, X_train, X_test, y_train, y_test, model_name="Ridge")

# plot_clusterer would draw silhouettes, too, but wandb 0.31.0 takes no clusterer of this scikit-learn for one.
with wandb.init(project="scikit-learn", name="clusters", config={"n_init": 4}) as run:
    data = load_iris().data
    model = KMeans(**run.config, random_state=7)
    model.fit(data)
    wandb.sklearn.plot_elbow_curve(model, data, cluster_ranges=range(1, 9))
told["clusters"] = {"metrics": {}, "summary": {}}

print("TOLD", json.dumps(told))
