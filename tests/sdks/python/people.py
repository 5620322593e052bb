"""Users, memberships, roles, permissions and sessions."""
from scalekit.v1.commons.commons_pb2 import Role as MembershipRole
from scalekit.v1.organizations.organizations_pb2 import CreateOrganization
from scalekit.v1.roles.roles_pb2 import (CreateOrganizationRole, CreatePermission, CreateRole,
                                         UpdateDefaultOrganizationRolesRequest, UpdateRole)
from scalekit.v1.users.users_pb2 import (CreateMembership, CreateUser, CreateUserProfile,
                                         UpdateMembership, UpdateUser, UpdateUserProfile)

from recorder import World, holds, refused, same

UNKNOWN_USER = "usr_999999999999999999"


def names(roles) -> set[str]:
    return {role.name for role in roles}


def a_permission_is_created_changed_and_deleted(world: World) -> None:
    api = world.client.permissions
    for name in ("py:read", "py:write", "py:spare"):
        made = api.create_permission(CreatePermission(name=name, description="first")).permission
        same((made.name, made.description), (name, "first"))
    same(api.get_permission("py:read").permission.name, "py:read")
    changed = api.update_permission(
        "py:read", CreatePermission(name="py:read", description="second")).permission
    same(changed.description, "second")
    holds({"py:read", "py:write"} <= names(api.list_permissions(page_size=30).permissions),
          "both are listed")
    api.delete_permission("py:spare")
    with refused("NOT_FOUND"):
        api.get_permission("py:spare")
    with refused("NOT_FOUND"):
        api.delete_permission("py:spare")
    with refused("INVALID_ARGUMENT", "FAILED_PRECONDITION"):
        api.create_permission(CreatePermission(name="py:read", description="again"))
    with refused("INVALID_ARGUMENT"):
        api.create_permission(CreatePermission(name="py.read", description="a dot"))


def a_role_is_created_inherits_and_is_changed(world: World) -> None:
    api = world.client.roles
    made = api.create_role(CreateRole(name="py_reader", display_name="Reader",
                                      description="reads", permissions=["py:read"])).role
    holds(made.id.startswith("role_"), made.id)
    same((made.default_creator, made.default_member), (False, False))
    api.create_role(CreateRole(name="py_writer", display_name="Writer", extends="py_reader",
                               permissions=["py:write"]))
    same(api.get_role("py_writer").role.extends, "py_reader")
    same(names(api.list_dependent_roles("py_reader").roles), {"py_writer"})
    holds({"admin", "member", "py_reader"} <= names(api.list_roles().roles), "all are listed")
    changed = api.update_role("py_reader", UpdateRole(display_name="Reader 2")).role
    same((changed.display_name, changed.description), ("Reader 2", "reads"))
    with refused("INVALID_ARGUMENT", "FAILED_PRECONDITION"):
        api.create_role(CreateRole(name="py_reader", display_name="Again"))
    with refused("NOT_FOUND"):
        api.get_role("py_nobody")


def permissions_of_roles_are_added_inherited_and_removed(world: World) -> None:
    api = world.client.permissions
    same(names(api.list_role_permissions("py_writer").permissions), {"py:write"})
    same(names(api.list_effective_role_permissions("py_writer").permissions),
         {"py:write", "py:read"})
    added = api.add_permissions_to_role("py_reader", ["py:write"]).permissions
    holds("py:write" in names(added), "it is among those that come back")
    same(names(api.list_role_permissions("py_reader").permissions), {"py:read", "py:write"})
    api.remove_permission_from_role("py_reader", "py:write")
    same(names(api.list_role_permissions("py_reader").permissions), {"py:read"})
    for refusal in (lambda: api.list_role_permissions("py_nobody"),
                    lambda: api.list_effective_role_permissions("py_nobody"),
                    lambda: api.add_permissions_to_role("py_nobody", ["py:read"]),
                    lambda: api.remove_permission_from_role("py_nobody", "py:read")):
        with refused("NOT_FOUND"):
            refusal()
    with refused("INVALID_ARGUMENT"):
        api.add_permissions_to_role("py_reader", ["not.a.permission"])


