package main

import (
	"strings"
	"time"

	"connectrpc.com/connect"
	"github.com/scalekit-inc/scalekit-sdk-go/v2"
	clientsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/clients"
	connectionsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/connections"
	directoriesv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/directories"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/fieldmaskpb"
	"google.golang.org/protobuf/types/known/wrapperspb"
)

const unknownOrganization = "org_999999999999999999"

func newOrganization(w *world, name string) string {
	made := get[*scalekit.CreateOrganizationResponse](w, "Organization.CreateOrganization", name,
		scalekit.CreateOrganizationOptions{})
	return made.GetOrganization().GetId()
}

var organizationSteps = []step{
	{"an organization is created and read back by both its ids", func(w *world) {
		made := get[*scalekit.CreateOrganizationResponse](w, "Organization.CreateOrganization",
			"Go Works", scalekit.CreateOrganizationOptions{
				ExternalId: "go-works", Metadata: map[string]string{"plan": "pro"}}).GetOrganization()
		w.organization = made.GetId()
		byID := get[*scalekit.GetOrganizationResponse](w, "Organization.GetOrganization", made.GetId())
		byExternalID := get[*scalekit.GetOrganizationResponse](w,
			"Organization.GetOrganizationByExternalId", "go-works")
		holds(proto.Equal(byID, byExternalID), "both answers are the same")
		holds(proto.Equal(byID.GetOrganization(), made), "and what was created")
		same(made.GetMetadata(), map[string]string{"plan": "pro"}, "metadata")
	}},
	{"the newest organization is listed first, and pages go on", func(w *world) {
		newOrganization(w, "Second")
		newest := newOrganization(w, "Newest")
		first := get[*scalekit.ListOrganizationsResponse](w, "Organization.ListOrganization",
			&scalekit.ListOrganizationOptions{PageSize: 1})
		same(first.GetOrganizations()[0].GetId(), newest, "the first of the list")
		holds(first.GetTotalSize() >= 3, "total_size counts all")
		second := get[*scalekit.ListOrganizationsResponse](w, "Organization.ListOrganization",
			&scalekit.ListOrganizationOptions{PageSize: 1, PageToken: first.GetNextPageToken()})
		same(second.GetOrganizations()[0].GetDisplayName(), "Second", "the first of page two")
	}},
	{"updates of an organization keep what they do not name", func(w *world) {
		changed := get[*scalekit.UpdateOrganizationResponse](w, "Organization.UpdateOrganization",
			w.organization, &scalekit.UpdateOrganization{DisplayName: ptr("Go Works 2")})
		same(changed.GetOrganization().GetExternalId(), "go-works", "external_id")
		get[*scalekit.UpdateOrganizationResponse](w, "Organization.UpdateOrganizationByExternalId",
			"go-works", &scalekit.UpdateOrganization{Metadata: map[string]string{"plan": "free"}})
		read := get[*scalekit.GetOrganizationResponse](w, "Organization.GetOrganization",
			w.organization).GetOrganization()
		same(read.GetDisplayName(), "Go Works 2", "display_name")
		same(read.GetMetadata(), map[string]string{"plan": "free"}, "metadata")
	}},
	{"wrong organizations are refused", func(w *world) {
		none := scalekit.CreateOrganizationOptions{}
		refused(w, invalid, "Organization.CreateOrganization", "", none)
		refused(w, invalid, "Organization.CreateOrganization", strings.Repeat("x", 201), none)
		refused(w, exists, "Organization.CreateOrganization", "Again",
			scalekit.CreateOrganizationOptions{ExternalId: "go-works"})
		refused(w, notFound, "Organization.GetOrganization", unknownOrganization)
		refused(w, notFound, "Organization.GetOrganizationByExternalId", "nobody-has-this")
		refused(w, notFound, "Organization.UpdateOrganization", unknownOrganization,
			&scalekit.UpdateOrganization{DisplayName: ptr("X")})
	}},
	{"a portal link is made", func(w *world) {
		link := get[*scalekit.Link](w, "Organization.GeneratePortalLink", w.organization)
		holds(strings.HasPrefix(link.GetLocation(), w.ready.URL+"/"), link.GetLocation())
		holds(link.GetExpireTime().AsTime().After(time.Now()), "it ends in the future")
		refused(w, notFound, "Organization.GeneratePortalLink", unknownOrganization)
	}},
	{"features are switched on and seats are limited", func(w *world) {
		changed := get[*scalekit.GetOrganizationResponse](w, "Organization.UpdateOrganizationSettings",
			w.organization, scalekit.OrganizationSettings{Features: []scalekit.Feature{
				{Name: "sso", Enabled: true}, {Name: "dir_sync", Enabled: true}}})
		features := map[string]bool{}
		for _, feature := range changed.GetOrganization().GetSettings().GetFeatures()[:2] {
			features[feature.GetName()] = feature.GetEnabled()
		}
		same(features, map[string]bool{"sso": true, "dir_sync": true}, "features")
		get[proto.Message](w, "Organization.UpsertUserManagementSettings", w.organization,
			scalekit.OrganizationUserManagementSettings{MaxAllowedUsers: ptr(int32(25))})
	}},
	{"the session policy is customised and given back", func(w *world) {
		policy := get[*scalekit.OrganizationSessionPolicySettings](w,
			"Organization.GetOrganizationSessionPolicy", w.organization)
		same(policy.GetPolicySource(), scalekit.SessionPolicySourceApplication, "at first")
		get[*scalekit.OrganizationSessionPolicySettings](w,
			"Organization.UpdateOrganizationSessionPolicy", w.organization,
			scalekit.OrganizationSessionPolicy{
				PolicySource:               scalekit.SessionPolicySourceCustom,
				AbsoluteSessionTimeout:     ptr(int32(360)),
				AbsoluteSessionTimeoutUnit: scalekit.TimeUnitMinutes,
				IdleSessionTimeoutEnabled:  ptr(false)})
		policy = get[*scalekit.OrganizationSessionPolicySettings](w,
			"Organization.GetOrganizationSessionPolicy", w.organization)
		same(policy.GetAbsoluteSessionTimeout().GetValue(), int32(360), "the absolute timeout")
		holds(policy.GetIdleSessionTimeoutEnabled() != nil, "idle_session_timeout_enabled is there")
		get[*scalekit.OrganizationSessionPolicySettings](w,
			"Organization.UpdateOrganizationSessionPolicy", w.organization,
			scalekit.OrganizationSessionPolicy{PolicySource: scalekit.SessionPolicySourceApplication})
	}},
	{"a domain is added, read, listed and removed", func(w *world) {
		made := get[*scalekit.CreateDomainResponse](w, "Domain.CreateDomain", w.organization,
			"go-works.com").GetDomain()
		read := get[*scalekit.GetDomainResponse](w, "Domain.GetDomain", made.GetId(), w.organization)
		holds(proto.Equal(read.GetDomain(), made), "what was created")
		listed := get[*scalekit.ListDomainResponse](w, "Domain.ListDomains", w.organization)
		same(len(listed.GetDomains()), 1, "how many there are")
		refused(w, invalid, "Domain.CreateDomain", w.organization, "invalid-domain-name")
		do(w, "Domain.DeleteDomain", made.GetId(), w.organization)
		refused(w, notFound, "Domain.GetDomain", made.GetId(), w.organization)
	}},
	{"a directory is made, switched and deleted", func(w *world) {
		made := get[*scalekit.CreateDirectoryResponse](w, "Directory.CreateDirectory",
			w.organization, &directoriesv1.CreateDirectory{
				DirectoryType:     directoriesv1.DirectoryType_SCIM,
				DirectoryProvider: directoriesv1.DirectoryProvider_OKTA}).GetDirectory()
		id := made.GetId()
		holds(made.GetEnabled(), "a new directory is enabled")
		get[*scalekit.GetDirectoryResponse](w, "Directory.GetDirectory", w.organization, id)
		listed := get[*scalekit.ListDirectoriesResponse](w, "Directory.ListDirectories",
			w.organization)
		same(len(listed.GetDirectories()), 1, "how many there are")
		primary := get[*scalekit.GetDirectoryResponse](w,
			"Directory.GetPrimaryDirectoryByOrganizationId", w.organization)
		same(primary.GetDirectory().GetId(), id, "the primary one")
		get[*scalekit.ListDirectoryUsersResponse](w, "Directory.ListDirectoryUsers", w.organization,
			id, &scalekit.ListDirectoryUsersOptions{PageSize: 10, IncludeDetail: ptr(true)})
		get[*scalekit.ListDirectoryGroupsResponse](w, "Directory.ListDirectoryGroups",
			w.organization, id, &scalekit.ListDirectoryGroupsOptions{PageSize: 10})
		refused(w, bad, "Directory.DeleteDirectory", w.organization, id)
		toggled := get[*scalekit.ToggleDirectoryResponse](w, "Directory.DisableDirectory",
			w.organization, id)
		same(toggled.GetEnabled(), false, "enabled")
		get[*scalekit.ToggleDirectoryResponse](w, "Directory.EnableDirectory", w.organization, id)
		get[*scalekit.ToggleDirectoryResponse](w, "Directory.DisableDirectory", w.organization, id)
		do(w, "Directory.DeleteDirectory", w.organization, id)
		refused(w, notFound, "Directory.GetDirectory", w.organization, id)
	}},
	{"a connection is made, read and deleted", func(w *world) {
		made := get[*scalekit.CreateConnectionResponse](w, "Connection.CreateConnection",
			w.organization, &connectionsv1.CreateConnection{
				Provider: connectionsv1.ConnectionProvider_OKTA,
				Type:     connectionsv1.ConnectionType_OIDC}).GetConnection()
		id := made.GetId()
		same(made.GetTestConnectionUri(), w.ready.URL+"/sso/v1/oidc/"+id+"/test", "the test URI")
		get[*scalekit.GetConnectionResponse](w, "Connection.GetConnection", w.organization, id)
		listed := get[*scalekit.ListConnectionsResponse](w, "Connection.ListConnections",
			w.organization)
		same(len(listed.GetConnections()), 1, "how many there are")
		get[*scalekit.ListConnectionsResponse](w, "Connection.ListConnectionsByDomain",
			"go-works.com")
		for _, name := range []string{"Connection.EnableConnection", "Connection.DisableConnection"} {
			// Nobody has configured it: it may say so.
			_, err := w.recorder.invoke(name, w.organization, id)
			code := connect.CodeOf(err)
			holds(err == nil || code == connect.CodeFailedPrecondition ||
				code == connect.CodeInvalidArgument, "unexpected refusal")
		}
		do(w, "Connection.DeleteConnection", w.organization, id)
		refused(w, notFound, "Connection.GetConnection", w.organization, id)
	}},
	{"an application is registered, gets secrets and is changed field by field", func(w *world) {
		made := get[*scalekit.CreateClientResponse](w, "Client.CreateClient",
			&clientsv1.CreateClient{Name: "Go app", ClientType: "WEB_APP",
				PostLoginUris:             []string{"https://go.test/b", "https://go.test/a"},
				DisallowScalekitApiAccess: wrapperspb.Bool(true)}).GetClient()
		id := made.GetId()
		same(made.GetPostLoginUris(), []string{"https://go.test/b", "https://go.test/a"}, "order")
		same(len(made.GetSecrets()), 0, "secrets at first")
		first := get[*scalekit.CreateClientSecretResponse](w, "Client.CreateClientSecret", id)
		get[*scalekit.CreateClientSecretResponse](w, "Client.CreateClientSecret", id)
		do(w, "Client.DeleteClientSecret", id, first.GetSecret().GetId())
		read := get[*scalekit.GetClientResponse](w, "Client.GetClient", id).GetClient()
		same(len(read.GetSecrets()), 1, "secrets that are left")
		changed := get[*scalekit.UpdateClientResponse](w, "Client.UpdateClient", id,
			&clientsv1.UpdateClient{Name: "Go app 2", PostLoginUris: []string{"https://go.test/c"}},
			&fieldmaskpb.FieldMask{Paths: []string{"name"}}).GetClient()
		same(changed.GetName(), "Go app 2", "the name, which is in the mask")
		same(len(changed.GetPostLoginUris()), 2, "the URIs, which are not")
		listed := get[*scalekit.ListClientsResponse](w, "Client.ListClients",
			&scalekit.ListClientsOptions{PageSize: 30})
		holds(listed.GetTotalSize() >= 2, "it is listed beside the others")
		do(w, "Client.DeleteClient", id)
		refused(w, notFound, "Client.GetClient", id)
	}},
	{"an organization goes, and its external id is free again", func(w *world) {
		options := scalekit.CreateOrganizationOptions{ExternalId: "again"}
		made := get[*scalekit.CreateOrganizationResponse](w, "Organization.CreateOrganization",
			"Short-lived", options)
		id := made.GetOrganization().GetId()
		do(w, "Organization.DeleteOrganization", id)
		refused(w, notFound, "Organization.GetOrganization", id)
		refused(w, notFound, "Organization.DeleteOrganization", id)
		get[*scalekit.CreateOrganizationResponse](w, "Organization.CreateOrganization",
			"Short-lived", options)
	}},
}
