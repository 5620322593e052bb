"""Signing in, sessions, machine clients, API tokens, passwordless, passkeys and signatures."""
import base64
import hashlib
import hmac
import json
import time
import urllib.parse

from google.protobuf.timestamp_pb2 import Timestamp
from scalekit.common.exceptions import (ScalekitValidateTokenFailureException,
                                        WebhookVerificationError)
from scalekit.common.scalekit import (AuthorizationUrlOptions, CodeAuthenticationOptions,
                                      LogoutUrlOptions, TokenValidationOptions)
from scalekit.v1.clients.clients_pb2 import CustomClaim, OrganizationClient
from scalekit.v1.organizations.organizations_pb2 import CreateOrganization

from recorder import World, holds, refused, refused_by_the_sdk, same
from sign_in import Person

REDIRECT_URI = "http://localhost:4321/api/auth/callback"
EMAIL = "ada@acme.test"


def claims_of(token: str) -> dict:
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))


def sign_in(world: World) -> dict:
    options = AuthorizationUrlOptions()
    options.scopes = ["openid", "profile", "email", "offline_access"]
    options.state = "kept"
    url = world.client.get_authorization_url(REDIRECT_URI, options)
    callback = Person(world.ready, EMAIL).authorize(url)
    query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(callback).query))
    same(query["state"], "kept", "the state")
    return world.client.authenticate_with_code(
        query["code"], REDIRECT_URI, CodeAuthenticationOptions())


def a_person_signs_in_and_stays_signed_in(world: World) -> None:
    client = world.client
    world.signed_in = signed_in = sign_in(world)
    same(signed_in["user"]["email"], EMAIL)
    same(client.validate_access_token(signed_in["access_token"]), True)
    claims = client.validate_access_token_and_get_claims(signed_in["access_token"])
    same((claims["iss"], claims["sub"]), (world.url, world.ready["users"][0]["id"]))
    expected = TokenValidationOptions(issuer=world.url, audience=[world.ready["client_id"]])
    same(client.validate_token(signed_in["access_token"], expected)["sid"], claims["sid"])
    same(client.verify_scopes(signed_in["access_token"], ["openid", "email"]), True)
    with refused_by_the_sdk(Exception):
        client.verify_scopes(signed_in["access_token"], ["admin:everything"])
    refreshed = client.refresh_access_token(signed_in["refresh_token"])
    holds(refreshed["access_token"] != signed_in["access_token"], "a fresh access token")
    holds(refreshed["refresh_token"], "and a refresh token")
    forged = signed_in["access_token"][:-6] + "AAAAAA"
    same(client.validate_access_token(forged), False)


def wrong_credentials_and_codes_are_refused(world: World) -> None:
    client = world.client
    for refusal in (lambda: client.authenticate_with_code("no-code", REDIRECT_URI,
                                                          CodeAuthenticationOptions()),
                    lambda: client.refresh_access_token("no-token"),
                    lambda: client.generate_client_token(world.ready["client_id"], "wrong"),
                    lambda: client.get_idp_initiated_login_claims("no.jwt.atall")):
        with refused_by_the_sdk(Exception):
            refusal()


def the_logout_address_is_accepted(world: World) -> None:
    url = world.client.get_logout_url(LogoutUrlOptions(
        id_token_hint=world.signed_in["id_token"],
        post_logout_redirect_uri="http://localhost:4321", state="bye"))
    holds(url.startswith(world.url + "/oidc/logout?"), url)


def sessions_are_read_filtered_and_revoked(world: World) -> None:
    api = world.client.sessions
    user = world.ready["users"][0]["id"]
    session = claims_of(world.signed_in["access_token"])["sid"]
    read = api.get_session(session)
    same((read.session_id, read.user_id, read.status.lower()), (session, user, "active"))
    sign_in(world)
    listed = api.get_user_sessions(user, page_size=10)
    same((len(listed.sessions), listed.total_size), (2, 2))
    active = api.create_session_filter(status=["active"])
    same(len(api.get_user_sessions(user, filter=active).sessions), 2)
    same(api.revoke_session(session).revoked_session.session_id, session)
    same(len(api.get_user_sessions(user, filter=active).sessions), 1)
    same(api.revoke_all_user_sessions(user).total_revoked, 1)
    same(len(api.get_user_sessions(user, filter=active).sessions), 0)
    with refused("NOT_FOUND"):
        api.get_session("ses_999999999999999999")
    with refused("NOT_FOUND"):
        api.revoke_session("ses_999999999999999999")
    for wrong in ("usr_abc", "usr_", "usr_123abc"):
        with refused("INVALID_ARGUMENT"):
            api.get_user_sessions(wrong)


def a_machine_client_of_an_organization_gets_tokens(world: World) -> None:
    api = world.client.m2m_client
    organization = world.organization.id
    world.claims = [CustomClaim(key="wksp_id", value="w-1")]
    made = api.create_organization_client(organization, OrganizationClient(
        name="Robot", description="works", scopes=["read", "write"], audience=["my-own-api"],
        custom_claims=world.claims, expiry=600))
    robot = made.client
    holds(robot.client_id.startswith("m2morg_"), robot.client_id)
    same((robot.name, len(robot.secrets), robot.expiry), ("Robot", 1, 600))
    token = world.client.generate_client_token(
        robot.client_id, made.plain_secret, ["write", "read"])
    claims = world.client.validate_token(token)
    same((claims["client_id"], sorted(claims["scopes"])), (robot.client_id, ["read", "write"]))
    holds("my-own-api" in claims["aud"], "the audience")
    same(claims["custom_claims"], {"wksp_id": "w-1"})
    same(claims["oid"], organization)
    changed = api.update_organization_client(
        organization, robot.client_id, OrganizationClient(name="Robot 2")).client
    same(changed.name, "Robot 2")
    same(api.get_organization_client(organization, robot.client_id).client.name, "Robot 2")
    added = api.add_organization_client_secret(organization, robot.client_id)
    holds(added.plain_secret, "a second secret")
    secrets = api.get_organization_client(organization, robot.client_id).client.secrets
    same(len(secrets), 2)
    api.remove_organization_client_secret(organization, robot.client_id, secrets[0].id)
    with refused("INVALID_ARGUMENT", "FAILED_PRECONDITION"):
        api.remove_organization_client_secret(organization, robot.client_id, secrets[1].id)
    same(api.list_organization_clients(organization, page_size=2).total_size, 1)
    api.delete_organization_client(organization, robot.client_id)
    with refused("NOT_FOUND"):
        api.get_organization_client(organization, robot.client_id)