def the_base_of_a_role_is_taken_away(world: World) -> None:
    api = world.client.roles
    api.delete_role_base("py_writer")
    holds(not api.get_role("py_writer").role.HasField("extends"), "extends is absent")
    same(len(api.list_dependent_roles("py_reader").roles), 0)


def default_roles_are_set_and_set_back(world: World) -> None:
    api = world.client.roles
    changed = api.update_default_roles("py_writer", "py_reader")
    same((changed.default_creator.name, changed.default_member.name), ("py_writer", "py_reader"))
    api.update_default_roles("admin", "member")
    same([role.name for role in api.list_roles().roles if role.default_creator], ["admin"])
    with refused("NOT_FOUND", "INVALID_ARGUMENT"):
        api.update_default_roles("py_nobody", "member")


def an_organization_has_roles_of_its_own(world: World) -> None:
    api = world.client.roles
    organization = world.client.organization.create_organization(
        CreateOrganization(display_name="Roles of Python")).organization.id
    made = api.create_organization_role(organization, CreateOrganizationRole(
        name="py_lead", display_name="Lead", extends="py_reader")).role
    same((made.name, made.is_org_role), ("py_lead", True))
    same(api.get_organization_role(organization, "py_lead").role.extends, "py_reader")
    own = [role for role in api.list_organization_roles(organization).roles if role.is_org_role]
    same(names(own), {"py_lead"})
    same(api.update_organization_role(organization, "py_lead",
                                      UpdateRole(display_name="Lead 2")).role.display_name,
         "Lead 2")
    api.delete_organization_role_base(organization, "py_lead")
    read = api.get_organization_role(organization, "py_lead").role
    holds(not read.HasField("extends"), "extends is absent")
    holds(api.get_organization_role_users_count(organization, "py_lead").count >= 0, "a count")
    changed = api.update_default_organization_roles(
        organization, UpdateDefaultOrganizationRolesRequest(default_member_role="py_lead"))
    same(changed.default_member.name, "py_lead")
    api.create_organization_role(organization, CreateOrganizationRole(
        name="py_spare", display_name="Spare"))
    api.delete_organization_role(organization, "py_spare")
    with refused("NOT_FOUND"):
        api.get_organization_role(organization, "py_spare")


def a_user_is_created_with_a_membership_and_read_back(world: World) -> None:
    api = world.client.users
    make = world.client.organization.create_organization
    world.team = make(CreateOrganization(display_name="Team of Python")).organization.id
    world.other_team = make(CreateOrganization(display_name="Other team")).organization.id
    made = api.create_user_and_membership(world.team, CreateUser(
        email="grace@python.test", external_id="py-grace", metadata={"desk": "7"},
        user_profile=CreateUserProfile(given_name="Grace", family_name="Hopper"),
        membership=CreateMembership(roles=[MembershipRole(name="admin")])), False).user
    world.grace = made.id
    read = api.get_user(made.id).user
    same((read.email, read.external_id, dict(read.metadata)),
         ("grace@python.test", "py-grace", {"desk": "7"}))
    same((read.user_profile.given_name, read.user_profile.first_name), ("Grace", "Grace"))
    holds(read.environment_id, "environment_id is told")
    same([(m.organization_id, names(m.roles)) for m in read.memberships],
         [(world.team, {"admin"})])
    same(api.get_user_by_external_id("py-grace").user.id, made.id)
    holds(made.id in [user.id for user in api.list_users(page_size=30).users], "listed")
    same([user.id for user in api.list_organization_users(world.team).users], [made.id])
    same(names(api.list_user_roles(world.team, made.id).roles), {"admin"})
    api.list_user_permissions(world.team, made.id)


def users_are_changed_by_either_id(world: World) -> None:
    api = world.client.users
    api.update_user(world.grace, UpdateUser(
        user_profile=UpdateUserProfile(given_name="Amazing")))
    changed = api.update_user_by_external_id("py-grace", UpdateUser(metadata={"desk": "8"})).user
    same((changed.user_profile.given_name, changed.user_profile.family_name, changed.metadata),
         ("Amazing", "Hopper", {"desk": "8"}))


