"""Makes, lists, reads, changes and deletes keys of all kinds on the emulator, as others would do it.

Takes the file with the line that `npm run emulator -- --json` prints. All that it knows of the service
is the service's name: the messages come from reflection. Prints a line for each thing that was done,
and ends with an AssertionError or a grpc.RpcError at the first that did not go as it should.
"""

import json
import sys
import uuid

import grpc
from google.protobuf import message_factory
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

SERVICE = "com.coralogixapis.aaa.apikeys.v3.ApiKeysService"
TIMEOUT_SECONDS = 20
SEND_DATA = [
    "cloud-metadata-ingress:SendData",
    "logs.data-ingress:SendData",
    "metrics.data-ingress:SendData",
    "spans.data-ingress:SendData",
    "contextual-data:SendData",
]
POLICY = '{"version": "2025-01-01", "default": {"permissions": {}}, "rules": []}'


class Service:
    """The service as reflection describes it, on a channel and in a caller's name."""

    def __init__(self, channel: grpc.Channel, token: str, pool: DescriptorPool) -> None:
        self._channel = channel
        self._metadata = [("authorization", f"Bearer {token}")]
        self._pool = pool
        self.descriptor = pool.FindServiceByName(SERVICE)

    def field(self, message: str, name: str):
        """The descriptor of a message's field."""
        descriptor = self._pool.FindMessageTypeByName(f"{self.descriptor.file.package}.{message}")
        return descriptor.fields_by_name[name]

    def call(self, rpc: str, **fields):
        """Calls an RPC with the fields of its request; a dict stands for a message."""
        method = self.descriptor.methods_by_name[rpc]
        request = message_factory.GetMessageClass(method.input_type)(**fields)
        reply = message_factory.GetMessageClass(method.output_type)
        unary = self._channel.unary_unary(
            f"/{SERVICE}/{rpc}",
            request_serializer=lambda message: message.SerializeToString(),
            response_deserializer=reply.FromString,
        )
        return unary(request, metadata=self._metadata, timeout=TIMEOUT_SECONDS)

    def create(self, name: str, **fields) -> str:
        """Makes a key; its id."""
        made = self.call("CreateApiKey", name=name, **fields)
        assert made.name == name, made.name
        assert made.value, "create disclosed no value"
        uuid.UUID(made.key_id)
        return made.key_id

    def get(self, key_id: str):
        """Reads a key."""
        return self.call("GetApiKey", key_id=key_id).key_info

    def listed(self) -> dict:
        """The keys of the list, by id."""
        return {key.id: key for key in self.call("GetSendDataApiKeys").keys}


def done(what: str) -> None:
    """Tells what went as it should."""
    print(f"python: {what}", flush=True)


def refused(code: grpc.StatusCode, call) -> None:
    """Makes a call that must end with this status."""
    try:
        call()
    except grpc.RpcError as error:
        assert error.code() == code, f"{error.code()} in place of {code}: {error.details()}"
        return
    raise AssertionError(f"OK in place of {code}")


def check_reflection(service: Service) -> None:
    """What a compiler would know of the file, reflection tells."""
    assert len(service.descriptor.methods) == 5, service.descriptor.methods
    for message, optional, plain in [
        ("KeyInfo", ["value", "access_policy"], ["name", "active"]),
        ("CreateApiKeyRequest", ["access_policy"], ["name", "hashed"]),
        ("UpdateApiKeyRequest", ["new_name", "is_active", "access_policy"], ["key_id"]),
    ]:
        for name in optional:
            field = service.field(message, name)
            assert field.has_presence, f"{message}.{name} is not optional"
            assert field.containing_oneof.name == f"_{name}", field.containing_oneof.name
        for name in plain:
            assert not service.field(message, name).has_presence, f"{message}.{name} is optional"
    assert service.field("UpdateApiKeyRequest", "is_active").json_name == "isActive"
    done("reflection tells the five methods, optional fields and JSON names")


def check_shapes(service: Service, team: int) -> None:
    """Keys of every shape are taken as they are, and given back so."""
    owners = [{"team_id": team}, {"user_id": "user-1"}, {"organisation_id": "organisation-1"}, None]
    grants = [
        ("the preset SendData", ["SendData"], []),
        ("several presets", ["APM", "SendData", "Alerts"], []),
        ("explicit permissions", [], ["legacy-archive-queries:Execute", SEND_DATA[1]]),
        ("a preset and a permission", ["Alerts"], ["team-actions:UpdateConfig"]),
        ("neither", [], []),
    ]
    for owner in owners:
        whose = "nobody's" if owner is None else f"{next(iter(owner))}'s"
        for what, presets, permissions in grants:
            grant = {"presets": presets, "permissions": permissions}
            given = {} if owner is None else {"owner": owner}
            key_id = service.create("a", key_permissions=grant, access_policy=POLICY, **given)
            key = service.get(key_id)
            got = key.key_permissions
            assert [preset.name for preset in got.presets] == presets, got
            assert list(got.permissions) == permissions, got
            for preset in got.presets:
                if preset.name == "SendData":
                    assert list(preset.permissions) == SEND_DATA, preset
            assert key.access_policy == POLICY, key.access_policy
            assert key.active and not key.hashed, key
            if owner is None:
                assert not key.HasField("owner"), key
            else:
                (kind, value), = owner.items()
                assert key.owner.WhichOneof("owner") == kind, key
                assert getattr(key.owner, kind) == value, key
            sends = "SendData" in presets or bool(set(SEND_DATA) & set(permissions))
            assert (key_id in service.listed()) == sends, f"{what} of {whose} in the list"
            service.call("DeleteApiKey", key_id=key_id)
            refused(grpc.StatusCode.NOT_FOUND, lambda: service.get(key_id))
        done(f"{whose} keys of {len(grants)} kinds were made, read, listed and deleted")


