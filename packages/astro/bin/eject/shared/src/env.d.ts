declare namespace App {
  interface Locals {
    // Absent where nobody is signed in.
    user?: { sub: string; email?: string; name?: string; orgId?: string };
  }
}
