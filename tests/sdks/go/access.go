package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/scalekit-inc/scalekit-sdk-go/v2"
	clientsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/clients"
	sessionsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/sessions"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"
)

const redirectURI = "http://localhost:4321/api/auth/callback"

func codeFor(w *world, email string) string {
	address := get[*url.URL](w, "GetAuthorizationUrl", redirectURI, scalekit.AuthorizationUrlOptions{
		Scopes: []string{"openid", "profile", "email", "offline_access"}, State: "kept"})
	callback, err := url.Parse(w.signIn(email, address.String()))
	holds(err == nil, "the callback is a URL")
	same(callback.Query().Get("state"), "kept", "state")
	return callback.Query().Get("code")
}

// The options type of a method that some versions of the SDK extend, empty.
func emptyOptions(w *world, service, method string, position int) any {
	kind := w.recorder.services[service].MethodByName(method).Type().In(position)
	if kind.Kind() == reflect.Pointer {
		return reflect.New(kind.Elem()).Interface()
	}
	return reflect.Zero(kind).Interface()
}

var accessSteps = []step{
	{"a person signs in and stays signed in", func(w *world) {
		code := codeFor(w, "ada@acme.test")
		w.tokens = get[*scalekit.AuthenticationResponse](w, "AuthenticateWithCode", code,
			redirectURI, scalekit.AuthenticationOptions{})
		same(w.tokens.User.Email, "ada@acme.test", "email")
		holds(get[bool](w, "ValidateAccessToken", w.tokens.AccessToken), "the token is ours")
		claims := get[*scalekit.AccessTokenClaims](w, "GetAccessTokenClaims", w.tokens.AccessToken)
		same(claims.Iss, w.ready.URL, "iss")
		holds(get[bool](w, "ValidateTokenWithOptions", w.tokens.AccessToken,
			&scalekit.ValidateTokenOptions{Audience: []string{w.ready.ClientID}}), "its audience")
		refusedBySdk(w, "ValidateTokenWithOptions", w.tokens.AccessToken,
			&scalekit.ValidateTokenOptions{Audience: []string{"another"}})
		fresh := get[*scalekit.TokenResponse](w, "RefreshAccessToken", w.tokens.RefreshToken)
		holds(fresh.AccessToken != w.tokens.AccessToken, "a fresh access token")
		refusedBySdk(w, "AuthenticateWithCode", code, redirectURI, scalekit.AuthenticationOptions{})
		refusedBySdk(w, "RefreshAccessToken", "no-token")
		refusedBySdk(w, "GetIdpInitiatedLoginClaims", "no.jwt.atall")
	}},
	{"the client gets a token of its own", func(w *world) {
		made := get[*scalekit.ClientTokenResponse](w, "GenerateClientToken",
			emptyOptions(w, "", "GenerateClientToken", 1))
		holds(get[bool](w, "ValidateAccessToken", made.AccessToken), "it is ours")
	}},
	{"PKCE, logout address and signatures", func(w *world) {
		do(w, "GeneratePKCEConfiguration", emptyOptions(w, "", "GeneratePKCEConfiguration", 0))
		address := get[*url.URL](w, "GetLogoutUrl", scalekit.LogoutUrlOptions{
			IdTokenHint: w.tokens.IdToken, PostLogoutRedirectUri: "http://localhost:4321"})
		holds(strings.HasPrefix(address.String(), w.ready.URL+"/oidc/logout?"), address.String())
		key := []byte("a key of thirty-two bytes at least")
		stamp := fmt.Sprint(time.Now().Unix())
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte("msg_1." + stamp + ".{}"))
		secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
		headers := map[string]string{"webhook-id": "msg_1", "webhook-timestamp": stamp,
			"webhook-signature": "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))}
		for _, name := range []string{"VerifyWebhookPayload", "VerifyInterceptorPayload"} {
			holds(get[bool](w, name, secret, headers, []byte("{}")), "the signature is right")
			refusedBySdk(w, name, secret, headers, []byte("{ }"))
		}
	}},
	{"sessions are read and revoked", func(w *world) {
		claims := get[*scalekit.AccessTokenClaims](w, "GetAccessTokenClaims", w.tokens.AccessToken)
		session, _ := claims.Claims["sid"].(string)
		user := w.ready.Users[0].ID
		read := get[*sessionsv1.SessionDetails](w, "Session.GetSession", session)
		same(read.GetUserId(), user, "user_id")
		var more []any
		if w.recorder.services["Session"].MethodByName("GetUserSessions").Type().NumIn() > 2 {
			more = append(more, emptyOptions(w, "Session", "GetUserSessions", 2))
		}
		listed := get[*sessionsv1.UserSessionDetails](w, "Session.GetUserSessions",
			append([]any{user}, more...)...)
		same(len(listed.GetSessions()), 1, "how many there are")
		get[*sessionsv1.RevokeSessionResponse](w, "Session.RevokeSession", session)
		codeFor(w, "ada@acme.test")
		revoked := get[*sessionsv1.RevokeAllUserSessionsResponse](w,
			"Session.RevokeAllUserSessions", user)
		same(revoked.GetTotalRevoked(), uint32(1), "total_revoked")
		refused(w, notFound, "Session.GetSession", "ses_999999999999999999")
		refused(w, invalid, "Session.GetSession", "ses_abc")
	}},
	{"a machine client of an organization gets secrets", func(w *world) {
		made := get[*scalekit.CreateOrganizationClientResponse](w, "M2M.CreateOrganizationClient",
			w.organization, scalekit.CreateOrganizationClientOptions{Name: "Robot",
				Scopes: []string{"read", "write"}, Audience: []string{"my-own-api"},
				CustomClaims: []*clientsv1.CustomClaim{{Key: "wksp_id", Value: "w-1"}}})
		id := made.GetClient().GetClientId()
		same(len(made.GetClient().GetSecrets()), 1, "secrets at first")
		get[*scalekit.GetOrganizationClientResponse](w, "M2M.GetOrganizationClient",
			w.organization, id)
		changed := get[*scalekit.UpdateOrganizationClientResponse](w,
			"M2M.UpdateOrganizationClient", w.organization, id,
			scalekit.UpdateOrganizationClientOptions{Name: "Robot 2"})
		same(changed.GetClient().GetName(), "Robot 2", "name")
		added := get[*scalekit.CreateOrganizationClientSecretResponse](w,
			"M2M.CreateOrganizationClientSecret", w.organization, id)
		do(w, "M2M.DeleteOrganizationClientSecret", w.organization, id,
			added.GetSecret().GetId())
		listed := get[*scalekit.ListOrganizationClientsResponse](w, "M2M.ListOrganizationClients",
			w.organization, scalekit.ListOrganizationClientsOptions{PageSize: 2})
		same(listed.GetTotalSize(), uint32(1), "total_size")
		do(w, "M2M.DeleteOrganizationClient", w.organization, id)
		refused(w, notFound, "M2M.GetOrganizationClient", w.organization, id)
	}},
	{"an API token is made, validated, changed and invalidated", func(w *world) {
		organization := newOrganization(w, "Tokens of Go")
		made := get[*scalekit.CreateTokenResponse](w, "Token.CreateToken", organization,
			scalekit.CreateTokenOptions{Description: "first",
				CustomClaims: map[string]string{"team": "core"},
				Expiry:       timestamppb.New(time.Now().Add(time.Hour))})
		read := get[*scalekit.ValidateTokenResponse](w, "Token.ValidateToken", made.GetToken())
		same(read.GetTokenInfo().GetTokenId(), made.GetTokenId(), "token_id")
		options := emptyOptions(w, "Token", "UpdateToken", 2)
		get[proto.Message](w, "Token.UpdateToken", made.GetTokenId(), options)
		listed := get[*scalekit.ListTokensResponse](w, "Token.ListTokens", organization,
			scalekit.ListTokensOptions{PageSize: 1})
		same(listed.GetTotalCount(), int32(1), "total_count")
		do(w, "Token.InvalidateToken", made.GetToken())
		refusedBySdk(w, "Token.ValidateToken", made.GetToken())
		refused(w, notFound, "Token.CreateToken", unknownOrganization,
			scalekit.CreateTokenOptions{})
	}},
	{"a code is mailed without a hosted page", func(w *world) {
		sent := get[*scalekit.SendPasswordlessResponse](w, "Passwordless.SendPasswordlessEmail",
			"headless@go.test", &scalekit.SendPasswordlessOptions{ExpiresIn: 3600})
		same(sent.GetExpiresIn(), uint32(3600), "expires_in")
		again := get[*scalekit.SendPasswordlessResponse](w, "Passwordless.ResendPasswordlessEmail",
			sent.GetAuthRequestId())
		refused(w, wrongCode, "Passwordless.VerifyPasswordlessEmail",
			&scalekit.VerifyPasswordlessOptions{Code: "000000",
				AuthRequestId: again.GetAuthRequestId()})
	}},
	{"passkeys are listed, and unknown ones refused", func(w *world) {
		listed := get[*scalekit.ListCredentialsResponse](w, "WebAuthn.ListCredentials",
			w.ready.Users[0].ID)
		same(len(listed.GetCredentials()), 0, "how many there are")
		refused(w, notFound, "WebAuthn.UpdateCredential", "wac_999999999999999999", "Key")
		refused(w, notFound, "WebAuthn.DeleteCredential", "wac_999999999999999999")
	}},
	{"details of an unknown login request are refused", func(w *world) {
		refused(w, wrongCode, "Auth.UpdateLoginUserDetails",
			&scalekit.UpdateLoginUserDetailsRequest{ConnectionId: "conn_999999999999999999",
				LoginRequestId: "lri_999999999999999999",
				User:           &scalekit.LoggedInUserDetails{Email: "ada@acme.test"}})
	}},
}
