// Gatehouse says here that a session has ended. [OIDC Back-Channel Logout §2.5]
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.backchannelLogout(request));
