// The build-time checks of @gatehouse/astro, rule by rule: what each finds and leaves alone.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foundIn, readSource, type Case } from './lint_project.js';

interface Row {
  files: Record<string, string>;
  finds: string[];
  more?: Omit<Case, 'files'>;
}

function rows(table: Record<string, Row>): void {
  for (const [name, { files, finds, more }] of Object.entries(table)) {
    it(name, async () => {
      assert.deepEqual(await foundIn({ files, ...more }), finds);
    });
  }
}

const page = (text: string): Record<string, string> => ({ 'src/pages/index.astro': text });
const script = (text: string): Record<string, string> => ({ 'src/lib/nav.ts': text });

describe('GH302: a link that signs out is found', () => {
  rows({
    'in markup': {
      files: page('---\nconst user = 1;\n---\n<p>Don\'t go</p>\n<a href="/auth/logout">Out</a>\n'),
      finds: ['GH302 src/pages/index.astro:5'],
    },
    'in an expression, with a query and a hash': {
      files: page("{user && <a class=x href={'/auth/logout?to=/#top'}>Out</a>}\n"),
      finds: ['GH302 src/pages/index.astro:1'],
    },
    'as one of two targets': {
      files: page("<a href={user ? '/auth/logout' : '/auth/login'}>Go</a>"),
      finds: ['GH302 src/pages/index.astro:1'],
    },
    'behind a constant of the file': {
      files: page("---\nconst out = '/auth/logout';\n---\n<a href={out}>Out</a>"),
      finds: ['GH302 src/pages/index.astro:4'],
    },
    'in a template with an origin or a base': {
      files: page('<a href={`${base}/auth/logout/`}>Out</a>'),
      finds: ['GH302 src/pages/index.astro:1'],
    },
    'in a form without a method': {
      files: page('<form action="/auth/logout"><button>Out</button></form>'),
      finds: ['GH302 src/pages/index.astro:1'],
    },
    'in a form with method get': {
      files: page('<form\n method="GET"\n action="/auth/logout"></form>'),
      finds: ['GH302 src/pages/index.astro:3'],
    },
    'in JSX': {
      files: {
        'src/components/Menu.tsx':
          "export const Menu = () => {\n  return <nav>It's <b>you</b>\n" +
          '    <Link href="/auth/logout" /></nav>;\n};\n',
      },
      finds: ['GH302 src/components/Menu.tsx:3'],
    },
    'in Vue, bound and plain': {
      files: {
        'src/components/Menu.vue':
          "<template>\n<a href=\"/auth/logout\">a</a>\n<a :href=\"'/auth/logout'\">b</a>\n" +
          '</template>\n<script setup>const a = 1;</script>',
      },
      finds: ['GH302 src/components/Menu.vue:2', 'GH302 src/components/Menu.vue:3'],
    },
    'in Svelte, between its blocks': {
      files: {
        'src/components/Menu.svelte':
          "{#if user}\n<a href='/auth/logout'>a</a>\n{/if}\n<p>isn't {x}</p>\n" +
          '<script>\n  const go = () => navigate("/auth/logout");\n</script>',
      },
      finds: ['GH302 src/components/Menu.svelte:2', 'GH302 src/components/Menu.svelte:6'],
    },
    'in MDX, as a link of Markdown': {
      files: { 'src/pages/help.mdx': 'Hi\n\n[Sign out](/auth/logout) here\n' },
      finds: ['GH302 src/pages/help.mdx:3'],
    },
    'in a list of links': {
      files: script("export const nav = [{ label: 'Out', href: '/auth/logout' }];"),
      finds: ['GH302 src/lib/nav.ts:1'],
    },
    'in redirects of every kind': {
      files: script(
        "a = () => context.redirect('/auth/logout');\n" +
          "b = () => Response.redirect(new URL('/auth/logout', origin), 302);\n" +
          "c = () => navigate('/auth/logout');\n" +
          "d = () => { window.location.href = '/auth/logout'; };\n" +
          "e = () => { location = '/auth/logout'; };\n" +
          "f = () => location.assign('/auth/logout');\n",
      ),
      finds: [1, 2, 3, 4, 5, 6].map((line) => `GH302 src/lib/nav.ts:${line}`),
    },
    'in a redirect of astro.config': {
      files: { 'astro.config.mjs': "export default {\n redirects: { '/bye': '/auth/logout' } };" },
      more: { settings: { redirects: { '/bye': '/auth/logout' } } },
      finds: ['GH302 astro.config.mjs:2'],
    },
    'under a base and at the routes of Scalekit': {
      files: page('<a href="/app/api/auth/logout">Out</a>'),
      more: { base: '/app', options: { routes: 'scalekit' } },
      finds: ['GH302 src/pages/index.astro:1'],
    },
    'to a handler of the project that signs out by GET': {
      files: {
        ...page('<a href="/api/auth/logout">Out</a>'),
        'src/pages/api/auth/logout.ts':
          "export const GET = ({ cookies, redirect }) => {\n  cookies.delete('sk-id-token');\n" +
          "  return redirect(client.getLogoutUrl());\n};",
      },
      finds: ['GH302 src/pages/index.astro:1'],
    },
  });
});

