// SimpleSAMLphp of Debian as an identity provider, on PHP's own web server. What it is told stands
// in a folder of its own; the program (build/tools/simplesamlphp, see tools/setup) is only read.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, ROOT } from '../black_box/gatehouse.js';
import { send } from '../black_box/http.js';
import { forms } from '../black_box/person.js';
import { SIGNATURE } from './algorithms.js';
import { filledIn, type Hand, type Page } from './browser.js';
import { makeCredential, type Credential } from './certificates.js';
import {
  NAME_ID,
  readServiceProvider,
  type Account,
  type Mode,
  type SamlProvider,
} from './saml_provider.js';

const PACKAGE = join(ROOT, 'build/tools/simplesamlphp');
const PROGRAM = join(PACKAGE, 'usr/share/simplesamlphp');
const PASSWORD = 'correct horse';
const READY_MS_MAX = 15_000;
const BINDING = 'urn:oasis:names:tc:SAML:2.0:bindings';

export class SimpleSamlPhp implements SamlProvider {
  private child: ChildProcess | undefined;
  private known = 0;

  private constructor(
    private readonly folder: string,
    readonly url: string,
    private readonly credential: Credential,
  ) {}

  static async start(accounts: Account[]): Promise<SimpleSamlPhp> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing: tools/setup test`);
    const folder = mkdtempSync(join(tmpdir(), 'gatehouse-simplesamlphp-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const provider = new SimpleSamlPhp(folder, url, makeCredential('SimpleSAMLphp'));
    provider.writeConfiguration(accounts);
    await provider.launch(port);
    return provider;
  }

  get entityId(): string {
    return `${this.url}/entity`;
  }
  get ssoUrl(): string {
    return `${this.url}/saml2/idp/SSOService.php`;
  }
  get sloUrl(): string {
    return `${this.url}/saml2/idp/SingleLogoutService.php`;
  }
  get metadataUrl(): string {
    return `${this.url}/saml2/idp/metadata.php`;
  }
  get certificate(): string {
    return this.credential.certificate;
  }

  introduce(metadata: string, mode: Mode): void {
    const { entityId } = readServiceProvider(metadata);
    const file = join(this.folder, 'known', `${(this.known += 1)}`.padStart(6, '0'));
    writeFileSync(`${file}.xml`, metadata);
    writeFileSync(`${file}.json`, JSON.stringify({ entityId, settings: settingsOf(mode) }));
  }

  launchUrl(spEntityId: string, relayState?: string): string {
    const query = new URLSearchParams({ spentityid: spEntityId });
    if (relayState !== undefined) query.set('RelayState', relayState);
    return `${this.ssoUrl}?${query}`;
  }

  logoutUrl(returnTo: string): string {
    return `${this.url}/saml2/idp/initSLO.php?${new URLSearchParams({ RelayState: returnTo })}`;
  }

  handOf(account: Account): Hand {
    return (page: Page) => {
      if (!page.url.startsWith(this.url)) return undefined;
      const form = forms(page.body).find((one) =>
        one.fields.some(({ name }) => name === 'password'),
      );
      return form && filledIn(page, form, { username: account.uid, password: PASSWORD });
    };
  }

  get log(): string {
    return readFileSync(join(this.folder, 'php.log'), 'utf8');
  }

  async stop(): Promise<void> {
    const child = this.child;
    if (child && child.exitCode === null) {
      const ended = new Promise((settle) => child.once('exit', settle));
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async launch(port: number): Promise<void> {
    const log = openSync(join(this.folder, 'php.log'), 'a');
    const settings = ['opcache.enable_cli=1', `session.save_path=${this.folder}/sessions`];
    settings.push('display_errors=0', 'error_reporting=E_ALL & ~E_DEPRECATED');
    const words = settings.flatMap((setting) => ['-d', setting]);
    this.child = spawn('php', [...words, '-S', `127.0.0.1:${port}`, '-t', join(PROGRAM, 'www')], {
      stdio: ['ignore', log, log],
      env: { ...process.env, SIMPLESAMLPHP_CONFIG_DIR: join(this.folder, 'config') },
    });
    closeSync(log);
    const deadline = Date.now() + READY_MS_MAX;
    for (;;) {
      const answer = await send(this.metadataUrl).catch(() => undefined);
      if (answer?.status === 200) return;
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`SimpleSAMLphp did not start:\n${answer?.body ?? ''}\n${this.log}`);
      }
      await pause(20);
    }
  }

  private writeConfiguration(accounts: Account[]): void {
    for (const name of ['config', 'metadata', 'known', 'sessions', 'cert', 'log', 'data', 'temp']) {
      mkdirSync(join(this.folder, name));
    }
    const write = (path: string, text: string): void =>
      writeFileSync(join(this.folder, path), `<?php\n${text}`);
    writeFileSync(join(this.folder, 'cert/key.pem'), this.credential.key);
    writeFileSync(join(this.folder, 'cert/certificate.pem'), this.credential.certificate);
    write('config/config.php', configuration(this.folder, this.url));
    write('config/authsources.php', sources(accounts));
    write('metadata/saml20-idp-hosted.php', hosted(this.entityId));
    write('metadata/saml20-sp-remote.php', REMOTE.replace('FOLDER', join(this.folder, 'known')));
  }
}

// What is told of one service provider wins over what its metadata says.
function settingsOf(mode: Mode): Record<string, unknown> {
  const names = mode.hasOids ? 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri' : undefined;
  return {
    'saml20.sign.response': mode.signed === 'response' || mode.signed === 'both',
    'saml20.sign.assertion': mode.signed === 'assertion' || mode.signed === 'both',
    'assertion.encryption': mode.encryption !== undefined,
    'nameid.encryption': mode.isNameIdEncrypted ?? false,
    'signature.algorithm': mode.signature ?? SIGNATURE.sha256,
    'validate.authnrequest': mode.hasSignedRequests ?? false,
    'sign.logout': true,
    'validate.logout': true,
    NameIDFormat: NAME_ID[mode.nameId ?? 'persistent'],
    ...(mode.hasOids && {
      'attributes.NameFormat': names,
      authproc: { 10: { class: 'core:AttributeMap', 0: 'name2oid' } },
    }),
  };
}

const configuration = (folder: string, url: string): string => `
$config = [
  'baseurlpath' => '${url}/',
  'certdir' => '${folder}/cert/',
  'loggingdir' => '${folder}/log/',
  'datadir' => '${folder}/data/',
  'tempdir' => '${folder}/temp',
  'metadatadir' => '${folder}/metadata/',
  'attributenamemapdir' => '${PACKAGE}/etc/simplesamlphp/attributemap/',
  'timezone' => 'UTC',
  'secretsalt' => 'known to the tests alone',
  'auth.adminpassword' => 'known to the tests alone',
  'admin.checkforupdates' => false,
  'trusted.url.domains' => ['localhost:4321'],
  'showerrors' => true,
  'errorreporting' => false,
  'debug' => ['saml' => false, 'backtraces' => true, 'validatexml' => false],
  'logging.level' => SimpleSAML\\Logger::WARNING,
  'logging.handler' => 'errorlog',
  'enable.saml20-idp' => true,
  'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
  'session.cookie.secure' => false,
  'session.cookie.samesite' => null,
  'session.phpsession.savepath' => '${folder}/sessions',
  'language.default' => 'en',
  'language.available' => ['en'],
  'language.cookie.secure' => false,
  'language.cookie.samesite' => null,
  'metadata.sources' => [['type' => 'flatfile']],
  'store.type' => 'phpsession',
  'production' => true,
];
`;

function sources(accounts: Account[]): string {
  const users = accounts.map(
    ({ uid, email, givenName, familyName }) => `
    '${uid}:${PASSWORD}' => [
      'uid' => ['${uid}'], 'mail' => ['${email}'], 'givenName' => ['${givenName}'],
      'sn' => ['${familyName}'], 'displayName' => ['${givenName} ${familyName}'],
      'eduPersonAffiliation' => ['member', 'staff'],
    ],`,
  );
  return `
$config = [
  'admin' => ['core:AdminPassword'],
  'people' => ['exampleauth:UserPass',${users.join('')}
  ],
];
`;
}

const hosted = (entityId: string): string => `
$metadata['${entityId}'] = [
  'host' => '__DEFAULT__',
  'privatekey' => 'key.pem',
  'certificate' => 'certificate.pem',
  'auth' => 'people',
  'SingleSignOnServiceBinding' => ['${BINDING}:HTTP-Redirect', '${BINDING}:HTTP-POST'],
  'SingleLogoutServiceBinding' => ['${BINDING}:HTTP-Redirect', '${BINDING}:HTTP-POST'],
  'authproc' => [
    3 => [
      'class' => 'saml:AttributeNameID',
      'identifyingAttribute' => 'mail', 'attribute' => 'mail',
      'Format' => '${NAME_ID.email}',
    ],
    4 => [
      'class' => 'saml:PersistentNameID', 'identifyingAttribute' => 'uid', 'attribute' => 'uid',
    ],
    5 => ['class' => 'saml:TransientNameID'],
  ],
];
`;

const REMOTE = `
foreach (glob('FOLDER/*.json') as $file) {
  $one = json_decode(file_get_contents($file), true);
  $xml = file_get_contents(substr($file, 0, -4) . 'xml');
  $entity = SimpleSAML\\Metadata\\SAMLParser::parseString($xml);
  $metadata[$one['entityId']] = array_merge($entity->getMetadata20SP(), $one['settings']);
}
`;
