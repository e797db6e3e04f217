"""What the API says of itself holds: requests made from its description, by schemathesis."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")

if TYPE_CHECKING:
    from starlette.testclient import TestClient

# What is no query, or no field of this index, is refused: that can't be said in a description.
EXAMPLES = 200 if os.environ.get("SEARCHLIB_NIGHTLY") == "1" else 15
CALLS = (
    "search",
    "facets",
    "article",
    "copies",
    "similar",
    "significant",
    "trend",
    "export",
    "suggest",
    "complete",
    "concordance",
    "health",
)


@pytest.mark.parametrize("name", CALLS)
def test_responses_are_as_described(client: TestClient, name: str) -> None:
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        schema = schemathesis.openapi.from_asgi("/api/openapi.json", client.app, headers=HEADERS)
        operation = schema[f"/api/{name}"]["GET"]

    @given(st.data())
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
        database=None,
    )
    def every(data: Any) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            case = data.draw(operation.as_strategy())
            response = case.call(headers=HEADERS)
            assert response.status_code < 500
            case.validate_response(response, excluded_checks=[positive_data_acceptance])

    every()


HEADERS = {"host": "testserver"}
