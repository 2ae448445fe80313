"""``python -m pyds run``."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.fixture
def run(tmp_path):
    """Runs an application with the given text in a process of its own."""

    def start(text, *arguments, options=(), **environment):
        (tmp_path / "app.py").write_text(text)
        (tmp_path / "beside.py").write_text("answer = 42\n")
        return subprocess.run(
            [sys.executable, "-m", "pyds", "run", *options, str(tmp_path / "app.py"), *arguments],
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
        )

    return start


def test_an_application_is_the_main_module_with_its_arguments(run):
    done = run(
        "import sys\nfrom beside import answer\nprint(__name__, *sys.argv[1:], answer)",
        "-i",
        "a b",
        "--headless",
    )
    assert (done.stdout, done.stderr) == ("__main__ -i a b --headless 42\n", "")


def test_the_exit_code_is_the_applications(run):
    assert run("import sys; sys.exit(3)").returncode == 3
    failed = run("open('/nonexistent')")
    assert failed.returncode == 1
    assert "FileNotFoundError: [Errno 2]" in failed.stderr


def test_elements_are_known_here_and_in_programs_it_starts(run):
    done = run(
        "import gi, subprocess\ngi.require_version('Gst', '1.0')\n"
        "from gi.repository import Gst\nGst.init(None)\n"
        "assert Gst.ElementFactory.find('nvstreammux')\n"
        "subprocess.run(['gst-inspect-1.0', 'nvstreammux'], check=True, stdout=-3)\n"
        "print('both')"
    )
    assert done.stdout == "both\n", done.stderr


def test_a_missing_cuda_module_says_there_is_no_integrated_gpu(run):
    done = run(
        "import sys\n"
        "from cuda import cudart\nfrom cuda import cuda\n"
        "result, = cuda.cuInit(0)\n"
        "assert result == cuda.CUresult.CUDA_SUCCESS\n"
        "result, count = cuda.cuDeviceGetCount()\n"
        "result, properties = cudart.cudaGetDeviceProperties(0)\n"
        "assert result == cuda.CUresult.CUDA_SUCCESS\n"
        "print(count, properties.integrated)\n"
    )
    assert done.stdout == "1 0\n", done.stderr


def test_a_cuda_module_that_is_there_is_used(run, tmp_path):
    package = tmp_path / "site" / "cuda"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "cuda.py").write_text("which = 'the real one'\n")
    (package / "cudart.py").touch()
    path = os.pathsep.join([str(tmp_path / "site"), os.environ.get("PYTHONPATH", "")])
    done = run("from cuda import cuda, cudart\nprint(cuda.which)", PYTHONPATH=path)
    assert done.stdout == "the real one\n", done.stderr


def test_models_of_the_samples_tree_are_found_under_nvidias_names(run, tmp_path):
    text = (
        "import gi, os\ngi.require_version('Gst', '1.0')\n"
        "from gi.repository import Gst\nGst.init(None)\n"
        "pipeline = Gst.parse_launch('appsrc ! nvinfer config-file-path=\"'"
        " + os.environ['CONFIG'] + '\" ! fakesink')\n"
        "print(pipeline.set_state(Gst.State.READY).value_nick)\n"
        "pipeline.set_state(Gst.State.NULL)\n"
        "print(os.environ['DS_PATH'])\n"
    )
    models = "../../../../samples/models/Primary_Detector"
    config = tmp_path / "pgie.txt"
    config.write_text(
        f"[property]\nonnx-file={models}/resnet18_trafficcamnet_pruned.onnx\n"
        f"labelfile-path={models}/labels.txt\nnum-detected-classes=4\n"
    )
    done = run(text, CONFIG=str(config))
    state, tree = done.stdout.splitlines()
    assert state == "success", done.stderr
    assert not os.path.exists(tree)
    own = run("import os; print(os.environ['DS_PATH'])", DS_PATH="/mine")
    assert own.stdout == "/mine\n"


def test_headless_takes_the_display_away(run):
    text = "import os; print(os.environ.get('DISPLAY'))"
    assert run(text, DISPLAY=":7").stdout == ":7\n"
    assert run(text, DISPLAY=":7", options=["--headless"]).stdout == "None\n"


def test_no_application_is_an_error():
    done = subprocess.run(
        [sys.executable, "-m", "pyds", "run", "/nonexistent.py"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert done.stderr == "pyds run: no file /nonexistent.py\n"


def test_frames_encoded_as_mpeg4_keep_their_times(run):
    done = run(
        """
import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst
Gst.init(None)
names = ("videotestsrc", "avenc_mpeg4", "mpeg4videoparse", "appsink")
source, *others = elements = [Gst.ElementFactory.make(name) for name in names]
source.props.num_buffers = 10
pipeline = Gst.Pipeline()
for element in elements:
    pipeline.add(element)
for a, b in zip(elements, others):
    assert a.link(b)
pipeline.set_state(Gst.State.PLAYING)
while (sample := elements[-1].emit("pull-sample")) is not None:
    time = sample.get_segment().to_running_time(Gst.Format.TIME, sample.get_buffer().pts)
    print(round(time / Gst.SECOND * 30), end=" ")
pipeline.set_state(Gst.State.NULL)
"""
    )
    assert done.stdout.split() == [str(frame) for frame in range(10)], done.stderr
