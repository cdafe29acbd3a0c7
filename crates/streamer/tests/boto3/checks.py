"""How a claim is checked: what does not hold raises, and says what was found."""

from contextlib import contextmanager

from botocore.exceptions import ClientError


def check(holds, what):
    if not holds:
        raise AssertionError(what)


def equal(found, expected):
    check(found == expected, f"expected {expected!r}, found {found!r}")


@contextmanager
def refused(code, status=400):
    """The block must end in the error `code`; yields a holder that has the error's answer as `answer` afterwards."""

    class Refusal:
        answer = None

    refusal = Refusal()
    try:
        yield refusal
    except ClientError as error:
        refusal.answer = error.response
        equal(error.response["Error"]["Code"], code)
        equal(error.response["ResponseMetadata"]["HTTPStatusCode"], status)
    else:
        raise AssertionError(f"expected the error {code}, found none")