def an_api_token_is_made_validated_changed_and_invalidated(world: World) -> None:
    api = world.client.tokens
    organization = world.client.organization.create_organization(
        CreateOrganization(display_name="Tokens of Python")).organization.id
    ends = Timestamp(seconds=int(time.time()) + 3600)
    made = api.create_token(organization, None, {"team": "core"}, ends, "first")
    holds(made.token_id.startswith("apit_"), made.token_id)
    api.create_token(organization)
    read = api.validate_token(made.token).token_info
    same((read.token_id, read.organization_id, dict(read.custom_claims), read.description),
         (made.token_id, organization, {"team": "core"}, "first"))
    same(api.validate_token(made.token_id).token_info.token_id, made.token_id)
    changed = api.update_token(made.token_id, {"team": "edge"}, "second").token_info
    same((dict(changed.custom_claims), changed.description), ({"team": "edge"}, "second"))
    first = api.list_tokens(organization, page_size=1)
    same((len(first.tokens), first.total_count), (1, 2))
    second = api.list_tokens(organization, page_size=1, page_token=first.next_page_token)
    holds(second.tokens[0].token_id != first.tokens[0].token_id, "the next page has the other")
    api.invalidate_token(made.token)
    with refused_by_the_sdk(ScalekitValidateTokenFailureException):
        api.validate_token(made.token)
    with refused("NOT_FOUND"):
        api.create_token("org_999999999999999999")


def a_code_is_mailed_without_a_hosted_page(world: World) -> None:
    api = world.client.passwordless
    address = "headless@python.test"
    sent = api.send_passwordless_email(address, template="SIGNIN", state="s-1", expires_in=3600,
                                       magiclink_auth_uri="http://localhost:4321/link")
    same(sent.expires_in, 3600)
    holds(sent.auth_request_id and sent.expires_at > 0, "id and end are told")
    person = Person(world.ready, address)
    person.mailed_code()
    again = api.resend_passwordless_email(sent.auth_request_id)
    holds(again.auth_request_id, "there is a fresh request")
    with refused("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"):
        api.verify_passwordless_email(code="000000", auth_request_id=again.auth_request_id)
    code = person.mailed_code()
    proven = api.verify_passwordless_email(code=code, auth_request_id=again.auth_request_id)
    same(proven.email, address)
    with refused("INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"):
        api.verify_passwordless_email(code=code, auth_request_id=again.auth_request_id)
    with refused("INVALID_ARGUMENT"):
        api.send_passwordless_email("nobody")


def passkeys_are_listed_and_unknown_ones_refused(world: World) -> None:
    api = world.client.webauthn
    same(len(api.list_credentials(world.ready["users"][0]["id"]).credentials), 0)
    with refused("NOT_FOUND"):
        api.update_credential("wac_999999999999999999", "Key")
    with refused("NOT_FOUND"):
        api.delete_credential("wac_999999999999999999")


def details_of_an_unknown_login_request_are_refused(world: World) -> None:
    with refused("NOT_FOUND", "INVALID_ARGUMENT"):
        world.client.auth.update_login_user_details(
            "conn_999999999999999999", "lri_999999999999999999", {"email": EMAIL})


def signatures_of_webhooks_and_interceptors_are_checked(world: World) -> None:
    key = b"a key of thirty-two bytes at least"
    secret = "whsec_" + base64.b64encode(key).decode()
    stamp = str(int(time.time()))
    mac = hmac.new(key, f"msg_1.{stamp}.{{}}".encode(), hashlib.sha256).digest()
    signature = "v1," + base64.b64encode(mac).decode()
    for kind, verify in (("webhook", world.client.verify_webhook_payload),
                         ("interceptor", world.client.verify_interceptor_payload)):
        headers = {f"{kind}-id": "msg_1", f"{kind}-timestamp": stamp,
                   f"{kind}-signature": signature}
        same(verify(secret, headers, "{}"), True)
        with refused_by_the_sdk(WebhookVerificationError):
            verify(secret, headers, "{ }")


def the_clients_own_token_is_had(world: World) -> None:
    token = world.client.get_client_access_token()
    same(claims_of(token)["client_id"], world.ready["client_id"])


STEPS = [a_person_signs_in_and_stays_signed_in,
         wrong_credentials_and_codes_are_refused,
         the_logout_address_is_accepted,
         sessions_are_read_filtered_and_revoked,
         a_machine_client_of_an_organization_gets_tokens,
         an_api_token_is_made_validated_changed_and_invalidated,
         a_code_is_mailed_without_a_hosted_page,
         passkeys_are_listed_and_unknown_ones_refused,
         details_of_an_unknown_login_request_are_refused,
         signatures_of_webhooks_and_interceptors_are_checked,
         the_clients_own_token_is_had]
