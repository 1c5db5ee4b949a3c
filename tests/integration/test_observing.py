"""What can be seen of the command line from outside: logs, traces, spans, LangSmith; each only when asked for."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.collector import Collector
from tests.support.command_line import CommandLine
from tests.support.misbehaving_ollama import MisbehavingOllama

MARK = "zyzzyva"
REQUEST = f"thoughtful sci-fi tonight, {MARK}"
NODES = [
    "understand", "embed_query", "retrieve", "recall_preferences", "suggest", "rerank",
    "generate", "structure", "validate",
]  # fmt: skip
DOWN = "http://127.0.0.1:9"
ANSWER = "[1] : A quiet film about a mind at work.\n\n" + "[2] : " + "One more film, which goes on and on. " * 400


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_trace_has_a_line_for_each_node_and_no_word_of_the_request(matinee: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    ran = matinee("recommend", REQUEST, "--json", "--trace", str(path))
    assert ran.code == 0, ran.err
    assert len(ran.document["recommendations"]) == 4
    assert sorted(line["node"] for line in lines_of(path) if line["event"] == "node_end") == sorted(NODES)
    assert MARK not in path.read_text(encoding="utf-8")


def test_a_trace_with_texts_holds_the_request(matinee: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    assert matinee("recommend", REQUEST, "--trace", str(path), "--trace-texts").code == 0
    assert MARK in path.read_text(encoding="utf-8")


def test_a_trace_that_cannot_be_written_is_one_clear_sentence_and_exit_code_2(
    matinee: CommandLine, tmp_path: Path
) -> None:
    ran = matinee("recommend", REQUEST, "--trace", str(tmp_path / "missing" / "trace.jsonl"))
    assert ran.code == 2
    assert "cannot be written" in ran.err
    assert len(ran.err.strip().splitlines()) == 1


def test_texts_without_a_trace_are_wrong_usage(matinee: CommandLine) -> None:
    assert matinee("recommend", REQUEST, "--trace-texts").code == 2


def test_a_run_that_is_killed_leaves_what_happened_until_then(matinee: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "trace.jsonl"
    with MisbehavingOllama("scripted", text=ANSWER, delay=0.02) as server:
        command = [sys.executable, "-m", "matinee_app", "recommend", REQUEST, "--trace", str(path)]
        environment = matinee.environment(MATINEE_OLLAMA_URL=server.url, MATINEE_CHAT_MODEL="ollama:llama3.1:8b")
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while not (path.exists() and "model_first_token" in path.read_text(encoding="utf-8")):
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    events = [line["event"] for line in lines_of(path)]  # every line is whole
    assert events[0] == "run_start"
    assert "run_end" not in events


def test_logs_go_to_standard_error_with_the_run_and_without_the_request(matinee: CommandLine) -> None:
    ran = matinee("--log-level", "INFO", "recommend", REQUEST, "--json")
    assert ran.code == 0
    assert len(ran.document["recommendations"]) == 4
    logged = re.findall(r"^\S+ \S+ INFO matinee\.\S+ \[([0-9a-f-]{36})\] ", ran.err, re.M)
    assert len(logged) >= 8
    assert len(set(logged)) == 1
    assert MARK not in ran.err


def test_the_level_may_come_from_the_environment_and_a_flag_beats_it(matinee: CommandLine) -> None:
    assert " INFO matinee." in matinee("recommend", REQUEST, "--json", MATINEE_LOG_LEVEL="info").err
    assert " INFO matinee." not in matinee("--log-level", "off", "recommend", REQUEST, MATINEE_LOG_LEVEL="info").err
    assert " INFO matinee." not in matinee("recommend", REQUEST).err


@pytest.mark.parametrize("fault", ["http_500", "out_of_memory", "cut_mid_stream"])
def test_a_model_that_fails_is_logged_as_a_warning_without_the_request(matinee: CommandLine, fault: Any) -> None:
    with MisbehavingOllama(fault, text="[1] A quiet") as server:
        settings = {"MATINEE_OLLAMA_URL": server.url, "MATINEE_CHAT_MODEL": "ollama:llama3.1:8b"}
        ran = matinee("--log-level", "warning", "recommend", REQUEST, "--json", **settings)
    assert ran.code == 0
    assert re.search(r" WARNING matinee\.nodes\.generate \[[0-9a-f-]{36}\] .*ChatModelUnavailable", ran.err)
    assert MARK not in ran.err


def langsmith(url: str) -> dict[str, str]:
    return {"LANGSMITH_TRACING": "true", "LANGSMITH_ENDPOINT": url, "LANGSMITH_API_KEY": "an-api-key-of-a-test"}


def test_langsmith_gets_a_run_with_our_nodes_before_the_command_ends(matinee: CommandLine) -> None:
    with Collector() as server:
        ran = matinee("recommend", REQUEST, "--json", **langsmith(server.url))
        assert ran.code == 0, ran.err
        assert {posted.path.rpartition("/")[2] for posted in server.posted} <= {"multipart", "batch"}
        names = set(re.findall(r'"name": ?"(\w+)"', server.text))
    assert {"recommend", *NODES} <= names


def test_a_run_says_once_that_its_texts_are_sent_off_and_to_where(matinee: CommandLine) -> None:
    watched = langsmith(DOWN.replace("//", "//ana:planted-password@"))
    ran = matinee("recommend", REQUEST, "--json", **watched)
    [told] = [notice for notice in ran.document["notices"] if DOWN in notice]
    assert "texts" in told and f"for LangSmith at {DOWN}" in told
    assert ran.err.count("The texts of this run") == 1
    assert "planted-password" not in ran.out + ran.err
    assert "LangSmith" not in matinee("recommend", REQUEST).err


def test_a_run_says_whether_its_spans_hold_texts(matinee: CommandLine) -> None:
    pytest.importorskip("openinference.instrumentation.langchain")
    watched = {"OTEL_EXPORTER_OTLP_ENDPOINT": DOWN}
    [bare, *_] = matinee("recommend", REQUEST, "--json", **watched).document["notices"]
    [full, *_] = matinee("recommend", REQUEST, "--json", MATINEE_TELEMETRY_TEXTS="true", **watched).document["notices"]
    assert "no texts" in bare and DOWN in bare
    assert "The texts of this run" in full and DOWN in full


def test_langsmith_gets_nothing_unless_its_variables_are_set(matinee: CommandLine) -> None:
    with Collector() as server:
        ran = matinee("recommend", REQUEST, LANGSMITH_ENDPOINT=server.url, LANGSMITH_API_KEY="an-api-key-of-a-test")
        assert ran.code == 0
        assert server.posted == []


def spans_of(server: Collector) -> list[Any]:
    service = pytest.importorskip("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
    found = []
    for posted in server.posted:
        assert posted.path == "/v1/traces"
        request = service.ExportTraceServiceRequest.FromString(posted.body)
        for resource in request.resource_spans:
            assert "matinee" in str(resource.resource)
            found += [span for scope in resource.scope_spans for span in scope.spans]
    return found


def test_an_otlp_endpoint_gets_the_spans_without_the_request_before_the_command_ends(matinee: CommandLine) -> None:
    pytest.importorskip("openinference.instrumentation.langchain")
    with Collector() as server:
        ran = matinee("recommend", REQUEST, "--json", OTEL_EXPORTER_OTLP_ENDPOINT=server.url)
        assert ran.code == 0, ran.err
        spans = spans_of(server)
        assert {"recommend", *NODES} <= {span.name for span in spans}
        assert MARK not in str(spans)


def test_the_spans_hold_the_request_when_asked_to(matinee: CommandLine) -> None:
    pytest.importorskip("openinference.instrumentation.langchain")
    more = {"MATINEE_TELEMETRY_TEXTS": "true"}
    with Collector() as server:
        assert matinee("recommend", REQUEST, OTEL_EXPORTER_OTLP_ENDPOINT=server.url, **more).code == 0
        assert MARK in str(spans_of(server))


def test_telemetry_can_be_switched_off(matinee: CommandLine) -> None:
    with Collector() as server:
        more = {"OTEL_EXPORTER_OTLP_ENDPOINT": server.url, "MATINEE_TELEMETRY": "false"}
        assert matinee("recommend", REQUEST, **more).code == 0
        assert server.posted == []


def test_a_langsmith_that_is_down_is_given_up_after_two_seconds(matinee: CommandLine) -> None:
    ran = matinee("--log-level", "warning", "recommend", REQUEST, "--json", **langsmith(DOWN))
    assert ran.code == 0
    assert "what was left to send was given up after 2 s" in ran.err  # LangSmith's client alone takes 16 s


@pytest.mark.parametrize("watched", [langsmith(DOWN), {"OTEL_EXPORTER_OTLP_ENDPOINT": DOWN}], ids=["langsmith", "otlp"])
def test_a_receiver_that_is_down_does_not_change_the_answer(matinee: CommandLine, watched: dict[str, str]) -> None:
    plain = matinee("recommend", REQUEST, "--json")
    ran = matinee("recommend", REQUEST, "--json", **watched)
    assert ran.code == 0
    [told, *notices] = ran.document["notices"]  # the only difference
    assert DOWN in told
    assert {**ran.document, "notices": notices} == plain.document
