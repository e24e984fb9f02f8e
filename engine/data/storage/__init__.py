"""Object storage, such as `s3://bucket/folder`, behind fsspec: listed as a stream, read and copied within bounds.

Credentials and the endpoint come from the environment, as s3fs reads it (`AWS_ACCESS_KEY_ID`, `AWS_PROFILE`,
`AWS_ENDPOINT_URL`). Without an address nothing of fsspec is loaded.
"""

from engine.data.storage.errors import StorageError

__all__ = ["StorageError"]
