/** `starting_weights.py` of a project. */

export const weightsFile = `"""Begins with weights from a file instead of new ones: \`python train.py --weights weights.pt\`."""

import argparse
import sys

import torch

_options = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
_options.add_argument("--weights", metavar="FILE", help="begin with the weights of this file")
_file = _options.parse_known_args()[0].weights
_unused = None
_begun = set()


def begin_with(model):
    """Gives the model the first weights of the file that are its own by names and shapes; once."""
    if _file is None or id(model) in _begun:
        return
    _begun.add(id(model))
    name = type(model).__name__
    wanted = {name: value.shape for name, value in model.state_dict().items()}
    for i, state in enumerate(_states()):
        if {name: value.shape for name, value in state.items()} == wanted:
            model.load_state_dict(_unused.pop(i))
            return
    if len(_begun) == 1:
        raise SystemExit(f"{_file} has no weights for {name}: names or shapes are others")
    # It was made only after the first step, when the file had been written.
    print(f"{_file} has no weights for another {name}, which begins with its own", file=sys.stderr)


def _states():
    """The weights that no model has got yet: the file's, or those of each model in it."""
    global _unused
    if _unused is None:
        content = torch.load(_file, map_location="cpu")
        _unused = [content] if all(isinstance(value, torch.Tensor) for value in content.values()) else list(content.values())
    return _unused
`;
