"""Reading one kind of file within limits: text, CSV, Excel, JSON, YAML and Parquet; and listing a folder."""