describe('GH302: what signs nobody out by GET is left alone', () => {
  rows({
    'a form that posts, plain and by expression': {
      files: page(
        '<form method="post" action="/auth/logout"><button>Out</button></form>' +
          "<form method={'POST'} action={'/auth/logout'} />" +
          "<form method={way} action='/auth/logout'/>",
      ),
      finds: [],
    },
    comments: {
      files: page(
        '---\n// <a href="/auth/logout">\n/* navigate("/auth/logout") */\n---\n' +
          "<!-- <a href='/auth/logout'> -->{/* <a href='/auth/logout'/> */}",
      ),
      finds: [],
    },
    'text and strings that only speak of it': {
      files: {
        ...page('<p>href="/auth/logout" is wrong</p><code>{"<a href=\'/auth/logout\'>"}</code>'),
        ...script('const help = \'<a href="/auth/logout">\'; re = /href="\\/auth\\/logout"/;'),
      },
      finds: [],
    },
    'code in MDX': {
      files: {
        'src/pages/help.mdx':
          'Not `[x](/auth/logout)` nor\n\n```html\n<a href="/auth/logout">\n```\n\n' +
          '[in](/auth/login)\n',
      },
      finds: [],
    },
    'other links, and paths that only begin alike': {
      files: page(
        '<a href="/auth/login">In</a><a href="/auth/logout-help">?</a>' +
          '<a href="/x/auth/logout">y</a>',
      ),
      finds: [],
    },
    'a post by fetch, and a replacement in a text': {
      files: script(
        "fetch('/auth/logout', { method: 'POST' });\n" +
          "const a = path.replace('/auth/logout', '');\n" +
          "if (location.pathname === '/auth/logout') x();",
      ),
      finds: [],
    },
    'a redirect that keeps the method': {
      files: script("export const POST = ({ redirect }) => redirect('/auth/logout', 307);"),
      finds: [],
    },
    'a handler of the project that shows a page by GET': {
      files: {
        ...page('<a href="/api/auth/logout">Out</a>'),
        'src/pages/api/auth/logout.ts':
          "export const POST = ({ cookies }) => { cookies.delete('a'); };",
      },
      finds: [],
    },
    'a line that a comment before it excuses': {
      files: page(
        '<!-- gatehouse-lint-ignore GH302 -->\n<a href="/auth/logout">Out</a>\n' +
          '{/* gatehouse-lint-ignore GH301 */}\n<a href="/auth/logout">Out</a>',
      ),
      finds: ['GH302 src/pages/index.astro:4'],
    },
  });
});

