"""Organizations, their settings, domains, directories and connections."""
import time

from scalekit.common.exceptions import ScalekitBadRequestException
from scalekit.v1.commons import commons_pb2
from scalekit.v1.connections.connections_pb2 import (ConnectionProvider, ConnectionType,
                                                     CreateConnection, Flags, OIDCConnectionConfig,
                                                     UpdateConnection)
from scalekit.v1.directories.directories_pb2 import (CreateDirectory, DirectoryProvider,
                                                     DirectoryType)
from scalekit.v1.organizations.organizations_pb2 import (CreateOrganization, SessionPolicyType,
                                                         UpdateOrganization)

from recorder import World, holds, refused, same

UNKNOWN_ORGANIZATION = "org_999999999999999999"


def an_organization_is_created_and_read_back_by_both_its_ids(world: World) -> None:
    api = world.client.organization
    wanted = CreateOrganization(display_name="Python Works", external_id="python-works",
                                metadata={"plan": "pro"}, slug="python.works.test")
    world.organization = api.create_organization(wanted).organization
    same(world.organization.display_name, "Python Works")
    by_id = api.get_organization(world.organization.id).organization
    by_external_id = api.get_organization_by_external_id("python-works").organization
    same(by_id, world.organization, "the organization by id")
    same(by_external_id, by_id, "the organization by external id")
    same(dict(by_id.metadata), {"plan": "pro"})
    same(by_id.slug, "python.works.test")


def the_newest_organization_is_listed_first_and_pages_go_on(world: World) -> None:
    api = world.client.organization
    api.create_organization(CreateOrganization(display_name="Second"))
    newest = api.create_organization(CreateOrganization(display_name="Newest")).organization
    first = api.list_organizations(page_size=1)
    same(first.organizations[0].id, newest.id, "the first of the list")
    holds(first.total_size >= 3, "total_size counts all")
    holds(0 < len(first.next_page_token) <= 32, "there is a token for the next page")
    second = api.list_organizations(page_size=1, page_token=first.next_page_token)
    same(second.organizations[0].display_name, "Second")
    holds(len(api.list_organizations().organizations) >= 3, "without a page size")
    with refused("INVALID_ARGUMENT"):
        api.list_organizations(page_size=1, page_token="no token of ours")


def updates_of_an_organization_keep_what_they_do_not_name(world: World) -> None:
    api = world.client.organization
    changed = api.update_organization(
        world.organization.id, UpdateOrganization(display_name="Python Works 2")).organization
    same(changed.display_name, "Python Works 2")
    same(changed.external_id, "python-works")
    same(dict(changed.metadata), {"plan": "pro"})
    api.update_organization_by_external_id(
        "python-works", UpdateOrganization(metadata={"plan": "free"}))
    read = api.get_organization(world.organization.id).organization
    same(dict(read.metadata), {"plan": "free"})
    same(read.display_name, "Python Works 2")


def wrong_organizations_are_refused(world: World) -> None:
    api = world.client.organization
    with refused("INVALID_ARGUMENT"):
        api.create_organization(CreateOrganization(display_name=""))
    with refused("INVALID_ARGUMENT"):
        api.create_organization(CreateOrganization(display_name="x" * 201))
    with refused("ALREADY_EXISTS"):
        api.create_organization(CreateOrganization(display_name="D", external_id="python-works"))
    with refused("NOT_FOUND"):
        api.get_organization(UNKNOWN_ORGANIZATION)
    with refused("NOT_FOUND"):
        api.get_organization_by_external_id("nobody-has-this")
    with refused("NOT_FOUND"):
        api.update_organization(UNKNOWN_ORGANIZATION, UpdateOrganization(display_name="X"))
    with refused("NOT_FOUND", "INVALID_ARGUMENT"):
        api.get_organization("python-works")


