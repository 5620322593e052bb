// POST: Gatehouse says that a session has ended elsewhere. [OIDC Back-Channel Logout §2.5]
import type { APIRoute } from 'astro';
import { auth } from '../../../lib/gatehouse';

export const prerender = false;

export const POST: APIRoute = ({ request }) => auth().backchannelLogout(request);
