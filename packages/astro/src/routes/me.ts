// Who is signed in, for scripts of this application.
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.me(request));
