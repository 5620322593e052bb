// Takes people back from Gatehouse. [RFC 6749 §4.1.2]
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.callback(request));
