// The tab of checks: what is wrong first, each with what to do.
import { badge, button, element, prose } from './dom.js';
import type { Check, CheckState } from './protocol.js';

const ORDER: CheckState[] = ['error', 'warn', 'ok', 'skipped'];
const MARKS: Record<CheckState, string> = { error: '✕', warn: '!', ok: '✓', skipped: '–' };
const NAMES: Record<CheckState, string> = {
  error: 'Problem',
  warn: 'Warning',
  ok: 'Fine',
  skipped: 'Not checked',
};

export function checksView(checks: Check[], again: () => void): Node[] {
  const sorted = [...checks].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return [
    element('ul', { class: 'checks' }, ...sorted.map(checkView)),
    element('div', { class: 'row' }, button('Check again', again)),
  ];
}

function checkView({ title, state, code, what, fix, command, place }: Check): HTMLElement {
  const mark = element('span', { class: `mark ${state}`, 'aria-hidden': 'true' }, MARKS[state]);
  const said = what ?? title;
  const name = element('strong', { 'aria-label': `${NAMES[state]}: ${said}` }, ...prose(said));
  return element(
    'li',
    { class: state, 'data-code': code },
    mark,
    element(
      'div',
      {},
      name,
      fix !== undefined && element('p', {}, ...prose(fix)),
      command !== undefined && element('pre', { tabindex: 0 }, command),
      place ? element('code', { class: 'place' }, place) : undefined,
    ),
    code !== undefined && badge(code, state === 'error' ? 'red' : 'yellow'),
  );
}
