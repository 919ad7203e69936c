"""Which models there are, and each one's tree as plain data."""
from __future__ import annotations

import sys
from types import FrameType
from typing import Any, Dict, Iterable, List, Optional, Set
from weakref import WeakKeyDictionary, WeakSet

import torch
from torch import nn

from .places import Position, declared_at, own_frames, position_of

#: Modules that only hand on what another does: the model is what they hold.
_WRAPPERS = {"DistributedDataParallel": "module", "DataParallel": "module", "FullyShardedDataParallel": "module", "OptimizedModule": "_orig_mod"}


def unwrapped(module: nn.Module) -> nn.Module:
    while type(module).__name__ in _WRAPPERS:
        inner = getattr(module, _WRAPPERS[type(module).__name__], None)
        if not isinstance(inner, nn.Module):
            break
        module = inner
    return module


class Model:
    """A root module with all that is below it."""

    def __init__(self, id: int, root: nn.Module, name: str, is_variable: bool) -> None:
        self.id, self.root, self.name, self.is_variable = id, root, name, is_variable
        self.modules: List[nn.Module] = []
        self.paths: Dict[int, str] = {}

    @property
    def parameters(self) -> Set[int]:
        return {id(parameter) for parameter in self.root.parameters()}


class Models:
    def __init__(self) -> None:
        self.all: List[Model] = []
        #: Every module there is, as far as it is known, and where it was made.
        self._known: "WeakSet[nn.Module]" = WeakSet()
        self._made: "WeakKeyDictionary[nn.Module, Position]" = WeakKeyDictionary()
        self._called: "WeakKeyDictionary[nn.Module, Position]" = WeakKeyDictionary()
        self._inputs: "WeakKeyDictionary[nn.Module, List[List[int]]]" = WeakKeyDictionary()
        self._outputs: "WeakKeyDictionary[nn.Module, List[List[int]]]" = WeakKeyDictionary()
        self._told: Any = None
        #: Whether modules were made since it was last looked for models.
        self.has_new = True
        #: Paths of parameters by their identity, in all models.
        self.paths: Dict[int, str] = {}

    def made(self, module: nn.Module, frame: Optional[FrameType]) -> None:
        self.has_new = True
        self._known.add(module)
        self._made.setdefault(module, position_of(_maker(module, frame)))  # type: ignore[arg-type]

    def exists(self, module: nn.Module) -> None:
        """A module that was made before anybody watched."""
        self._known.add(module)

    def called(self, module: nn.Module, frame: Optional[FrameType], inputs: Iterable[torch.Tensor], outputs: Iterable[torch.Tensor]) -> None:
        if module not in self._called:
            self._called[module] = position_of(next(own_frames(frame), None))  # type: ignore[assignment]
        self._inputs[module] = [list(one.shape) for one in inputs]
        self._outputs[module] = [list(one.shape) for one in outputs]

    def meet(self, module: nn.Module, frame: Optional[FrameType] = None) -> Optional[Model]:
        """A module was called from outside of any other; returns the model that it is, or is part of. What has no parameters is none."""
        module = unwrapped(module)
        for model in self.all:
            if module in model.modules:
                return model
        if next(module.parameters(), None) is None:
            return None
        root = self._root_of(module)
        # What holds models that were known before takes their place.
        self.all = [model for model in self.all if all(model.root is not one for one in root.modules())]
        name = _variable(root, frame)
        model = Model(len(self.all), root, name or type(root).__name__, name is not None)
        self.all.append(model)
        for index, one in enumerate(self.all):
            one.id = index
            one.modules = list(one.root.modules())
        return model

    def describe(self) -> Optional[List[Dict[str, Any]]]:
        """All models, if they are others than when they were asked for last."""
        told = []
        self.paths = {}
        for model in self.all:
            told.append({"id": model.id, "name": model.name, "isVariable": model.is_variable, "modules": self._tree(model)})
        if told == (self._told or []):
            return None
        self._told = told
        return told

    def of_parameters(self, parameters: Set[int]) -> List[Model]:
        return [model for model in self.all if not parameters.isdisjoint(model.parameters)]

    def name_of(self, parameters: Set[int]) -> Optional[str]:
        """What models call these parameters together: the model's name, or the path of the part that has them."""
        for model in self.all:
            own = model.parameters
            if parameters.isdisjoint(own):
                continue
            if own <= parameters:
                return model.name
            paths = [self.paths[one].split(".")[:-1] for one in parameters if one in self.paths]
            common: List[str] = []
            for names in zip(*paths):
                if len(set(names)) > 1:
                    break
                common.append(names[0])
            return ".".join(common) or model.name
        return None

    def _root_of(self, module: nn.Module) -> nn.Module:
        holders: Dict[int, nn.Module] = {}
        for one in list(self._known):
            for child in one._modules.values():
                if child is not None and type(one).__name__ not in _WRAPPERS:
                    holders.setdefault(id(child), one)
        seen = {id(module)}
        while True:
            holder = holders.get(id(module))
            if holder is None or id(holder) in seen:
                return module
            seen.add(id(holder))
            module = holder

    def _tree(self, model: Model) -> List[Dict[str, Any]]:
        infos: List[Dict[str, Any]] = []
        modules: List[nn.Module] = []
        seen: Set[int] = set()
        places: Dict[int, str] = {}

        def visit(module: nn.Module, parent: Optional[int], name: str, path: str) -> Dict[int, nn.Parameter]:
            index = len(infos)
            seen.add(id(module))
            modules.append(module)
            model.paths[id(module)] = path
            info: Dict[str, Any] = {}
            infos.append(info)
            every: Dict[int, nn.Parameter] = {}
            parameters = []
            for key, parameter in module._parameters.items():
                if parameter is None:
                    continue
                place = f"{path}.{key}" if path else key
                shared = places.setdefault(id(parameter), place)
                self.paths.setdefault(id(parameter), place)
                every[id(parameter)] = parameter
                described = {**_tensor(key, parameter), "trainable": parameter.requires_grad}
                parameters.append(described if shared == place else {**described, "sharedWith": shared})
            left_out = getattr(module, "_non_persistent_buffers_set", set())
            buffers = [{**_tensor(key, buffer), "persistent": key not in left_out} for key, buffer in module._buffers.items() if buffer is not None]
            for key, child in module._modules.items():
                if child is None:
                    continue
                if id(child) in seen:
                    every.update((id(one), one) for one in child.parameters())
                else:
                    every.update(visit(child, index, key, f"{path}.{key}" if path else key))
            total = sum(_size(one) for one in every.values())
            trainable = sum(_size(one) for one in every.values() if one.requires_grad)
            info.update(
                id=index,
                parent=parent,
                name=name,
                path=path,
                type=type(module).__name__,
                extra=_extra(module),
                parameters=parameters,
                buffers=buffers,
                counts={"total": total, "trainable": trainable, "frozen": total - trainable},
                training=bool(module.training),
            )
            if isinstance(module, nn.modules.dropout._DropoutNd):
                info["dropout"] = float(module.p)
            for key, known in (("inputShapes", self._inputs), ("outputShapes", self._outputs), ("constructedAt", self._made), ("calledAt", self._called)):
                value = known.get(module)
                if value is not None:
                    info[key] = value
            declared = declared_at(type(module))
            if declared:
                info["declaredAt"] = declared
            return every

        visit(model.root, None, model.name, "")
        model.modules = modules
        return infos


