"""Exceptions in overridden Qt methods must not end the process.

PySide6 6.11 on Python 3.11 ends with a segmentation fault where a method that Qt calls back while
Python waits for Qt (`paintEvent` during `grab`, `closeEvent` during `close`, ...) leaves with an
exception that the interpreter itself raised, such as ZeroDivisionError or IndexError: it reads
the arguments of an exception object that does not exist yet. Catching and raising it again makes
that object.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand
from PySide6.QtWidgets import QGraphicsItem, QLayout, QStyle

_PACKAGE = "euroqci_planner.gui"
_BASES = (QObject, QUndoCommand, QGraphicsItem, QLayout, QStyle)
_MARK = "_is_guarded_override"


def guard_overrides() -> int:
    """Guard every override in the modules of the program that are loaded; returns how many.

    To be called again after further modules were loaded; what is guarded already is left alone.
    """
    modules = [module for name, module in tuple(sys.modules.items()) if name.startswith(_PACKAGE)]
    classes = {
        item
        for module in modules
        for item in vars(module).values()
        if isinstance(item, type) and item.__module__.startswith(_PACKAGE)
    }
    return sum(_guarded(item) for item in classes if issubclass(item, _BASES))


def _guarded(owner: type) -> int:
    names = [
        name
        for name, method in vars(owner).items()
        if isinstance(method, FunctionType)
        and not name.startswith("__")
        and not hasattr(method, _MARK)
        and _is_of_qt(owner, name)
    ]
    for name in names:
        setattr(owner, name, _raising_whole(vars(owner)[name]))
    return len(names)


def _is_of_qt(owner: type, name: str) -> bool:
    """Whether a class of Qt has a method of this name above `owner`."""
    return any(
        name in vars(base) for base in owner.__mro__[1:] if base.__module__.startswith("PySide6")
    )


def _raising_whole(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def guarded(*arguments: Any, **named: Any) -> Any:
        try:
            return method(*arguments, **named)
        except BaseException as error:
            # A bare raise would hand on the half-made exception.
            raise error

    setattr(guarded, _MARK, True)
    return guarded
