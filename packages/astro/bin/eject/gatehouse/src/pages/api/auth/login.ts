// GET: sends the browser to Gatehouse. ?returnTo=, ?login_hint= and ?organization_id= are
// understood.
import type { APIRoute } from 'astro';
import { auth } from '../../../lib/gatehouse';

export const prerender = false;

export const GET: APIRoute = ({ request }) => auth().login(request);