def a_portal_link_is_made(world: World) -> None:
    link = world.client.organization.generate_portal_link(world.organization.id)
    holds(link.id, "the link has an id")
    holds(link.location.startswith(world.url + "/"), f"{link.location} is ours")
    holds(link.expire_time.seconds > time.time(), "it ends in the future")
    with refused("NOT_FOUND"):
        world.client.organization.generate_portal_link(UNKNOWN_ORGANIZATION)


def features_are_switched_on(world: World) -> None:
    wanted = [{"name": "sso", "enabled": True}, {"name": "dir_sync", "enabled": True}]
    changed = world.client.organization.update_organization_settings(
        world.organization.id, wanted).organization
    features = changed.settings.features
    same({feature.name: feature.enabled for feature in features[:2]},
         {"sso": True, "dir_sync": True})


def the_seats_of_an_organization_are_limited(world: World) -> None:
    api = world.client.organization
    same(api.upsert_user_management_settings(world.organization.id, 25).max_allowed_users.value, 25)
    cleared = api.upsert_user_management_settings(world.organization.id, None)
    holds(not cleared.HasField("max_allowed_users"), "None takes the limit away")


def the_session_policy_is_customised_and_given_back(world: World) -> None:
    api = world.client.organization
    policy = api.get_organization_session_policy(world.organization.id).policy
    same(policy.policy_source, SessionPolicyType.APPLICATION)
    policy = api.update_organization_session_policy(
        world.organization.id, SessionPolicyType.CUSTOM, 360, commons_pb2.MINUTES, False,
        30, commons_pb2.MINUTES).policy
    read = api.get_organization_session_policy(world.organization.id).policy
    same(read, policy, "the policy read back")
    same(read.policy_source, SessionPolicyType.CUSTOM)
    same(read.absolute_session_timeout.value, 360)
    same(read.absolute_session_timeout_unit, commons_pb2.MINUTES)
    holds(read.HasField("idle_session_timeout_enabled"), "idle_session_timeout_enabled is there")
    same(read.idle_session_timeout_enabled.value, False)
    api.update_organization_session_policy(world.organization.id, SessionPolicyType.APPLICATION)
    same(api.get_organization_session_policy(world.organization.id).policy.policy_source,
         SessionPolicyType.APPLICATION)
    with refused("NOT_FOUND"):
        api.get_organization_session_policy(UNKNOWN_ORGANIZATION)


def a_domain_is_added_read_listed_and_removed(world: World) -> None:
    api = world.client.domain
    organization = world.organization.id
    same(len(api.list_domains(organization).domains), 0)
    made = api.create_domain(organization, "python-works.com").domain
    same(made.domain, "python-works.com")
    same(api.get_domain(organization, made.id).domain, made, "the domain read back")
    same([domain.id for domain in api.list_domains(organization).domains], [made.id])
    same(len(api.list_domains(organization, domain_type="ORGANIZATION_DOMAIN").domains), 1)
    same(len(api.list_domains(organization, domain_type="ALLOWED_EMAIL_DOMAIN").domains), 0)
    with refused("INVALID_ARGUMENT"):
        api.create_domain(organization, "invalid-domain-name")
    api.delete_domain(organization, made.id)
    with refused("NOT_FOUND"):
        api.get_domain(organization, made.id)
    with refused("NOT_FOUND"):
        api.delete_domain(organization, made.id)


def a_directory_is_made_switched_and_deleted(world: World) -> None:
    api = world.client.directory
    organization = world.organization.id
    made = api.create_directory(organization, CreateDirectory(
        directory_type=DirectoryType.SCIM, directory_provider=DirectoryProvider.OKTA)).directory
    holds(made.id.startswith("dir_"), made.id)
    same(made.enabled, True)
    read = api.get_directory(organization, made.id).directory
    same((read.id, read.organization_id), (made.id, organization))
    holds(read.HasField("stats"), "it has stats")
    same([each.id for each in api.list_directories(organization).directories], [made.id])
    same(api.get_primary_directory_by_organization_id(organization).id, made.id)
    # The SDK makes no list where there is nobody.
    same(api.list_directory_users(organization, made.id, 10, "", True).total_size, 0)
    same(api.list_directory_groups(organization, made.id, 10, "", True).total_size, 0)
    with refused("FAILED_PRECONDITION", "INVALID_ARGUMENT"):
        api.delete_directory(organization, made.id)
    same(api.disable_directory(organization, made.id).enabled, False)
    same(api.enable_directory(organization, made.id).enabled, True)
    api.disable_directory(organization, made.id)
    api.delete_directory(organization, made.id)
    with refused("NOT_FOUND"):
        api.get_directory(organization, made.id)
    with refused("NOT_FOUND"):
        api.enable_directory(organization, "dir_999999999999999999")