def check_values(service: Service, team: int) -> None:
    """A value is disclosed once, hashed or not."""
    for hashed in [False, True]:
        grant = {"presets": ["SendData"]}
        key_id = service.create("b", owner={"team_id": team}, key_permissions=grant, hashed=hashed)
        for key in [service.get(key_id), service.listed()[key_id]]:
            assert key.hashed == hashed, key
            assert not key.HasField("value"), "a read disclosed the value"
            assert not key.HasField("access_policy"), key
        service.call("DeleteApiKey", key_id=key_id)
    done("a value was disclosed by create alone, hashed or not")


def check_updates(service: Service, team: int) -> None:
    """An update changes what it names, and nothing else."""
    grant = {"presets": ["SendData"], "permissions": ["a:Read"]}
    key_id = service.create("c", owner={"team_id": team}, key_permissions=grant)

    def updated(**fields) -> list:
        service.call("UpdateApiKey", key_id=key_id, **fields)
        key = service.get(key_id)
        grants = key.key_permissions
        return [
            *(key.name, key.active),
            *([preset.name for preset in grants.presets], list(grants.permissions)),
            key.access_policy if key.HasField("access_policy") else None,
        ]

    steps = [
        ("the name", {"new_name": "d"}, ["d", True, ["SendData"], ["a:Read"], None]),
        ("activity", {"is_active": False}, ["d", False, ["SendData"], ["a:Read"], None]),
        (
            "presets",
            {"presets": {"presets": ["SendData", "RUM"]}},
            ["d", False, ["SendData", "RUM"], ["a:Read"], None],
        ),
        (
            "permissions",
            {"permissions": {"permissions": ["b:Write", "c:Read"]}},
            ["d", False, ["SendData", "RUM"], ["b:Write", "c:Read"], None],
        ),
        (
            "the access policy",
            {"access_policy": POLICY},
            ["d", False, ["SendData", "RUM"], ["b:Write", "c:Read"], POLICY],
        ),
        ("nothing", {}, ["d", False, ["SendData", "RUM"], ["b:Write", "c:Read"], POLICY]),
        (
            "all, to nothing",
            {"new_name": "", "presets": {}, "permissions": {}, "access_policy": ""},
            ["", False, [], [], None],
        ),
    ]
    for what, fields, wanted in steps:
        got = updated(**fields)
        assert got == wanted, f"{got} in place of {wanted}"
        done(f"an update of {what} changed that and nothing else")
    assert key_id not in service.listed(), "a key that may send nothing is in the list"
    service.call("DeleteApiKey", key_id=key_id)


def check_refusals(service: Service, stranger: Service, nobody: Service, team: int) -> None:
    """What the service would refuse."""
    status = grpc.StatusCode
    key_id = service.create("e", owner={"team_id": team}, key_permissions={"presets": ["SendData"]})
    for code, what, who, rpc, fields in [
        (status.INVALID_ARGUMENT, "a policy that is not JSON", service, "CreateApiKey",
         {"name": "f", "owner": {"team_id": team}, "access_policy": "everybody"}),
        (status.INVALID_ARGUMENT, "an update to such a policy", service, "UpdateApiKey",
         {"key_id": key_id, "access_policy": "{"}),
        (status.PERMISSION_DENIED, "a key for another team", service, "CreateApiKey",
         {"name": "f", "owner": {"team_id": team + 1}}),
        (status.INVALID_ARGUMENT, "an id that is no UUID", service, "GetApiKey", {"key_id": "e"}),
        (status.NOT_FOUND, "an unknown id", service, "DeleteApiKey", {"key_id": str(uuid.uuid4())}),
        (status.NOT_FOUND, "another team's key", stranger, "DeleteApiKey", {"key_id": key_id}),
        (status.UNAUTHENTICATED, "an unknown caller", nobody, "GetSendDataApiKeys", {}),
    ]:
        refused(code, lambda: who.call(rpc, **fields))
        done(f"{what} was refused with {code.name}")
    assert service.get(key_id).name == "e"
    service.call("DeleteApiKey", key_id=key_id)
    assert not service.listed(), "keys are left"


def main(connection_file: str) -> None:
    """Connects over TLS, with the emulator's CA, and does it all."""
    with open(connection_file, encoding="utf-8") as file:
        connection = json.load(file)
    target = f"localhost:{connection['port']}"
    trusted = grpc.ssl_channel_credentials(connection["caCertificate"].encode())
    tokens, team = connection["tokens"], connection["teamId"]
    with grpc.secure_channel(target, trusted) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        assert SERVICE in database.get_services(), "reflection does not list the service"
        pool = DescriptorPool(database)
        service = Service(channel, tokens["admin"], pool)
        check_reflection(service)
        check_shapes(service, team)
        check_values(service, team)
        check_updates(service, team)
        stranger = Service(channel, tokens["otherTeam"], pool)
        check_refusals(service, stranger, Service(channel, "nobody", pool), team)
    with grpc.secure_channel(target, grpc.ssl_channel_credentials()) as channel:
        untrusting = Service(channel, tokens["admin"], pool)
        refused(grpc.StatusCode.UNAVAILABLE, lambda: untrusting.call("GetSendDataApiKeys"))
        done("without the emulator's CA there was no connection")


if __name__ == "__main__":
    main(sys.argv[1])
