// Signs people out here and at Gatehouse. [OIDC RP-Initiated Logout §2]
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.logout(request));
