// What the injected routes share: each hands its request to the WebAuth of this application.
import type { WebAuth } from '@gatehouse/sdk/web';
import type { APIRoute } from 'astro';
import { fixItAnswer } from './answers.js';
import { webAuthFor } from './settings.js';

export const route =
  (handle: (auth: WebAuth, request: Request) => Promise<Response>): APIRoute =>
  async ({ request }) => {
    const auth = await webAuthFor(request);
    return Array.isArray(auth) ? fixItAnswer(auth, request) : await handle(auth, request);
  };
