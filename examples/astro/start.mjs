// Starts the built application, or says which setting is missing before anyone visits.
if (typeof process.loadEnvFile === 'function') {
  try {
    process.loadEnvFile('.env');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
}

const names = [
  'SCALEKIT_ENVIRONMENT_URL',
  'SCALEKIT_CLIENT_ID',
  'SCALEKIT_CLIENT_SECRET',
  'SCALEKIT_REDIRECT_URI',
];
const missing = names.filter((name) => !process.env[name]);
const malformed = ['SCALEKIT_ENVIRONMENT_URL', 'SCALEKIT_REDIRECT_URI'].filter(
  (name) => process.env[name] && !/^https?:\/\/[^/]+/.test(process.env[name]),
);
if (missing.length > 0 || malformed.length > 0) {
  for (const name of missing) console.error(`not started: ${name} is not set (see .env.example)`);
  for (const name of malformed) console.error(`not started: ${name} is not an http(s) address`);
  process.exit(1);
}

await import('./dist/server/entry.mjs');
