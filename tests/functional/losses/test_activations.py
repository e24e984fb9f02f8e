import subprocess
import sys

import torch
import torch.nn.functional as F

from engine import paths
from engine.functional import losses


def test_importing_the_math_does_not_import_torch():
    code = (
        "import sys; from engine.functional import coordinates, label_encoding, linear_regression, losses, metrics; "
        "assert losses.sigmoid([0.0])[0] == 0.5; sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=paths.ROOT).returncode == 0


def test_probabilities_equal_torch(yes_no):
    logits = torch.tensor(yes_no[0])
    torch.testing.assert_close(losses.sigmoid(logits), logits.sigmoid())
    torch.testing.assert_close(losses.log_sigmoid(logits), F.logsigmoid(logits))
    torch.testing.assert_close(losses.softmax(logits), logits.softmax(-1))
    torch.testing.assert_close(losses.log_softmax(logits), logits.log_softmax(-1))
