// How a call of the SDK that must fail did fail.
import assert from 'node:assert/strict';
import { ScalekitServerException } from '@scalekit-sdk/node';

export async function failureOf(call: Promise<unknown>): Promise<ScalekitServerException> {
  try {
    await call;
  } catch (error) {
    assert.ok(error instanceof ScalekitServerException, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: 'the call was expected to fail' });
}
