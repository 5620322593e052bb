// What `gatehouse help` says.

const INIT = `gatehouse init: registers this project at Gatehouse and writes .env

  npx gatehouse init [options]

On a server in development on this machine nothing else is needed. Any other asks for the
credentials of a client that may use its API. What is right already is left as it is.

  --url URL              where Gatehouse is; GATEHOUSE_URL or http://localhost:8080 unless said
  --name NAME            of the application; the name in package.json unless said
  --app-url ORIGIN       of this project for browsers; http://localhost and the port of
                         \`astro dev\` unless said
  --public               an application without a secret (PKCE alone)
  --client-id ID         of the API client; or GATEHOUSE_API_CLIENT_ID in the environment
  --client-secret VALUE  of the API client; or GATEHOUSE_API_CLIENT_SECRET, which no list of
                         processes shows
  --root FOLDER          of the project; this one unless said
  --yes                  ask nothing
  --json                 answer as JSON, without secrets
`;

const DOCTOR = `gatehouse doctor: checks everything that sign-in needs

  npx gatehouse doctor [options]

Reads .env and .env.local as Astro does, and asks the server. Ends with 1 if something has to be
corrected; what is only worth a look does not count.

  --mode MODE    which files are read: .env.MODE too; development unless said
  --offline      leave the server out
  --root FOLDER  of the project; this one unless said
  --json         answer as JSON
`;

const EJECT = `gatehouse eject: writes sign-in into the project, in place of the integration

  npx gatehouse eject [options]

  src/lib/gatehouse.ts  src/pages/api/auth/{login,callback,logout}.ts  src/middleware.ts
  src/env.d.ts          and src/pages/api/auth/backchannel-logout.ts; with --sdk scalekit in its
                        place src/lib/session.ts and src/lib/flow.ts

  --sdk NAME     gatehouse (@gatehouse/sdk) or scalekit (@scalekit-sdk/node); the first unless said
  --force        overwrite files that are there
  --root FOLDER  of the project; this one unless said
  --json         answer as JSON
`;

const DEV = `gatehouse dev: runs a Gatehouse for development on this machine

  npx gatehouse dev [options of the server]

Looks for the program where GATEHOUSE_BINARY says, in PATH, and at build/release/gatehouse, and
hands it the options as they are: \`npx gatehouse dev --help\` shows them.
`;

export const HELP: Record<string, string> = { init: INIT, doctor: DOCTOR, eject: EJECT, dev: DEV };

export const OVERVIEW = `gatehouse: sign-in for Astro

  npx gatehouse init     register this project at Gatehouse and write .env
  npx gatehouse doctor   check everything that sign-in needs
  npx gatehouse eject    write sign-in into the project, in place of the integration
  npx gatehouse dev      run a Gatehouse for development on this machine
  npx gatehouse help     show this, or the options of a command: gatehouse help init

  --version, --help

Status 0: done; 1: could not be done, or something has to be corrected; 2: called wrongly.
`;
