// POST: ends the session here and at Gatehouse. A link or a prefetch can only cause a GET, and that
// does no more than show a button.
import type { APIRoute } from 'astro';
import { auth } from '../../../lib/gatehouse';

export const prerender = false;

export const ALL: APIRoute = ({ request }) => auth().logout(request);
