declare namespace App {
  interface Locals {
    user?: { sub: string; label: string };
  }
}
