import { defineAction } from 'astro:actions';
import { z } from 'astro:schema';
import { withAuth } from 'gatehouse:server';

export const server = {
  rename: defineAction({
    accept: 'form',
    input: z.object({ name: z.string() }),
    handler: withAuth(({ name }, context) => ({
      said: `${context.locals.user?.name} is ${name}`,
    })),
  }),
};
