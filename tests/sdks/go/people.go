package main

import (
	"sort"

	"github.com/scalekit-inc/scalekit-sdk-go/v2"
	commonsv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/commons"
	rolesv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/roles"
	usersv1 "github.com/scalekit-inc/scalekit-sdk-go/v2/pkg/grpc/scalekit/v1/users"
)

const unknownUser = "usr_999999999999999999"

type named interface{ GetName() string }

func names[T named](all []T) []string {
	found := make([]string, 0, len(all))
	for _, each := range all {
		found = append(found, each.GetName())
	}
	sort.Strings(found)
	return found
}

func withRole(name string) *usersv1.CreateMembership {
	return &usersv1.CreateMembership{Roles: []*commonsv1.Role{{Name: name}}}
}

func toRole(name string) *usersv1.UpdateMembership {
	return &usersv1.UpdateMembership{Roles: []*commonsv1.Role{{Name: name}}}
}

func rolesOf(w *world, organization, user string) []string {
	return names(get[*scalekit.ListUserRolesResponse](w, "User.ListUserRoles", organization,
		user).GetRoles())
}

var peopleSteps = []step{
	{"a permission is created, changed and deleted", func(w *world) {
		for _, name := range []string{"go:read", "go:write", "go:spare"} {
			get[*scalekit.CreatePermissionResponse](w, "Permission.CreatePermission",
				&rolesv1.CreatePermission{Name: name, Description: "first"})
		}
		changed := get[*scalekit.UpdatePermissionResponse](w, "Permission.UpdatePermission",
			"go:read", &rolesv1.CreatePermission{Name: "go:read", Description: "second"})
		same(changed.GetPermission().GetDescription(), "second", "description")
		read := get[*scalekit.GetPermissionResponse](w, "Permission.GetPermission", "go:read")
		same(read.GetPermission().GetDescription(), "second", "description")
		listed := get[*scalekit.ListPermissionsResponse](w, "Permission.ListPermissions", "",
			uint32(30))
		holds(len(listed.GetPermissions()) >= 3, "all are listed")
		do(w, "Permission.DeletePermission", "go:spare")
		refused(w, notFound, "Permission.GetPermission", "go:spare")
		refused(w, bad, "Permission.CreatePermission",
			&rolesv1.CreatePermission{Name: "go:read", Description: "again"})
	}},
	{"roles inherit, and lose their base", func(w *world) {
		get[*scalekit.CreateRoleResponse](w, "Role.CreateRole", &rolesv1.CreateRole{
			Name: "go_reader", DisplayName: "Reader", Permissions: []string{"go:read"}})
		get[*scalekit.CreateRoleResponse](w, "Role.CreateRole", &rolesv1.CreateRole{
			Name: "go_writer", DisplayName: "Writer", Extends: ptr("go_reader"),
			Permissions: []string{"go:write"}})
		dependent := get[*scalekit.ListDependentRolesResponse](w, "Role.ListDependentRoles",
			"go_reader")
		same(names(dependent.GetRoles()), []string{"go_writer"}, "dependent roles")
		direct := get[*scalekit.ListRolePermissionsResponse](w, "Permission.ListRolePermissions",
			"go_writer")
		same(names(direct.GetPermissions()), []string{"go:write"}, "direct permissions")
		effective := get[*scalekit.ListEffectiveRolePermissionsResponse](w,
			"Permission.ListEffectiveRolePermissions", "go_writer")
		same(names(effective.GetPermissions()), []string{"go:read", "go:write"}, "all permissions")
		added := get[*scalekit.AddPermissionsToRoleResponse](w, "Permission.AddPermissionsToRole",
			"go_reader", []string{"go:write"})
		holds(len(added.GetPermissions()) > 0, "what was added comes back")
		do(w, "Permission.RemovePermissionFromRole", "go_reader", "go:write")
		do(w, "Role.DeleteRoleBase", "go_writer")
		read := get[*scalekit.GetRoleResponse](w, "Role.GetRole", "go_writer").GetRole()
		holds(read.Extends == nil, "extends is absent")
		changed := get[*scalekit.UpdateRoleResponse](w, "Role.UpdateRole", "go_reader",
			&rolesv1.UpdateRole{DisplayName: ptr("Reader 2")})
		same(changed.GetRole().GetDisplayName(), "Reader 2", "display_name")
		holds(len(get[*scalekit.ListRolesResponse](w, "Role.ListRoles").GetRoles()) >= 4, "all")
		refused(w, bad, "Role.CreateRole",
			&rolesv1.CreateRole{Name: "go_reader", DisplayName: "Again"})
		refused(w, notFound, "Role.GetRole", "go_nobody")
	}},
	{"default roles are set and set back", func(w *world) {
		changed := get[*scalekit.UpdateDefaultRolesResponse](w, "Role.UpdateDefaultRoles",
			"go_writer", "go_reader")
		same(changed.GetDefaultMember().GetName(), "go_reader", "the default member role")
		get[*scalekit.UpdateDefaultRolesResponse](w, "Role.UpdateDefaultRoles", "admin", "member")
	}},
	{"an organization has roles of its own", func(w *world) {
		id := newOrganization(w, "Roles of Go")
		made := get[*scalekit.CreateOrganizationRoleResponse](w, "Role.CreateOrganizationRole", id,
			&rolesv1.CreateOrganizationRole{Name: "go_lead", DisplayName: "Lead",
				Extends: ptr("go_reader")}).GetRole()
		holds(made.GetIsOrgRole(), "it is the organization's own")
		get[*scalekit.GetOrganizationRoleResponse](w, "Role.GetOrganizationRole", id, "go_lead")
		get[*scalekit.ListOrganizationRolesResponse](w, "Role.ListOrganizationRoles", id)
		get[*scalekit.UpdateOrganizationRoleResponse](w, "Role.UpdateOrganizationRole", id,
			"go_lead", &rolesv1.UpdateRole{DisplayName: ptr("Lead 2")})
		do(w, "Role.DeleteOrganizationRoleBase", id, "go_lead")
		get[*scalekit.GetOrganizationRoleUsersCountResponse](w,
			"Role.GetOrganizationRoleUsersCount", id, "go_lead")
		changed := get[*scalekit.UpdateDefaultOrganizationRolesResponse](w,
			"Role.UpdateDefaultOrganizationRoles", id, "go_lead")
		same(changed.GetDefaultMember().GetName(), "go_lead", "the default member role")
		get[*scalekit.CreateOrganizationRoleResponse](w, "Role.CreateOrganizationRole", id,
			&rolesv1.CreateOrganizationRole{Name: "go_spare", DisplayName: "Spare"})
		do(w, "Role.DeleteOrganizationRole", id, "go_spare")
		refused(w, notFound, "Role.GetOrganizationRole", id, "go_spare")
	}},
	{"a user is created with a membership and read back", func(w *world) {
		w.team = newOrganization(w, "Team of Go")
		w.otherTeam = newOrganization(w, "Other team of Go")
		made := get[*scalekit.CreateUserAndMembershipResponse](w, "User.CreateUserAndMembership",
			w.team, &usersv1.CreateUser{Email: "grace@go.test", ExternalId: ptr("go-grace"),
				Metadata:   map[string]string{"desk": "7"},
				Membership: withRole("admin"),
				UserProfile: &usersv1.CreateUserProfile{
					GivenName: "Grace", FamilyName: "Hopper"}}, false).GetUser()
		w.grace = made.GetId()
		read := get[*scalekit.GetUserResponse](w, "User.GetUser", w.grace).GetUser()
		same(read.GetUserProfile().GetGivenName(), "Grace", "given_name")
		same(read.GetMetadata(), map[string]string{"desk": "7"}, "metadata")
		holds(read.GetEnvironmentId() != "", "environment_id is told")
		get[*scalekit.GetUserResponse](w, "User.GetUserByExternalId", "go-grace")
		get[*scalekit.ListUsersResponse](w, "User.ListUsers",
			&scalekit.ListUsersOptions{PageSize: 30})
		listed := get[*scalekit.ListOrganizationUsersResponse](w, "User.ListOrganizationUsers",
			w.team, &scalekit.ListUsersOptions{})
		same(len(listed.GetUsers()), 1, "how many there are")
		same(rolesOf(w, w.team, w.grace), []string{"admin"}, "roles")
		get[*scalekit.ListUserPermissionsResponse](w, "User.ListUserPermissions", w.team, w.grace)
		refused(w, notFound, "User.GetUser", unknownUser)
		refused(w, invalid, "User.CreateUserAndMembership", w.team,
			&usersv1.CreateUser{Email: "nobody"}, false)
	}},
	{"users are changed by either id", func(w *world) {
		get[*scalekit.UpdateUserResponse](w, "User.UpdateUser", w.grace, &usersv1.UpdateUser{
			UserProfile: &usersv1.UpdateUserProfile{GivenName: ptr("Amazing")}})
		changed := get[*scalekit.UpdateUserResponse](w, "User.UpdateUserByExternalId", "go-grace",
			&usersv1.UpdateUser{Metadata: map[string]string{"desk": "8"}}).GetUser()
		same(changed.GetUserProfile().GetGivenName(), "Amazing", "given_name")
		same(changed.GetUserProfile().GetFamilyName(), "Hopper", "family_name")
	}},
	{"memberships are made, changed and ended by either id", func(w *world) {
		get[*scalekit.CreateMembershipResponse](w, "User.CreateMembership", w.otherTeam, w.grace,
			withRole("admin"), false)
		get[*scalekit.UpdateMembershipResponse](w, "User.UpdateMembership", w.otherTeam, w.grace,
			toRole("member"))
		same(rolesOf(w, w.otherTeam, w.grace), []string{"member"}, "roles")
		do(w, "User.DeleteMembership", w.otherTeam, w.grace, false)
		get[*scalekit.CreateMembershipResponse](w, "User.CreateMembershipByExternalId",
			w.otherTeam, "go-grace", withRole("member"), false)
		get[*scalekit.UpdateMembershipResponse](w, "User.UpdateMembershipByExternalId",
			w.otherTeam, "go-grace", toRole("admin"))
		do(w, "User.DeleteMembershipByExternalId", w.otherTeam, "go-grace", false)
		refused(w, notFound, "User.DeleteMembership", w.otherTeam, w.grace, false)
	}},
	{"an invitation is sent again", func(w *world) {
		invited := get[*scalekit.CreateUserAndMembershipResponse](w,
			"User.CreateUserAndMembership", w.team,
			&usersv1.CreateUser{Email: "invited@go.test"}, true).GetUser()
		invite := get[*usersv1.ResendInviteResponse](w, "User.ResendInvite", w.team,
			invited.GetId()).GetInvite()
		same(invite.GetStatus(), "PENDING_INVITE", "status")
		same(invite.GetResentCount(), int32(1), "resent_count")
	}},
	{"a role that somebody has is not deleted without another", func(w *world) {
		get[*scalekit.UpdateMembershipResponse](w, "User.UpdateMembership", w.team, w.grace,
			toRole("go_writer"))
		count := get[*scalekit.GetRoleUsersCountResponse](w, "Role.GetRoleUsersCount", "go_writer")
		same(count.GetCount(), int64(1), "how many have it")
		refused(w, bad, "Role.DeleteRole", "go_writer")
		do(w, "Role.DeleteRole", "go_writer", "member")
		same(rolesOf(w, w.team, w.grace), []string{"member"}, "roles")
	}},
	{"users are deleted by either id", func(w *world) {
		get[*scalekit.CreateUserAndMembershipResponse](w, "User.CreateUserAndMembership", w.team,
			&usersv1.CreateUser{Email: "short@go.test", ExternalId: ptr("go-short")}, false)
		do(w, "User.DeleteUserByExternalId", "go-short")
		refused(w, notFound, "User.GetUserByExternalId", "go-short")
		do(w, "User.DeleteUser", w.grace)
		refused(w, notFound, "User.GetUser", w.grace)
	}},
}
