"""Write the card of a registered model from a Markdown file, so that it can be reviewed like code.

Shows: the description and the tags of a registered model, set from outside any run.

    python examples/describe.py wandb-registry-model/digit-reader examples/cards/digit-reader.md --tags vision digits
"""

import argparse
import pathlib

import wandb


def options():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("model", help="the registered model")
    p.add_argument("card", type=pathlib.Path, help="a Markdown file")
    p.add_argument("--tags", nargs="*", default=[])
    return p.parse_args()


if __name__ == "__main__":
    args = options()
    model = wandb.Api().artifact_collection("model", args.model)
    model.description = args.card.read_text()
    model.tags = args.tags
    model.save()
