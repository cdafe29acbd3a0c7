"""What AWS's own client must see of an endpoint that speaks DynamoDB's protocol.

    AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any AWS_DEFAULT_REGION=local claims.py http://127.0.0.1:8000

Runs the claims in their order, each on what those before it left, and prints a line for each. The first that does not
hold ends the run with exit code 1 and says why. It makes and deletes the table `boto3-claims`, and touches no other.
"""

import faulthandler
import sys
import traceback
from pathlib import Path

import boto3
from boto3.dynamodb.conditions import Attr, Key
from botocore.config import Config
from botocore.exceptions import ClientError

# Isolated as it is run (`-I`), Python does not look beside the script.
sys.path.insert(0, str(Path(__file__).parent))

from checks import check, equal, refused
from headers import Headers

TABLE = "boto3-claims"
INDEX = "by-kind"
CLAIMS = []

# A hang is a failure; a slow machine is not.
faulthandler.dump_traceback_later(60, exit=True)


def claim(function):
    CLAIMS.append(function)
    return function


class Endpoint:
    def __init__(self, url):
        options = {
            "endpoint_url": url,
            # One attempt: a retry would hide an answer that boto3 takes for broken.
            "config": Config(connect_timeout=5, read_timeout=20, retries={"total_max_attempts": 1}),
        }
        self.db = boto3.client("dynamodb", **options)
        self.streams = boto3.client("dynamodbstreams", **options)
        resource = boto3.resource("dynamodb", **options)
        self.table = resource.Table(TABLE)
        self.headers = Headers()
        for client in (self.db, self.streams, resource.meta.client):
            self.headers.watch(client)


def key(pk, sk):
    return {"pk": {"S": pk}, "sk": {"N": str(sk)}}


@claim
def an_unknown_table_is_not_found(at):
    with refused("ResourceNotFoundException") as refusal:
        at.db.get_item(TableName=TABLE, Key=key("a", 1))
    check("not found" in refusal.answer["Error"]["Message"], refusal.answer)
    try:
        at.db.describe_table(TableName=TABLE)
    except at.db.exceptions.ResourceNotFoundException:
        return
    raise AssertionError("describe_table finds it")


@claim
def a_table_is_created_and_waited_for(at):
    created = at.db.create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
            {"AttributeName": "kind", "AttributeType": "S"},
        ],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": INDEX,
                "KeySchema": [{"AttributeName": "kind", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    check(created["TableDescription"]["TableStatus"] in ("CREATING", "ACTIVE"), created)
    at.db.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 20})

    table = at.db.describe_table(TableName=TABLE)["Table"]
    equal(table["TableStatus"], "ACTIVE")
    equal(table["GlobalSecondaryIndexes"][0]["IndexStatus"], "ACTIVE")
    check(table["TableArn"].startswith("arn:aws:dynamodb:"), table["TableArn"])
    check(table["CreationDateTime"].year >= 2024, table["CreationDateTime"])
    check(TABLE in [name for page in at.db.get_paginator("list_tables").paginate() for name in page["TableNames"]], "")
    with refused("ResourceInUseException"):
        at.db.create_table(
            TableName=TABLE,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )


@claim
def an_item_of_every_type_is_got_as_it_was_put(at):
    item = {
        **key("types", 1),
        "text": {"S": "größer — \U0001f600"},
        "number": {"N": "-12345678901234567890.123456789012345678"},
        "bytes": {"B": bytes(range(256))},
        "yes": {"BOOL": True},
        "null": {"NULL": True},
        "list": {"L": [{"S": "a"}, {"N": "1"}, {"L": []}]},
        "map": {"M": {"inner": {"M": {"deep": {"S": "x"}}}}},
        "texts": {"SS": ["a", "b"]},
        "numbers": {"NS": ["1"]},
        "blobs": {"BS": [b"\x00\xff"]},
    }
    at.db.put_item(TableName=TABLE, Item=item)

    found = at.db.get_item(TableName=TABLE, Key=key("types", 1), ConsistentRead=True)["Item"]
    found["texts"]["SS"].sort()
    equal(found, item)
    check("Item" not in at.db.get_item(TableName=TABLE, Key=key("types", 2)), "an item that was never put")


