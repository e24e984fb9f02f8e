"""How long the recipe Better trains, from the number of training images. Loads neither torch nor fastai."""

STEPS = 200
"""Optimizer steps that fine-tuning from a converged head should take at least, where images are few."""

SMALLEST_BATCH, LARGEST_BATCH = 8, 64
FEWEST_EPOCHS, MOST_EPOCHS = 3, 12


def batch_size_for(train_images: int) -> int:
    """Images per step: about 20 steps an epoch, within what batch norm and memory allow."""
    size = SMALLEST_BATCH
    while size < LARGEST_BATCH and train_images / size > 20:
        size *= 2
    return size


def epochs_for(train_images: int, batch_size: int) -> int:
    """Epochs that make `STEPS` steps, at least 3 and at most 12."""
    steps_per_epoch = max(1, train_images // batch_size)
    return min(max(round(STEPS / steps_per_epoch), FEWEST_EPOCHS), MOST_EPOCHS)
