// Builds what the toolbar shows. Data becomes text nodes and attributes, never markup.

export type Child = Node | string | false | undefined;

interface Attributes {
  [name: string]: string | number | boolean | ((event: Event) => void) | undefined;
}

// `on…` is a listener; `true` is an attribute without a value; false and undefined leave it out.
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  made.append(...children.filter((child): child is Node | string => !!child));
  return made;
}

// A tag of Astro's toolbar, which is defined by the page that shows it.
export const astroElement = (
  name: string,
  attributes: Attributes,
  ...children: Child[]
): HTMLElement => element(`astro-dev-toolbar-${name}` as 'div', attributes, ...children);

export const badge = (text: string, style: string): HTMLElement =>
  astroElement('badge', { 'badge-style': style }, text);

export function button(text: string, onclick: () => void, style = 'gray'): HTMLElement {
  return astroElement('button', { 'button-style': style, size: 'small', onclick }, text);
}

export const link = (text: string, href: string): HTMLElement =>
  element('a', { href, target: '_blank', rel: 'noreferrer' }, text);

// Prose in which `code` stands between backticks.
export const prose = (text: string): Child[] =>
  text.split('`').map((part, at) => (at % 2 === 1 ? element('code', {}, part) : part));