def wrong_users_are_refused(world: World) -> None:
    api = world.client.users
    with refused("INVALID_ARGUMENT"):
        api.create_user_and_membership(world.team, CreateUser(email="nobody"))
    with refused("ALREADY_EXISTS"):
        api.create_user_and_membership(world.team, CreateUser(email="grace@python.test"))
    for refusal in (lambda: api.get_user(UNKNOWN_USER),
                    lambda: api.get_user_by_external_id("nobody"),
                    lambda: api.update_user(UNKNOWN_USER, UpdateUser(metadata={"desk": "9"})),
                    lambda: api.delete_user(UNKNOWN_USER),
                    lambda: api.delete_user_by_external_id("nobody"),
                    lambda: api.list_organization_users("org_999999999999999999")):
        with refused("NOT_FOUND"):
            refusal()


def memberships_are_made_changed_and_ended(world: World) -> None:
    api = world.client.users
    made = api.create_membership(world.other_team, world.grace, CreateMembership(
        roles=[MembershipRole(name="admin")]), False).user
    same(made.id, world.grace)
    api.update_membership(world.other_team, world.grace, UpdateMembership(
        roles=[MembershipRole(name="member")]))
    same(names(api.list_user_roles(world.other_team, world.grace).roles), {"member"})
    api.delete_membership(world.other_team, world.grace)
    same([m.organization_id for m in api.get_user(world.grace).user.memberships], [world.team])
    api.create_membership_by_external_id(world.other_team, "py-grace", CreateMembership(
        roles=[MembershipRole(name="member")]), False)
    api.update_membership_by_external_id(world.other_team, "py-grace", UpdateMembership(
        roles=[MembershipRole(name="admin")]))
    same(names(api.list_user_roles(world.other_team, world.grace).roles), {"admin"})
    api.delete_membership_by_external_id(world.other_team, "py-grace")
    with refused("NOT_FOUND"):
        api.delete_membership(world.other_team, world.grace)


def an_invitation_is_sent_again(world: World) -> None:
    api = world.client.users
    invited = api.create_user_and_membership(
        world.team, CreateUser(email="invited@python.test"), True).user
    invite = api.resend_invite(world.team, invited.id).invite
    same((invite.user_id, invite.organization_id, invite.status, invite.resent_count),
         (invited.id, world.team, "PENDING_INVITE", 1))
    holds(invite.created_at.seconds > 0 and invite.expires_at.seconds > 0, "both times are told")
    with refused("NOT_FOUND"):
        api.resend_invite(world.team, UNKNOWN_USER)


def a_role_that_somebody_has_is_not_deleted_without_another(world: World) -> None:
    api = world.client.roles
    world.client.users.update_membership(world.team, world.grace, UpdateMembership(
        roles=[MembershipRole(name="py_writer")]))
    same(api.get_role_users_count("py_writer").count, 1)
    with refused("INVALID_ARGUMENT", "FAILED_PRECONDITION"):
        api.delete_role("py_writer")
    api.delete_role("py_writer", "member")
    with refused("NOT_FOUND"):
        api.get_role("py_writer")
    same(names(world.client.users.list_user_roles(world.team, world.grace).roles), {"member"})


def users_are_deleted_by_either_id(world: World) -> None:
    api = world.client.users
    api.create_user_and_membership(world.team, CreateUser(
        email="short@python.test", external_id="py-short"), False)
    api.delete_user_by_external_id("py-short")
    with refused("NOT_FOUND"):
        api.get_user_by_external_id("py-short")
    api.delete_user(world.grace)
    with refused("NOT_FOUND"):
        api.get_user(world.grace)


STEPS = [a_permission_is_created_changed_and_deleted,
         a_role_is_created_inherits_and_is_changed,
         permissions_of_roles_are_added_inherited_and_removed,
         the_base_of_a_role_is_taken_away,
         default_roles_are_set_and_set_back,
         an_organization_has_roles_of_its_own,
         a_user_is_created_with_a_membership_and_read_back,
         users_are_changed_by_either_id,
         wrong_users_are_refused,
         memberships_are_made_changed_and_ended,
         an_invitation_is_sent_again,
         a_role_that_somebody_has_is_not_deleted_without_another,
         users_are_deleted_by_either_id]
