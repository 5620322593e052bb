import static java.util.List.of;

import java.util.List;
import java.util.Map;

/** Organizations, their settings, domains, directories and connections. */
final class Organizations {
  private final Walk w;
  private final Recorder r;

  Organizations(Walk walk) {
    w = walk;
    r = walk.recorder;
  }

  void steps() {
    r.step("an organization is created and read back by both its ids", () -> {
      Object made = w.call("OrganizationClient.create", Shape.map("displayName", "Java Works",
          "externalId", "java-works", "metadata", Map.of("plan", "pro")));
      w.organization = (String) Shape.at(made, "id");
      Recorder.same(w.call("OrganizationClient.getById", w.organization), made, "by id");
      Recorder.same(w.call("OrganizationClient.getByExternalId", "java-works"), made,
          "by external id");
    });
    r.step("the newest organization is listed first", () -> {
      String newest = w.newOrganization("Newest");
      Object first = w.call("OrganizationClient.listOrganizations", 1, "");
      Recorder.same(Shape.at(first, "organizations.0.id"), newest, "the first of the list");
      Recorder.holds((Integer) Shape.at(first, "totalSize") >= 2, "total_size counts all");
    });
    r.step("updates of an organization keep what they do not name", () -> {
      Object changed = w.call("OrganizationClient.updateById", w.organization,
          Shape.map("displayName", "Java Works 2"));
      Recorder.same(Shape.at(changed, "externalId"), "java-works", "external_id");
      w.call("OrganizationClient.updateByExternalId", "java-works",
          Shape.map("metadata", Map.of("plan", "free")));
      Object read = w.call("OrganizationClient.getById", w.organization);
      Recorder.same(Shape.at(read, "displayName"), "Java Works 2", "display_name");
      Recorder.same(Shape.at(read, "metadata"), Map.of("plan", "free"), "metadata");
    });
    r.step("wrong organizations are refused", () -> {
      r.refused(Walk.INVALID, "OrganizationClient.create", Shape.map("displayName", ""));
      r.refused(List.of("ALREADY_EXISTS"), "OrganizationClient.create",
          Shape.map("displayName", "Again", "externalId", "java-works"));
      r.refused(Walk.NOT_FOUND, "OrganizationClient.getById", Walk.UNKNOWN_ORGANIZATION);
      r.refused(Walk.NOT_FOUND, "OrganizationClient.getByExternalId", "nobody-has-this");
    });
    r.step("settings, seats and portal links", this::settings);
    r.step("the session policy is customised", () -> {
      w.call("OrganizationClient.updateOrganizationSessionPolicy", w.organization,
          Shape.map("policySource", "CUSTOM", "absoluteSessionTimeout", Shape.map("value", 360),
              "absoluteSessionTimeoutUnit", "MINUTES"));
      Object policy = w.call("OrganizationClient.getOrganizationSessionPolicy", w.organization);
      Recorder.same(Shape.at(policy, "absoluteSessionTimeout.value"), 360, "the timeout");
      w.call("OrganizationClient.updateOrganizationSessionPolicy", w.organization,
          Shape.map("policySource", "APPLICATION"));
    });
    r.step("a domain is added, read, listed and removed", this::domains);
    r.step("a directory is made, switched and deleted", this::directories);
    r.step("a connection is made, read and deleted", this::connections);
    r.step("organizations go by either id", () -> {
      String id = w.newOrganization("Short-lived");
      w.call("OrganizationClient.deleteById", id);
      r.refused(Walk.NOT_FOUND, "OrganizationClient.getById", id);
      w.call("OrganizationClient.create",
          Shape.map("displayName", "Short-lived", "externalId", "again"));
      w.call("OrganizationClient.deleteByExternalId", "again");
      r.refused(Walk.NOT_FOUND, "OrganizationClient.getByExternalId", "again");
    });
  }

