// What can go wrong while signing in, in our own words. Only the code travels in a URL.
export const signInErrors = {
  denied: 'The sign-in was cancelled.',
  expired: 'That sign-in took too long or was started in another browser. Please start again.',
  failed: 'Signing in did not work. Please try again.',
  unavailable: 'The sign-in service does not answer at the moment. Please try again shortly.',
  wrong_organization: 'You signed in to another organization than the one asked for.',
} as const;

export type SignInError = keyof typeof signInErrors;

export function signInErrorText(code: string | null): string | undefined {
  return code !== null && Object.hasOwn(signInErrors, code)
    ? signInErrors[code as SignInError]
    : undefined;
}
