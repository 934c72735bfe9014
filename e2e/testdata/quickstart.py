import wandb
import random

# Iniciar un nuevo run de W&B
run = wandb.init(project="models_quickstart")

# Simular el registro de métricas del modelo
run.log({"acc": random.random()})

# Crear un archivo de modelo simulado
with open("my_model.h5", "w") as f:
    f.write("Modelo: " + str(random.random()))

# Registrar y enlazar el modelo al Registro de Modelos
run.link_model(path="./my_model.h5", registered_model_name="MNIST")

run.finish()
