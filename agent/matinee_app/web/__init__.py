"""The faces over HTTP: an API, an endpoint that chat programs speak, MCP; `app.create_app` puts them together."""
