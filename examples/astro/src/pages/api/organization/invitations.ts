// POST: invites somebody to the organization of whoever asks. Which organization that is, and
// whether they may, comes out of the verified token; the form only says whom and as what.
import type { APIRoute } from 'astro';
import { inviteMember } from '../../../lib/organization';

export const POST: APIRoute = async ({ request, locals, redirect }) => {
  const { user } = locals;
  if (!user?.orgId || !user.permissions.includes('sk_org_users_invite')) {
    return redirect('/organization?error=forbidden', 303);
  }
  const form = await request.formData();
  const email = String(form.get('email') ?? '').trim();
  // A role of one's choice is for those who may change roles: nobody invites their own better.
  const mayChoose = user.permissions.includes('sk_org_users_role_change');
  const role = mayChoose ? String(form.get('role') ?? '') : '';
  const problem = await inviteMember(user.orgId, { email, role });
  const query = problem ? { error: problem } : { invited: email };
  return redirect(`/organization?${new URLSearchParams(query)}`, 303);
};
