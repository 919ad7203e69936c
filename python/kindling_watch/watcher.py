"""Watches a training from outside. Changes no number that the program computes, and breaks nothing where it fails itself."""
from __future__ import annotations

import math
import os
import sys
import time
from collections import deque
from types import FrameType
from typing import Any, Callable, Deque, Dict, List, Optional, Sequence, Set, Tuple

import torch
from torch import nn
from torch.optim import Optimizer

from .epochs import Epochs, Pass
from .losses import LineNames, StepLoss, TrainingLosses, leaves_below
from .models import Models
from .optimizers import Known, Optimizers, Trainee
from .places import caller, is_own, own_frames, position_of, traceback_positions
from .printed import Printed, Stream
from .sampler import Sampler, afterwards, tensors_of
from .schedule import Schedule
from .store import RunFolder

#: Seconds between two looks at where the program's loops stand, and at the options of the optimizers.
_LOOK = 0.2
#: Seconds over which the speed is told.
_WINDOW = 5.0
_HINT = "Try a smaller learning rate; else look for a division by zero, or a logarithm or root of what isn't positive, on the way to it."


class Watcher:
    def __init__(self, file: str, arguments: Sequence[str]) -> None:
        self._run = RunFolder(file, arguments)
        self._models = Models()
        self._epochs = Epochs()
        self._schedule = Schedule()
        self._losses = TrainingLosses()
        self._loss_names = LineNames("loss", self._run.rename)
        self._rate_names = LineNames("lr", self._run.rename)
        self._optimizers = Optimizers()
        self._trainee_of: Dict[int, Trainee] = {}
        self._told_optimizers: Any = None
        #: The step under way, from 0, and which optimizers have stepped in it.
        self._index = 0
        self._stepped: Set[int] = set()
        self._steps = 0
        self._inside: Optional[Optimizer] = None
        self._loss: Optional[Tuple[int, float]] = None
        #: Losses on another device, which are read all at once.
        self._unread: List[Tuple[str, int, int, torch.Tensor]] = []
        self._training_since: Optional[float] = None
        self._next_look = 0.0
        self._sampler: Optional[Sampler] = None
        self._turns_left = 0
        self._stack: List[nn.Module] = []
        self._failed_in: Optional[nn.Module] = None
        self._times: Deque[Tuple[float, int, int]] = deque(maxlen=64)
        self._seen_samples = 0
        #: Whether losses are multiplied before they go backward.
        self.scales = False
        self._has_alarmed = False
        self._is_broken = False
        self._has_code = False
        self._is_over = False
        self._problem: Optional[Dict[str, Any]] = None
        self.printed = Printed(lambda: self._index)
        self._streams: List[Stream] = []
        self._run.progress = self._tell_and_progress
        #: Hears whether calls of modules are of interest.
        self.looks: Callable[[bool], None] = lambda wanted: None

    # --- what the hooks tell ------------------------------------------------------------------------------------------

    def started(self) -> None:
        self._look(True)
        self._run.tell({"type": "state", "state": "running", "at": int(time.time() * 1000)})

    def constructed(self, module: nn.Module, frame: Optional[FrameType]) -> None:
        self._guarded(lambda: self._models.made(module, frame))

    def exists(self, module: nn.Module) -> None:
        self._guarded(lambda: self._models.exists(module))

    def watch(self, module: nn.Module, frame: Optional[FrameType]) -> None:
        self._guarded(lambda: self._models.meet(module, frame))

    def calls(self, module: nn.Module) -> None:
        self._stack.append(module)

    def call_failed(self, module: nn.Module) -> None:
        if self._failed_in is None:
            self._failed_in = module

    def called(self, module: nn.Module, inputs: Any, output: Any, frame: Optional[FrameType]) -> None:
        self._stack.pop()
        self._failed_in = None
        if self._sampler is not None:
            self._guarded(lambda: self._measure_call(module, inputs, output, frame))

    def left(self) -> None:
        """A call ended with an error."""
        if self._stack:
            self._stack.pop()

    def optimizer_made(self, optimizer: Optimizer) -> None:
        self._guarded(lambda: self._optimizers.made(optimizer, position_of(caller())))

    def gradients_zeroed(self, optimizer: Optimizer) -> None:
        self._losses.zeroed(self._optimizers.of(optimizer).parameters)

    def goes_backward(self, root: Any) -> None:
        begin = time.perf_counter()
        if not isinstance(root, torch.Tensor) or root.numel() != 1 or self._inside is not None:
            return
        if self._training_since is None:
            self._training_since = self._run.elapsed
        scaled = getattr(root, "_kindling_scaled", None) if self.scales else None
        if scaled is not None:
            root, scale = scaled
            if self._sampler is not None:
                self._sampler.scale = float(scale())
        value = root.detach().clone() if root.is_cuda else root.item()
        leaves = leaves_below(root) if len(self._optimizers) > 1 else None
        self._losses.add(StepLoss(value, leaves))
        self._schedule.spend(time.perf_counter() - begin, self._sampler is not None)

    def before_step(self, optimizer: Optimizer) -> None:
        if self._inside is not None:
            return
        self._inside = optimizer
        begin = time.perf_counter()
        try:
            self._step_begins(self._optimizers.of(optimizer), optimizer, begin)
        except Exception as error:
            self._broke(error)
        self._schedule.spend(time.perf_counter() - begin, self._sampler is not None)

    def after_step(self, optimizer: Optimizer) -> None:
        if self._inside is not optimizer:
            return
        self._inside = None
        begin = time.perf_counter()
        is_looking = self._sampler is not None
        try:
            self._step_ends(optimizer, begin)
        except Exception as error:
            self._broke(error)
        self._schedule.spend(time.perf_counter() - begin, is_looking)

    def step_failed(self) -> None:
        self._inside = None

    def batch_comes(self, own: Pass, batch: Any) -> None:
        first = next(tensors_of(batch, 2), None)
        self._epochs.batch_comes(own, first.shape[0] if first is not None and first.dim() else 0)
        # A new batch ends what was updated in the last one.
        if self._stepped and own.is_trained:
            self._next_step()

    def log(self, values: Dict[str, Any]) -> None:
        step = self._index
        for name, value in values.items():
            if isinstance(value, torch.Tensor) and value.numel() == 1:
                value = value.item()
            if isinstance(value, (int, float)) or hasattr(value, "__float__"):
                own = f"{name} (logged)" if name in ("loss", "lr") else str(name)
                self._run.add(own, step, self._epochs.epoch, float(value))
            else:
                self._run.tell({"type": "note", "name": str(name), "step": step, "text": str(value)[:2_000]})

    def take_streams(self) -> None:
        """From now on what is printed is told."""
        sys.stdout = Stream(sys.stdout, self.printed, False)  # type: ignore[assignment]
        sys.stderr = Stream(sys.stderr, self.printed, True)  # type: ignore[assignment]
        self._streams = [sys.stdout, sys.stderr]  # type: ignore[list-item]

    def failed(self, error: BaseException) -> None:
        """The program ends with an error."""
        self._guarded(lambda: self._tell_error(error))

    def finish(self, state: str, exit_code: Optional[int] = None) -> None:
        if self._is_over:
            return
        self._is_over = True
        self._stop_looking()
        self._guarded(self._last_words)
        for stream in self._streams:
            stream.finish()
        self._run.close(state, exit_code)

    def forked(self) -> None:
        """This is another process now."""
        self._is_over = True
        self._stop_looking()
        self._run.leave()

    # --- calls of modules ---------------------------------------------------------------------------------------------

    def _measure_call(self, module: nn.Module, inputs: Any, output: Any, frame: Optional[FrameType]) -> None:
        if not self._stack:
            self._models.meet(module, frame)
        self._models.called(module, frame, tensors_of(inputs), tensors_of(output))
        if self._sampler is not None:
            self._sampler.returned(module, output)

    # --- steps --------------------------------------------------------------------------------------------------------

    def _next_step(self) -> None:
        self._index += 1
        self._stepped.clear()

    def _step_begins(self, known: Known, optimizer: Optimizer, now: float) -> None:
        if id(optimizer) in self._stepped:
            self._next_step()
        frame = caller() if now >= self._next_look or self._epochs.needs_frame else None
        if frame is not None:
            self._epochs.steps(frame)
        step, epoch = self._index, self._epochs.epoch
        sampler = self._sampler
        if sampler is not None:
            self._find_models()
        several = len(self._optimizers) > 1
        others = set().union(*(other.parameters for other in self._optimizers.all if other is not known)) if several else set()
        value = self._losses.take(known.parameters if several else set(), others)
        if value is not None:
            self._add_loss(known, step, epoch, value)
        self._add_rates(known, optimizer, step, epoch)
        if sampler is not None:
            self._measure_step(sampler, known.parameters, step, epoch)

    def _step_ends(self, optimizer: Optimizer, now: float) -> None:
        if not self._stepped:
            self._steps = self._index + 1
            self._seen_samples += self._epochs.samples
        self._stepped.add(id(optimizer))
        self._stack.clear()
        if self._sampler is not None:
            for changes in self._sampler.changes(self._index):
                if self._run.skipped_step != changes["step"]:
                    self._run.tell({"type": "changes", "changes": changes})
            self._turns_left -= 1
            if self._turns_left <= 0:
                self._look(False)
        elif self._schedule.is_due(self._steps, self._run.elapsed - (self._training_since or 0.0)):
            self._look(True)
        if now >= self._next_look:
            self._next_look = now + _LOOK
            self._read_losses()
            self._tell_optimizers()
            self._times.append((now, self._steps, self._seen_samples))
        if not self._has_code:
            self._has_code = True
            self._run.keep_code(_own_files(self._run.file))

    def _look(self, wanted: bool) -> None:
        """Begins to look at the calls of modules, or ends it."""
        elapsed = self._run.elapsed - (self._training_since or 0.0)
        if self._sampler is not None:
            self._schedule.sampled(elapsed)
            # The first steps follow each other.
            wanted = self._schedule.is_due(self._steps, elapsed)
            self._stop_looking(wanted)
        if wanted and not self._is_broken and not self._is_over:
            self._schedule.begins()
            self._sampler = Sampler(self._timed)
            self.looks(True)
            # Networks that are trained in turns use each other's outputs.
            count = len(self._optimizers)
            self._turns_left = 1 if count < 2 else count + 1

    def _stop_looking(self, goes_on: bool = False) -> None:
        if self._sampler is not None:
            self._sampler.end()
            self._sampler = None
            if not goes_on:
                self.looks(False)

    def _find_models(self) -> None:
        told = self._models.describe()
        if told is not None:
            self._run.tell({"type": "models", "models": told})

    def _measure_step(self, sampler: Sampler, own: Set[int], step: int, epoch: int) -> None:
        for model in self._models.of_parameters(own):
            if len(self._optimizers) > 1 and not sampler.has_seen(model):
                continue
            self._run.tell_statistics({"type": "statistics", "statistics": sampler.measure(model, step, epoch)})
            if self._run.skipped_step != step:
                sampler.keep_parameters(model)

    # --- curves -------------------------------------------------------------------------------------------------------

    def _add_loss(self, known: Known, step: int, epoch: int, value: Any) -> None:
        trainee = self._trainee(known)
        name = self._loss_names.of(trainee, trainee.name)
        if isinstance(value, torch.Tensor):
            self._unread.append((name, step, epoch, value))
            if len(self._unread) >= 1_000:
                self._read_losses()
            return
        self._run.add(name, step, epoch, value)
        self._loss = (step, value)
        if not math.isfinite(value) and not self._has_alarmed:
            self._alarm(name, value, step)

    def _read_losses(self) -> None:
        """One wait for the device for all of them."""
        unread, self._unread = self._unread, []
        if not unread:
            return
        values = torch.stack([value.reshape(()).double() for *_, value in unread]).tolist()
        for (name, step, epoch, _), value in zip(unread, values):
            self._run.add(name, step, epoch, value)
            self._loss = (step, value)
            if not math.isfinite(value) and not self._has_alarmed:
                self._alarm(name, value, step)

    def _alarm(self, name: str, value: float, step: int) -> None:
        self._has_alarmed = True
        text = "NaN" if math.isnan(value) else "∞" if value > 0 else "−∞"
        problem: Dict[str, Any] = {
            "severity": "warning",
            "code": "nonFiniteLoss",
            "message": f"{name} became {text} at step {step:,}. {_HINT}",
            "step": step,
        }
        position = position_of(caller())
        self._run.tell({"type": "problem", "problem": {**problem, **({"position": position} if position else {})}})

    def _add_rates(self, known: Known, optimizer: Optimizer, step: int, epoch: int) -> None:
        """Those that differ from what was told last: each holds until the next."""
        rates = [group.get("lr") for group in optimizer.param_groups]
        if rates == known.rates:
            return
        before = known.rates
        known.rates = [None if rate is None else float(rate) for rate in rates]
        for index, rate in enumerate(known.rates):
            if rate is not None and (index >= len(before) or before[index] != rate):
                self._run.add(self._rate_name(known, optimizer, index), step, epoch, rate)

    def _rate_name(self, known: Known, optimizer: Optimizer, index: int) -> str:
        trainee = self._trainee(known)
        groups = optimizer.param_groups
        if len(groups) == 1:
            return self._rate_names.of(trainee, trainee.name)
        own = groups[index].get("name")
        first = next(iter(groups[index]["params"]), None)
        return self._rate_names.of((trainee, index), own if isinstance(own, str) and own else self._models.paths.get(id(first), str(index)))

    def _trainee(self, known: Known) -> Trainee:
        if known.trainee is None:
            parameters = known.parameters
            # An optimizer that goes on with parameters of another goes on with its trainee.
            before = next((self._trainee_of[one] for one in parameters if one in self._trainee_of), None)
            trainee = known.trainee = before or Trainee(self._models.name_of(parameters) or type(known.optimizer).__name__)
            self._trainee_of.update((one, trainee) for one in parameters)
        return known.trainee

    # --- what is told every now and then ------------------------------------------------------------------------------

    def _tell_optimizers(self) -> None:
        told = [one for one in (known.described(self._models.paths) for known in self._optimizers.all) if one]
        if told and told != self._told_optimizers:
            self._told_optimizers = told
            self._run.tell({"type": "optimizers", "optimizers": told})

    def _tell_and_progress(self) -> Optional[Dict[str, Any]]:
        """Called by the thread that writes."""
        for event in self.printed.take():
            self._run.tell(event)
        if self._steps == 0:
            return None
        elapsed = self._run.elapsed
        now = time.perf_counter()
        recent = [one for one in list(self._times) if now - one[0] <= _WINDOW] or list(self._times)[-1:]
        steps = samples = 0.0
        if recent:
            at, before, seen = recent[0]
            passed = max(now - at, 1e-3)
            steps, samples = (self._steps - before) / passed, (self._seen_samples - seen) / passed
        progress: Dict[str, Any] = {
            **self._epochs.told(),
            "step": self._steps,
            "stepsPerSecond": steps,
            "elapsed": int(elapsed * 1000),
            "watchShare": min(1.0, self._schedule.spent / max(elapsed, 1e-3)),
        }
        if self._loss:
            progress.update(lossStep=self._loss[0], loss=self._loss[1])
        if samples > 0:
            progress["samplesPerSecond"] = samples
        done, since = self._epochs.done, self._training_since
        if done and since is not None and not self._is_over:
            progress["remainingSeconds"] = (elapsed - since) * max(0.0, 1 / done - 1)
        return progress

    def _last_words(self) -> None:
        self._read_losses()
        self._find_models()
        self._tell_optimizers()
        last = max(0, self._steps - 1)
        for known in self._optimizers.all:
            for index, rate in enumerate(known.rates):
                if rate is not None and known.optimizer is not None:
                    # Each rate holds until then.
                    self._run.add(self._rate_name(known, known.optimizer, index), last, self._epochs.epoch, rate)
        if self._steps:
            for model in self._models.all:
                self._run.tell_statistics({"type": "statistics", "statistics": afterwards(model, last, self._epochs.epoch)})

    def _tell_error(self, error: BaseException) -> None:
        stack = traceback_positions(error.__traceback__)
        position = stack[0][1] if stack else None
        if isinstance(error, SyntaxError) and error.filename and is_own(error.filename):
            position = {"file": os.path.abspath(error.filename), "line": error.lineno or 1, "column": max(1, error.offset or 1)}
        problem: Dict[str, Any] = {
            "severity": "error",
            "code": "syntax" if isinstance(error, SyntaxError) else "memory" if isinstance(error, MemoryError) else "thrown",
            "message": f"{type(error).__name__}: {error}"[:2_000],
            "step": self._index,
        }
        if position:
            problem["position"] = position
        if stack:
            problem["stack"] = [{"function": name, "position": place} for name, place in stack]
        if self._failed_in is not None:
            problem["module"] = self._path_of(self._failed_in)
        self._run.tell({"type": "problem", "problem": problem})

    def _path_of(self, module: nn.Module) -> str:
        for model in self._models.all:
            path = model.paths.get(id(module))
            if path is not None:
                return f"{path} ({type(module).__name__}) of {model.name}" if path else f"{model.name} ({type(module).__name__})"
        return type(module).__name__

    # --- shield -------------------------------------------------------------------------------------------------------

    def _timed(self, action: Callable[[], None]) -> None:
        self._guarded(action)

    def _guarded(self, action: Callable[[], Any], counts: bool = True) -> None:
        """What goes wrong in watching is not the program's trouble: nothing more is measured then."""
        begin = time.perf_counter()
        try:
            action()
        except Exception as error:
            self._broke(error)
        if counts:
            self._schedule.spend(time.perf_counter() - begin, self._sampler is not None)

    def _broke(self, error: Exception) -> None:
        self._stop_looking()
        if self._is_broken:
            return
        self._is_broken = True
        message = f"From step {self._index} on no module is measured: {type(error).__name__}: {error}. The training goes on."
        problem = {"severity": "information", "code": "notWatched", "message": message[:2_000], "position": {"file": self._run.file, "line": 1, "column": 1}}
        self._run.tell({"type": "problem", "problem": problem})


def _own_files(script: str) -> List[str]:
    """The script and what it imported that lies in its folder, or below it."""
    folder = os.path.dirname(script) + os.sep
    files = [script]
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and is_own(file):
            path = os.path.abspath(file)
            if path.startswith(folder) and path not in files:
                files.append(path)
    return files