  private void settings() throws Throwable {
    Object changed = w.call("OrganizationClient.updateOrganizationSettings", w.organization,
        of(Shape.map("name", "sso", "enabled", true),
            Shape.map("name", "dir_sync", "enabled", true)));
    Recorder.same(Shape.each(changed, "settings.features", "name").subList(0, 2),
        of("dir_sync", "sso"), "features");
    Object seats = w.call("OrganizationClient.upsertUserManagementSettings", w.organization,
        Shape.map("maxAllowedUsers", Shape.map("value", 25)));
    Recorder.same(Shape.at(seats, "maxAllowedUsers.value"), 25, "max_allowed_users");
    Object link = w.call("OrganizationClient.generatePortalLink", w.organization);
    Recorder.holds(((String) Shape.at(link, "location")).startsWith(w.url + "/"), "it is ours");
    w.call("OrganizationClient.generatePortalLinkForFeatures", w.organization, of("sso"));
    r.refused(Walk.NOT_FOUND, "OrganizationClient.generatePortalLink",
        Walk.UNKNOWN_ORGANIZATION);
  }

  private void domains() throws Throwable {
    Object made = w.call("DomainClient.createDomain", w.organization, "java-works.com");
    String id = (String) Shape.at(made, "id");
    Recorder.same(w.call("DomainClient.getDomainById", w.organization, id), made, "the domain");
    List<?> listed =
        (List<?>) w.call("DomainClient.listDomainsByOrganizationId", w.organization);
    Recorder.same(listed.size(), 1, "how many there are");
    r.refused(Walk.INVALID, "DomainClient.createDomain", w.organization, "invalid-domain-name");
    w.call("DomainClient.deleteDomain", w.organization, id);
    r.refused(Walk.NOT_FOUND, "DomainClient.getDomainById", w.organization, id);
  }

  private void directories() throws Throwable {
    Object made = w.call("DirectoryClient.createDirectory", w.organization,
        Shape.map("directoryType", "SCIM", "directoryProvider", "OKTA"));
    String id = (String) Shape.at(made, "id");
    Recorder.same(Shape.at(made, "enabled"), true, "enabled");
    w.call("DirectoryClient.getDirectory", id, w.organization);
    Object listed = w.call("DirectoryClient.listDirectories", w.organization);
    Recorder.same(Shape.list(listed, "directories").size(), 1, "how many there are");
    w.call("DirectoryClient.getPrimaryDirectoryByOrganizationId", w.organization);
    w.call("DirectoryClient.listDirectoryUsers", id, w.organization,
        Shape.map("pageSize", 10, "pageToken", ""));
    w.call("DirectoryClient.listDirectoryGroups", id, w.organization,
        Shape.map("pageSize", 10, "pageToken", ""));
    r.refused(Walk.BAD, "DirectoryClient.deleteDirectory", id, w.organization);
    Object toggled = w.call("DirectoryClient.disableDirectory", id, w.organization);
    Recorder.same(Shape.at(toggled, "enabled"), false, "enabled");
    w.call("DirectoryClient.enableDirectory", id, w.organization);
    w.call("DirectoryClient.disableDirectory", id, w.organization);
    w.call("DirectoryClient.deleteDirectory", id, w.organization);
    r.refused(Walk.NOT_FOUND, "DirectoryClient.getDirectory", id, w.organization);
  }

  private void connections() throws Throwable {
    Object made = w.call("ConnectionClient.createConnection", w.organization,
        Shape.map("provider", "OKTA", "type", "OIDC"));
    String id = (String) Shape.at(made, "id");
    Recorder.same(Shape.at(made, "testConnectionUri"), w.url + "/sso/v1/oidc/" + id + "/test",
        "the test URI");
    w.call("ConnectionClient.getConnectionById", id, w.organization);
    Object listed = w.call("ConnectionClient.listConnectionsByOrganization", w.organization);
    Recorder.same(Shape.list(listed, "connections").size(), 1, "how many there are");
    w.call("ConnectionClient.listConnectionsByDomain", "java-works.com");
    for (String name : of("enableConnection", "disableConnection")) {
      try {
        w.call("ConnectionClient." + name, id, w.organization);
      } catch (RuntimeException unconfigured) {
        Recorder.holds(Walk.BAD.contains(Shape.at(unconfigured, "scalekitErrorCode")),
            "refused because nobody has configured it");
      }
    }
    w.call("ConnectionClient.deleteConnection", id, w.organization);
    r.refused(Walk.NOT_FOUND, "ConnectionClient.getConnectionById", id, w.organization);
  }
}
