// Sends people to Gatehouse to sign in.
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.login(request));
