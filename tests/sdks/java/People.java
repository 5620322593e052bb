import static java.util.List.of;

import java.util.List;
import java.util.Map;

/** Users, memberships, roles and permissions. */
final class People {
  private final Walk w;
  private final Recorder r;

  People(Walk walk) {
    w = walk;
    r = walk.recorder;
  }

  void steps() {
    r.step("a permission is created, changed and deleted", this::permissions);
    r.step("roles inherit, and lose their base", this::roles);
    r.step("an organization has roles of its own", this::organizationRoles);
    r.step("a user is created with a membership and read back", this::users);
    r.step("memberships are made, changed and ended", this::memberships);
    r.step("an invitation is sent again", () -> {
      Object invited = w.call("UserClient.createUserAndMembership", w.team,
          Shape.map("user", Shape.map("email", "invited@java.test"), "sendInvitationEmail", true));
      Object invite =
          w.call("UserClient.resendInvite", w.team, Shape.at(invited, "user.id"));
      Recorder.same(Shape.at(invite, "invite.status"), "PENDING_INVITE", "status");
      Recorder.same(Shape.at(invite, "invite.resentCount"), 1, "resent_count");
    });
    r.step("roles of a user are assigned and removed", this::userRoles);
    r.step("a user is deleted", () -> {
      w.call("UserClient.deleteUser", w.grace);
      r.refused(Walk.NOT_FOUND, "UserClient.getUser", w.grace);
    });
  }

  private void permissions() throws Throwable {
    for (String name : of("java:read", "java:write", "java:spare")) {
      w.call("PermissionClient.createPermission",
          Shape.map("permission", Shape.map("name", name, "description", "first")));
    }
    w.call("PermissionClient.updatePermission", "java:read",
        Shape.map("permission", Shape.map("name", "java:read", "description", "second")));
    Object read = w.call("PermissionClient.getPermission", "java:read");
    Recorder.same(Shape.at(read, "permission.description"), "second", "description");
    Recorder.holds(Shape.list(w.call("PermissionClient.listPermissions"), "permissions").size()
        >= 3, "all are listed");
    w.call("PermissionClient.deletePermission", "java:spare");
    r.refused(Walk.NOT_FOUND, "PermissionClient.getPermission", "java:spare");
    r.refused(Walk.BAD, "PermissionClient.createPermission",
        Shape.map("permission", Shape.map("name", "java:read", "description", "again")));
  }

  private void roles() throws Throwable {
    Object made = w.call("RoleClient.createRole", Shape.map("role", Shape.map("name",
        "java_reader", "displayName", "Reader", "permissions", of("java:read"))));
    Recorder.holds(((String) Shape.at(made, "role.id")).startsWith("role_"), "the id");
    w.call("RoleClient.createRole", Shape.map("role", Shape.map("name", "java_writer",
        "displayName", "Writer", "extends", "java_reader", "permissions", of("java:write"))));
    Recorder.same(Shape.each(w.call("PermissionClient.listRolePermissions", "java_writer"),
        "permissions", "name"), of("java:write"), "direct permissions");
    Recorder.same(
        Shape.each(w.call("PermissionClient.listEffectiveRolePermissions", "java_writer"),
            "permissions", "name"), of("java:read", "java:write"), "all permissions");
    w.call("PermissionClient.addPermissionsToRole", "java_reader",
        Shape.map("permissionNames", of("java:write")));
    w.call("PermissionClient.removePermissionFromRole", "java_reader", "java:write");
    Object dependent = w.call("RoleClient.listDependentRoles", "java_reader");
    Recorder.same(Shape.each(dependent, "roles", "name"), of("java_writer"), "dependents");
    w.call("RoleClient.deleteRoleBase", "java_writer");
    Object read = w.call("RoleClient.getRole", "java_writer");
    Recorder.same(Shape.at(read, "role.hasExtends"), false, "whether extends is there");
    w.call("RoleClient.updateRole", "java_reader",
        Shape.map("role", Shape.map("displayName", "Reader 2")));
    Recorder.holds(Shape.list(w.call("RoleClient.listRoles"), "roles").size() >= 4, "all");
    w.call("RoleClient.getRoleUsersCount", "member");
    w.call("RoleClient.updateDefaultRoles",
        Shape.map("defaultCreatorRole", "admin", "defaultMemberRole", "member"));
    r.refused(Walk.BAD, "RoleClient.createRole",
        Shape.map("role", Shape.map("name", "java_reader", "displayName", "Again")));
    r.refused(Walk.NOT_FOUND, "RoleClient.getRole", "java_nobody");
    w.call("RoleClient.deleteRole", "java_writer");
  }