@claim
def items_of_a_resource_are_written_in_batches_and_read(at):
    with at.table.batch_writer() as batch:
        for number in range(60):
            batch.put_item(Item={"pk": "many", "sk": number, "kind": "even" if number % 2 == 0 else "odd"})

    found = at.table.query(KeyConditionExpression=Key("pk").eq("many") & Key("sk").between(10, 12))
    equal([int(item["sk"]) for item in found["Items"]], [10, 11, 12])
    odd = at.table.query(
        IndexName=INDEX, KeyConditionExpression=Key("kind").eq("odd"), FilterExpression=Attr("sk").lt(5)
    )
    equal(sorted(int(item["sk"]) for item in odd["Items"]), [1, 3])
    equal((odd["Count"], odd["ScannedCount"]), (2, 30))


@claim
def a_query_goes_through_its_pages(at):
    request = {
        "TableName": TABLE,
        "KeyConditionExpression": "pk = :p",
        "ExpressionAttributeValues": {":p": {"S": "many"}},
        "ScanIndexForward": False,
    }
    pages = list(at.db.get_paginator("query").paginate(**request, PaginationConfig={"PageSize": 25}))

    equal([page["Count"] for page in pages], [25, 25, 10])
    equal(pages[0]["LastEvaluatedKey"], key("many", 35))
    check("LastEvaluatedKey" not in pages[-1], "the last page has a next one")
    equal([int(item["sk"]["N"]) for page in pages for item in page["Items"]], list(range(59, -1, -1)))


@claim
def a_scan_reads_every_segment(at):
    scan = at.db.get_paginator("scan")
    found = [
        (item["pk"]["S"], item["sk"]["N"])
        for segment in range(3)
        for page in scan.paginate(TableName=TABLE, Segment=segment, TotalSegments=3, PaginationConfig={"PageSize": 7})
        for item in page["Items"]
    ]

    equal(len(found), 61)
    equal(len(set(found)), 61)


@claim
def a_batch_is_got(at):
    keys = [key("many", number) for number in range(5)] + [key("many", 999)]
    answer = at.db.batch_get_item(RequestItems={TABLE: {"Keys": keys, "ProjectionExpression": "sk"}})

    equal(sorted(int(item["sk"]["N"]) for item in answer["Responses"][TABLE]), [0, 1, 2, 3, 4])
    equal(answer["UnprocessedKeys"], {})


@claim
def a_batch_is_written(at):
    deletes = [{"DeleteRequest": {"Key": key("many", number)}} for number in range(40, 60)]
    answer = at.db.batch_write_item(RequestItems={TABLE: deletes}, ReturnConsumedCapacity="TOTAL")

    equal(answer["UnprocessedItems"], {})
    check(answer["ConsumedCapacity"][0]["CapacityUnits"] >= 20, answer["ConsumedCapacity"])
    with refused("ValidationException"):
        at.db.batch_write_item(RequestItems={TABLE: deletes + deletes})


@claim
def an_update_answers_the_new_item(at):
    answer = at.db.update_item(
        TableName=TABLE,
        Key=key("count", 1),
        UpdateExpression="ADD n :one SET #k = if_not_exists(#k, :kind)",
        ExpressionAttributeNames={"#k": "kind"},
        ExpressionAttributeValues={":one": {"N": "1"}, ":kind": {"S": "counter"}},
        ReturnValues="ALL_NEW",
    )

    equal(answer["Attributes"], {**key("count", 1), "n": {"N": "1"}, "kind": {"S": "counter"}})


