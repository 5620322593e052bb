import static java.util.List.of;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signing in, sessions, machine clients, API tokens, passwordless, passkeys and signatures. */
final class Access {
  private static final String REDIRECT_URI = "http://localhost:4321/api/auth/callback";
  private final Walk w;
  private final Recorder r;
  private Object tokens;

  Access(Walk walk) {
    w = walk;
    r = walk.recorder;
  }

  void steps() {
    r.step("a person signs in", this::signIn);
    r.step("wrong credentials and codes are refused", () -> {
      r.refusedBySdk("AuthClient.authenticateWithCode", "no-code", REDIRECT_URI, Shape.map());
      r.refusedBySdk("AuthClient.generateClientToken", w.member("client_id"), "wrong");
      r.refusedBySdk("AuthClient.refreshAccessToken", "no-token");
      r.refusedBySdk("AuthClient.getIdpInitiatedLoginClaims", "no.jwt.atall");
      r.refusedBySdk("AuthClient.validateAccessToken", "no.jwt.atall");
    });
    r.step("the client gets tokens of its own", () -> {
      Recorder.holds(w.call("AuthClient.getClientAccessToken") != null, "its own");
      w.call("AuthClient.generateClientToken", w.member("client_id"), w.member("client_secret"));
    });
    r.step("sessions are read and revoked", this::sessions);
    r.step("a machine client of an organization gets secrets", this::machines);
    r.step("an API token is made, validated and invalidated", this::apiTokens);
    r.step("a code is mailed without a hosted page", () -> {
      w.call("PasswordlessClient.sendPasswordlessEmail", "headless@java.test");
      Object sent = w.call("PasswordlessClient.sendPasswordlessEmail", "headless@java.test",
          Shape.map("expiresIn", 3600));
      Recorder.same(Shape.at(sent, "expiresIn"), 3600, "expires_in");
      Object again = w.call("PasswordlessClient.resendPasswordlessEmail",
          Shape.at(sent, "authRequestId"));
      refuseWrongCode(Shape.at(again, "authRequestId"));
    });
    r.step("passkeys are listed, and unknown ones refused", () -> {
      Object listed = w.call("WebAuthnClient.listCredentials", w.firstUser());
      Recorder.same(Shape.list(listed, "credentials").size(), 0, "how many there are");
      r.refused(Walk.NOT_FOUND, "WebAuthnClient.updateCredential", "wac_999999999999999999",
          "Key");
      r.refused(Walk.NOT_FOUND, "WebAuthnClient.deleteCredential", "wac_999999999999999999");
    });
    r.step("signatures of webhooks and interceptors are checked", this::signatures);
  }

  private String code() throws Throwable {
    Object address = w.call("AuthClient.getAuthorizationUrl", REDIRECT_URI, Shape.map("scopes",
        of("openid", "profile", "email", "offline_access"), "state", "kept"));
    String callback = w.signIn("ada@acme.test", address.toString());
    for (String pair : URI.create(callback).getRawQuery().split("&")) {
      if (pair.startsWith("code=")) return pair.substring("code=".length());
    }
    throw new AssertionError("no code in " + callback);
  }

  private void signIn() throws Throwable {
    tokens = w.call("AuthClient.authenticateWithCode", code(), REDIRECT_URI, Shape.map());
    Object token = Shape.at(tokens, "accessToken");
    Recorder.same(w.call("AuthClient.validateAccessToken", token), true, "whether it is ours");
    Map<?, ?> claims = (Map<?, ?>) w.call("AuthClient.validateAccessTokenAndGetClaims", token);
    Recorder.same(claims.get("iss"), w.url, "iss");
    Object logout = w.call("AuthClient.getLogoutUrl", Shape.map("idTokenHint",
        Shape.at(tokens, "idToken"), "postLogoutRedirectUri", "http://localhost:4321"));
    Recorder.holds(logout.toString().startsWith(w.url + "/oidc/logout?"), "the logout address");
  }

