// The tools themselves: notes of an organization. Each takes the caller, and so cannot see another
// organization's notes.
import type { Caller } from './caller.js';

export class Denied extends Error {}
export class BadInput extends Error {}

interface Tool {
  description: string;
  inputSchema: object;
  run(caller: Caller, input: Record<string, unknown>): string;
}

const NOTE_CHARACTERS_MAX = 500;
const NOTES_MAX = 100;
const notes = new Map<string, string[]>(); // by organization

export const tools: Record<string, Tool> = {
  whoami: {
    description: 'Says as whom, and for which organization, you are calling.',
    inputSchema: { type: 'object', properties: {} },
    run: ({ subject, organization, roles }) => JSON.stringify({ subject, organization, roles }),
  },
  list_notes: {
    description: 'Lists the notes of your organization.',
    inputSchema: { type: 'object', properties: {} },
    run: ({ organization }) => JSON.stringify(notes.get(organization) ?? []),
  },
  add_note: {
    description: 'Adds a note for your whole organization. Its administrators may.',
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string', maxLength: NOTE_CHARACTERS_MAX } },
      required: ['text'],
    },
    run: ({ organization, roles }, { text }) => {
      if (!roles.includes('admin')) throw new Denied('Only administrators add notes.');
      if (typeof text !== 'string' || text === '' || text.length > NOTE_CHARACTERS_MAX) {
        throw new BadInput(`text has to be 1 to ${NOTE_CHARACTERS_MAX} characters`);
      }
      notes.set(organization, [...(notes.get(organization) ?? []), text].slice(-NOTES_MAX));
      return 'Added.';
    },
  },
};
