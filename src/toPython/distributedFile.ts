/** `distributed.py` and `train.slurm` of a project. */

export const distributedFile = `"""Lets train.py run in one process or in many: \`python train.py\`, or \`torchrun --nproc_per_node=4 train.py\`.

Each process takes its part of every batch, and losses and gradients are those of the whole batch: a training is the same
by however many processes it is done.
"""

import argparse
import atexit
import builtins
import contextlib
import os
import random
import sys

import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, DistributedSampler

from starting_weights import begin_with

_parser = argparse.ArgumentParser(allow_abbrev=False)
_parser.add_argument("--weights", metavar="FILE", help="begin with the weights of this file")
_parser.add_argument("--checkpoint", metavar="FILE", help="write the state of the training there after each epoch")
_parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, if there is one")
_parser.add_argument("--amp", action="store_true", help="compute in bfloat16 where that is safe (torch.autocast)")
_parser.add_argument("--fsdp", action="store_true", help="share out the weights, too (FullyShardedDataParallel); on GPUs, PyTorch 2.3 or later")
_parser.add_argument("--cpu", action="store_true", help="compute on the processor although there are GPUs")
options = _parser.parse_known_args()[0]

# What torchrun says; one process without it.
rank = int(os.environ.get("RANK", 0))
world = int(os.environ.get("WORLD_SIZE", 1))
local_rank = int(os.environ.get("LOCAL_RANK", 0))
device = torch.device("cuda", local_rank) if torch.cuda.is_available() and not options.cpu else torch.device("cpu")

_share = 1.0  # of the batch that is being learned from, what this process has
_kept = []  # models, optimizers and schedules, in the order in which they were made
_shared = {}  # models by what they were before
_samplers = {}  # by their loaders
_losses = 0  # how many were made
_is_loss_due = False  # whether a model has computed what no loss was made of yet
_loops = 0  # over epochs, so far
_resumed = None  # the checkpoint that is still to be gone on from


def start():
    """Finds the other processes; only the first one prints."""
    global _resumed
    if options.resume and not options.checkpoint:
        raise SystemExit("--resume goes with --checkpoint FILE")
    if options.fsdp and (world == 1 or device.type == "cpu"):
        raise SystemExit("--fsdp needs several processes, each with a GPU")
    if device.type == "cuda":
        torch.cuda.set_device(device)
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
        atexit.register(dist.destroy_process_group)
    if rank > 0:
        builtins.print = lambda *values, **how: None
    if options.resume and os.path.exists(options.checkpoint):
        _resumed = torch.load(options.checkpoint, map_location="cpu", weights_only=False)


def is_first():
    """Whether this process is the one that writes files."""
    return rank == 0


def wait():
    """Until all processes have come here."""
    if world > 1:
        dist.barrier()


def _say(text):
    print(f"distributed: {text}", file=sys.stderr)


# Models


class Parallel(DistributedDataParallel):
    """The model, whose gradients are those of all processes; by names and state it is the model itself."""

    def forward(self, *inputs, **named):
        global _is_loss_due
        _is_loss_due = True
        if torch.is_grad_enabled():
            # A model that computes twice for one loss keeps what its first turn needs to go back.
            self.broadcast_buffers = getattr(self, "_loss", None) != _losses
            self._loss = _losses
            return super().forward(*inputs, **named)
        return self.module(*inputs, **named)

    def __getattr__(self, name):
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("module"), name)

    def named_parameters(self, *how, **named):
        return self.module.named_parameters(*how, **named)

    def state_dict(self, *how, **named):
        return self.module.state_dict(*how, **named)

    def load_state_dict(self, *how, **named):
        return self.module.load_state_dict(*how, **named)


def parallel(model):
    """The model as all processes train it together; right before its optimizer is made."""
    if id(model) in _shared:
        return _shared[id(model)]
    begin_with(model)
    model.to(device)
    if options.amp:
        _autocast(model)
    made = model if world == 1 else _parallel(model)
    if device.type == "cuda" and hasattr(torch, "set_default_device"):
        torch.set_default_device(device)  # for tensors that the program makes on its way
    _shared[id(model)] = _shared[id(made)] = keep(made)
    return made


def _parallel(model):
    if any(isinstance(part, nn.modules.batchnorm._BatchNorm) for part in model.modules()):
        if device.type == "cuda":
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        else:
            _say("batch norm looks at each process' own part of a batch: SyncBatchNorm needs GPUs")
    if options.fsdp:
        from torch.distributed.fsdp import FullyShardedDataParallel

        return FullyShardedDataParallel(model, device_id=device, use_orig_params=True)
    return Parallel(model, device_ids=[local_rank] if device.type == "cuda" else None)


def _autocast(model):
    """bfloat16 has the range of float32, so that losses need no scaling."""
    forward = model.forward

    def in_bfloat16(*inputs, **named):
        with torch.autocast(device.type, dtype=torch.bfloat16):
            return _moved(forward(*inputs, **named), lambda x: x.float() if x.dtype == torch.bfloat16 else x)

    model.forward = in_bfloat16


def keep(made):
    """Something whose state belongs to a checkpoint."""
    _kept.append(made)
    return made


# Batches


class Parts(DistributedSampler):
    """This process' part of each batch. Without padding: the last batch of an epoch may be smaller, and nothing comes twice."""

    def __init__(self, loader):
        super().__init__(loader.dataset, num_replicas=world, rank=rank, drop_last=loader.drop_last)
        self.loader = loader
        self.parts = []

    def set_epoch(self, epoch):
        """Draws the order of an epoch as one process would, and has all processes take that of the first."""
        super().set_epoch(epoch)
        size = self.loader.batch_size
        with torch.device("cpu") if device.type == "cuda" and hasattr(torch, "set_default_device") else contextlib.nullcontext():
            torch.empty((), dtype=torch.int64).random_(generator=self.loader.generator)  # a loader's own draw before that of its sampler
            order = torch.tensor(list(self.loader.sampler), dtype=torch.int64)
        order = order.to(device)
        dist.broadcast(order, 0)
        batches = [order[i : i + size].tolist() for i in range(0, len(order), size)]
        if self.drop_last and batches and len(batches[-1]) < size:
            batches.pop()
        # A process that gets nothing of a small batch computes one sample that counts for nothing.
        self.parts = [(batch[rank::world] or batch[:1], len(batch[rank::world]) / len(batch)) for batch in batches]

    def __iter__(self):
        return (indices for indices, _ in self.parts)

    def __len__(self):
        return len(self.parts)


def batches(loader):
    """One epoch of the loader's batches: of each the part that this process learns from."""
    global _share
    if world == 1:
        yield from on_device(loader)
        return
    sampler = _samplers.get(id(loader))
    if sampler is None:
        sampler = _samplers[id(loader)] = Parts(loader)
        _say(f"{world} processes share batches of {loader.batch_size}, about {loader.batch_size / world:g} each")
    sampler.set_epoch(sampler.epoch + 1)
    part = DataLoader(
        loader.dataset,
        batch_sampler=sampler,
        collate_fn=loader.collate_fn,
        num_workers=loader.num_workers,
        pin_memory=loader.pin_memory,
        generator=torch.Generator(),
    )
    for (_, share), batch in zip(sampler.parts, on_device(part)):
        _share = share
        yield batch
    _share = 1.0


def on_device(loader):
    """The loader's batches where the model is."""
    for batch in loader:
        yield batch if device.type == "cpu" else _moved(batch, lambda x: x.to(device, non_blocking=True))


def _moved(value, move):
    if isinstance(value, torch.Tensor):
        return move(value)
    if isinstance(value, dict):
        return {name: _moved(each, move) for name, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*(_moved(each, move) for each in value))
    if isinstance(value, (list, tuple)):
        return type(value)(_moved(each, move) for each in value)
    return value


# Losses


class _Mean(torch.autograd.Function):
    @staticmethod
    def forward(ctx, loss, share):
        ctx.factor = share * world  # DistributedDataParallel divides by the number of processes
        mean = loss.detach() * share
        dist.all_reduce(mean)
        return mean

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.factor, None


def mean(loss):
    """A mean over this process' part of the batch becomes the mean over the whole batch, in value and gradient."""
    global _is_loss_due, _losses
    if world == 1:
        return loss
    if not _is_loss_due and not options.fsdp:
        raise RuntimeError("this loss doesn't come from the model that distributed.parallel gave: its gradients would not be shared")
    _is_loss_due = False
    _losses += 1
    return _Mean.apply(loss, _share)


def total(number):
    """A number that was summed up over this process' part of the batch, over the whole batch."""
    if world == 1:
        return number
    summed = torch.tensor(number if _share > 0 else 0, dtype=torch.float64, device=device)
    dist.all_reduce(summed)
    return type(number)(summed.item())


# Epochs and checkpoints


def epochs(counted):
    """Counts epochs, with a checkpoint after each. Those that a resumed training has done already are left out."""
    global _loops
    loop, _loops = _loops, _loops + 1
    done = _go_on(loop, len(counted))
    for i, epoch in enumerate(counted):
        if i < done:
            continue
        yield epoch
        if options.checkpoint:
            _write_checkpoint(loop, i + 1)


def _go_on(loop, length):
    """How many epochs of the loop are done, with the state after them."""
    global _resumed
    if _resumed is None or loop > _resumed["loop"]:
        return 0
    done = length
    for made, state in zip(_kept, _resumed["kept"]):
        _load_state(made, state)
    if loop == _resumed["loop"]:
        done = _resumed["done"]
        own = _resumed["random"][rank % len(_resumed["random"])]
        torch.set_rng_state(own["torch"])
        random.setstate(own["python"])
        if device.type == "cuda" and own["cuda"] is not None:
            torch.cuda.set_rng_state(own["cuda"], device)
        _say(f"goes on after {done} of {length} epochs, from {options.checkpoint}")
        _resumed = None
    return done


def _write_checkpoint(loop, done):
    own = {
        "torch": torch.get_rng_state(),
        "python": random.getstate(),
        "cuda": torch.cuda.get_rng_state(device) if device.type == "cuda" else None,
    }
    drawn = [own]
    if world > 1:
        drawn = [None] * world
        dist.all_gather_object(drawn, own)
    kept = [_state(made) for made in _kept]  # by all processes: each may hold a part
    if is_first():
        unfinished = f"{options.checkpoint}.unfinished"
        torch.save({"loop": loop, "done": done, "kept": kept, "random": drawn}, unfinished)
        os.replace(unfinished, options.checkpoint)
    wait()


def _state(made):
    if not options.fsdp or hasattr(made, "optimizer"):  # a schedule
        return made.state_dict()
    from torch.distributed.checkpoint import state_dict as whole

    how = whole.StateDictOptions(full_state_dict=True, cpu_offload=True)
    if isinstance(made, nn.Module):
        return whole.get_model_state_dict(made, options=how)
    return whole.get_optimizer_state_dict(_model_of(made), made, options=how)


def _load_state(made, state):
    if not options.fsdp or hasattr(made, "optimizer"):  # a schedule
        made.load_state_dict(state)
        return
    from torch.distributed.checkpoint import state_dict as whole

    how = whole.StateDictOptions(full_state_dict=True)
    if isinstance(made, nn.Module):
        whole.set_model_state_dict(made, state, options=how)
    else:
        whole.set_optimizer_state_dict(_model_of(made), made, state, options=how)


def _model_of(optimizer):
    own = {id(parameter) for group in optimizer.param_groups for parameter in group["params"]}
    return next(made for made in _kept if isinstance(made, nn.Module) and any(id(parameter) in own for parameter in made.parameters()))
`;

/** @param hasEpochs whether the training can be gone on with */
export const slurmFile = (hasEpochs: boolean): string => `#!/bin/bash
# Two machines of four GPUs each: sbatch train.slurm
#SBATCH --job-name=train
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --gpus-per-node=4
#SBATCH --cpus-per-task=16
#SBATCH --time=04:00:00
#SBATCH --requeue

export MASTER_ADDR=$(scontrol show hostnames "$SLURM_JOB_NODELIST" | head -n 1)
export MASTER_PORT=$((20000 + SLURM_JOB_ID % 20000))

srun torchrun \\
  --nnodes="$SLURM_NNODES" \\
  --nproc_per_node="$SLURM_GPUS_ON_NODE" \\
  --rdzv_id="$SLURM_JOB_ID" \\
  --rdzv_backend=c10d \\
  --rdzv_endpoint="$MASTER_ADDR:$MASTER_PORT" \\
  --max_restarts=3 \\
  train.py${hasEpochs ? " --checkpoint checkpoint.pt --resume" : ""}
`;