@claim
def a_failed_condition_shows_the_item_to_those_who_ask(at):
    request = {"TableName": TABLE, "Item": key("count", 1), "ConditionExpression": "attribute_not_exists(pk)"}
    with refused("ConditionalCheckFailedException") as refusal:
        at.db.put_item(**request, ReturnValuesOnConditionCheckFailure="ALL_OLD")
    equal(refusal.answer["Error"]["Message"], "The conditional request failed")
    equal(refusal.answer["Item"], {**key("count", 1), "n": {"N": "1"}, "kind": {"S": "counter"}})
    try:
        at.db.put_item(**request)
    except at.db.exceptions.ConditionalCheckFailedException as error:
        check("Item" not in error.response, error.response)
        return
    raise AssertionError("the item was put over the one that is there")


@claim
def a_transaction_is_written_and_got(at):
    put = {"Put": {"TableName": TABLE, "Item": {**key("transaction", 1), "a": {"S": "x"}}}}
    update = {
        "Update": {
            "TableName": TABLE,
            "Key": key("count", 1),
            "UpdateExpression": "ADD n :one",
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }
    # The same token again is the same call again: it counts once.
    for _ in range(2):
        at.db.transact_write_items(TransactItems=[put, update], ClientRequestToken="claims-1")

    gets = [{"Get": {"TableName": TABLE, "Key": key(*of)}} for of in (("transaction", 1), ("none", 1), ("count", 1))]
    answers = at.db.transact_get_items(TransactItems=gets)["Responses"]
    equal(answers[0]["Item"]["a"], {"S": "x"})
    equal(answers[1], {})
    equal(answers[2]["Item"]["n"], {"N": "2"})
    with refused("IdempotentParameterMismatchException"):
        at.db.transact_write_items(TransactItems=[put], ClientRequestToken="claims-1")


@claim
def a_cancelled_transaction_tells_each_reason(at):
    fine = {"Put": {"TableName": TABLE, "Item": key("transaction", 2)}}
    failing = {
        "ConditionCheck": {
            "TableName": TABLE,
            "Key": key("count", 1),
            "ConditionExpression": "n = :n",
            "ExpressionAttributeValues": {":n": {"N": "99"}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
    }
    try:
        at.db.transact_write_items(TransactItems=[fine, failing])
        raise AssertionError("the transaction was written")
    except at.db.exceptions.TransactionCanceledException as error:
        reasons = error.response["CancellationReasons"]
        check("[None, ConditionalCheckFailed]" in error.response["Error"]["Message"], error.response["Error"])
    equal([reason["Code"] for reason in reasons], ["None", "ConditionalCheckFailed"])
    equal(reasons[1]["Item"]["n"], {"N": "2"})
    check("Item" not in at.db.get_item(TableName=TABLE, Key=key("transaction", 2)), "half of it was written")


@claim
def a_delete_answers_the_old_item(at):
    old = at.db.delete_item(TableName=TABLE, Key=key("transaction", 1), ReturnValues="ALL_OLD")

    equal(old["Attributes"]["a"], {"S": "x"})
    check("Attributes" not in at.db.delete_item(TableName=TABLE, Key=key("transaction", 1)), "it was deleted twice")


@claim
def time_to_live_is_set_and_described(at):
    equal(at.db.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"], {"TimeToLiveStatus": "DISABLED"})
    specification = {"Enabled": True, "AttributeName": "expires"}
    answer = at.db.update_time_to_live(TableName=TABLE, TimeToLiveSpecification=specification)

    equal(answer["TimeToLiveSpecification"], specification)
    described = at.db.describe_time_to_live(TableName=TABLE)["TimeToLiveDescription"]
    check(described["TimeToLiveStatus"] in ("ENABLING", "ENABLED"), described)
    equal(described["AttributeName"], "expires")


@claim
def tags_are_set_listed_and_removed(at):
    arn = at.db.describe_table(TableName=TABLE)["Table"]["TableArn"]
    tags = [{"Key": "stage", "Value": "test"}, {"Key": "team", "Value": ""}]
    at.db.tag_resource(ResourceArn=arn, Tags=tags)
    listed = at.db.list_tags_of_resource(ResourceArn=arn)["Tags"]
    equal(sorted(listed, key=lambda tag: tag["Key"]), tags)
    at.db.untag_resource(ResourceArn=arn, TagKeys=["stage"])

    equal(at.db.list_tags_of_resource(ResourceArn=arn)["Tags"], tags[1:])


@claim
def a_stream_tells_every_change_in_its_order(at):
    arn = at.db.describe_table(TableName=TABLE)["Table"]["LatestStreamArn"]
    equal([stream["StreamArn"] for stream in at.streams.list_streams(TableName=TABLE)["Streams"]], [arn])
    stream = at.streams.describe_stream(StreamArn=arn)["StreamDescription"]
    equal((stream["StreamStatus"], stream["StreamViewType"]), ("ENABLED", "NEW_AND_OLD_IMAGES"))

    changes = []
    for shard in stream["Shards"]:
        iterator = at.streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        for _ in range(20):
            answer = at.streams.get_records(ShardIterator=iterator, Limit=50)
            changes += answer["Records"]
            iterator = answer.get("NextShardIterator")
            if not iterator or not answer["Records"]:
                break

    counted = [change for change in changes if change["dynamodb"]["Keys"] == key("count", 1)]
    equal([change["eventName"] for change in counted], ["INSERT", "MODIFY"])
    equal(counted[1]["dynamodb"]["OldImage"]["n"], {"N": "1"})
    equal(counted[1]["dynamodb"]["NewImage"]["n"], {"N": "2"})
    gone = [change for change in changes if change["dynamodb"]["Keys"] == key("transaction", 1)]
    equal([change["eventName"] for change in gone], ["INSERT", "REMOVE"])
    # 1 + 60 puts, 20 deletes, 2 changes of the counter, 2 of the transaction's item.
    equal(len(changes), 85)


@claim
def a_statement_writes_and_reads(at):
    execute = at.db.execute_statement
    insert = f"INSERT INTO \"{TABLE}\" VALUE {{'pk': ?, 'sk': ?, 'a': 'x'}}"
    parameters = [{"S": "statement"}, {"N": "1"}]
    execute(Statement=insert, Parameters=parameters)
    with refused("DuplicateItemException"):
        execute(Statement=insert, Parameters=parameters)
    execute(Statement=f"UPDATE \"{TABLE}\" SET a = 'y' WHERE pk = 'statement' AND sk = 1")

    found = execute(Statement=f"SELECT a FROM \"{TABLE}\" WHERE pk = 'statement'")
    equal(found["Items"], [{"a": {"S": "y"}}])
    check("NextToken" not in found, "one item needs no second page")
    with refused("ConditionalCheckFailedException") as refusal:
        execute(
            Statement=f"DELETE FROM \"{TABLE}\" WHERE pk = 'statement' AND sk = 1 AND a = 'z'",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    equal(refusal.answer["Item"]["a"], {"S": "y"})
    with refused("ValidationException"):
        execute(Statement="SELEKT 1")


@claim
def a_statement_goes_through_its_pages(at):
    request = {"Statement": f"SELECT sk FROM \"{TABLE}\" WHERE pk = 'many'", "Limit": 15}
    found, pages = [], 0
    for _ in range(10):
        page = at.db.execute_statement(**request)
        found += [int(item["sk"]["N"]) for item in page["Items"]]
        pages += 1
        if "NextToken" not in page:
            break
        request["NextToken"] = page["NextToken"]

    equal(found, list(range(40)))
    equal(pages, 3)


@claim
def statements_of_a_batch_fail_alone_and_those_of_a_transaction_together(at):
    read = {"Statement": f"SELECT a FROM \"{TABLE}\" WHERE pk = 'statement' AND sk = 1"}
    duplicate = {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'statement', 'sk': 1}}"}
    fresh = {"Statement": f"INSERT INTO \"{TABLE}\" VALUE {{'pk': 'statement', 'sk': 2}}"}
    batch = at.db.batch_execute_statement(Statements=[read])["Responses"]
    equal(batch[0]["Item"], {"a": {"S": "y"}})
    batch = at.db.batch_execute_statement(Statements=[duplicate])["Responses"]
    equal(batch[0]["Error"]["Code"], "DuplicateItem")

    with refused("TransactionCanceledException") as refusal:
        at.db.execute_transaction(TransactStatements=[fresh, duplicate])
    equal([reason["Code"] for reason in refusal.answer["CancellationReasons"]], ["None", "DuplicateItem"])
    check("Item" not in at.db.get_item(TableName=TABLE, Key=key("statement", 2)), "half of it was written")
    at.db.execute_transaction(TransactStatements=[fresh])
    check("Item" in at.db.get_item(TableName=TABLE, Key=key("statement", 2)), "it was not written")


@claim
def what_is_invalid_is_told_so(at):
    with refused("ValidationException") as refusal:
        at.db.put_item(TableName=TABLE, Item={"pk": {"S": "no sort key"}})
    equal(
        refusal.answer["Error"]["Message"],
        "One or more parameter values were invalid: Missing the key sk in the item",
    )
    with refused("ValidationException"):
        at.db.query(TableName=TABLE, KeyConditionExpression="sk = :s", ExpressionAttributeValues={":s": {"N": "1"}})
    with refused("ValidationException"):
        at.db.put_item(TableName=TABLE, Item={**key("large", 1), "a": {"S": "x" * 420_000}})


@claim
def an_index_is_added_and_dropped(at):
    create = {
        "IndexName": "by-a",
        "KeySchema": [{"AttributeName": "a", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    at.db.update_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "a", "AttributeType": "S"}],
        GlobalSecondaryIndexUpdates=[{"Create": create}],
    )
    at.db.get_waiter("table_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 20})
    found = at.db.query(
        TableName=TABLE,
        IndexName="by-a",
        KeyConditionExpression="a = :a",
        ExpressionAttributeValues={":a": {"S": "y"}},
    )
    equal(found["Items"], [{**key("statement", 1), "a": {"S": "y"}}])
    at.db.update_table(TableName=TABLE, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-a"}}])
    indexes = at.db.describe_table(TableName=TABLE)["Table"]["GlobalSecondaryIndexes"]

    check("by-a" not in [index["IndexName"] for index in indexes if index["IndexStatus"] == "ACTIVE"], indexes)


@claim
def an_operation_that_is_not_there_is_unknown(at):
    for call in (at.db.describe_limits, at.db.describe_endpoints, at.db.list_backups):
        with refused("UnknownOperationException"):
            call()
    with refused("UnknownOperationException"):
        at.db.describe_continuous_backups(TableName=TABLE)


@claim
def the_table_is_deleted_and_waited_for(at):
    equal(at.db.delete_table(TableName=TABLE)["TableDescription"]["TableStatus"], "DELETING")
    at.db.get_waiter("table_not_exists").wait(TableName=TABLE, WaiterConfig={"Delay": 1, "MaxAttempts": 20})

    with refused("ResourceNotFoundException"):
        at.db.scan(TableName=TABLE)


@claim
def every_answer_had_a_request_id_of_its_own_and_the_checksum_of_its_body(at):
    metadata = at.db.list_tables()["ResponseMetadata"]
    check(metadata["RequestId"] in at.headers.request_ids, f"boto3 saw no request id: {metadata}")
    check(len(at.headers.request_ids) > 60, f"{len(at.headers.request_ids)} answers were checked")


def main():
    at = Endpoint(sys.argv[1])
    for function in CLAIMS:
        words = function.__name__.replace("_", " ")
        try:
            function(at)
            check(at.headers.problem is None, at.headers.problem)
        except Exception as error:
            traceback.print_exc()
            print(f"FAILED: {words}: {type(error).__name__}: {error}", flush=True)
            sys.exit(1)
        print(f"ok: {words}", flush=True)


main()
