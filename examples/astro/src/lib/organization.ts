// The organization of whoever is signed in, through the SDK: who belongs to it, inviting somebody.
import {
  ScalekitConflictException,
  ScalekitException,
  ScalekitTooManyRequestsException,
} from '@scalekit-sdk/node';
import { scalekit } from './scalekit';

const PAGE_SIZE = 20;

export interface Member {
  id: string;
  email: string;
  name?: string;
  roles: string[];
  status: 'active' | 'invited' | 'expired' | 'inactive';
}

export interface MembersPage {
  name: string;
  total: number;
  members: Member[];
  roles: { name: string; displayName: string; isDefault: boolean }[];
  older?: string;
  newer?: string;
}

// commons.MembershipStatus of the contract.
const STATES: Record<number, Member['status']> = {
  1: 'active',
  2: 'inactive',
  3: 'invited',
  4: 'expired',
};

// A page token that is none of ours shows the first page.
export async function readMembers(orgId: string, pageToken: string | null): Promise<MembersPage> {
  const token = pageToken && /^[\w-]{1,32}$/.test(pageToken) ? pageToken : '';
  const [{ organization }, list, { roles }] = await Promise.all([
    scalekit.organization.getOrganization(orgId),
    listMembers(orgId, token),
    scalekit.role.listOrganizationRoles(orgId),
  ]);
  return {
    name: organization?.displayName ?? 'Your organization',
    total: list.totalSize,
    members: list.users.map((user) => {
      const membership = user.memberships.find((each) => each.organizationId === orgId);
      const name = user.userProfile?.name;
      return {
        id: user.id,
        email: user.email,
        ...(name && { name }),
        roles: membership?.roles.map((role) => role.displayName || role.name) ?? [],
        status: STATES[membership?.membershipStatus ?? 0] ?? 'inactive',
      };
    }),
    roles: roles.map(({ name, displayName, defaultMember }) => ({
      name,
      displayName: displayName || name,
      isDefault: defaultMember,
    })),
    ...(list.nextPageToken && { older: list.nextPageToken }),
    ...(list.prevPageToken && { newer: list.prevPageToken }),
  };
}

async function listMembers(orgId: string, pageToken: string) {
  try {
    return await scalekit.user.listOrganizationUsers(orgId, { pageSize: PAGE_SIZE, pageToken });
  } catch (error) {
    if (!pageToken || !(error instanceof ScalekitException)) throw error;
    return await scalekit.user.listOrganizationUsers(orgId, { pageSize: PAGE_SIZE });
  }
}

const inviteErrors = {
  address: 'That is not an e-mail address we can write to.',
  exists: 'There is a person with this address already.',
  failed: 'The invitation could not be sent. Please try again.',
  forbidden: 'Your role does not let you invite people.',
  full: 'Your organization has no seat left.',
} as const;
export type InviteError = keyof typeof inviteErrors;

export function inviteErrorText(code: string | null): string | undefined {
  return code !== null && Object.hasOwn(inviteErrors, code)
    ? inviteErrors[code as InviteError]
    : undefined;
}

// undefined: the invitation is on its way.
export async function inviteMember(
  orgId: string,
  { email, role }: { email: string; role: string },
): Promise<InviteError | undefined> {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'address';
  try {
    await scalekit.user.createUserAndMembership(orgId, {
      email,
      sendInvitationEmail: true,
      ...(role && { roles: [role] }),
    });
    return undefined;
  } catch (error) {
    if (error instanceof ScalekitConflictException) return 'exists';
    if (error instanceof ScalekitTooManyRequestsException) return 'full';
    if (error instanceof ScalekitException) return 'failed';
    throw error;
  }
}
