"""Resources with their clients and consents, and events; of newer versions of the SDK only."""
import requests
from scalekit.v1.clients import clients_pb2

from recorder import World, holds, refused, same

UNKNOWN_RESOURCE = "res_999999999999999999"


def new_resource(world: World, name: str) -> str:
    """The SDK makes no resource: the REST side of the same API does."""
    made = requests.post(
        f"{world.url}/api/v1/resources", timeout=10,
        headers={"authorization": f"Bearer {world.client.get_client_access_token()}"},
        json={"resource_type": "MCP_SERVER", "name": name,
              "resource_uri": f"https://{name}.python.test/mcp"})
    same(made.status_code, 200, made.text)
    return made.json()["resource"]["id"]


def a_resource_is_read_and_its_clients_are_managed(world: World) -> None:
    api = world.client.resources
    resource = new_resource(world, "tools")
    same(api.get_resource(resource).resource.name, "tools")
    listed = api.list_resources(clients_pb2.ResourceType.MCP_SERVER, page_size=10)
    same([each.id for each in listed.resources], [resource])
    client = api.create_resource_client(resource, clients_pb2.ResourceClient(
        name="Agent", redirect_uris=["https://agent.python.test/callback"])).client.client_id
    same(api.get_resource_client(resource, client).client.name, "Agent")
    same([each.client_id for each in api.list_resource_clients(resource).clients], [client])
    changed = api.update_resource_client(resource, client, name="Agent 2").client
    same((changed.name, list(changed.redirect_uris)),
         ("Agent 2", ["https://agent.python.test/callback"]))
    same(len(api.list_user_consents(resource).consents), 0)
    with refused("NOT_FOUND"):
        api.revoke_user_consent(client, "usrcnst_999999999999999999")
    api.delete_resource_client(resource, client)
    with refused("NOT_FOUND"):
        api.get_resource_client(resource, client)
    with refused("NOT_FOUND"):
        api.get_resource(UNKNOWN_RESOURCE)


def a_client_of_a_resource_gets_another_secret(world: World) -> None:
    api = world.client.resources
    resource = new_resource(world, "secrets")
    client = api.create_resource_client(
        resource, clients_pb2.ResourceClient(name="Agent")).client.client_id
    made = api.create_resource_client_secret(resource, client)
    holds(made.plain_secret, "there is a secret to keep")
    api.delete_resource_client_secret(resource, client, made.secret.id)


def events_are_listed_page_by_page(world: World) -> None:
    api = world.client.events
    first = api.list_events_paginated(page_size=1)
    same(len(first.events), 1)
    second = api.list_events_paginated(page_size=1, page_token=first.next_page_token)
    holds(second.events[0].id != first.events[0].id, "the next page has another")


STEPS = {"resources": [a_resource_is_read_and_its_clients_are_managed,
                       a_client_of_a_resource_gets_another_secret],
         "events": [events_are_listed_page_by_page]}


def steps_for(client) -> list:
    return [step for part, steps in STEPS.items() if hasattr(client, part) for step in steps]
