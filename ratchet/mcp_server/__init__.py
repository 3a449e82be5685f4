"""The MCP server: tools by which language models find, run, check and write tasks."""