def a_connection_is_made_read_and_deleted(world: World) -> None:
    api = world.client.connection
    organization = world.organization.id
    made = api.create_connection(organization, CreateConnection(
        provider=ConnectionProvider.OKTA, type=ConnectionType.OIDC)).connection
    same((made.provider, made.type), (ConnectionProvider.OKTA, ConnectionType.OIDC))
    same(made.organization_id, organization)
    same(made.test_connection_uri, f"{world.url}/sso/v1/oidc/{made.id}/test")
    same(api.get_connection(organization, made.id).connection.id, made.id)
    same([c.id for c in api.list_connections(organization, include="all").connections], [made.id])
    same(len(api.list_connections(organization).connections), 0)
    api.list_connections_by_domain("python-works.com", include="all")
    for switch, wanted in ((api.enable_connection, True), (api.disable_connection, False)):
        try:
            same(switch(organization, made.id).enabled, wanted)
        except ScalekitBadRequestException:
            pass  # nobody has configured it
    api.delete_connection(organization, made.id)
    with refused("NOT_FOUND"):
        api.get_connection(organization, made.id)
    same(len(api.list_connections(organization, include="all").connections), 0)


def a_connection_of_the_environment_is_made_and_changed(world: World) -> None:
    api = world.client.connection
    made = api.create_environment_connection(
        CreateConnection(provider=ConnectionProvider.GOOGLE, type=ConnectionType.OIDC),
        Flags(is_login=True)).connection
    same(api.get_environment_connection(made.id).connection.id, made.id)
    config = OIDCConnectionConfig()
    config.client_id.value = "google-client"
    changed = api.update_environment_connection(made.id, UpdateConnection(
        provider=ConnectionProvider.GOOGLE, type=ConnectionType.OIDC,
        oidc_config=config)).connection
    same(changed.oidc_config.client_id.value, "google-client")
    read = api.get_environment_connection(made.id).connection
    same(read.oidc_config.client_id.value, "google-client")
    api.list_app_connections(page_size=10)
    with refused("NOT_FOUND"):
        api.get_environment_connection("conn_999999999999999999")


def the_organization_goes_and_its_names_are_free_again(world: World) -> None:
    api = world.client.organization
    made = api.create_organization(CreateOrganization(
        display_name="Short-lived", external_id="again", slug="again.test")).organization
    api.delete_organization(made.id)
    with refused("NOT_FOUND"):
        api.get_organization(made.id)
    with refused("NOT_FOUND"):
        api.delete_organization(made.id)
    again = api.create_organization(CreateOrganization(
        display_name="Short-lived", external_id="again", slug="again.test")).organization
    holds(again.id != made.id, "it is a new one")


STEPS = [an_organization_is_created_and_read_back_by_both_its_ids,
         the_newest_organization_is_listed_first_and_pages_go_on,
         updates_of_an_organization_keep_what_they_do_not_name,
         wrong_organizations_are_refused,
         a_portal_link_is_made,
         features_are_switched_on,
         the_seats_of_an_organization_are_limited,
         the_session_policy_is_customised_and_given_back,
         a_domain_is_added_read_listed_and_removed,
         a_directory_is_made_switched_and_deleted,
         a_connection_is_made_read_and_deleted,
         a_connection_of_the_environment_is_made_and_changed,
         the_organization_goes_and_its_names_are_free_again]
