// The one page. Whatever comes from outside goes through `text`.
import type { Session } from '@gatehouse/sdk/web';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const text = (raw: string): string =>
  raw.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

const POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'";

export function page(session: Session | undefined, problem: string | null): Response {
  const body = session
    ? `<h1>Welcome, ${text(session.user.name ?? session.user.email ?? session.user.sub)}</h1>
       <form action="/auth/logout" method="post"><button>Sign out</button></form>`
    : `<h1>You are not signed in</h1>
       <p><a href="/auth/login">Sign in</a></p>`;
  const remark = problem === null ? '' : '<p role="alert">Signing in did not work. Try again.</p>';
  const html = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Edge example</title>
<main>${remark}${body}</main>
</html>
`;
  return new Response(html, {
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY },
  });
}
