"""The code that does what the page does."""

CODE = """\
import optuna

def objective(trial):
    lr = trial.suggest_float("lr", 5e-4, 5e-2, log=True)
    learn = vision_learner(dls, resnet18, metrics=accuracy_multi)
    learn.freeze()
    learn.fit_one_cycle(4, lr)
    return learn.recorder.values[-1][-1]

study = optuna.create_study(direction="maximize")
study.optimize(objective, n_trials=20)

# Loss Lab without a browser, with an honest comparison at the end:
# python -m engine sweep start --task multi-label --data sample_data/scenes --vary lr=0.0005..0.05 --out my-sweep
"""
