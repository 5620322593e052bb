// GET: Gatehouse sends the browser back here, with a code for us to exchange or with an error.
import type { APIRoute } from 'astro';
import { auth } from '../../../lib/gatehouse';

export const prerender = false;

export const GET: APIRoute = ({ request }) => auth().callback(request);