  private void sessions() throws Throwable {
    Map<?, ?> claims = (Map<?, ?>) w.call("AuthClient.validateAccessTokenAndGetClaims",
        Shape.at(tokens, "accessToken"));
    String session = (String) claims.get("sid");
    Object read = w.call("SessionClient.getSession", session);
    Recorder.same(Shape.at(read, "userId"), w.firstUser(), "user_id");
    Object listed = w.call("SessionClient.getUserSessions", w.firstUser());
    Recorder.same(Shape.list(listed, "sessions").size(), 1, "how many there are");
    w.call("SessionClient.revokeSession", session);
    code();
    w.call("SessionClient.revokeAllUserSessions", w.firstUser());
    r.refused(Walk.NOT_FOUND, "SessionClient.getSession", "ses_999999999999999999");
    r.refused(Walk.INVALID, "SessionClient.getSession", "ses_abc");
  }

  private void machines() throws Throwable {
    Object made = w.call("M2MClient.createOrganizationClient", w.organization, Shape.map("name",
        "Robot", "scopes", of("read", "write"), "audience", of("my-own-api"), "customClaims",
        of(Shape.map("key", "wksp_id", "value", "w-1"))));
    String id = (String) Shape.at(made, "client.clientId");
    w.call("AuthClient.generateClientToken", id, Shape.at(made, "plainSecret"));
    w.call("M2MClient.getOrganizationClient", w.organization, id);
    Object changed = w.call("M2MClient.updateOrganizationClient", w.organization, id,
        Shape.map("name", "Robot 2"));
    Recorder.same(Shape.at(changed, "client.name"), "Robot 2", "name");
    Object added = w.call("M2MClient.addOrganizationClientSecret", w.organization, id);
    w.call("M2MClient.removeOrganizationClientSecret", w.organization, id,
        Shape.at(added, "secret.id"));
    Object listed = w.call("M2MClient.listOrganizationClients", w.organization, 10, "");
    Recorder.same(Shape.at(listed, "totalSize"), 1, "total_size");
    w.call("M2MClient.deleteOrganizationClient", w.organization, id);
    r.refused(Walk.NOT_FOUND, "M2MClient.getOrganizationClient", w.organization, id);
  }

  private void apiTokens() throws Throwable {
    String organization = w.newOrganization("Tokens of Java");
    Object made = w.call("TokenClient.create", organization, null, Map.of("team", "core"), null,
        "first");
    w.call("TokenClient.create", organization);
    Object token = Shape.at(made, "token");
    Object read = w.call("TokenClient.validate", token);
    Recorder.same(Shape.at(read, "tokenInfo.tokenId"), Shape.at(made, "tokenId"), "token_id");
    w.call("TokenClient.update", Shape.at(made, "tokenId"), Map.of("team", "edge"), "second");
    Object listed = w.call("TokenClient.list", organization, 1, "");
    Recorder.same(Shape.at(listed, "totalCount"), 2, "total_count");
    w.call("TokenClient.invalidate", token);
    r.refusedBySdk("TokenClient.validate", token);
  }

  /** Older versions of the SDK take the request's id beside the options. */
  private void refuseWrongCode(Object requestId) throws Throwable {
    String method = "PasswordlessClient.verifyPasswordlessEmail";
    try {
      r.refused(Walk.WRONG_PROOF, method,
          Shape.map("code", "000000", "authRequestId", requestId));
    } catch (Shape.Unfit older) {
      r.refused(Walk.WRONG_PROOF, method, Shape.map("code", "000000"), requestId);
    }
  }

  private void signatures() throws Throwable {
    byte[] key = "a key of thirty-two bytes at least".getBytes(StandardCharsets.UTF_8);
    String stamp = String.valueOf(System.currentTimeMillis() / 1000);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] sum = mac.doFinal(("msg_1." + stamp + ".{}").getBytes(StandardCharsets.UTF_8));
    String secret = "whsec_" + Base64.getEncoder().encodeToString(key);
    String signature = "v1," + Base64.getEncoder().encodeToString(sum);
    for (String kind : of("webhook", "interceptor")) {
      String service = Character.toUpperCase(kind.charAt(0)) + kind.substring(1);
      String method = service + ".verify" + service + "Payload";
      Map<String, String> headers = Map.of(kind + "-id", "msg_1", kind + "-timestamp", stamp,
          kind + "-signature", signature);
      Recorder.same(w.call(method, secret, headers, "{}".getBytes(StandardCharsets.UTF_8)), true,
          "whether the signature is right");
      r.refusedBySdk(method, secret, headers, "{ }".getBytes(StandardCharsets.UTF_8));
    }
  }
}
