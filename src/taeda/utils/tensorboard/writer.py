"""`SummaryWriter`: curves, images and texts of a training run."""

from __future__ import annotations

import os
import socket
import time
from typing import Any

from taeda.utils.tensorboard import summaries
from taeda.utils.tensorboard.records import EventFile


class SummaryWriter:
    """Writes what TensorBoard shows to files in `log_dir` (default: `runs/`, the time, the machine and `comment`).

    Every method takes the name under which its value stands (`tag`), the step (`global_step`) and a time (`walltime`).
    `max_queue`, `flush_secs`: after how many values, or seconds, they are brought to the file. `purge_step`: values
    from that step on that an earlier run wrote there are not shown.
    """

    def __init__(self, log_dir: Any = None, comment: str = "", purge_step: int | None = None, max_queue: int = 10,
                 flush_secs: float = 120, filename_suffix: str = "") -> None:
        if not log_dir:
            when = time.strftime("%b%d_%H-%M-%S")
            log_dir = os.path.join("runs", f"{when}_{socket.gethostname()}{comment}")
        self.log_dir = str(log_dir)
        self.purge_step, self.max_queue, self.flush_secs = purge_step, max_queue, flush_secs
        self.filename_suffix = filename_suffix
        self.all_writers: dict[str, EventFile] | None = None
        self.file_writer: EventFile | None = None
        self._main()

    def _main(self) -> EventFile:
        """The file of the run itself, opened again after `close`."""
        if self.file_writer is None:
            self.file_writer = self._open(self.log_dir)
            self.all_writers = {self.log_dir: self.file_writer}
            if self.purge_step is not None:
                from taeda.utils.tensorboard.records import message, whole

                self.file_writer.add_event(message(7, whole(1, 1)), self.purge_step)  # a new start of the session
        return self.file_writer

    def _open(self, folder: str) -> EventFile:
        return EventFile(folder, self.max_queue, self.flush_secs, self.filename_suffix)

    def get_logdir(self) -> str:
        """The folder."""
        return self.log_dir

    def add_scalar(self, tag: str, scalar_value: Any, global_step: int | None = None, walltime: float | None = None,
                   new_style: bool = False, double_precision: bool = False) -> None:
        """A point of a curve."""
        self._main().add_summary(summaries.scalar(tag, scalar_value), global_step, walltime)

    def add_scalars(self, main_tag: str, tag_scalar_dict: dict[str, Any], global_step: int | None = None,
                    walltime: float | None = None) -> None:
        """Points of several curves in one diagram."""
        self._main()
        assert self.all_writers is not None
        for tag, value in tag_scalar_dict.items():
            folder = f"{self.log_dir}/{main_tag.replace('/', '_')}_{tag}"
            if folder not in self.all_writers:
                self.all_writers[folder] = self._open(folder)
            self.all_writers[folder].add_summary(summaries.scalar(main_tag, value), global_step, walltime)

    def add_histogram(self, tag: str, values: Any, global_step: int | None = None, bins: Any = "tensorflow",
                      walltime: float | None = None, max_bins: int | None = None) -> None:
        """How values (weights, gradients) are distributed."""
        self._main().add_summary(summaries.histogram(tag, values, bins, max_bins), global_step, walltime)

    def add_image(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None,
                  dataformats: str = "CHW") -> None:
        """An image: floats from 0 to 1, or bytes, in the order that `dataformats` says."""
        self._main().add_summary(summaries.image(tag, img_tensor, dataformats), global_step, walltime)

    def add_images(self, tag: str, img_tensor: Any, global_step: int | None = None, walltime: float | None = None,
                   dataformats: str = "NCHW") -> None:
        """Several images side by side."""
        self._main().add_summary(summaries.image(tag, img_tensor, dataformats), global_step, walltime)

    def add_figure(self, tag: str, figure: Any, global_step: int | None = None, close: bool = True,
                   walltime: float | None = None) -> None:
        """Figures of Matplotlib, one or a list, which are closed unless `close` is False."""
        if isinstance(figure, list):
            self.add_images(tag, [summaries.figure_pixels(one, close) for one in figure], global_step, walltime, "NHWC")
        else:
            self.add_image(tag, summaries.figure_pixels(figure, close), global_step, walltime, "HWC")

    def add_audio(self, tag: str, snd_tensor: Any, global_step: int | None = None, sample_rate: int = 44100,
                  walltime: float | None = None) -> None:
        """A sound: numbers from -1 to 1."""
        self._main().add_summary(summaries.audio(tag, snd_tensor, sample_rate), global_step, walltime)

    def add_text(self, tag: str, text_string: str, global_step: int | None = None,
                 walltime: float | None = None) -> None:
        """A text, which is shown as Markdown."""
        self._main().add_summary(summaries.words(tag, text_string), global_step, walltime)

    def add_hparams(self, hparam_dict: dict[str, Any], metric_dict: dict[str, Any],
                    hparam_domain_discrete: Any = None, run_name: str | None = None,
                    global_step: int | None = None) -> None:
        """Settings of a run and what came of them, to be compared with those of other runs."""
        if not isinstance(hparam_dict, dict) or not isinstance(metric_dict, dict):
            raise TypeError("hparam_dict and metric_dict should be dictionary.")
        messages = summaries.hyperparameters(hparam_dict, metric_dict)
        file = self._open(os.path.join(self.log_dir, run_name or str(time.time())))
        for values in messages:
            file.add_summary(values)
        for tag, value in metric_dict.items():
            file.add_summary(summaries.scalar(tag, value), global_step)
        file.close()

    def add_graph(self, model: Any, input_to_model: Any = None, verbose: bool = False,
                  use_strict_trace: bool = True) -> None:
        """What a module calls, as `taeda.fx.symbolic_trace` records it; that needs no inputs."""
        self._main().add_event(summaries.graph(model))

    def _absent(self, *args: Any, **kwargs: Any) -> None:
        """Not there yet."""
        raise NotImplementedError(
            "SummaryWriter: videos, embeddings, meshes, precision-recall curves and layouts are not there yet")

    add_video = add_embedding = add_mesh = add_pr_curve = add_pr_curve_raw = _absent
    add_custom_scalars = add_custom_scalars_multilinechart = add_custom_scalars_marginchart = _absent
    add_histogram_raw = add_image_with_boxes = add_tensor = _absent

    def flush(self) -> None:
        """Bring to the files what was written."""
        for file in (self.all_writers or {}).values():
            file.flush()

    def close(self) -> None:
        """Flush and close; a later value opens a new file."""
        for file in (self.all_writers or {}).values():
            file.close()
        self.all_writers = self.file_writer = None

    def __enter__(self) -> SummaryWriter:
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()
