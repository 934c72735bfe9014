# A network that reads digits, watched while it learns.
import json

import torch
import wandb
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
torch.set_num_threads(2)
X, y = load_digits(return_X_y=True)
X, y = torch.tensor(X / 16, dtype=torch.float32), torch.tensor(y)
train = DataLoader(TensorDataset(X[:1500], y[:1500]), batch_size=100, shuffle=True)

model = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
criterion = nn.CrossEntropyLoss()
losses, accuracies = [], []
settings = {"epochs": 4, "lr": 0.01}
with wandb.init(project="pytorch", name="digits", config=settings) as run:
    optimizer = torch.optim.Adam(model.parameters(), lr=run.config.lr)
    run.watch(model, criterion, log="all", log_freq=5, log_graph=True)
    for epoch in range(run.config.epochs):
        for inputs, labels in train:
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
            run.log({"train/loss": loss.item()})
            losses.append(loss.item())
        with torch.no_grad():
            accuracy = (model(X[1500:]).argmax(1) == y[1500:]).float().mean().item()
        run.log({"val/accuracy": accuracy, "epoch": epoch})
        accuracies.append(accuracy)

    torch.save(model.state_dict(), "digits.pt")
    run.log_model("digits.pt", name="digits-net")

print("TOLD", json.dumps({"digits": {
    "metrics": {"train/loss": losses, "val/accuracy": accuracies, "epoch": list(range(4))},
    "summary": {"train/loss": losses[-1], "val/accuracy": accuracies[-1]},
}}))