const endpoint = 'export const POST = () => new Response();';

describe('GH303: endpoints of Gatehouse behind the application', () => {
  rows({
    'are found as files': {
      files: {
        'src/pages/sso/acs.ts': endpoint,
        'src/pages/sso/v1/[...rest].ts': endpoint,
        'src/pages/oauth/token.ts': endpoint,
        'src/pages/[org]/saml/callback.ts': endpoint,
      },
      finds: [
        'GH303 src/pages/[org]/saml/callback.ts:1',
        'GH303 src/pages/oauth/token.ts:1',
        'GH303 src/pages/sso/acs.ts:1',
        'GH303 src/pages/sso/v1/[...rest].ts:1',
      ],
    },
    'are found where a request is passed on': {
      files: {
        'src/pages/api/[...all].ts':
          'const url = `${server}/oauth/token`;\n' +
          'export const POST = async ({ request }) => {\n  const body = await request.text();\n' +
          "  return await fetch(url, { method: 'POST', body });\n};\n" +
          'export const PUT = (context) => fetch(`${server}/sso/v1/saml/x`, context.request);\n' +
          "export const GET = (context) => context.rewrite('/oauth/token');",
      },
      finds: [4, 6, 7].map((line) => `GH303 src/pages/api/[...all].ts:${line}`),
    },
    'are found in redirects and proxies of astro.config': {
      files: { 'astro.config.mjs': "export default {\n a: { '/oauth/token': 1,\n '^/sso': 2 } };" },
      more: {
        settings: {
          redirects: { '/oauth/token': 'https://auth.example.com/oauth/token' },
          vite: { server: { proxy: { '^/sso': 'https://auth.example.com', '/api': 'x' } } },
        },
      },
      finds: ['GH303 astro.config.mjs:2', 'GH303 astro.config.mjs:3'],
    },
    'are not seen in other files, calls and pages': {
      files: {
        'src/lib/machine.ts':
          "fetch(`${server}/oauth/token`, { method: 'POST', body: new URLSearchParams(own) });",
        'src/pages/access.ts': endpoint,
        'src/pages/docs/acs.mdx': '# The ACS URL',
        'src/pages/tokens.ts': "// fetch('/oauth/token', request)\n" + endpoint,
        'src/pages/paths.ts': `log('/oauth/token', request);\n${endpoint}`,
        'src/pages/_acs.ts': endpoint,
        'src/content/acs.ts': endpoint,
      },
      more: { settings: { redirects: { '/a': '/b' }, vite: { server: { proxy: { '/api': 1 } } } } },
      finds: [],
    },
    'are excused by a comment': {
      files: { 'src/pages/acs.ts': `// gatehouse-lint-ignore GH303\n${endpoint}` },
      finds: [],
    },
  });
});

