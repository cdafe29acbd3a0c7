"""What is true of the headers of every answer, whatever it answers."""

import zlib


class Headers:
    """Checks the headers of every answer, before boto3 reads its body."""

    def __init__(self):
        self.request_ids = set()
        self.problem = None

    def watch(self, client):
        client.meta.events.register("before-parse.*.*", self.see)

    def see(self, operation_model, response_dict, **_):
        headers = {name.lower(): value for name, value in response_dict["headers"].items()}
        expected = {
            "content-type": "application/x-amz-json-1.0",
            "x-amz-crc32": str(zlib.crc32(response_dict["body"])),
        }
        for name, value in expected.items():
            if headers.get(name) != value:
                self.tell(operation_model, f"`{name}` is {headers.get(name)!r} and not {value!r}")
        request_id = headers.get("x-amzn-requestid", "")
        if len(request_id) < 20 or request_id in self.request_ids:
            self.tell(operation_model, f"no request id of its own: {request_id!r}")
        self.request_ids.add(request_id)

    def tell(self, operation_model, problem):
        # The first one. It is not raised here, where a claim that expects an error could take it for that one.
        self.problem = self.problem or f"{operation_model.name}: {problem}"
