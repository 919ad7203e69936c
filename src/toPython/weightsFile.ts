/** `starting_weights.py` of a project. */

export const weightsFile = `"""Begins with weights from a file instead of new ones: \`python train.py --weights weights.pt\`."""

import argparse

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
    wanted = {name: value.shape for name, value in model.state_dict().items()}
    for i, state in enumerate(_states()):
        if {name: value.shape for name, value in state.items()} == wanted:
            model.load_state_dict(_unused.pop(i))
            return
    raise SystemExit(f"{_file} has no weights for {type(model).__name__}: names or shapes are others")


def _states():
    """The weights that no model has got yet: the file's, or those of each model in it."""
    global _unused
    if _unused is None:
        content = torch.load(_file, map_location="cpu")
        _unused = [content] if all(isinstance(value, torch.Tensor) for value in content.values()) else list(content.values())
    return _unused
`;
