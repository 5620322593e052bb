// Components that the server renders: plain HTML, forms and links, without a script of their own.
export { default as AuthError } from './AuthError.astro';
export { default as OrganizationSwitcher } from './OrganizationSwitcher.astro';
export { default as Placeholder } from './Placeholder.astro';
export { default as Protect } from './Protect.astro';
export { default as SignedIn } from './SignedIn.astro';
export { default as SignedOut } from './SignedOut.astro';
export { default as SignInButton } from './SignInButton.astro';
export { default as SignOutButton } from './SignOutButton.astro';
export { default as SignUpButton } from './SignUpButton.astro';
export { default as UserButton } from './UserButton.astro';
export { default as UserProfileLink } from './UserProfileLink.astro';