def _maker(module: nn.Module, frame: Optional[FrameType]) -> Optional[FrameType]:
    """The user's line that makes a module: not the constructors of its own class and of those that it derives from."""
    while frame is not None and frame.f_code.co_name == "__init__" and frame.f_code.co_argcount and frame.f_locals.get(frame.f_code.co_varnames[0]) is module:
        frame = frame.f_back
    return next(own_frames(frame), None)


def _variable(root: nn.Module, frame: Optional[FrameType]) -> Optional[str]:
    """The variable that holds a model: one of the script's, else of the functions that call it."""
    main = getattr(sys.modules.get("__main__"), "__dict__", {})
    scopes = [main, *(own.f_locals for own in own_frames(frame))]
    for scope in scopes:
        for name, value in list(scope.items()):
            if isinstance(value, nn.Module) and unwrapped(value) is root and not name.startswith("_") and name != "self":
                return name
    for scope in scopes:
        owner = scope.get("self")
        for name, value in list(getattr(owner, "__dict__", {}).items()):
            if isinstance(value, nn.Module) and unwrapped(value) is root:
                return name
    return None


def _tensor(name: str, tensor: torch.Tensor) -> Dict[str, Any]:
    return {"name": name, "shape": _shape(tensor), "dtype": str(tensor.dtype).replace("torch.", ""), "count": _size(tensor)}


def _shape(tensor: torch.Tensor) -> List[int]:
    # A lazy module's parameters have none yet.
    return [] if nn.parameter.is_lazy(tensor) else list(tensor.shape)


def _size(tensor: torch.Tensor) -> int:
    return 0 if nn.parameter.is_lazy(tensor) else tensor.numel()


def _extra(module: nn.Module) -> str:
    """`extra_repr` may be the user's own code."""
    try:
        return str(module.extra_repr())
    except Exception:
        return ""