describe('GH304: secrets in the build', () => {
  rows({
    'are found however they are read': {
      files: script(
        'a(import.meta.env.SCALEKIT_CLIENT_SECRET);\n' +
          "b(import.meta.env['GATEHOUSE_COOKIE_SECRET']);\n" +
          'const { SCALEKIT_CLIENT_ID, GATEHOUSE_CLIENT_SECRET } = import.meta.env;\n' +
          'c(process.env.PUBLIC_GATEHOUSE_CLIENT_SECRET);\n' +
          'd(`${import.meta.env.GATEHOUSE_CLIENT_SECRET}`);',
      ),
      finds: [1, 2, 3, 4, 5].map((line) => `GH304 src/lib/nav.ts:${line}`),
    },
    'are found in .env files under a public name': {
      files: { '.env': 'A=1\nPUBLIC_SCALEKIT_CLIENT_SECRET=x\n' },
      finds: ['GH304 .env:2'],
    },
    'are found in astro.config': {
      files: { 'astro.config.mjs': "const a = {\n GATEHOUSE_CLIENT_SECRET: 1,\n b: 'GATE' };" },
      more: {
        settings: {
          env: { schema: { GATEHOUSE_CLIENT_SECRET: { context: 'server', access: 'public' } } },
          vite: { envPrefix: ['PUBLIC_', 'GATE'] },
        },
      },
      finds: ['GH304 astro.config.mjs:2', 'GH304 astro.config.mjs:3'],
    },
    'are not seen at run time, in comments, or in what is no secret': {
      files: {
        ...script(
          "import { getSecret } from 'astro:env/server';\ngetSecret('GATEHOUSE_CLIENT_SECRET');\n" +
            'process.env.GATEHOUSE_CLIENT_SECRET; // import.meta.env.GATEHOUSE_CLIENT_SECRET\n' +
            'import.meta.env.SCALEKIT_CLIENT_ID; import.meta.env.GATEHOUSE_URL;\n' +
            "const text = 'import.meta.env.GATEHOUSE_CLIENT_SECRET';",
        ),
        '.env': 'GATEHOUSE_CLIENT_SECRET=x\n# PUBLIC_GATEHOUSE_CLIENT_SECRET=x\n',
      },
      more: {
        settings: {
          env: { schema: { GATEHOUSE_CLIENT_SECRET: { context: 'server', access: 'secret' } } },
          vite: { envPrefix: 'PUBLIC_' },
        },
      },
      finds: [],
    },
    'are excused by a comment': {
      files: {
        ...script('// gatehouse-lint-ignore\na(import.meta.env.SCALEKIT_CLIENT_SECRET);'),
        '.env': '# gatehouse-lint-ignore GH304\nPUBLIC_SCALEKIT_CLIENT_SECRET=x\n',
      },
      finds: [],
    },
  });
});

describe('GH306: cookies on a response that cannot carry them', () => {
  const callback = script(
    "export const GET = ({ cookies }) => {\n  cookies.set('a', 'b');\n" +
      '  return Response.redirect(url);\n};',
  );
  rows({
    'are found where responses are not repaired': {
      files: callback,
      more: { options: { repairResponses: false } },
      finds: ['GH306 src/lib/nav.ts:3'],
    },
    'are fine where they are': { files: callback, finds: [] },
    'are not there with the redirect of the context': {
      files: script("cookies.set('a', 'b');\nredirect(url);\n// Response.redirect(url)"),
      more: { options: { repairResponses: false } },
      finds: [],
    },
  });
});

describe('the scanner', () => {
  it('goes on where a file makes no sense', () => {
    const odd = ['---\n`${', '<a href={`${', '<', '{{{', '"', '/*', '<!--', '<script>`', "---\n'"];
    for (const text of odd) {
      for (const name of ['a.astro', 'a.tsx', 'a.vue', 'a.svelte', 'a.mdx', 'a.ts']) {
        assert.equal(readSource(name, text).text, text);
      }
    }
    const deep = readSource('a.astro', '{<a>'.repeat(5000));
    assert.ok(deep.tokens.length > 10);
  });

  it('finds a link after everything that looks like the end of something', () => {
    const before = [
      'const a = b / c; const d = /[/"`\']/.test(e); f = g++ / 2;',
      'const t = `a ${x ? `b ${y}` : "}"} c`;',
      'const o = { a: { b: 1 } }; // it\'s "fine"',
      'const list = items.map((i) => <li class="a">{i} isn\'t <br> <img src={i} /></li>);',
      'const g = (a: Map<string, number>): boolean => a.size < 3 && 4 > 2;',
    ].join('\n');
    const text = `---\n${before}\n---\n<p>"Quoted' {a ? <b>x</b> : 'y'}</p>\n<a href="/out">`;
    const { tokens } = readSource('a.astro', text);
    const link = tokens.find(({ kind, value }) => kind === 'tag' && value === 'a');
    assert.equal(link?.attributes?.[0]?.tokens[0]?.value, '/out');
  });
});
