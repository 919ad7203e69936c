"""How far the run is: passes over the loaders that are trained on, and the program's own loops."""
from __future__ import annotations

from types import FrameType
from typing import Any, Dict, Optional
from weakref import WeakKeyDictionary

from .places import Loop, training_loop


class Pass:
    """One pass over a loader."""

    def __init__(self, loader: Any) -> None:
        self.loader = loader
        self.batch = -1
        self.samples = 0
        #: Whether a step was taken in it.
        self.is_trained = False


class Epochs:
    def __init__(self) -> None:
        #: Of each loader the passes in which something was trained.
        self._trained: "WeakKeyDictionary[Any, int]" = WeakKeyDictionary()
        #: The pass that the newest batch is of, and the one that the newest step was in.
        self._pass: Optional[Pass] = None
        self._training: Optional[Pass] = None
        self._loop: Optional[Loop] = None
        self.epoch = 0
        self.epochs: Optional[int] = None

    def batch_comes(self, own: Pass, samples: int) -> None:
        own.batch += 1
        own.samples = samples
        self._pass = own

    @property
    def needs_frame(self) -> bool:
        """Whether the next step has to say where it is in the program."""
        return not self._pass.is_trained if self._pass else self._loop is not None and self._loop.is_epochs

    @property
    def samples(self) -> int:
        return self._pass.samples if self._pass else 0

    def steps(self, frame: Optional[FrameType]) -> None:
        """A step is about to be taken."""
        if self._pass is None:
            self._loop = training_loop(frame)
            if self._loop and self._loop.is_epochs:
                self.epoch, self.epochs = self._loop.turn, self._loop.turns
        elif not self._pass.is_trained:
            self._pass.is_trained = True
            passes = self._trained.get(self._pass.loader, 0)
            self._trained[self._pass.loader] = passes + 1
            loop = training_loop(frame)
            # A loader may be made anew for each epoch.
            self.epoch = loop.turn if loop and loop.is_epochs else passes
            self.epochs = loop.turns if loop else None
        self._training = self._pass

    @property
    def done(self) -> Optional[float]:
        """The share of the run that is done."""
        if self._training is None:
            return (self._loop.turn + 1) / self._loop.turns if self._loop else None
        if not self.epochs:
            return None
        batches = self._batches
        return min(1.0, (self.epoch + ((self._training.batch + 1) / batches if batches else 0)) / self.epochs)

    def told(self) -> Dict[str, Any]:
        told: Dict[str, Any] = {"epoch": self.epoch}
        if self.epochs:
            told["epochs"] = self.epochs
        batches = self._batches
        if batches and self._training is not None:
            told.update(batch=min(self._training.batch, batches - 1), batches=batches)
        return told

    @property
    def _batches(self) -> Optional[int]:
        try:
            return len(self._training.loader) if self._training else None
        except TypeError:
            return None