  private void organizationRoles() throws Throwable {
    String id = w.newOrganization("Roles of Java");
    w.call("RoleClient.createOrganizationRole", id, Shape.map("role",
        Shape.map("name", "java_lead", "displayName", "Lead", "extends", "java_reader")));
    Object read = w.call("RoleClient.getOrganizationRole", id, "java_lead");
    Recorder.same(Shape.at(read, "role.isOrgRole"), true, "is_org_role");
    w.call("RoleClient.listOrganizationRoles", id);
    w.call("RoleClient.updateOrganizationRole", id, "java_lead",
        Shape.map("role", Shape.map("displayName", "Lead 2")));
    w.call("RoleClient.deleteOrganizationRoleBase", id, "java_lead");
    w.call("RoleClient.getOrganizationRoleUsersCount", id, "java_lead");
    Object changed = w.call("RoleClient.updateDefaultOrganizationRoles", id,
        Shape.map("defaultMemberRole", "java_lead"));
    Recorder.same(Shape.at(changed, "defaultMember.name"), "java_lead", "the default");
    w.call("RoleClient.createOrganizationRole", id,
        Shape.map("role", Shape.map("name", "java_spare", "displayName", "Spare")));
    w.call("RoleClient.deleteOrganizationRole", id, "java_spare");
    r.refused(Walk.NOT_FOUND, "RoleClient.getOrganizationRole", id, "java_spare");
  }

  private void users() throws Throwable {
    w.team = w.newOrganization("Team of Java");
    w.otherTeam = w.newOrganization("Other team of Java");
    Object made = w.call("UserClient.createUserAndMembership", w.team, Shape.map("user",
        Shape.map("email", "grace@java.test", "metadata", Map.of("desk", "7"), "userProfile",
            Shape.map("givenName", "Grace", "familyName", "Hopper"), "membership",
            Shape.map("roles", of(Shape.map("name", "admin")))), "sendInvitationEmail", false));
    w.grace = (String) Shape.at(made, "user.id");
    Object read = w.call("UserClient.getUser", w.grace);
    Recorder.same(Shape.at(read, "user.metadata"), Map.of("desk", "7"), "metadata");
    Recorder.same(Shape.at(read, "user.userProfile.givenName"), "Grace", "given_name");
    w.call("UserClient.listUsers", Shape.map("pageSize", 10));
    Object listed = w.call("UserClient.listOrganizationUsers", w.team, Shape.map("pageSize", 10));
    Recorder.same(Shape.list(listed, "users").size(), 1, "how many there are");
    w.call("UserClient.updateUser", w.grace, Shape.map("user",
        Shape.map("userProfile", Shape.map("givenName", "Amazing"))));
    Object found = w.call("UserClient.searchUsers", Shape.map("query", "grace@java"));
    Recorder.same(Shape.at(found, "totalSize"), 1, "total_size of the search");
    w.call("UserClient.searchOrganizationUsers", w.team, Shape.map("query", "grace@java"));
    w.call("UserClient.listUserPermissions", w.team, w.grace);
    r.refused(Walk.NOT_FOUND, "UserClient.getUser", Walk.UNKNOWN_USER);
    r.refused(Walk.INVALID, "UserClient.createUserAndMembership", w.team,
        Shape.map("user", Shape.map("email", "nobody")));
  }

  private void memberships() throws Throwable {
    w.call("UserClient.createMembership", w.otherTeam, w.grace, Shape.map("membership",
        Shape.map("roles", of(Shape.map("name", "admin"))), "sendInvitationEmail", false));
    w.call("UserClient.updateMembership", w.otherTeam, w.grace, Shape.map("membership",
        Shape.map("roles", of(Shape.map("name", "member")))));
    Recorder.same(rolesOf(w.otherTeam), of("member"), "roles");
    w.call("UserClient.deleteMembership", w.otherTeam, w.grace);
    r.refused(Walk.NOT_FOUND, "UserClient.deleteMembership", w.otherTeam, w.grace);
  }

  private void userRoles() throws Throwable {
    Recorder.same(rolesOf(w.team), of("admin"), "roles");
    w.call("UserClient.assignUserRoles", w.team, w.grace,
        Shape.map("roles", of(Shape.map("roleName", "member"))));
    Recorder.holds(rolesOf(w.team).contains("member"), "the role was assigned");
    w.call("UserClient.removeUserRole", w.team, w.grace, Shape.map("roleName", "member"));
    Recorder.holds(!rolesOf(w.team).contains("member"), "the role was removed");
  }

  private List<String> rolesOf(String organization) throws Throwable {
    return Shape.each(w.call("UserClient.listUserRoles", organization, w.grace), "roles", "name");
  }
}
