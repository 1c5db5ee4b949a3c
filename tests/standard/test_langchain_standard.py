"""langchain-tests' standard suites over our embeddings, retriever and tool, on the packaged models."""

import asyncio
from typing import Any

import pytest
from langchain_core.embeddings import Embeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.tools import BaseTool
from langchain_tests.integration_tests import (
    EmbeddingsIntegrationTests,
    RetrieversIntegrationTests,
    ToolsIntegrationTests,
)
from langchain_tests.unit_tests import EmbeddingsUnitTests, ToolsUnitTests

from matinee.encoders.embeddings import OnnxEmbeddings
from matinee_graphs.langchain import MovieRetriever, RecommendTool
from matinee_graphs.parts import Parts
from tests.support.fakes import parts_with


class _EmbeddingsUnderTest:
    @property
    def embeddings_class(self) -> type[Embeddings]:
        return OnnxEmbeddings

    @property
    def embedding_model_params(self) -> dict[str, Any]:
        return {"threads": 2}


class TestEmbeddingsUnit(_EmbeddingsUnderTest, EmbeddingsUnitTests):
    pass


class TestEmbeddings(_EmbeddingsUnderTest, EmbeddingsIntegrationTests):
    pass


@pytest.fixture(scope="module", autouse=True)
def parts(request: pytest.FixtureRequest) -> Parts:
    made = asyncio.run(parts_with())
    request.module.PARTS = made
    return made


class TestRetriever(RetrieversIntegrationTests):
    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return MovieRetriever

    @property
    def retriever_constructor_params(self) -> dict[str, Any]:
        return {"parts": globals()["PARTS"], "k": 2}

    @property
    def retriever_query_example(self) -> str:
        return "quiet films about space"


class _ToolUnderTest:
    @property
    def tool_constructor(self) -> type[BaseTool]:
        return RecommendTool

    @property
    def tool_constructor_params(self) -> dict[str, Any]:
        return {"parts": globals()["PARTS"]}

    @property
    def tool_invoke_params_example(self) -> dict[str, Any]:
        return {"request": "something contemplative", "limit": 2}


class TestToolUnit(_ToolUnderTest, ToolsUnitTests):
    pass


class TestTool(_ToolUnderTest, ToolsIntegrationTests):
    pass
