from __future__ import annotations

import contextlib
import sys
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pythia.event_stream import base
from pythia.event_stream.base import Backend, redacted, register
from pythia.event_stream.log import Backend as LogBackend
from pythia.event_stream.memory import STORAGE
from pythia.exceptions import StreamError, UnknownSchemeError


class Collecting(Backend):
    options = frozenset({"acks"})

    def post(self, data):
        pass


@pytest.fixture
def collecting(monkeypatch):
    monkeypatch.setattr(base, "_registered", {})
    register("collect", Collecting)


@pytest.mark.usefixtures("collecting")
def test_parts_of_the_uri_are_decoded() -> None:
    backend = Backend.from_uri("collect://us%40er:p%2Fw@host:9092/0?stream=a%20b&acks=1")
    assert backend.netloc == ("us@er", "p/w", "host", 9092)
    assert (backend.stream, backend.path, backend.query["acks"]) == ("a b", "/0", "1")
    assert backend.uri == "collect://us%40er:p%2Fw@host:9092/0"
    assert backend.raw_uri.endswith("&acks=1")


@pytest.mark.usefixtures("collecting")
@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("collect://h", r"needs the name of a stream: append \?stream=NAME"),
        ("collect://h?stream=a&ackz=1", r"unknown parameter 'ackz'\. Did you mean acks"),
        ("collect://h:port?stream=a", "bad host or port"),
    ],
)
def test_incomplete_uris_are_refused_with_the_remedy(uri: str, message: str) -> None:
    with pytest.raises(StreamError, match=message):
        Backend.from_uri(uri)


def test_unknown_scheme_lists_the_known_and_how_to_add_one() -> None:
    with pytest.raises(UnknownSchemeError) as caught:
        Backend.from_uri("mylog://?stream=x")
    message = str(caught.value)
    assert "kafka://, log://, memory://, mqtt://" in message
    assert "pythia.event_stream.register('mylog', YourBackend)" in message
    assert "pythia.event_streams" in message


@pytest.mark.parametrize("scheme", sorted(base._NO_SCHEMES))
def test_modules_that_are_no_backend_are_no_scheme(scheme: str) -> None:
    with pytest.raises(UnknownSchemeError):
        Backend.from_uri(f"{scheme}://?stream=x")


def test_text_that_is_no_uri_is_refused_with_an_example() -> None:
    with pytest.raises(UnknownSchemeError, match=r"log://\?stream=stdout"):
        Backend.from_uri("stdout")


def test_module_planted_in_the_package_is_a_scheme(monkeypatch) -> None:
    module = ModuleType("pythia.event_stream.planted")
    module.Backend = Collecting
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert type(Backend.from_uri("planted://?stream=x")) is Collecting


@pytest.mark.parametrize("rest", ["?stream=x", "://?stream=x", "://host:1/path?stream=x"])
@pytest.mark.parametrize("module", ["own_streams", "{folder}/own_streams.py"])
def test_class_of_a_module_or_file_is_a_scheme(module, rest, tmp_path, monkeypatch) -> None:
    (tmp_path / "own_streams.py").write_text(
        "from pythia.event_stream import Backend\nclass Own(Backend):\n    def post(self, _): ..."
    )
    monkeypatch.syspath_prepend(tmp_path)
    backend = Backend.from_uri(f"{module.format(folder=tmp_path)}:Own{rest}")
    assert type(backend).__name__ == "Own"
    assert backend.stream == "x"
    assert backend.netloc.host == ("host" if "host" in rest else None)


@pytest.mark.parametrize(
    ("uri", "message"),
    [
        ("no_such_module:Own?stream=x", "cannot be loaded: No module named 'no_such_module'"),
        ("json:Own?stream=x", "has no attribute 'Own'"),
        ("json:JSONDecoder?stream=x", "must be a subclass of pythia.event_stream.Backend"),
    ],
)
def test_class_that_is_no_stream_is_refused(uri: str, message: str) -> None:
    with pytest.raises(UnknownSchemeError, match=message):
        Backend.from_uri(uri)


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("kafka://me:se%40cret@h:1?stream=a", "kafka://me:***@h:1?stream=a"),
        ("redis://:p@ss@h?stream=a", "redis://:***@h?stream=a"),
        ("kafka://h?sasl.password=x&stream=a", "kafka://h?sasl.password=***&stream=a"),
        ("https://h/p?api_token=x&a=b", "https://h/p?api_token=***&a=b"),
        ("redis://h:1/0?stream=a", "redis://h:1/0?stream=a"),
    ],
)
def test_messages_do_not_tell_secrets(uri: str, shown: str) -> None:
    assert redacted(uri) == shown


@pytest.mark.usefixtures("collecting")
def test_several_hosts_are_for_those_who_can(monkeypatch) -> None:
    with pytest.raises(StreamError, match="names several hosts; collect:// takes one"):
        Backend.from_uri("collect://a:1,b:2?stream=x")
    monkeypatch.setattr(Collecting, "several_hosts", True)
    backend = Backend.from_uri("collect://u:p@a:1,[::1],c:3?stream=x")
    assert backend.hosts == [("a", 1), ("::1", None), ("c", 3)]
    assert backend.netloc == ("u", "p", "a", 1)


@pytest.mark.parametrize(
    ("uri", "module", "extra"),
    [
        ("kafka://h?stream=x", "confluent_kafka", "kafka"),
        ("redis://h?stream=x", "redis", "redis"),
        ("mqtt://h?stream=x", "paho.mqtt.client", "mqtt"),
        ("amqp://h?stream=x", "pika", "amqp"),
    ],
)
def test_client_that_is_missing_is_named_with_its_extra(uri, module, extra, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(StreamError, match=rf"{module}.*pip install 'pythia-video\[{extra}\]'"):
        Backend.from_uri(uri)


def test_entry_point_is_a_scheme(monkeypatch) -> None:
    class EntryPoint:
        name = "installed"

        @staticmethod
        def load():
            return Collecting

    monkeypatch.setattr(base.metadata, "entry_points", lambda group: [EntryPoint])
    assert type(Backend.from_uri("installed://?stream=x")) is Collecting


@pytest.mark.parametrize(
    ("uri", "stream"), [("log://", "stdout"), ("log://?stream=stderr", "stderr")]
)
def test_log_goes_to_standard_output_by_default(uri: str, stream: str) -> None:
    backend = Backend.from_uri(uri)
    assert isinstance(backend, LogBackend)
    assert backend.stream == stream


def test_memory_streams_are_their_own_unless_shared() -> None:
    first, second = (Backend.from_uri("memory://?stream=a&maxlen=2") for _ in range(2))
    for number in range(3):
        first.post(number)
    assert list(first.deque) == [1, 2]
    assert list(second.deque) == []
    shared, same = (Backend.from_uri("memory://?stream=a&shared=true") for _ in range(2))
    shared.post("x")
    assert same.deque is shared.deque is STORAGE.pop("a")


@pytest.mark.parametrize("query", ["maxlen=-1", "maxlen=x", "shared=maybe"])
def test_bad_values_of_memory_are_refused(query: str) -> None:
    with pytest.raises(StreamError, match=query):
        Backend.from_uri(f"memory://?{query}")


@given(st.text(max_size=40))
def test_any_text_gives_a_backend_or_a_stream_error(text: str) -> None:
    with contextlib.suppress(StreamError):
        assert isinstance(Backend.from_uri(f"memory://{text}"), Backend)
