// The same person in another organization.
import { route } from '../runtime/route.js';

export const prerender = false;

export const ALL = route((auth, request) => auth.switchOrganization(request));
