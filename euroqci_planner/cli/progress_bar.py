"""A bar with the remaining time on a terminal, a plain line per stage elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress


class ProgressBar:
    """Draws on one stream; a later message starts on a clean line after `finish`."""

    def __init__(self, stream: TextIO) -> None:
        """Decide once what kind of stream it is."""
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._stage = ""
        self._bar: RichProgress | None = None

    def show(self, title: str, stage: str, fraction: float) -> None:
        """Say that `fraction` (0..1) of the work is done, in `stage`."""
        is_new, self._stage = stage != self._stage, stage
        if not self._is_terminal:
            if is_new:
                self._stream.write(f"{title}: {stage} ({100.0 * fraction:.0f} % done)\n")
                self._stream.flush()
            return
        bar = self._bar or self._begun()
        bar.update(bar.task_ids[0], completed=fraction, description=f"{title}: {stage}")

    def finish(self) -> None:
        """Clear the bar; the next piece of work starts anew."""
        if self._bar is not None:
            self._bar.stop()
        self._bar, self._stage = None, ""

    def _begun(self) -> RichProgress:
        # Imported here: only a terminal needs it, and start-up stays light without it.
        from rich.console import Console  # noqa: PLC0415
        from rich.progress import (  # noqa: PLC0415
            BarColumn,
            Progress,
            TaskProgressColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(compact=True),
        )
        self._bar = Progress(*columns, console=Console(file=self._stream), transient=True)
        self._bar.add_task("", total=1.0)
        self._bar.start()
        return self._bar
